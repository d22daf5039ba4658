import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import type { JsonObject } from '../formats/index.js';
import { parseRecipe } from './recipe.js';

const parse = (json: JsonObject) => parseRecipe(json, 'recipe.json');

function refusal(json: JsonObject) {
  try {
    parse(json);
  } catch (error) {
    if (isJambalayaError(error, 'config')) return error;
  }
  throw new Error('not refused');
}

describe('parseRecipe', () => {
  it('fills in what is left out', () => {
    const recipe = parse({ steps: 10 });
    expect(recipe).toMatchObject({
      steps: 10,
      seed: 1,
      model: undefined,
      batch: { tokens: 512, sequences: 8, accumulation: 1 },
      optimizer: { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, weightDecay: 0.1, clip: 1 },
      schedule: { shape: 'cosine' },
      precision: 'f32',
      recompute: false,
      heldOut: { keepBest: false },
    });
    expect(recipe.loss.balance).toBeUndefined();
  });

  it.each([
    [{ steps: 1, sed: 1 }, 'sed', 'did you mean "seed"'],
    [{ steps: 1, optimizer: { learningrate: 1 } }, 'optimizer.learningrate', 'did you mean "learningRate"'],
    [{ steps: 1, schedule: { warmUp: 1 } }, 'schedule.warmUp', 'did you mean "warmup"'],
    [{ steps: 1, heldout: {} }, 'heldout', 'did you mean "heldOut"'],
  ])('names the nearest known key: %j', (json, field, hint) => {
    const error = refusal(json);
    expect(error.fields.field).toBe(field);
    expect(error.hint).toContain(hint);
  });

  it.each([
    [{}, 'steps: expected a whole number from 1, found nothing'],
    [{ steps: 1.5 }, 'steps: expected a whole number from 1, found 1.5'],
    [{ steps: 1, dropout: 1 }, 'dropout: expected a number from 0 to below 1, found 1'],
    [
      { steps: 1, schedule: { shape: 'cos' } },
      'schedule.shape: expected "cosine" | "linear" | "stable-decay" | "constant", found "cos"',
    ],
    [{ steps: 1, schedule: { final: 2 } }, 'schedule.final: expected a number from 0 to 1, found 2'],
    [{ steps: 1, optimizer: { clip: -1 } }, 'optimizer.clip: expected a number from 0, found -1'],
    [{ steps: 1, batch: [] }, 'batch: expected an object, found []'],
    [{ steps: 1, recompute: 'yes' }, 'recompute: expected true or false, found "yes"'],
    [{ steps: 1, heldOut: { every: -5 } }, 'heldOut.every: expected a whole number from 0, found -5'],
  ])('refuses %j', (json, message) => {
    expect(refusal(json as JsonObject).message).toBe(`recipe.json: ${message}`);
  });
});
