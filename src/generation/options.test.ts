import { describe, expect, it } from 'vitest';
import { decideOptions, decideSampling, type GenerationOptions } from './options.js';

describe('decideOptions', () => {
  it('fills in what was not said', () => {
    const { sampling, ...rest } = decideOptions({ maxTokens: 5, seed: 9 }, 10);
    expect(rest).toEqual({ maxTokens: 5, stopIds: new Set(), prefillChunk: 512, pauses: [], history: [] });
    expect(sampling).toEqual({
      temperature: 1,
      topK: 0,
      topP: 1,
      minP: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      seed: 9,
      logprobs: undefined,
      logitBias: [],
    });
  });

  it('draws a seed of its own each time', () => {
    expect(decideSampling({}).seed).not.toBe(decideSampling({}).seed);
  });

  const wrong: [keyof GenerationOptions, unknown[]][] = [
    ['maxTokens', [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, '3']],
    ['temperature', [-0.1, Number.NaN, Number.POSITIVE_INFINITY]],
    ['topK', [-1, 0.5, Number.NaN]],
    ['topP', [-0.01, 1.01, Number.NaN]],
    ['minP', [-0.01, 1.01, Number.NaN]],
    ['repetitionPenalty', [0, -1, Number.NaN, Number.POSITIVE_INFINITY]],
    ['presencePenalty', [Number.NaN, Number.NEGATIVE_INFINITY]],
    ['frequencyPenalty', [Number.NaN, Number.POSITIVE_INFINITY]],
    ['seed', [0.5, 2 ** 53, Number.NaN]],
    ['logprobs', [-1, 0.5, Number.NaN]],
    ['prefillChunk', [0, 1.5, Number.NaN]],
    ['stopIds', [[10], [-1], [0.5]]],
    ['history', [[10], [Number.NaN]]],
  ];
  it.each(wrong.flatMap(([argument, values]) => values.map((value) => [argument, value] as const)))(
    'refuses %s %j',
    (argument, value) => {
      const options = { maxTokens: 1, [argument]: value } as GenerationOptions;
      expect(() => decideOptions(options, 10)).toThrow(
        expect.objectContaining({ code: 'usage', fields: expect.objectContaining({ argument }) }),
      );
    },
  );
});
