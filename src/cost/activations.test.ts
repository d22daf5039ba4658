import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/configs.js';
import { activationBytes, flowingBytesPerToken, keptBytes, workspaceBytesPerToken } from './activations.js';
import { readModelShape } from './config.js';

const shapeOf = (name: string, changes: Record<string, unknown> = {}) =>
  readModelShape({ ...configOf(name), ...changes }).shape;
const once = { context: 10, microBatch: 1, checkpointing: 'none', elementBytes: 4 } as const;

describe('activationBytes', () => {
  it('of a small hybrid is what backward rules read, written out', () => {
    const shape = shapeOf('jamba-tiny-random');
    const [D, H, Hkv, Dh, Di, N, R, F, V, E, k] = [128, 2, 1, 64, 256, 16, 8, 14_336, 65_536, 4, 2];
    // Norm inputs and outputs and their inverse roots, twice a layer.
    const norms = 8 * 2 * (2 * D + 1);
    const attention = 2 * (2 * H * Dh + 2 * Hkv * Dh + H);
    // Of every 64th token the scan's state.
    const mamba = 6 * (7 * Di + (Di * N) / 64 + 2 * (R + 2 * N) + 3);
    const dense = 4 * 3 * F;
    const mixture = 4 * (k * (3 * F + 2 * D) + E + 4 * k);
    const head = 2 * D + V;
    expect(activationBytes(shape, once)).toBe(10 * 4 * (norms + attention + mamba + dense + mixture + head));
  });

  it('grows with tokens alone: attention keeps no scores', () => {
    const shape = shapeOf('llama-2-7b');
    expect(activationBytes(shape, { ...once, context: 4000 })).toBe(400 * activationBytes(shape, once));
    expect(activationBytes(shape, { ...once, microBatch: 3 })).toBe(3 * activationBytes(shape, once));
  });

  it('keeps the input of each layer and all of one under checkpointing', () => {
    const shape = shapeOf('llama-2-7b');
    const full = activationBytes(shape, { ...once, checkpointing: 'full' });
    const layer = 4 * 4096 + 2 + 4 * 4096 + 32 + 3 * 11_008;
    expect(full).toBe(10 * 4 * (32 * 4096 + layer + 2 * 4096 + 32_000));
    expect(full).toBeLessThan(activationBytes(shape, once) / 5);
  });
});

describe('keptBytes', () => {
  it('has the layer that is computed again apart, and none without checkpointing', () => {
    const shape = shapeOf('llama-2-7b');
    const { kept, recomputed } = keptBytes(shape, { ...once, checkpointing: 'full' });
    expect(kept).toBe(10 * 4 * (32 * 4096 + 2 * 4096 + 32_000));
    expect(kept + recomputed).toBe(activationBytes(shape, { ...once, checkpointing: 'full' }));
    expect(keptBytes(shape, once)).toEqual({ kept: activationBytes(shape, once), recomputed: 0 });
  });
});

describe('flowingBytesPerToken', () => {
  it('is the gradient of the residual stream and those inside the widest part', () => {
    expect(flowingBytesPerToken(shapeOf('jamba-mini'), 4)).toBe(4 * (4096 + 2 * 3 * 14_336));
    expect(flowingBytesPerToken(shapeOf('mamba-2.8b'), 4)).toBe(4 * (2 * 2560 + 3.5 * 5120 + 2 * 16));
    expect(flowingBytesPerToken(shapeOf('llama-2-7b', { intermediate_size: 1024 }), 2)).toBe(2 * (4096 + 4 * 4096));
    expect(flowingBytesPerToken(shapeOf('llama-2-7b'), 4, 8)).toBe(4 * (4096 + (3 * 11_008) / 8));
  });
});

describe('workspaceBytesPerToken', () => {
  it('is the residual stream, its norm, and the widest part', () => {
    expect(workspaceBytesPerToken(shapeOf('jamba-mini'))).toEqual({
      bytes: 2 * (2 * 4096 + 3 * 14_336),
      widest: 'denseMlp',
    });
    expect(workspaceBytesPerToken(shapeOf('mamba-2.8b'))).toEqual({
      bytes: 2 * (2 * 2560 + 5 * 5120 + 160 + 32),
      widest: 'mamba',
    });
    expect(workspaceBytesPerToken(shapeOf('jamba-mini'), { experts: 'grouped' })).toEqual({
      bytes: 2 * (2 * 4096 + 2 * (2 * 4096 + 3 * 14_336) + 4096),
      widest: 'experts',
    });
    const wide = shapeOf('llama-2-7b', { intermediate_size: 1024 });
    expect(workspaceBytesPerToken(wide)).toEqual({ bytes: 2 * (2 * 4096 + 4 * 4096), widest: 'attention' });
  });

  it('divides the widest part among devices, not the residual stream', () => {
    expect(workspaceBytesPerToken(shapeOf('llama-2-7b'), { tensor: 8, elementBytes: 4 }).bytes).toBe(
      4 * (2 * 4096 + (3 * 11_008) / 8),
    );
  });
});
