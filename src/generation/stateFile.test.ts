import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decoderSets, devices, goldenFile, largestDifference, loadSet } from '../../test/golden/support.js';
import type { Device } from '../contract/index.js';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import { bytesSource, encodeSafetensors, readFloats, readSafetensors, readTensor } from '../formats/index.js';
import type { Model } from '../models/index.js';
import { Segments, type State, StatePool } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { generate } from './generate.js';
import type { GeneratedToken } from './sequence.js';
import { decodeState, encodeState } from './stateFile.js';

const fingerprint = 'f'.repeat(64);

function feed(model: Model, state: State, ids: readonly number[], piece = ids.length): void {
  for (let at = 0; at < ids.length; at += piece) {
    const rows = ids.slice(at, at + piece);
    scope(
      () =>
        void model.forward(
          { segments: new Segments(model.device, [rows.length], [state]), ids: rows },
          { logits: 'none' },
        ),
    );
  }
}

async function expectGolden(set: string, length: number, state: State, row: number) {
  const golden = await goldenFile(set);
  const { tensors } = await readSafetensors(bytesSource('state', await encodeState(state, fingerprint)));
  const names = golden.names.filter((name) => name.startsWith(`state.${length}.`));
  expect([...tensors.keys()].sort()).toEqual(names.map((name) => name.slice(`state.${length}.`.length)).sort());
  for (const name of names) {
    const [batch, ...shape] = golden.shape(name) as [number, ...number[]];
    const expected = await golden.floats(name);
    const each = expected.length / batch;
    const entry = tensors.get(name.slice(`state.${length}.`.length))!;
    expect(entry.shape).toEqual(shape);
    const difference = largestDifference(await readFloats(entry), expected.subarray(row * each, (row + 1) * each));
    expect(difference, name).toBeLessThan(1e-4);
  }
}

describe.each(devices)('states of Transformers on $title', ({ open }) => {
  it.each(decoderSets)('%s', async (set) => {
    const device = await open();
    const model = await loadSet(set, device);
    const golden = await goldenFile(set);
    const ids = [...(await golden.integers('input_ids'))];
    const [, rowLength] = golden.shape('input_ids') as [number, number];
    // The first is that of a prefill, another one was reached step by step.
    const [prefill, stepped] = [...new Set(golden.names.flatMap((name) => /^state\.(\d+)\./.exec(name)?.[1] ?? []))]
      .map(Number)
      .sort((a, b) => a - b) as [number, number?];
    using pool = new StatePool(device, model.stateLayouts);
    for (const row of [0, 1]) {
      const sequence = ids.slice(rowLength * row, rowLength * (row + 1));
      const state = pool.create();
      feed(model, state, sequence.slice(0, prefill));
      await expectGolden(set, prefill, state, row);
      if (stepped === undefined) continue;
      feed(model, state, sequence.slice(prefill, stepped), 1);
      await expectGolden(set, stepped, state, row);
    }
    model.dispose();
  });

  // The reference needs most of a minute of a whole core for it.
  it('jamba-long', async () => {
    const device = await open();
    const model = await loadSet('jamba-long', device);
    const ids = [...(await (await goldenFile('jamba-long')).integers('input_ids'))];
    using pool = new StatePool(device, model.stateLayouts);
    const state = pool.create();
    feed(model, state, ids.slice(0, 389));
    await expectGolden('jamba-long', 389, state, 0);
    feed(model, state, ids.slice(389), 100);
    await expectGolden('jamba-long', 515, state, 0);
    model.dispose();
  }, 600_000);
});

