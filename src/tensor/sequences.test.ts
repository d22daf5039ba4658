/** One batch of sequences run whole, in chunks with `initial` and `final`, and in chunks with `state` in place: the same bits. */
import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import {
  appendKeyValue,
  attention,
  conv1d,
  exp,
  pagedAttention,
  type SequenceOutput,
  type SequenceState,
  scale,
  selectiveScan,
  Tensor,
  zeros,
} from './index.js';

const device = new ReferenceDevice();
const wave = (...shape: number[]) =>
  Tensor.from(
    device,
    shape,
    Float64Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => Math.sin(3 * i + shape.length)),
  );
const ints = (...values: number[]) => Tensor.from(device, [values.length], Int32Array.from(values));
const values = async (tensor: Tensor) => Array.from(await tensor.read());

const [rows, channels, width, stateSize] = [7, 3, 4, 2];
const x = wave(rows, channels);
const delta = exp(wave(rows, channels));
const [b, c] = [wave(rows, stateSize), scale(wave(rows, stateSize), 2)];
const a = scale(exp(wave(channels, stateSize)), -1);
const weight = wave(channels, width);
const d = wave(channels);

type Run = (start: number, end: number, sequences: SequenceState) => SequenceOutput;
const runs: readonly { name: string; block: number; run: Run }[] = [
  { name: 'conv1d', block: width, run: (start, end, sequences) => conv1d(x.range(start, end), weight, d, sequences) },
  {
    name: 'selectiveScan',
    block: stateSize,
    run: (start, end, sequences) => {
      const part = (tensor: Tensor) => tensor.range(start, end);
      return selectiveScan(part(x), part(delta), a, part(b), part(c), d, sequences);
    },
  },
];

describe.each(runs)('$name', ({ run, block }) => {
  it('passes its state on: whole, in chunks, in place', async () => {
    const whole = run(0, rows, { offsets: ints(0, rows), wantFinal: true });
    expect(whole.final?.shape).toEqual([1, block, channels]);

    const first = run(0, 2, { offsets: ints(0, 2), wantFinal: true });
    const second = run(2, rows, { offsets: ints(0, rows - 2), initial: first.final, wantFinal: true });
    expect([...(await values(first.out)), ...(await values(second.out))]).toEqual(await values(whole.out));
    expect(await values(second.final!)).toEqual(await values(whole.final!));

    const state = zeros(device, [3, block, channels]);
    const before = run(0, 2, { offsets: ints(0, 2), state, slots: ints(1) });
    const after = run(2, rows, { offsets: ints(0, rows - 2), state, slots: ints(1) });
    expect(before.final).toBeUndefined();
    expect([...(await values(before.out)), ...(await values(after.out))]).toEqual(await values(whole.out));
    expect(await values(state.at(1))).toEqual(await values(whole.final!));
    expect(await values(state.at(0))).toEqual(Array(block * channels).fill(0));
  });
});

it('paged attention over appended keys is attention over whole sequences', async () => {
  const [tokens, heads, kvHeads, headSize] = [70, 4, 2, 3];
  const [q, k, v] = [
    wave(tokens, heads, headSize),
    wave(tokens, kvHeads, headSize),
    scale(wave(tokens, kvHeads, headSize), -2),
  ];
  const whole = attention(q, k, v, { offsets: ints(0, tokens), causal: true });
  const keyPages = zeros(device, [4, 64, kvHeads, headSize]);
  const valuePages = zeros(device, [4, 64, kvHeads, headSize]);
  const pageTable = ints(3, 1).reshape([1, 2]);
  const out: number[] = [];
  for (const [start, end] of [
    [0, 5],
    [5, 66],
    [66, 70],
  ] as const) {
    const pages = { keyPages, valuePages, pageTable, offsets: ints(0, end - start), starts: ints(start) };
    appendKeyValue(k.range(start, end), v.range(start, end), pages);
    out.push(...(await values(pagedAttention(q.range(start, end), { ...pages, causal: true }))));
  }
  expect(out).toEqual(await values(whole));
});
