import { scanChannelBlock, scanChunk } from '../../../src/contract/index.js';
import { floats, type Operand, type ParityCase } from '../harness.js';
import { batches, filled, offsetsOf, stateForms, total } from './segments.js';

const shapes = [
  { channels: 0, stateSize: 16 },
  { channels: 1, stateSize: 1 },
  { channels: 7, stateSize: 16 },
  { channels: 63, stateSize: 3 },
  { channels: 65, stateSize: 17 },
  { channels: 130, stateSize: 16 },
];
const sizes = [
  ...batches.flatMap((lengths) => shapes.map((shape) => ({ ...shape, lengths }))),
  { channels: 257, stateSize: 8, lengths: [9, 2] },
  { channels: 1000, stateSize: 16, lengths: [3] },
  { channels: 9, stateSize: 256, lengths: [70, 3] },
];

/** Steps as softplus gives them, with some that are zero, tiny, or so large that the state is forgotten. */
function steps(count: number): Operand {
  const { data } = floats(count, 11);
  data.forEach((value, i) => {
    data[i] = i % 29 === 3 ? 0 : i % 31 === 5 ? 1e-20 : i % 37 === 7 ? 300 : Math.log1p(Math.exp(value - 1));
  });
  return { dtype: 'f32', data };
}

/** a = -exp(A_log), from slow to fast. */
const rates = (count: number): Operand => ({
  dtype: 'f32',
  data: floats(count, 12).data.map((value) => -Math.exp(value)),
});

function operands(rows: number, channels: number, stateSize: number, lengths: readonly number[]) {
  return {
    // With a step of 300 an input of 1 would drown the others in the comparison.
    u: {
      dtype: 'f32' as const,
      data: floats(rows * channels, 10).data.map((value, i) => (i % 37 === 7 ? value / 300 : value)),
    },
    delta: steps(rows * channels),
    a: rates(channels * stateSize),
    b: floats(rows * stateSize, 13),
    c: floats(rows * stateSize, 14, stateSize ** -0.5),
    d: floats(channels, 15),
    offsets: offsetsOf(lengths),
  };
}

/** States that a forward pass keeps for its gradient. */
const checkpoints = (rows: number, segments: number) => Math.ceil(rows / scanChunk) + segments;

export const selectiveScan: ParityCase[] = sizes.flatMap(({ channels, stateSize, lengths }) => {
  const rows = total(lengths);
  return stateForms(lengths.length, stateSize * channels).map(
    (form, i): ParityCase => ({
      title: `[${lengths}] C ${channels} N ${stateSize} ${form.title}${i % 2 ? ' softplus' : ''}`,
      inputs: { ...operands(rows, channels, stateSize, lengths), ...form.inputs },
      outputs: {
        out: filled(rows * channels),
        ...form.outputs,
        // As where a gradient is asked for. Blocks that no chunk begins in stay as they were.
        ...(i === 2
          ? {
              steps: filled(rows * channels),
              checkpoints: filled(checkpoints(rows, lengths.length) * stateSize * channels),
            }
          : {}),
      },
      numbers: { rows, segments: lengths.length, channels, stateSize, ...form.numbers, softplus: i % 2 },
    }),
  );
});

const given = [['dOut', 'dFinal'], ['dOut'], ['dFinal']];

export const selectiveScanBackward: ParityCase[] = sizes.flatMap(({ channels, stateSize, lengths }) => {
  const rows = total(lengths);
  const segments = lengths.length;
  const states = segments * stateSize * channels;
  const lengthOf: Record<string, number> = { dOut: rows * channels, dFinal: states };
  return given.map(
    (names, i): ParityCase => ({
      title: `[${lengths}] C ${channels} N ${stateSize} ${names.join(' ')}${i % 2 ? ' softplus' : ''}`,
      inputs: {
        ...operands(rows, channels, stateSize, lengths),
        checkpoints: floats(checkpoints(rows, segments) * stateSize * channels, 16),
        ...Object.fromEntries(names.map((name, at) => [name, floats(lengthOf[name]!, 30 + at)])),
      },
      outputs: {
        dU: filled(rows * channels),
        dDelta: filled(rows * channels),
        dA: filled(channels * stateSize),
        dB: filled(rows * stateSize),
        dC: filled(rows * stateSize),
        dD: filled(channels),
        ...(i === 1 ? {} : { dInitial: filled(states) }),
        partials: filled(Math.ceil(channels / scanChannelBlock) * rows * 2 * stateSize),
      },
      ignored: ['partials'],
      numbers: { rows, segments, channels, stateSize, softplus: i % 2 },
    }),
  );
});
