import { magnitudeBlock } from '../../../src/contract/index.js';
import { type Operand, type ParityCase, paritySizes } from '../harness.js';
import { typed } from './typed.js';

const single = (title: string, x: Operand): ParityCase => {
  const count = x.data.length;
  return {
    title: `${title} ${count} ${x.dtype}`,
    inputs: { x },
    outputs: { out: { dtype: 'i32', length: Math.ceil(count / magnitudeBlock) } },
    numbers: { count },
    tolerance: 0,
  };
};

/** Largest numbers, subnormals and zeros are finite; `value` at `places` is not. */
const spoilt = (count: number, places: readonly number[], value: number): Operand => {
  const data = Float32Array.from({ length: count }, (_, i) => [3.4028234e38, -1e-45, 0, -3.4028234e38][i % 4]!);
  for (const place of places) data[place] = value;
  return { dtype: 'f32', data };
};

export const findNonFinite: ParityCase[] = [
  ...[...paritySizes, magnitudeBlock + 1].flatMap((count) =>
    (['f32', 'bf16', 'f16'] as const).map((dtype) => single('', typed(dtype, count, 1))),
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((value) => [
    single(`${value} first`, spoilt(9, [0], value)),
    single(`${value} last`, spoilt(35, [34], value)),
    single(
      `${value} in two blocks`,
      spoilt(3 * magnitudeBlock + 5, [7, 2 * magnitudeBlock + 19, 3 * magnitudeBlock + 4], value),
    ),
  ]),
  single('none', spoilt(magnitudeBlock + 3, [], 0)),
  single('bits of', { dtype: 'bf16', data: Uint16Array.of(0x7f7f, 0xff7f, 0x0001, 0xff80, 0x7fc0) }),
  single('bits of', { dtype: 'f16', data: Uint16Array.of(0x7bff, 0xfbff, 0x0001, 0x7c00, 0xfe00) }),
];
