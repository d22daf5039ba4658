import { describe, expect, it } from 'vitest';
import { openSet } from '../../test/golden/support.js';
import { type Checkpoint, encodeSafetensors, memoryFolder, openCheckpoint } from '../formats/index.js';
import { modelFingerprint } from './fingerprint.js';

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

interface Parts {
  config: Record<string, unknown>;
  tensors: { name: string; dtype: 'F32' | 'I32'; shape: number[]; bytes: Uint8Array }[];
}

const original = (): Parts => ({
  config: { model_type: 'jamba', hidden_size: 8, nested: { a: 1, b: 2 }, use_cache: true },
  tensors: [
    { name: 'b', dtype: 'F32', shape: [2, 16], bytes: new Uint8Array(128).fill(1) },
    { name: 'a', dtype: 'F32', shape: [3], bytes: new Uint8Array(12).fill(2) },
  ],
});

async function fingerprintOf({ config, tensors }: Parts): Promise<string> {
  const folder = memoryFolder('m', { 'config.json': text(config), 'model.safetensors': encodeSafetensors(tensors) });
  return modelFingerprint(await openCheckpoint(folder));
}

async function changed(change: (parts: Parts) => void): Promise<string> {
  const parts = original();
  change(parts);
  return fingerprintOf(parts);
}

describe('modelFingerprint', () => {
  it('is 64 hexadecimal digits', async () => {
    expect(await fingerprintOf(original())).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, (parts: Parts) => void]>([
    ['a field', ({ config }) => (config.hidden_size = 9)],
    ['a nested field', ({ config }) => (config.nested = { a: 1, b: 3 })],
    ['a name', ({ tensors }) => (tensors[0]!.name = 'c')],
    ['a shape', ({ tensors }) => (tensors[0]!.shape = [16, 2])],
    ['a dtype', ({ tensors }) => (tensors[0]!.dtype = 'I32')],
    ['a value', ({ tensors }) => (tensors[0]!.bytes[63] = 0)],
    ['the last value', ({ tensors }) => (tensors[0]!.bytes[127] = 0)],
    ['one tensor less', ({ tensors }) => tensors.pop()],
  ])('changes with %s', async (_, change) => {
    expect(await changed(change)).not.toBe(await fingerprintOf(original()));
  });

  it.each<[string, (parts: Parts) => void]>([
    ['the order of tensors', ({ tensors }) => tensors.reverse()],
    [
      'the order of fields',
      ({ config }) => {
        const entries = Object.entries(config).reverse();
        for (const key of Object.keys(config)) delete config[key];
        Object.assign(config, Object.fromEntries(entries), { nested: { b: 2, a: 1 } });
      },
    ],
    ['fields without effect', ({ config }) => Object.assign(config, { use_cache: false, eos_token_id: 2 })],
  ])('does not change with %s', async (_, change) => {
    expect(await changed(change)).toBe(await fingerprintOf(original()));
  });

  it('changes with any piece of a large tensor', async () => {
    const bytes = new Uint8Array(20 * 2 ** 20);
    const fingerprint = () =>
      fingerprintOf({ config: {}, tensors: [{ name: 'a', dtype: 'F32', shape: [bytes.length / 4], bytes }] });
    const found = new Set([await fingerprint()]);
    for (const place of [bytes.length - 1, 8 * 2 ** 20]) {
      bytes[place]!++;
      found.add(await fingerprint());
    }
    expect(found.size).toBe(3);
  });

  it('tells the golden models apart', async () => {
    const sets = ['jamba-moe', 'jamba-dense', 'jamba-odd', 'jamba-stacked', 'jamba-long', 'char-shakespeare'];
    const checkpoints: Checkpoint[] = await Promise.all(sets.map(openSet));
    const fingerprints = await Promise.all(checkpoints.map(modelFingerprint));
    expect(new Set(fingerprints).size).toBe(sets.length);
    await Promise.all(checkpoints.map((checkpoint) => checkpoint.close()));
  });
});
