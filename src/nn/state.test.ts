import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { Segments } from './segments.js';
import { type State, StatePool } from './state.js';

const layouts = [
  { kind: 'mamba', inner: 3, stateSize: 2, width: 4 },
  { kind: 'attention', kvHeads: 1, headSize: 2 },
] as const;

function pooled() {
  const device = new ReferenceDevice();
  return { device, pool: new StatePool(device, layouts) };
}

/** Makes room for `rows` more positions, as a forward pass does, and takes them. */
function advance(device: ReferenceDevice, states: Parameters<StatePool['reserve']>[0], rows: number) {
  using segments = new Segments(
    device,
    states.map(() => rows),
    states,
  );
  segments.advance();
}

it('gives pages as sequences grow, and takes them back', () => {
  const { device, pool } = pooled();
  const state = pool.create();
  advance(device, [state], 64);
  expect(state.pages.length).toBe(1);
  advance(device, [state], 1);
  expect(state.pages.length).toBe(2);
  const pages = [...state.pages];
  state.dispose();
  const next = pool.create();
  advance(device, [next], 128);
  expect([...next.pages].sort()).toEqual(pages.sort());
  next.dispose();
  pool.dispose();
  expect(device.memory.bytes).toBe(0);
});

it('a clone shares full pages and gets its own copy of the one that is written next', () => {
  const { device, pool } = pooled();
  using state = pool.create();
  advance(device, [state], 70);
  using clone = state.clone();
  expect(clone.pages).toEqual(state.pages);
  expect(clone.slot).not.toBe(state.slot);
  advance(device, [clone], 1);
  expect(clone.pages[0]).toBe(state.pages[0]);
  expect(clone.pages[1]).not.toBe(state.pages[1]);
  expect([state.length, clone.length]).toEqual([70, 71]);
});

it('keeps what is there when it grows', async () => {
  const { pool } = pooled();
  const first = pool.create();
  const layer = pool.layer(0);
  if (layer.kind !== 'mamba') throw new Error('layer 0 is a Mamba layer');
  layer.ssm.range(first.slot, first.slot + 1).write(Float32Array.from([1, 2, 3, 4, 5, 6]));
  const growths = pool.growths;
  const others = Array.from({ length: 5 }, () => pool.create());
  expect(pool.growths).toBeGreaterThan(growths);
  const grown = pool.layer(0);
  if (grown.kind !== 'mamba') throw new Error('layer 0 is a Mamba layer');
  expect([...(await grown.ssm.range(first.slot, first.slot + 1).read())]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...(await grown.ssm.range(others[4]!.slot, others[4]!.slot + 1).read())]).toEqual([0, 0, 0, 0, 0, 0]);
});

it('refuses a state twice in a batch, states of two pools, and segments without a length', () => {
  const { device, pool } = pooled();
  const state = pool.create();
  expect(() => new Segments(device, [1, 1], [state, state])).toThrow('one state of its own per segment');
  const other = new StatePool(device, layouts).create();
  expect(() => new Segments(device, [1, 1], [state, other])).toThrow('states of one pool');
  expect(() => new Segments(device, [1.5])).toThrow('whole numbers from 0');
});

