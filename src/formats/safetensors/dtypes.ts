/** Element types of the safetensors format, by the names in its header, and the bits of one element. */
const bits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type StoredDType = keyof typeof bits;

export const storedDTypeBits: Readonly<Record<StoredDType, number>> = bits;

export const storedDTypes = Object.keys(bits) as StoredDType[];

export function isStoredDType(name: unknown): name is StoredDType {
  return typeof name === 'string' && Object.hasOwn(bits, name);
}

/** More dimensions than any tensor has. */
export const maxRank = 32;

/**
 * Bytes of a tensor, or the reason why there is no such number: the count does not fit a safe integer, or elements
 * narrower than a byte do not fill the last byte. The entries of `shape` are safe integers from 0.
 */
export function storedBytes(dtype: StoredDType, shape: readonly number[]): number | string {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > Number.MAX_SAFE_INTEGER / 64) return `more elements than a file can hold`;
  }
  const total = count * bits[dtype];
  return total % 8 === 0 ? total / 8 : `${count} elements of ${bits[dtype]} bits, which do not fill whole bytes`;
}
