import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSampling, type SamplingOptions } from './options.js';
import {
  applyTemperature,
  chooseToken,
  drawToken,
  keepMinP,
  keepTopK,
  keepTopP,
  penalizePresence,
  penalizeRepetition,
  processLogits,
  type TokenHistory,
} from './sampling.js';

const removed = Number.NEGATIVE_INFINITY;
const nothing: TokenHistory = { seen: new Set(), generated: new Map() };

/** Scores whose softmax are these probabilities. */
const logsOf = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);
const kept = (scores: ArrayLike<number>) => Array.from(scores).flatMap((score, id) => (score > removed ? [id] : []));

function changed(scores: Float32Array, step: (scores: Float32Array) => void): number[] {
  step(scores);
  return [...scores];
}

function softmax(scores: ArrayLike<number>): number[] {
  const weights = Array.from(scores, Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('penalties', () => {
  it('repetition divides what is positive and multiplies what is negative, once for each id', () => {
    const scores = changed(Float32Array.of(2, -2, 4, 0), (s) => penalizeRepetition(s, new Set([0, 1, 3]), 2));
    expect(scores).toEqual([1, -4, 4, 0]);
  });

  it('presence counts once, frequency each time', () => {
    const counts = new Map([
      [1, 3],
      [2, 1],
    ]);
    const scores = changed(Float32Array.of(1, 1, 1), (s) => penalizePresence(s, counts, 0.5, 0.25));
    expect(scores).toEqual([1, -0.25, 0.25]);
  });

  it('repetition is of the prompt too, presence and frequency of the answer alone', () => {
    const history = { seen: new Set([0, 1]), generated: new Map([[1, 2]]) };
    const logits = Float32Array.of(4, 4, 4);
    const options = decideSampling({ repetitionPenalty: 2, presencePenalty: 0.5, frequencyPenalty: 0.25 });
    expect([...processLogits(logits, options, history)]).toEqual([2, 1, 4]);
    expect([...logits], 'the logits themselves are not touched').toEqual([4, 4, 4]);
  });
});

describe('temperature', () => {
  it('divides the differences between scores', () => {
    expect(changed(Float32Array.of(1, 3, 2), (s) => applyTemperature(s, 0.5))).toEqual([-4, 0, -2]);
  });

  it('survives one so small that a quotient overflows', () => {
    expect(changed(Float32Array.of(50, 60, 60), (s) => applyTemperature(s, 1e-300))).toEqual([removed, 0, 0]);
  });
});

describe('keepTopK', () => {
  it('keeps k, and what equals the last of them', () => {
    const top = (k: number) => kept(changed(Float32Array.of(1, 3, 2, 2, 0), (s) => keepTopK(s, k)));
    expect(top(1)).toEqual([1]);
    expect(top(2)).toEqual([1, 2, 3]);
    expect(top(3)).toEqual([1, 2, 3]);
    expect(top(4)).toEqual([0, 1, 2, 3]);
    expect(top(5)).toEqual([0, 1, 2, 3, 4]);
    expect(top(9)).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps what there is where fewer than k are left', () => {
    expect(kept(changed(Float32Array.of(removed, 1, removed, 2), (s) => keepTopK(s, 3)))).toEqual([1, 3]);
  });
});

describe('keepTopP', () => {
  const top = (scores: Float32Array, p: number) => kept(changed(scores, (s) => keepTopP(s, p)));

  it('keeps until the probability is reached', () => {
    expect(top(logsOf(0.3, 0.1, 0.1, 0.5), 0.79)).toEqual([0, 3]);
    expect(top(logsOf(0.15, 0.3, 0.3, 0.25), 0.79)).toEqual([1, 2, 3]);
    expect(top(logsOf(0.15, 0.3, 0.3, 0.25), 0.2)).toEqual([1]);
    expect(top(logsOf(0.15, 0.3, 0.3, 0.25), 0.31)).toEqual([1, 2]);
    expect(top(logsOf(0.15, 0.3, 0.3, 0.25), 0.86)).toEqual([0, 1, 2, 3]);
  });

  it('removes a token where the ones before it have exactly p', () => {
    expect(top(Float32Array.of(0, 0, 0, 0), 0.5)).toEqual([0, 1]);
    expect(top(Float32Array.of(0, 0, 0, 0), 0.51)).toEqual([0, 1, 2]);
  });

  it('keeps one at p = 0 and all at p = 1', () => {
    expect(top(logsOf(0.2, 0.5, 0.3), 0)).toEqual([1]);
    expect(top(logsOf(0.2, 0.5, 0.3), 1)).toEqual([0, 1, 2]);
  });
});

describe('keepMinP', () => {
  it('compares with the most likely token', () => {
    const top = (p: number) => kept(changed(logsOf(0.5, 0.3, 0.15, 0.05), (s) => keepMinP(s, p)));
    expect(top(0)).toEqual([0, 1, 2, 3]);
    expect(top(0.11)).toEqual([0, 1, 2]);
    expect(top(0.31)).toEqual([0, 1]);
    expect(top(1)).toEqual([0]);
  });
});

describe('order', () => {
  const scoresOf = (options: SamplingOptions, logits: Float32Array, history = nothing) =>
    processLogits(logits, decideSampling(options), history);

  it('penalties come before temperature', () => {
    const history = { seen: new Set([0]), generated: new Map([[0, 1]]) };
    // (8 / 2 − 1) / 2 against 4 / 2; the other way round it would be (8 / 2) / 2 − 1.
    const scores = scoresOf(
      { repetitionPenalty: 2, presencePenalty: 1, temperature: 2 },
      Float32Array.of(8, 4),
      history,
    );
    expect(scores[0]! - scores[1]!).toBe(-0.5);
  });

  it('repetition comes before presence', () => {
    const history = { seen: new Set([0]), generated: new Map([[0, 1]]) };
    // 1 / 2 − 1, not (1 − 1) · 2.
    const scores = scoresOf({ repetitionPenalty: 2, presencePenalty: 1 }, Float32Array.of(1, 0), history);
    expect([...scores]).toEqual([-0.5, 0]);
  });

  it('temperature comes before top-p', () => {
    // A high temperature makes 0.6, 0.3, 0.1 almost even, so that two thirds need all but one.
    const logits = logsOf(0.6, 0.3, 0.1);
    expect(kept(scoresOf({ topP: 0.55 }, logits))).toEqual([0]);
    expect(kept(scoresOf({ topP: 0.55, temperature: 100 }, logits))).toEqual([0, 1]);
  });

  it('top-k comes before top-p, which sees the probabilities of what is left', () => {
    // Of 0.4, 0.3, 0.2, 0.1 the nucleus of 0.6 is the first two; of the first two alone, 0.57 and 0.43, also two; of 0.56 one.
    const logits = logsOf(0.4, 0.3, 0.2, 0.1);
    expect(kept(scoresOf({ topP: 0.56 }, logits))).toEqual([0, 1]);
    expect(kept(scoresOf({ topP: 0.56, topK: 2 }, logits))).toEqual([0]);
  });

  it('top-p comes before min-p, which takes more away', () => {
    const logits = logsOf(0.5, 0.2, 0.2, 0.1);
    expect(kept(scoresOf({ topP: 0.85, minP: 0.3 }, logits))).toEqual([0, 1, 2]);
    expect(kept(scoresOf({ topP: 0.85, minP: 0.5 }, logits))).toEqual([0]);
  });
});

describe('drawing', () => {
  it('inverts the distribution in the order of ids', () => {
    const scores = logsOf(0.25, 0, 0.5, 0.25);
    expect([0, 0.24, 0.26, 0.74, 0.76, 1 - 2 ** -53].map((u) => drawToken(scores, u))).toEqual([0, 0, 2, 2, 3, 3]);
    expect(drawToken(Float32Array.of(0, 0), 0.5), 'each token has [from, to) of the numbers').toBe(1);
  });

  it('never draws what was removed', () => {
    const logits = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        logits,
        fc.nat(30),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.maxSafeNat(),
        (values, topK, topP, position) => {
          const options = decideSampling({ topK, topP, seed: 3, temperature: 0.7 });
          const scores = processLogits(values, options, nothing);
          expect(scores[chooseToken(values, options, nothing, position)]!).toBeGreaterThan(removed);
        },
      ),
    );
  });

  it('draws as often as the probabilities say', () => {
    const options = decideSampling({ seed: 11, temperature: 0.5, topK: 3 });
    const logits = Float32Array.of(0.4, 1, -0.3, 0.9, -2);
    const expected = softmax(processLogits(logits, options, nothing));
    const counts = new Float64Array(logits.length);
    const draws = 20000;
    for (let position = 0; position < draws; position++) counts[chooseToken(logits, options, nothing, position)]!++;
    for (const [id, probability] of expected.entries()) {
      expect(Math.abs(counts[id]! / draws - probability)).toBeLessThan(0.015);
    }
  });

  it('takes the most likely at temperature 0, the lowest of equals, after penalties', () => {
    const options = decideSampling({ temperature: 0, topK: 1, presencePenalty: 2 });
    expect(chooseToken([1, 3, 3, 2], options, nothing, 5)).toBe(1);
    expect(chooseToken([1, 3, 3, 2], options, { seen: new Set(), generated: new Map([[1, 1]]) }, 5)).toBe(2);
  });
});

