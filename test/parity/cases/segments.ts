import { floats, integers, type Operand, type ParityCase } from '../harness.js';

/** Lengths of a batch's segments: none, empty ones, shorter and longer than a convolution, around a chunk of the scan. */
export const batches: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [0, 0],
  [3, 0, 17, 1, 0],
  [64],
  [63, 65],
  [130, 0, 7],
];

export const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);

/** Offsets (S + 1) of segments of these lengths. */
export function offsetsOf(lengths: readonly number[]): Operand {
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets[offsets.length - 1]! + length);
  return integers(offsets);
}

export const filled = (length: number) => ({ dtype: 'f32' as const, length });

/** The ways in which an op can meet its states of `size` values: absent, per segment, in a pool with one slot to spare. */
export function stateForms(
  segments: number,
  size: number,
): Pick<ParityCase, 'title' | 'inputs' | 'outputs' | 'numbers'>[] {
  const pool = {
    state: floats((segments + 1) * size, 20),
    slots: integers(Array.from({ length: segments }, (_, s) => segments - s)),
  };
  return [
    { title: 'no state', inputs: {}, outputs: {}, numbers: { stateSlots: 0 } },
    { title: 'final', inputs: {}, outputs: { final: filled(segments * size) }, numbers: { stateSlots: 0 } },
    {
      title: 'initial, final',
      inputs: { initial: floats(segments * size, 21) },
      outputs: { final: filled(segments * size) },
      numbers: { stateSlots: 0 },
    },
    { title: 'pool', inputs: pool, outputs: {}, numbers: { stateSlots: segments + 1 } },
    {
      title: 'pool, final',
      inputs: pool,
      outputs: { final: filled(segments * size) },
      numbers: { stateSlots: segments + 1 },
    },
  ];
}
