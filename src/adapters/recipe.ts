/** A recipe of `tune`: everything that an adapter follows from, beside its base, its rows and its seed's random numbers. */
import type { JsonObject } from '../formats/index.js';
import { type Recipe, RecipeFields, type Schedule, scheduleShapes } from '../training/index.js';
import { type TuneMethod, tuneMethods } from './adapter.js';
import type { InputPromptSizes } from './inputPrompt.js';
import type { LoraSizes } from './lora.js';

/** What a soft prompt begins as: texts of training rows, tokens drawn from the vocabulary, or a text; tiled to its length. */
export type PromptInit = 'rows' | 'vocabulary' | { readonly text: string };

export type MethodRecipe =
  | { readonly method: 'soft-prompt'; readonly length: number; readonly init: PromptInit }
  | ({ readonly method: 'lora' } & Omit<LoraSizes, 'targets'> & { readonly targets: LoraSizes['targets'] | undefined })
  | { readonly method: 'initial-state' }
  /** The whole model; its result is a model folder. */
  | { readonly method: 'full' }
  | ({
      readonly method: 'input-dependent-prompt';
      readonly init: PromptInit;
      /** A model that reads the prompt; the base itself unless told. */
      readonly encoder: string | undefined;
    } & InputPromptSizes);

export interface TuneRecipe {
  /** What error messages call it. */
  readonly file: string;
  readonly method: MethodRecipe;
  readonly seed: number;
  readonly steps: number;
  /** Rows of a step. */
  readonly batch: number;
  readonly data: {
    /** A JSON Lines file of rows, in the folder of the data. */
    readonly rows: string;
    /** Rows to measure on. */
    readonly heldOut: string | undefined;
  };
  readonly learningRate: number;
  readonly optimizer: {
    readonly beta1: number;
    readonly beta2: number;
    readonly eps: number;
    readonly weightDecay: number;
    readonly clip: number;
  };
  readonly schedule: Schedule;
  readonly recompute: boolean;
  readonly measure: Recipe['heldOut'];
  readonly checkpoints: Recipe['checkpoints'];
  readonly log: Recipe['log'];
}

const defaultRates: Readonly<Record<TuneMethod, number>> = {
  'soft-prompt': 5e-3,
  lora: 1e-3,
  'initial-state': 1e-2,
  'input-dependent-prompt': 2e-3,
  full: 1e-4,
};

/**
 * Reads a recipe.
 *
 * @throws `config` with the file, the field, what was expected and what was found; an unknown key names the nearest known one
 */
export function parseTuneRecipe(json: JsonObject, file: string): TuneRecipe {
  const fields = new RecipeFields(json, file);
  fields.text('description');
  if (fields.text('method') === undefined)
    fields.fail('method', tuneMethods.map((name) => `"${name}"`).join(' | '), undefined);
  const name = fields.oneOf('method', tuneMethods, 'lora');
  const recipe: TuneRecipe = {
    file,
    method: methodOf(name, fields),
    seed: fields.whole('seed', 1, 0),
    steps: fields.whole('steps', undefined),
    batch: fields.whole('batch', 8),
    data: fields.part('data', (part) => ({
      rows: part.text('rows') ?? part.fail('rows', 'a JSON Lines file', undefined),
      heldOut: part.text('heldOut'),
    })),
    learningRate: fields.number('learningRate', defaultRates[name]),
    optimizer: fields.part('optimizer', (part) => ({
      beta1: part.number('beta1', 0.9, { below: 1 }),
      beta2: part.number('beta2', 0.98, { below: 1 }),
      eps: part.number('eps', 1e-8, { from: 1e-30 }),
      weightDecay: part.number('weightDecay', 0),
      clip: part.number('clip', 1),
    })),
    schedule: fields.part('schedule', (part) => ({
      shape: part.oneOf('shape', scheduleShapes, 'cosine'),
      warmup: part.number('warmup', 0.06),
      decay: part.number('decay', 0.2),
      final: part.number('final', 0.05, { to: 1 }),
    })),
    recompute: fields.flag('recompute', false),
    measure: fields.part('heldOut', (part) => ({
      every: part.whole('every', 0, 0),
      keepBest: part.flag('keepBest', false),
    })),
    checkpoints: fields.part('checkpoints', (part) => ({
      every: part.whole('every', 50),
      keep: part.whole('keep', 1),
    })),
    log: fields.part('log', (part) => ({ every: part.whole('every', 10) })),
  };
  fields.finish();
  return recipe;
}

function methodOf(method: TuneMethod, fields: RecipeFields): MethodRecipe {
  switch (method) {
    case 'soft-prompt':
      return { method, length: fields.whole('length', 40), init: promptInit(fields) };
    case 'lora': {
      const rank = fields.whole('rank', 8);
      const alpha = fields.number('alpha', rank);
      return { method, rank, alpha, targets: fields.texts('targets') };
    }
    case 'initial-state':
    case 'full':
      return { method };
    case 'input-dependent-prompt':
      return { method, ...inputPromptSizes(fields), init: promptInit(fields), encoder: fields.text('encoder') };
  }
}

/** Sizes of an input-dependent prompt, of a recipe or of a file. */
export function inputPromptSizes(fields: RecipeFields): InputPromptSizes {
  const heads = fields.whole('heads', 4);
  const width = fields.whole('width', 128);
  if (width % heads !== 0) fields.fail('width', `a multiple of ${heads} heads`, width);
  return { queries: fields.whole('queries', 20), width, heads, encoderPrompt: fields.whole('encoderPrompt', 8) };
}

function promptInit(fields: RecipeFields): PromptInit {
  const value = fields.textOrObject('init') ?? 'rows';
  if (value === 'rows' || value === 'vocabulary') return value;
  if (typeof value === 'object' && typeof value.text === 'string' && value.text !== '') return { text: value.text };
  return fields.fail('init', '"rows" | "vocabulary" | {"text": "…"}', value);
}

/** The same in the words of the trainer. */
export const trainingRecipe = (recipe: TuneRecipe): Recipe => ({
  file: recipe.file,
  seed: recipe.seed,
  steps: recipe.steps,
  model: undefined,
  data: {},
  batch: { tokens: 1, sequences: recipe.batch, accumulation: 1 },
  optimizer: { ...recipe.optimizer, learningRate: recipe.learningRate },
  schedule: recipe.schedule,
  loss: { balance: 0, activation: 0 },
  precision: 'f32',
  recompute: recipe.recompute,
  dropout: 0,
  average: 0,
  heldOut: recipe.measure,
  checkpoints: recipe.checkpoints,
  log: recipe.log,
});
