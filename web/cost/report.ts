/** What the command wrote into the page, and the view that it asks for. */
import {
  type ConfigObject,
  findHardware,
  type Hardware,
  type ModelShape,
  type Range,
  readModelShape,
} from '../../src/cost/index.js';
import type { View } from './view.js';
import { budgetView } from './views/budget.js';
import { compareView } from './views/compare.js';
import { memoryView } from './views/memory.js';
import { serveView } from './views/serve.js';
import { trainView } from './views/train.js';

export interface ReportedModel {
  /** What the reader knows the model by. */
  readonly name: string;
  readonly file: string;
  readonly config: ConfigObject;
}

export interface Report {
  readonly command: string;
  /** The model that the command was about, then those that it was compared with; none for a budget without a config. */
  readonly models: readonly ReportedModel[];
  /** YYYY-MM-DD */
  readonly date: string;
  readonly version: string;
  readonly hardware: readonly Hardware[];
  readonly hardwareDate: string;
  /** The options of the command as they were given, by the names that the command line has for them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options as they were given; what was not is up to the view. */
export class Options {
  constructor(private readonly given: Readonly<Record<string, unknown>>) {}

  number(name: string): number | undefined {
    return this.given[name] as number | undefined;
  }

  text(name: string): string | undefined {
    return this.given[name] as string | undefined;
  }

  list(name: string): readonly number[] | undefined {
    return this.given[name] as readonly number[] | undefined;
  }

  range(name: string): Range | undefined {
    return this.given[name] as Range | undefined;
  }
}

export interface NamedShape {
  readonly name: string;
  readonly shape: ModelShape;
}

/** What a view is made from: the report with its models read. */
export interface Subject {
  readonly models: readonly NamedShape[];
  readonly options: Options;
  readonly hardware: readonly Hardware[];
  readonly hardwareDate: string;
  /** What a reader should know of how configs were understood. */
  readonly notes: readonly string[];
}

const views: Readonly<Record<string, (subject: Subject) => View>> = {
  budget: budgetView,
  compare: compareView,
  memory: memoryView,
  serve: serveView,
  train: trainView,
};

export function viewOf({ command, models, options, hardware, hardwareDate }: Report): View {
  const readings = models.map(({ name, file, config }) => ({ name, ...readModelShape(config, file) }));
  const notes = readings.flatMap(({ name, notes, ignoredConfigKeys, assumedConfigKeys }) => {
    const assumed = Object.entries(assumedConfigKeys).map(([key, value]) => `${key} ${String(value)}`);
    return [
      ...notes,
      ...(assumed.length > 0 ? [`not in the config, taken as: ${assumed.join(', ')}`] : []),
      ...(ignoredConfigKeys.length > 0 ? [`config keys without effect: ${ignoredConfigKeys.join(', ')}`] : []),
    ].map((note) => `${name}: ${note}`);
  });
  return views[command]!({ models: readings, options: new Options(options), hardware, hardwareDate, notes });
}

/** The device that the command named, or else the first of the table. */
export const namedHardware = ({ options, hardware }: Subject): Hardware =>
  findHardware(options.text('hardware') ?? hardware[0]!.id, hardware);
