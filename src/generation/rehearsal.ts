/**
 * The motions of reading prompts and of decoding, gone through on a device that computes nothing, to learn how much memory
 * they take.
 */
import type { Model } from '../models/index.js';
import { Segments, StatePool, type StatePoolOptions } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { DecodeStep } from './decodeStep.js';

export interface RehearsalOptions extends Pick<StatePoolOptions, 'kvDType'> {
  /** Tokens of each sequence. */
  readonly context: number;
  /** Sequences that are decoded together. */
  readonly batch: number;
  /** Rows of one forward pass at most while prompts are read. */
  readonly prefillChunk: number;
}

export interface Rehearsal {
  /** Of the pool of states when every sequence has its context, rooms that are kept free included. */
  readonly poolBytes: number;
  /** What the last chunk of a prompt takes beside model and pool. */
  readonly prefillBytes: number;
  /** What a captured decode step keeps; 0 for a model that does not continue a text. */
  readonly decodeBytes: number;
}

/** Leaves the peaks of the whole in the device's `memory`. `model` is one on a device that only counts. */
export function rehearse(model: Model, { context, batch, prefillChunk, kvDType = 'f32' }: RehearsalOptions): Rehearsal {
  const { device, description, stateLayouts } = model;
  const chunk = Math.max(1, prefillChunk);
  const ids = (count: number) => new Int32Array(count);
  if (!description.causal || stateLayouts.length === 0) {
    const before = device.memory.heldBytes;
    // An encoder need not have a head, and one row's logits are little beside its layers.
    const logits = description.causal ? 'last' : 'none';
    scope(() => {
      model.forward({ ids: ids(context), segments: new Segments(device, [context]) }, { logits });
    });
    return { poolBytes: 0, prefillBytes: device.memory.peakHeldBytes - before, decodeBytes: 0 };
  }
  using pool = new StatePool(device, stateLayouts, { kvDType });
  const emptyPoolBytes = pool.bytes;
  const states = Array.from({ length: batch }, () => pool.create());
  // The newest token of a context is not read any more.
  const steps = [...promptSteps(batch, Math.max(1, context - 1), chunk)];
  const beforePrefill = device.memory.heldBytes;
  let prefillBytes = 0;
  for (const [i, turns] of steps.entries()) {
    const lengths = turns.map(({ rows }) => rows);
    const taking = turns.map(({ sequence }) => states[sequence]!);
    if (i < 2 || i >= steps.length - 3) {
      scope(() => {
        model.forward(
          { ids: ids(total(lengths)), segments: new Segments(device, lengths, taking) },
          { logits: 'last' },
        );
      });
      prefillBytes = Math.max(
        prefillBytes,
        device.memory.peakHeldBytes - beforePrefill - (pool.bytes - emptyPoolBytes),
      );
    } else {
      // Steps in the middle are like their neighbours; only the pool grows.
      pool.reserve(taking, lengths);
      for (const [j, state] of taking.entries()) state.advance(lengths[j]!);
    }
  }
  const beforeDecode = device.memory.bytes;
  const poolBefore = pool.bytes;
  const step = DecodeStep.capture(model, states, [...ids(batch)]);
  const decodeBytes = device.memory.bytes - beforeDecode - (pool.bytes - poolBefore);
  const poolBytes = pool.bytes;
  step.dispose();
  for (const state of states) state.dispose();
  return { poolBytes, prefillBytes, decodeBytes };
}

/** Who reads how many rows of its prompt in each step: in the order they came, as many as a step has room for. */
function* promptSteps(batch: number, prompt: number, room: number): Generator<{ sequence: number; rows: number }[]> {
  let turns: { sequence: number; rows: number }[] = [];
  let left = room;
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let rest = prompt; rest > 0; ) {
      const rows = Math.min(rest, left);
      turns.push({ sequence, rows });
      rest -= rows;
      left -= rows;
      if (left > 0) continue;
      yield turns;
      turns = [];
      left = room;
    }
  }
  if (turns.length > 0) yield turns;
}

const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
