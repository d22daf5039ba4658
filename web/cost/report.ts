/** What the command wrote into the page, and the view that it asks for. */
import { type ConfigObject, type Hardware, type ModelShape, readModelShape } from '../../src/cost/index.js';
import type { View } from './view.js';
import { memoryView } from './views/memory.js';

/** What a command was given, by the names of its options. */
export type Inputs = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Report {
  readonly command: string;
  /** What the reader knows the model by. */
  readonly model: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly version: string;
  readonly config: ConfigObject;
  readonly configFile: string;
  readonly hardware: readonly Hardware[];
  readonly hardwareDate: string;
  readonly inputs: Inputs;
}

/** A report with its model read. */
export interface Subject extends Report {
  readonly shape: ModelShape;
  readonly notes: readonly string[];
}

const views: Readonly<Record<string, (subject: Subject) => View>> = { memory: memoryView };

export function viewOf(report: Report): View {
  const { shape, notes, ignoredConfigKeys } = readModelShape(report.config, report.configFile);
  const ignored = ignoredConfigKeys.length > 0 ? [`config keys without effect: ${ignoredConfigKeys.join(', ')}`] : [];
  return views[report.command]!({ ...report, shape, notes: [...notes, ...ignored] });
}
