import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { readModelShape } from './config.js';
import {
  countFlops,
  expectedExperts,
  oneToken,
  prompt,
  sixParametersTokens,
  totalFlops,
  trainingFlops,
  wholeSequence,
} from './flops.js';
import { countParameters, parametersByPart } from './parameters.js';

const shapeOf = (name: string, changes: Record<string, unknown> = {}) =>
  readModelShape({ ...configOf(name), ...changes }).shape;

describe('countFlops', () => {
  it('of a small hybrid is what its layers say, written out', () => {
    const shape = shapeOf('jamba-tiny-random');
    const T = 100;
    const [D, H, Hkv, Dh, Di, N, K, R, F, V, E, k] = [128, 2, 1, 64, 256, 16, 4, 8, 14_336, 65_536, 4, 2];
    const counted = countFlops(shape, wholeSequence(shape, T));
    const forward = Object.fromEntries(Object.entries(counted).map(([part, flops]) => [part, flops.forward]));
    // Two attention and six Mamba layers, four dense and four expert feed-forwards.
    expect(forward).toEqual({
      attentionProjections: 2 * T * 2 * (2 * D * H * Dh + 2 * D * Hkv * Dh),
      attentionScores: 2 * 4 * H * Dh * ((T * (T + 1)) / 2),
      mambaProjections: 6 * T * 2 * (D * 2 * Di + Di * (R + 2 * N) + R * Di + Di * D),
      convolution: 6 * T * 2 * K * Di,
      scan: 6 * T * Di * (7 * N + 3),
      router: 4 * T * 2 * D * E,
      experts: 4 * T * 2 * k * 3 * D * F,
      denseMlp: 4 * T * 2 * 3 * D * F,
      head: T * 2 * D * V,
    });
    expect(counted.experts.backward).toBe(2 * counted.experts.forward);
    expect(counted.attentionScores.backward).toBe(2 * counted.attentionScores.forward);
    expect(counted.attentionScores.recompute).toBe(counted.attentionScores.forward / 2);
    expect(counted.scan).toMatchObject({ backward: 6 * T * Di * 231, recompute: 6 * T * Di * 81 });
  });

  it('is the same for a sequence in one piece and token by token', () => {
    const shape = shapeOf('jamba-tiny-random');
    const whole = countFlops(shape, wholeSequence(shape, 50));
    let sum = 0;
    for (let context = 1; context <= 50; context++)
      sum += totalFlops(countFlops(shape, oneToken(shape, context))).forward;
    expect(sum).toBe(totalFlops(whole).forward);
    const read = countFlops(shape, prompt(shape, 50));
    expect(read).toMatchObject({ scan: whole.scan, attentionScores: whole.attentionScores });
    expect(read.head.forward).toBe(whole.head.forward / 50);
  });

  it('sees every pair in an encoder, and counts each half of an encoder-decoder once', () => {
    const bert = shapeOf('bert-base');
    expect(countFlops(bert, wholeSequence(bert, 100)).attentionScores.forward).toBe(12 * 4 * 768 * 100 * 100);
    const t5 = shapeOf('t5-small');
    const { attentionScores, attentionProjections, head } = countFlops(t5, wholeSequence(t5, 200));
    expect(attentionScores.forward).toBe(6 * 4 * 512 * (100 * 100 + (100 * 101) / 2 + 100 * 100));
    // Encoder, decoder and cross-attention of 100 tokens on each side: three times four matrices.
    expect(attentionProjections.forward).toBe(6 * 3 * 4 * 2 * 512 * 512 * 100);
    expect(head.forward).toBe(100 * 2 * 512 * 32_128);
    // A further token neither encodes again nor makes keys of what was encoded.
    expect(countFlops(t5, oneToken(t5, 200)).attentionProjections.forward).toBe(6 * (4 + 2) * 2 * 512 * 512);
  });

  it('is close to 6 · active parameters a token where attention is short, and 2 in a forward pass', () => {
    const shape = shapeOf('jamba-mini');
    const { active } = countParameters(shape);
    const computed = active - parametersByPart(shape).embedding;
    const { flops } = trainingFlops(shape, 1024, 'none');
    expect(flops / sixParametersTokens(computed, 1024)).toBeCloseTo(1.0, 1);
    expect(flops / sixParametersTokens(computed, 1024)).toBeGreaterThan(1);
  });
});

describe('trainingFlops', () => {
  it('keeps what is computed twice out of flops, and has it in hardwareFlops', () => {
    const shape = shapeOf('jamba-mini');
    const none = trainingFlops(shape, 4096, 'none');
    const full = trainingFlops(shape, 4096, 'full');
    const { forward, backward, recompute } = totalFlops(countFlops(shape, wholeSequence(shape, 4096)));
    expect(none).toEqual({ flops: forward + backward, hardwareFlops: forward + backward + recompute });
    expect(full.flops).toBe(none.flops);
    const head = 4096 * 2 * 4096 * 65_536;
    expect(full.hardwareFlops - none.hardwareFlops).toBe(forward - head);
  });
});

describe('expectedExperts', () => {
  it('is k for one token, and nears E', () => {
    expect(expectedExperts(16, 2, 1)).toBeCloseTo(2, 12);
    expect(expectedExperts(16, 2, 2)).toBeCloseTo(2 + 2 * (14 / 16), 12);
    expect(expectedExperts(16, 2, 1000)).toBeCloseTo(16, 12);
    expect(expectedExperts(1, 1, 5)).toBe(1);
  });
});
