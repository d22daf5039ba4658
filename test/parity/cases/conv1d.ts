import { floats, type ParityCase } from '../harness.js';
import { batches, filled, offsetsOf, stateForms, total } from './segments.js';

const shapes = [
  { channels: 0, width: 4 },
  { channels: 1, width: 1 },
  { channels: 7, width: 4 },
  { channels: 63, width: 2 },
  { channels: 64, width: 4 },
  { channels: 65, width: 7 },
  { channels: 257, width: 4 },
  { channels: 5, width: 64 },
];
const sizes = [
  ...batches.flatMap((lengths) => shapes.map((shape) => ({ ...shape, lengths }))),
  { channels: 1000, width: 4, lengths: [3, 2] },
];

export const conv1d: ParityCase[] = sizes.flatMap(({ channels, width, lengths }, i) => {
  const rows = total(lengths);
  return stateForms(lengths.length, width * channels).map((form, j): ParityCase => {
    const bias = (i + j) % 2 === 0;
    return {
      title: `[${lengths}] C ${channels} K ${width} ${form.title}${bias ? ' bias' : ''}${j % 2 ? ' silu' : ''}`,
      inputs: {
        x: floats(rows * channels, 1),
        weight: floats(channels * width, 2, width ** -0.5),
        ...(bias ? { bias: floats(channels, 3) } : {}),
        offsets: offsetsOf(lengths),
        ...form.inputs,
      },
      outputs: { out: filled(rows * channels), ...form.outputs },
      numbers: { rows, segments: lengths.length, channels, width, ...form.numbers, silu: j % 2 },
    };
  });
});

const wanted = [['dX', 'dWeight', 'dBias', 'dInitial'], ['dX'], ['dWeight'], ['dBias', 'dInitial']];
const given = [['initial', 'dOut', 'dFinal'], ['dOut'], ['initial', 'dFinal'], ['dOut', 'dFinal']];

export const conv1dBackward: ParityCase[] = sizes.flatMap(({ channels, width, lengths }) => {
  const rows = total(lengths);
  const states = lengths.length * width * channels;
  const lengthOf: Record<string, number> = {
    initial: states,
    dOut: rows * channels,
    dFinal: states,
    dX: rows * channels,
    dWeight: channels * width,
    dBias: channels,
    dInitial: states,
  };
  return wanted.map((outputs, i): ParityCase => {
    const inputs = given[i]!;
    return {
      title: `[${lengths}] C ${channels} K ${width} ${inputs.join(' ')} -> ${outputs.join(' ')}`,
      inputs: {
        x: floats(rows * channels, 1),
        weight: floats(channels * width, 2, width ** -0.5),
        offsets: offsetsOf(lengths),
        ...Object.fromEntries(inputs.map((name, at) => [name, floats(lengthOf[name]!, 4 + at)])),
      },
      outputs: Object.fromEntries(outputs.map((name) => [name, filled(lengthOf[name]!)])),
      numbers: { rows, segments: lengths.length, channels, width },
    };
  });
});