describe('a saved state', () => {
  let device: Device;
  let model: Model;
  beforeAll(async () => {
    device = await devices[0]!.open();
    model = await loadSet('jamba-moe', device);
  });
  afterAll(() => {
    model.dispose();
    expect(device.memory.bytes).toBe(0);
    device.dispose();
  });

  const ids = Array.from({ length: 150 }, (_, i) => 3 + ((i * i * 13) % 90));
  const newPool = () => new StatePool(device, model.stateLayouts);

  it.each([0, 1, 63, 64, 65, 150])(
    'after %i tokens continues as the state itself does, bit for bit',
    async (length) => {
      using pool = newPool();
      using state = pool.create();
      feed(model, state, ids.slice(0, length));
      using elsewhere = newPool();
      // Other slots and pages than those it was saved from.
      feed(model, elsewhere.create(), ids.slice(0, 70));
      using restored = await decodeState(await encodeState(state, fingerprint), elsewhere, fingerprint);
      expect(restored.length).toBe(length);
      const options = { maxTokens: 80, temperature: 1, seed: 3, logprobs: 2 };
      const continued = async (from: State) => {
        const tokens: GeneratedToken[] = [];
        for await (const token of generate(model, from, [7], options)) tokens.push(token);
        return tokens;
      };
      expect(await continued(restored)).toEqual(await continued(state));
      expect(await encodeState(restored, fingerprint)).toEqual(await encodeState(state, fingerprint));
    },
  );

  it('is of the moment it was asked for', async () => {
    using pool = newPool();
    using state = pool.create();
    feed(model, state, ids.slice(0, 50));
    const before = await encodeState(state, fingerprint);
    const saving = encodeState(state, fingerprint);
    feed(model, state, ids.slice(50));
    expect(await saving).toEqual(before);
  });

  it.each(['bf16', 'f16'] as const)('holds keys of a %s pool, and gives them back unchanged', async (kvDType) => {
    using pool = new StatePool(device, model.stateLayouts, { kvDType });
    using state = pool.create();
    feed(model, state, ids);
    const saved = await encodeState(state, fingerprint);
    using restored = await decodeState(saved, pool, fingerprint);
    expect(await encodeState(restored, fingerprint)).toEqual(saved);
    using exact = newPool();
    using widened = await decodeState(saved, exact, fingerprint);
    expect(await encodeState(widened, fingerprint)).toEqual(saved);
  });

  /** The file of a short state, with tensors or metadata replaced. */
  async function altered(
    change: (
      tensors: Map<string, { dtype: 'F32' | 'F64'; shape: number[]; bytes: Uint8Array }>,
      metadata: Record<string, string>,
    ) => void,
  ) {
    using pool = newPool();
    using state = pool.create();
    feed(model, state, ids.slice(0, 5));
    const file = await readSafetensors(bytesSource('state', await encodeState(state, fingerprint)));
    const tensors = new Map<string, { dtype: 'F32' | 'F64'; shape: number[]; bytes: Uint8Array }>();
    for (const [name, entry] of file.tensors)
      tensors.set(name, { dtype: 'F32', shape: [...entry.shape], bytes: await readTensor(entry) });
    const metadata = { ...file.metadata };
    change(tensors, metadata);
    return encodeSafetensors(
      [...tensors].map(([name, tensor]) => ({ name, ...tensor })),
      metadata,
    );
  }

  const refusals: [string, Parameters<typeof altered>[0], string][] = [
    ['another format', (_, metadata) => (metadata.format = 'gguf'), 'not the bytes of a saved state'],
    ['another version', (_, metadata) => (metadata.version = '2'), 'another version'],
    ['another model', (_, metadata) => (metadata.model = 'e'.repeat(64)), 'another model'],
    ['no length', (_, metadata) => delete metadata.length, 'not a number of tokens'],
    ['a length that is no number', (_, metadata) => (metadata.length = '5e0'), 'not a number of tokens'],
    ['a length beyond any state', (_, metadata) => (metadata.length = '9999999999'), 'not a number of tokens'],
    ['another length', (_, metadata) => (metadata.length = '6'), 'tensor 1.key is F32 (2, 5, 8), not F32 (2, 6, 8)'],
    ['a missing tensor', (tensors) => tensors.delete('4.value'), 'it has no tensor 4.value'],
    [
      'another shape',
      (tensors) => tensors.get('0.ssm')!.shape.reverse(),
      'tensor 0.ssm is F32 (8, 64), not F32 (64, 8)',
    ],
    [
      'another dtype',
      (tensors) => tensors.set('0.conv', { dtype: 'F64', shape: [64, 4], bytes: new Uint8Array(2048) }),
      'tensor 0.conv is F64',
    ],
    [
      'one tensor more',
      (tensors) => tensors.set('6.ssm', { dtype: 'F32', shape: [0], bytes: new Uint8Array() }),
      'the file has 13',
    ],
  ];
  it.each(refusals)('with %s is refused', async (_, change, reason) => {
    using pool = newPool();
    const before = device.memory.bytes;
    await expect(altered(change).then((bytes) => decodeState(bytes, pool, fingerprint))).rejects.toMatchObject({
      code: 'state',
      fields: { reason: expect.stringContaining(reason) },
    });
    expect(device.memory.bytes).toBe(before);
  });

  it('is refused in a pool of another model', async () => {
    using pool = newPool();
    using state = pool.create();
    const saved = await encodeState(state, fingerprint);
    using other = new StatePool(device, model.stateLayouts.slice(1));
    await expect(decodeState(saved, other, fingerprint)).rejects.toMatchObject({ code: 'state' });
  });

  it('that the device has no room for leaves nothing behind', async () => {
    using pool = newPool();
    const saved = await altered(() => undefined);
    using first = pool.create();
    const write = vi.spyOn(device, 'write');
    let calls = 0;
    // Not the first writes, which empty the slot.
    write.mockImplementation(() => {
      if (++calls > 10) throw new JambalayaError('device', { device: device.name, reason: 'no room' });
    });
    await expect(decodeState(saved, pool, fingerprint)).rejects.toMatchObject({ code: 'device' });
    write.mockRestore();
    expect(pool.create().slot).toBe(first.slot + 1);
  });

  it('is refused, or restored, but never anything else when bytes are damaged', async () => {
    const saved = await altered(() => undefined);
    using pool = newPool();
    const damage = fc.array(fc.tuple(fc.nat(saved.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    // The header is where damage can do harm: most of the changes go there.
    const place = (at: number, i: number) => (i % 4 === 3 ? at : at % 1200);
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(saved.length), fc.boolean(), async (changes, cut, truncate) => {
        const bytes = saved.slice(0, truncate ? cut : saved.length);
        changes.forEach(([at, value], i) => {
          if (place(at, i) < bytes.length) bytes[place(at, i)] = value;
        });
        try {
          (await decodeState(bytes, pool, fingerprint)).dispose();
        } catch (error) {
          expect(isJambalayaError(error, 'state'), String(error)).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
