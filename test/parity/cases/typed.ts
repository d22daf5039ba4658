import { type DType, numberToBf16, numberToF16 } from '../../../src/contract/index.js';
import { floats, type Operand, random } from '../harness.js';

/** Random values of any dtype. */
export function typed(dtype: DType, count: number, seed: number): Operand {
  const { integer } = random(seed);
  switch (dtype) {
    case 'f32':
      return floats(count, seed);
    case 'bf16':
      return { dtype, data: Uint16Array.from(floats(count, seed).data, numberToBf16) };
    case 'f16':
      return { dtype, data: Uint16Array.from(floats(count, seed).data, numberToF16) };
    case 'i8':
      return { dtype, data: Int8Array.from({ length: count }, () => integer(256) - 128) };
    case 'i32':
      return { dtype, data: Int32Array.from({ length: count }, () => integer(2 ** 32) - 2 ** 31) };
  }
}
