/** A recipe: everything that a training run follows from, beside its data and its seed's random numbers. */
import type { JsonObject } from '../formats/index.js';
import { type SchemeName, schemeNames } from '../pmi/index.js';
import type { AdamWOptions } from './adamW.js';
import { RecipeFields } from './recipeFields.js';
import { type Schedule, scheduleShapes } from './schedule.js';

export const precisions = ['f32', 'bf16'] as const;

export const objectiveKinds = ['causal', 'masked'] as const;

export interface RecipeObjective {
  readonly kind: (typeof objectiveKinds)[number];
  readonly scheme: SchemeName;
  /** Of the schemes `pmi` and `naive`: a list of n-grams, beside the recipe's data. */
  readonly list: string | undefined;
  /** Of the pieces, hidden. */
  readonly share: number;
}

export interface Recipe {
  /** What error messages call it. */
  readonly file: string;
  readonly seed: number;
  readonly steps: number;
  /** A `config.json`; what it leaves out of the vocabulary comes from the tokenizer. Absent where a model is continued. */
  readonly model: JsonObject | undefined;
  /** Read by the data room. */
  readonly data: JsonObject;
  readonly batch: {
    /** Of one sequence. */
    readonly tokens: number;
    readonly sequences: number;
    /** Batches whose gradients make one step. */
    readonly accumulation: number;
  };
  readonly optimizer: AdamWOptions & {
    readonly learningRate: number;
    /** Largest norm of a gradient; 0 for any. */
    readonly clip: number;
  };
  readonly schedule: Schedule;
  readonly loss: {
    /** Weight of the load-balancing loss; the config's `router_aux_loss_coef` unless told. */
    readonly balance: number | undefined;
    readonly activation: number;
  };
  /** What the model learns to say: the next token (unless told), or what a masking scheme has hidden. */
  readonly objective?: RecipeObjective | undefined;
  /** Of matrix products; `bf16` multiplies weights and activations rounded to it, and keeps the weights in f32. */
  readonly precision: (typeof precisions)[number];
  readonly recompute: boolean;
  readonly dropout: number;
  /** Decay of the weights' exponential average; 0 for none. */
  readonly average: number;
  readonly heldOut: {
    /** Steps from one measurement to the next; one is made at the end in any case. 0 for none but that. */
    readonly every: number;
    /** Whether the weights that measured best are the result, rather than the last ones. */
    readonly keepBest: boolean;
  };
  readonly checkpoints: { readonly every: number; readonly keep: number };
  readonly log: { readonly every: number };
}

/**
 * Reads a recipe.
 *
 * @throws `config` with the file, the field, what was expected and what was found; an unknown key names the nearest known one
 */
export function parseRecipe(json: JsonObject, file: string): Recipe {
  const fields = new RecipeFields(json, file);
  fields.text('description');
  const recipe: Recipe = {
    file,
    seed: fields.whole('seed', 1, 0),
    steps: fields.whole('steps', undefined),
    model: fields.object('model'),
    data: fields.object('data') ?? {},
    batch: fields.part('batch', (part) => ({
      tokens: part.whole('tokens', 512),
      sequences: part.whole('sequences', 8),
      accumulation: part.whole('accumulation', 1),
    })),
    optimizer: fields.part('optimizer', (part) => ({
      learningRate: part.number('learningRate', 1e-3),
      beta1: part.number('beta1', 0.9, { below: 1 }),
      beta2: part.number('beta2', 0.95, { below: 1 }),
      eps: part.number('eps', 1e-8, { from: 1e-30 }),
      weightDecay: part.number('weightDecay', 0.1),
      clip: part.number('clip', 1),
    })),
    schedule: fields.part('schedule', (part) => ({
      shape: part.oneOf('shape', scheduleShapes, 'cosine'),
      warmup: part.number('warmup', 0.02),
      decay: part.number('decay', 0.2),
      final: part.number('final', 0.1, { to: 1 }),
    })),
    loss: fields.part('loss', (part) => ({
      balance: part.optional('balance'),
      activation: part.number('activation', 0),
    })),
    objective: fields.part('objective', (part) => ({
      kind: part.oneOf('kind', objectiveKinds, 'causal'),
      scheme: part.oneOf('scheme', schemeNames, 'token'),
      list: part.text('list'),
      share: part.number('share', 0.15, { from: 0.01, to: 0.9 }),
    })),
    precision: fields.oneOf('precision', precisions, 'f32'),
    recompute: fields.flag('recompute', false),
    dropout: fields.number('dropout', 0, { below: 1 }),
    average: fields.number('average', 0, { below: 1 }),
    heldOut: fields.part('heldOut', (part) => ({
      every: part.whole('every', 100, 0),
      keepBest: part.flag('keepBest', false),
    })),
    checkpoints: fields.part('checkpoints', (part) => ({
      every: part.whole('every', 100),
      keep: part.whole('keep', 2),
    })),
    log: fields.part('log', (part) => ({ every: part.whole('every', 10) })),
  };
  fields.finish();
  return recipe;
}
