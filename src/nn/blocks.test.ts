import { expect, it } from 'vitest';
import { blockFormats, decodeBlocks } from '../contract/index.js';
import { ReferenceDevice } from '../devices/index.js';
import { bytesSource } from '../formats/index.js';
import { packPanels, quantizeRows, Tensor } from '../tensor/index.js';
import { formedMatrix } from './blocks.js';
import type { Matrix } from './weights.js';

const device = new ReferenceDevice();
/** More values than are decoded at a time, and rows that are no whole panels. */
const [rows, columns] = [4_109, 64];
const { blockValues, blockBytes } = blockFormats.Q4_1;
const bytes = Uint8Array.from({ length: ((rows * columns) / blockValues) * blockBytes }, (_, i) =>
  // The upper bytes of both halves keep them small.
  [1, 3].includes(i % blockBytes) ? 0x28 + (i % 7) : (i * i * 31) % 251,
);
const source = bytesSource('blocks', bytes);
const blocks = { format: 'Q4_1' as const, source, offset: 0, byteLength: bytes.length };

function int8(values: Tensor): Matrix {
  const quantized = quantizeRows(values);
  const panels = packPanels(quantized.values);
  quantized.values.dispose();
  return { values: panels, scale: quantized.scale, activations: 'int8' };
}

it('a matrix that is formed some rows at a time is the one that is formed at once', async () => {
  using whole = Tensor.from(device, [rows, columns], decodeBlocks('Q4_1', bytes));
  const expected = int8(whole);
  let pieces = 0;
  const made = await formedMatrix(device, blocks, { rows, columns }, (values) => {
    pieces++;
    return int8(values);
  });
  expect(pieces).toBe(2);
  expect(made!.values.shape).toEqual(expected.values.shape);
  expect(
    Buffer.compare(Buffer.from((await made!.values.read()).buffer), Buffer.from((await expected.values.read()).buffer)),
  ).toBe(0);
  expect(await made!.scale!.read()).toEqual(await expected.scale!.read());
  for (const { values, scale } of [made!, expected]) for (const tensor of [values, scale!]) tensor.dispose();
  whole.dispose();
  expect(device.memory.bytes).toBe(0);
});

it('a matrix that is left as it is leaves nothing behind', async () => {
  expect(await formedMatrix(device, blocks, { rows, columns }, () => undefined)).toBe(undefined);
  expect(device.memory.bytes).toBe(0);
});
