import { describe, expect, it } from 'vitest';
import { ReferenceDevice } from '../devices/index.js';
import { isJambalayaError } from '../errors/index.js';
import { add, copy, matmul, rmsNorm, scope, silu, sumAll, Tensor, zeros } from './index.js';

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (isJambalayaError(error)) return error.code;
    throw error;
  }
  return 'nothing';
}

describe('Tensor', () => {
  const device = new ReferenceDevice();
  const values = async (tensor: Tensor) => Array.from(await tensor.read());

  it('takes its dtype from the data', () => {
    const dtypeOf = (data: Int32Array | Int8Array | Float32Array | number[]) => Tensor.from(device, [1], data).dtype;
    expect([[0], Float32Array.of(0), Int32Array.of(0), Int8Array.of(0)].map(dtypeOf)).toEqual([
      'f32',
      'f32',
      'i32',
      'i8',
    ]);
    expect(Tensor.from(device, [1], Uint16Array.of(0), 'bf16').bytes).toBe(2);
  });

  it('rounds numbers to the dtype that is asked for', async () => {
    expect(await values(Tensor.from(device, [2], [1, -1.01], 'bf16'))).toEqual([0x3f80, 0xbf81]);
    expect(await values(Tensor.from(device, [1], [1], 'f16'))).toEqual([0x3c00]);
    expect(await values(Tensor.from(device, [1], [-3], 'i8'))).toEqual([-3]);
  });

  it('refuses an array that does not hold its dtype', () => {
    const message = 'Tensor.from: data: expected Float32Array or Float64Array for f32, found Int32Array';
    expect(() => Tensor.from(device, [1], Int32Array.of(1), 'f32')).toThrow(message);
    expect(codeOf(() => Tensor.from(device, [1], Uint16Array.of(1)))).toBe('shape');
    using x = zeros(device, [1]);
    expect(codeOf(() => x.write(Int32Array.of(1)))).toBe('shape');
  });

  it('refuses data of another size than its shape', () => {
    expect(() => Tensor.from(device, [2, 2], [1, 2, 3])).toThrow(
      'Tensor.from: data: expected 4 values for (2, 2), found 3',
    );
    using x = zeros(device, [4]);
    expect(codeOf(() => x.range(0, 2).write(Float32Array.of(1, 2, 3)))).toBe('shape');
  });

  it.each([[[-1]], [[1.5, 2]], [[Number.NaN]], [[2, -3]]])('refuses the shape %j', (shape) => {
    expect(codeOf(() => zeros(device, shape))).toBe('shape');
  });

  it('shares memory between views', async () => {
    using x = Tensor.from(device, [3, 2], [1, 2, 3, 4, 5, 6]);
    using rows = x.range(1, 3);
    using row = rows.at(1);
    using column = x.reshape([-1, 1]);
    expect([rows.shape, row.shape, column.shape]).toEqual([[2, 2], [2], [6, 1]]);
    expect(await values(row)).toEqual([5, 6]);
    row.write(Float32Array.of(7, 8));
    expect(await values(x)).toEqual([1, 2, 3, 4, 7, 8]);
    expect(await values(add(rows, rows))).toEqual([6, 8, 14, 16]);
  });

  it('makes views of nothing', () => {
    using empty = zeros(device, [0, 3]);
    expect(empty.range(0, 0).shape).toEqual([0, 3]);
    expect(empty.reshape([-1, 3]).shape).toEqual([0, 3]);
    expect(empty.reshape([3, 0]).size).toBe(0);
  });

  it.each([
    ['a shape of another size', (x: Tensor) => x.reshape([4])],
    ['two unknown sizes', (x: Tensor) => x.reshape([-1, -1])],
    ['an unknown size that is not whole', (x: Tensor) => x.reshape([4, -1])],
    ['a negative size', (x: Tensor) => x.reshape([-2, -3])],
    ['a range past the end', (x: Tensor) => x.range(1, 4)],
    ['a range backwards', (x: Tensor) => x.range(2, 1)],
    ['a range of a scalar', (x: Tensor) => x.at(0).at(0).at(0)],
    ['a fraction', (x: Tensor) => x.range(0, 0.5)],
  ])('refuses %s', (_, view) => {
    using x = zeros(device, [3, 2]);
    expect(codeOf(() => view(x))).toBe('shape');
  });

  it('cannot be used once disposed of, though a view keeps its memory alive', async () => {
    const x = zeros(device, [2, 2]);
    using view = x.reshape([4]);
    using other = zeros(device, [2, 2]);
    x.dispose();
    x.dispose();
    expect(await values(view)).toEqual([0, 0, 0, 0]);
    const uses = [
      () => silu(x),
      () => add(other, x),
      () => x.reshape([4]),
      () => x.range(0, 1),
      () => x.write(new Float32Array(4)),
    ];
    expect(uses.map(codeOf)).toEqual(uses.map(() => 'usage'));
    await expect(x.read()).rejects.toThrow('Tensor.read: expected a live tensor, got one that was disposed of');
    expect(() => matmul(other, x)).toThrow('matmul: b: expected a live tensor, got one that was disposed of');
  });

  it('cannot be revived from freed memory', () => {
    const x = zeros(device, [2]);
    x.dispose();
    expect(codeOf(() => new Tensor(x.storage, [2]))).toBe('usage');
  });

  it('requires a gradient only of floats', () => {
    expect(codeOf(() => (Tensor.from(device, [1], Int32Array.of(0)).requiresGrad = true))).toBe('usage');
    expect(codeOf(() => (Tensor.from(device, [1], Int8Array.of(0)).requiresGrad = true))).toBe('usage');
  });

  it('meets only tensors of its device and of dtypes that the op takes', () => {
    using x = zeros(device, [2]);
    using elsewhere = zeros(new ReferenceDevice(), [2]);
    using integers = Tensor.from(device, [2], Int32Array.of(1, 2));
    expect(() => add(x, elsewhere)).toThrow('add: b: expected a tensor on the same reference device');
    expect(() => silu(integers)).toThrow('silu: x: expected f32, found i32');
    expect(() => copy(x, integers)).toThrow('copy: x: expected f32, found i32');
  });

  it('leaves no memory behind outside scopes, hidden results of ops included', () => {
    const fresh = new ReferenceDevice();
    const x = zeros(fresh, [2, 3]);
    const row = x.at(0);
    for (const made of [sumAll(x), silu(x), x.at(1), rmsNorm(x, row, 1), scope(() => x.at(1))]) made.dispose();
    row.dispose();
    x.dispose();
    expect(fresh.memory.bytes).toBe(0);
  });
});
