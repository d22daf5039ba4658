/**
 * Element types that a device buffer can hold.
 *
 * `f32` is the type of every activation (the `reference` device holds it as float64), `bf16` and `f16` are weights as
 * they lie in a file, `i8` are quantized rows, `i32` are indices, offsets and labels.
 */
export type DType = 'f32' | 'bf16' | 'f16' | 'i8' | 'i32';

/** Codes of the dtypes in commands and buffer tables; `kernels/` has the same numbers. */
export const dtypeCodes: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f16: 2, i8: 3, i32: 4 };

/** Bytes of one element. */
export const dtypeBytes: Readonly<Record<DType, number>> = { f32: 4, bf16: 2, f16: 2, i8: 1, i32: 4 };

export const dtypes = Object.keys(dtypeCodes) as DType[];

const scratchF32 = new Float32Array(1);
const scratchU32 = new Uint32Array(scratchF32.buffer);

/** The value of a bfloat16 given by its 16 bits: the upper half of a float32. */
export function bf16ToNumber(bits: number): number {
  scratchU32[0] = bits << 16;
  return scratchF32[0]!;
}

/** The 16 bits of the bfloat16 nearest to a float32 value (ties to even; NaN stays NaN). */
export function numberToBf16(value: number): number {
  scratchF32[0] = value;
  const bits = scratchU32[0]!;
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The value of an IEEE binary16 given by its 16 bits. */
export function f16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The 16 bits of the IEEE binary16 nearest to a float32 value (ties to even; overflow to infinity). */
export function numberToF16(value: number): number {
  scratchF32[0] = value;
  const bits = scratchU32[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >>> 13));
  const unbiased = exponent - 127;
  if (unbiased > 15) return sign | 0x7c00;
  if (unbiased < -25) return sign;
  // The value is `significand * 2^(unbiased - 23)`; drop bits until the unit is that of the result.
  const significand = fraction | 0x800000;
  const shift = unbiased < -14 ? -1 - unbiased : 13;
  const half = 1 << (shift - 1);
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const rounded = kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
  // A carry out of the fraction moves into the exponent by itself, in the normal and in the subnormal case.
  return sign | (unbiased < -14 ? rounded : ((unbiased + 14) << 10) + rounded);
}
