import { type DType, f16ToNumber } from '../../../src/contract/index.js';
import { type Operand, type ParityCase, paritySizes, random } from '../harness.js';
import { typed } from './typed.js';

const floatTypes = ['f32', 'bf16', 'f16'] as const;

/** Float32 values at and beside every place where rounding to binary16 or bfloat16 decides: halves, carries, the ends. */
function roundingEdges(): Operand {
  const values: number[] = [];
  for (let bits = 0; bits < 0x7c00; bits += 37) {
    const middle = (f16ToNumber(bits) + f16ToNumber(bits + 1)) / 2;
    values.push(middle, Math.fround(middle * (1 + 2 ** -23)), -Math.fround(middle * (1 - 2 ** -23)));
  }
  values.push(
    0,
    -0,
    65504,
    65519.996,
    65520,
    -65520,
    1e9,
    2 ** -24,
    2 ** -25,
    1.0001 * 2 ** -25,
    -(2 ** -26),
    1e-45,
    -1e-40,
  );
  values.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38, 1.00390625, 1.01171875);
  const { integer } = random(3);
  const patterns = Uint32Array.from({ length: 20_000 }, () => integer(2 ** 32));
  const any = new Float32Array(patterns.buffer).filter((value) => !Number.isNaN(value));
  return { dtype: 'f32', data: Float32Array.from([...values, ...any]) };
}

const single = (title: string, x: Operand, to: DType): ParityCase => ({
  title: `${title} ${x.dtype} to ${to}`,
  inputs: { x },
  outputs: { out: { dtype: to, length: x.data.length } },
  numbers: { count: x.data.length },
  // Rounding has one right answer; only an i32 is rounded to f32 by the device and kept whole by the reference.
  tolerance: x.dtype === 'i32' ? 2 ** -24 : 0,
});

/** Every bit pattern of a 16-bit float but NaNs with a payload of their own. */
const everyPattern = (dtype: 'bf16' | 'f16'): Operand => {
  const infinity = dtype === 'bf16' ? 0x7f80 : 0x7c00;
  const quiet = dtype === 'bf16' ? 0x7fc0 : 0x7e00;
  const patterns = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
    (bits) => (bits & 0x7fff) <= infinity || bits === quiet,
  );
  return { dtype, data: Uint16Array.from(patterns) };
};

export const cast: ParityCase[] = [
  ...paritySizes.flatMap((count) => [
    ...floatTypes.flatMap((from) => floatTypes.map((to) => single(`${count}`, typed(from, count, 1), to))),
    ...(['i8', 'i32'] as const).map((from) => single(`${count}`, typed(from, count, 1), 'f32')),
  ]),
  ...floatTypes.map((to) => single('edges', roundingEdges(), to)),
  ...(['bf16', 'f16'] as const).flatMap((from) => floatTypes.map((to) => single('every', everyPattern(from), to))),
];