describe('a state', () => {
  const numbers = (count: number, from: number) => Float32Array.from({ length: count }, (_, i) => from + i);
  const keysOf = async (state: State) => {
    const read: number[] = [];
    for (const pair of state.parts(1)) {
      read.push(...(await pair[0].read()));
      for (const tensor of pair) tensor.dispose();
    }
    return read;
  };

  it('is written to without its clones', async () => {
    const { device, pool } = pooled();
    const state = pool.create();
    advance(device, [state], 70);
    const given = [0, 64].map(
      (from, i) => [numbers(i === 0 ? 128 : 12, from), numbers(i === 0 ? 128 : 12, 0)] as const,
    );
    state.write(1, given);
    const clone = state.clone();
    const before = await keysOf(clone);
    expect(before).toEqual([...given[0]![0], ...given[1]![0]]);
    for (const [keys, values] of state.parts(1)) {
      keys.write(new Float32Array(keys.size));
      for (const tensor of [keys, values]) tensor.dispose();
    }
    expect(await keysOf(state)).toEqual(before);
    state.write(
      1,
      given.map(([keys, values]) => [keys.map(() => -1), values] as const),
    );
    expect(new Set(await keysOf(state))).toEqual(new Set([-1]));
    expect(await keysOf(clone)).toEqual(before);
    expect(() => state.write(1, [])).toThrow('expected 2 pairs, got 0');
  });

  it('shares no page that a refused pass left it', () => {
    const { device, pool } = pooled();
    const state = pool.create();
    // Room for 200 rows that were never computed.
    new Segments(device, [200], [state]).dispose();
    const clone = state.clone();
    advance(device, [state], 200);
    advance(device, [clone], 200);
    expect(state.pages.filter((page) => clone.pages.includes(page))).toEqual([]);
    // Fewer pages than it has are enough for a shorter pass.
    const short = pool.create();
    new Segments(device, [200], [short]).dispose();
    advance(device, [short], 1);
    expect(short.length).toBe(1);
  });

  it('belongs to one pass at a time', () => {
    const { device, pool } = pooled();
    const state = pool.create();
    const segments = new Segments(device, [3], [state]);
    const early = new Segments(device, [1], [state]);
    expect(segments.begin(layouts)).toBe(pool);
    segments.advance();
    expect(state.length).toBe(3);
    expect(() => segments.begin(layouts)).toThrow('those of an earlier one');
    expect(() => early.begin(layouts)).toThrow('those of a state that went on since');
    expect(() => early.advance()).toThrow('those of a state that went on since');
    const parts = new Segments(device, [1], [state]);
    expect(() => parts.begin(layouts, [1, 2])).toThrow('expected the layers from 0 on, got those from 1 on');
    parts.begin(layouts, [0, 1]);
    expect(() => parts.begin(layouts, [0, 1])).toThrow('expected the layers from 1 on');
    parts.begin(layouts, [1, 2]);
    parts.advance();
    expect(state.length).toBe(4);
    const foreign = new Segments(device, [1], [state]);
    expect(() => foreign.begin(layouts.slice(0, 1))).toThrow('another model');
    const gone = new Segments(device, [1], [state]);
    state.dispose();
    expect(() => gone.begin(layouts)).toThrow('it was disposed of');
  });

  it('is worth nothing after a pass that failed', () => {
    const { device, pool } = pooled();
    const state = pool.create();
    const before = state.clone();
    new Segments(device, [3], [state]).begin(layouts);
    for (const use of [() => state.clone(), () => state.parts(0), () => new Segments(device, [1], [state])]) {
      expect(use).toThrow('did not come to its end');
    }
    state.dispose();
    advance(device, [before], 3);
    expect(before.length).toBe(3);
  });

  it('that is cloned between its segments and their pass keeps the clone’s page as it is', () => {
    const { device, pool } = pooled();
    const state = pool.create();
    advance(device, [state], 10);
    const segments = new Segments(device, [1], [state]);
    const clone = state.clone();
    segments.begin(layouts);
    expect(state.pages).not.toEqual(clone.pages);
    segments.advance();
  });

  it('is of a pool that lives', () => {
    const { pool } = pooled();
    const state = pool.create();
    pool.dispose();
    expect(() => pool.create()).toThrow('its pool was disposed of');
    expect(() => state.clone()).toThrow('its pool was disposed of');
  });
});

it.each([0, -64, 1, 100, 64.5, Number.NaN])('refuses pages of %s tokens', (pageTokens) => {
  expect(() => new StatePool(new ReferenceDevice(), layouts, { pageTokens })).toThrow(
    /pageTokens: expected a multiple/,
  );
});

it.each(['f64', null])('refuses to keep keys as %s', (kvDType) => {
  expect(() => new StatePool(new ReferenceDevice(), layouts, { kvDType: kvDType as 'f32' })).toThrow(
    /kv: expected f32/,
  );
});