describe('properties', () => {
  const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 50 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const keptBy = (values: number[], options: SamplingOptions) =>
    kept(processLogits(values, decideSampling(options), nothing));

  it('a stricter cut keeps a part of what a looser one keeps, the most likely token always', () => {
    const within = (inner: number[], outer: number[]) => inner.every((id) => outer.includes(id));
    fc.assert(
      fc.property(logits, fc.nat(60), fc.nat(60), share, share, (values, kA, kB, pA, pB) => {
        const [k, largerK] = [Math.min(kA, kB) + 1, Math.max(kA, kB) + 1];
        const [p, largerP] = [Math.min(pA, pB), Math.max(pA, pB)];
        const best = chooseToken(values, decideSampling({ temperature: 0 }), nothing, 0);
        for (const [inner, outer] of [
          [keptBy(values, { topK: k }), keptBy(values, { topK: largerK })],
          [keptBy(values, { topP: p }), keptBy(values, { topP: largerP })],
          [keptBy(values, { minP: largerP }), keptBy(values, { minP: p })],
        ] as const) {
          expect(within(inner, outer)).toBe(true);
          expect(inner).toContain(best);
        }
      }),
    );
  });

  it('the nucleus is the smallest set of most likely tokens with the probability', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, topP) => {
        const probabilities = softmax(Float32Array.from(values));
        const inside = keptBy(values, { topP }).map((id) => probabilities[id]!);
        const total = inside.reduce((sum, p) => sum + p, 0);
        expect(total).toBeGreaterThan(topP - 1e-9);
        expect(total - Math.min(...inside)).toBeLessThan(topP + 1e-9);
      }),
    );
  });

  it('top-k keeps at least k where there are k', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 60 }), (values, topK) => {
        expect(keptBy(values, { topK }).length).toBeGreaterThanOrEqual(Math.min(topK, values.length));
      }),
    );
  });
});
