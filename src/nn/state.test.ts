import { expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { Segments } from './segments.js';
import { StatePool } from './state.js';

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
