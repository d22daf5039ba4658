import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import type { Model } from '../models/index.js';
import { compareLogits, divergence } from './compareLogits.js';
import { allLogits } from './logits.js';
import { argmax } from './selection.js';

describe('divergence', () => {
  it('is Σ p log(p / q)', () => {
    const [p, q] = [
      [0.5, 0.25, 0.25],
      [0.25, 0.25, 0.5],
    ];
    const logits = (probabilities: number[]) => probabilities.map((value) => Math.log(value) + 3);
    expect(divergence(logits(p!), logits(q!))).toBeCloseTo(0.5 * Math.log(2) + 0.25 * Math.log(0.5), 12);
  });

  it('is at least 0, and 0 between equals', () => {
    const logits = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(logits, logits, (p, q) => {
        expect(divergence(p, q)).toBeGreaterThan(-1e-12);
        expect(divergence(p, p)).toBe(0);
      }),
    );
  });

  it('is no agreement where something is no number', () => {
    const nothing = [Number.NaN, 1, 2];
    expect(divergence(nothing, nothing)).toBeNaN();
    expect(divergence([0, 1, 2], nothing)).toBeNaN();
  });

  it('passes over tokens that cannot come', () => {
    expect(divergence([0, Number.NEGATIVE_INFINITY], [0, 0])).toBeCloseTo(Math.LN2, 12);
  });
});

describe('compareLogits', () => {
  let device: Device;
  let model: Model;
  /** The same model with its logits of odd ids raised by a quarter. */
  let changed: Model;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
    changed = await loadSet('jamba-moe', device, { dtype: 'f32' });
    const head = changed.parameters.get('lm_head.weight')!;
    const values = (await head.read()) as Float32Array;
    head.write(values.map((value, i) => (Math.floor(i / head.shape[1]!) % 2 === 1 ? 1.25 * value : value)));
  });
  afterAll(() => {
    model.dispose();
    changed.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  const ids = Array.from({ length: 50 }, (_, i) => 3 + ((i * i * 13) % 90));

  it('finds no difference between a model and itself', async () => {
    const comparison = await compareLogits(model, model, ids, { window: 16 });
    expect(comparison).toEqual({ meanKl: 0, top1Agreement: 1, positions: 50 });
  });

  it('means over every position of windows that follow one another', async () => {
    let kl = 0;
    let agreed = 0;
    for (const [start, end] of [
      [0, 16],
      [16, 32],
      [32, 48],
      [48, 50],
    ]) {
      const [p, q] = [await allLogits(model, ids.slice(start, end)), await allLogits(changed, ids.slice(start, end))];
      for (let at = 0; at < p.length; at += 97) {
        kl += divergence(p.subarray(at, at + 97), q.subarray(at, at + 97));
        agreed += argmax(p.subarray(at, at + 97)) === argmax(q.subarray(at, at + 97)) ? 1 : 0;
      }
    }
    const done: number[] = [];
    const options = { window: 16, onProgress: (tokens: number) => done.push(tokens) };
    const { meanKl, top1Agreement } = await compareLogits(model, changed, ids, options);
    expect(meanKl).toBeCloseTo(kl / 50, 12);
    expect(meanKl).toBeGreaterThan(1e-4);
    expect(top1Agreement).toBe(agreed / 50);
    expect(done).toEqual([50]);
  });

  it('refuses other vocabularies, no text, a window without tokens, and stops when asked to', async () => {
    const refused = (second: Model, text: number[], window: number) => compareLogits(model, second, text, { window });
    const usage = (argument: string) => ({ code: 'usage', fields: { argument } });
    using other = await loadSet('jamba-dense', device);
    await expect(refused(other, ids, 16)).rejects.toMatchObject(usage('second'));
    await expect(refused(model, [], 16)).rejects.toMatchObject(usage('ids'));
    await expect(refused(model, [97], 16)).rejects.toMatchObject(usage('ids'));
    await expect(refused(model, ids, 0)).rejects.toMatchObject(usage('window'));
    const options = { window: 16, aborted: () => true };
    await expect(compareLogits(model, model, ids, options)).rejects.toMatchObject({ code: 'aborted' });
  });
});
