/** What is served, by name. */
import type { LanguageModel } from '../runtime/index.js';
import { Admission } from './admission.js';
import { ApiError } from './apiError.js';
import type { Limits } from './limits.js';
import { Slots } from './slots.js';

/** A model under a name: any `LanguageModel`, whether it runs here, elsewhere, or is made of others. */
export interface ServedModel {
  readonly name: string;
  readonly model: LanguageModel;
  /** What `owned_by` says. */
  readonly ownedBy?: string | undefined;
  /** Tokens of prompt and answer at most; by default the model's own limit. */
  readonly contextLength?: number | undefined;
}

/** Where a model says nothing of its context. */
const defaultContext = 32_768;

export class ModelEntry {
  readonly admission: Admission;
  readonly slots = new Slots();
  readonly created = Math.floor(Date.now() / 1000);
  readonly contextLength: number;

  constructor(
    private readonly served: ServedModel,
    { running, queued }: Limits,
  ) {
    this.admission = new Admission(running, queued);
    this.contextLength = served.contextLength ?? served.model.info.contextLength ?? defaultContext;
  }

  get name(): string {
    return this.served.name;
  }

  get model(): LanguageModel {
    return this.served.model;
  }

  get ownedBy(): string {
    return this.served.ownedBy ?? 'jambalaya';
  }
}

export class ModelRegistry {
  private readonly entries: ReadonlyMap<string, ModelEntry>;

  constructor(served: readonly ServedModel[], limits: Limits) {
    this.entries = new Map(served.map((each) => [each.name, new ModelEntry(each, limits)]));
  }

  get all(): readonly ModelEntry[] {
    return [...this.entries.values()];
  }

  /**
   * The model of a name; the first one where none is given.
   *
   * @throws ApiError 404
   */
  find(name: string | null | undefined): ModelEntry {
    const entry = name === undefined || name === null ? this.all[0] : this.entries.get(name);
    if (entry !== undefined) return entry;
    const names = this.all.map((each) => `\`${each.name}\``).join(', ');
    const message = `the model \`${name}\` does not exist; served are ${names}`;
    throw new ApiError(404, message, { param: 'model', code: 'model_not_found' });
  }
}
