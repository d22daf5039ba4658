/** Types of the GGUF format: of metadata values and of tensors, by the numbers that a file has for them. */
import { blockFormats } from '../../contract/index.js';

/** Codes of metadata values; a gap in the numbers is none. */
const codes = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

export type GgufScalarType = keyof typeof codes;

export const ggufTypeCodes: Readonly<Record<GgufScalarType, number>> = codes;
export const arrayTypeCode = 9;

const scalarTypes = new Map<number, GgufScalarType>(
  Object.entries(codes).map(([type, code]) => [code, type as GgufScalarType]),
);

/** The type of a code, if it is that of a value which is no array. */
export const ggufScalarType = (code: number): GgufScalarType | undefined => scalarTypes.get(code);

/** Bytes of one value; of a string the least that it takes, its length field. */
export const ggufTypeBytes: Readonly<Record<GgufScalarType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** Whole numbers of 64 bits are bigints, all other numbers are numbers. */
export type GgufScalar = number | bigint | boolean | string;

/** A metadata value with the type that it has in the file. Arrays hold values of one type and no arrays. */
export type GgufValue =
  | { readonly type: GgufScalarType; readonly value: GgufScalar }
  | { readonly type: 'array'; readonly of: GgufScalarType; readonly value: readonly GgufScalar[] };

export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** Tensor types that are read. A block is the least that is stored: so many values in so many bytes. */
const tensorTypes = {
  F32: { code: 0, blockValues: 1, blockBytes: 4 },
  F16: { code: 1, blockValues: 1, blockBytes: 2 },
  BF16: { code: 30, blockValues: 1, blockBytes: 2 },
  ...blockFormats,
} as const;

export type GgufTensorType = keyof typeof tensorTypes;
/** Those that are written. */
export type GgufWriteType = 'F32' | 'F16' | 'BF16' | 'Q8_0';

export const ggufTensorTypes: Readonly<
  Record<GgufTensorType, { readonly code: number; readonly blockValues: number; readonly blockBytes: number }>
> = tensorTypes;

const byCode = new Map<number, GgufTensorType>(
  Object.entries(tensorTypes).map(([type, { code }]) => [code, type as GgufTensorType]),
);
/** The names of all types that are read, for messages. */
export const ggufTypeList = Object.keys(tensorTypes).join(', ');

export const ggufTensorType = (code: number): GgufTensorType | undefined => byCode.get(code);

/** Names of ggml's other types, for messages. */
const otherTypes: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  21: 'IQ3_S',
  22: 'IQ2_S',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

export const tensorTypeName = (code: number): string => otherTypes[code] ?? `type ${code}`;

/** ggml's tensors have no more dimensions. */
export const maxTensorRank = 4;

/** Where tensors begin, unless `general.alignment` says otherwise: multiples of this. */
export const defaultAlignment = 32;

/**
 * Bytes of a tensor, or the reason why there is no such number. Rows (the last dimension) are whole blocks. The entries
 * of `shape` are safe integers from 0.
 */
export function ggufTensorBytes(type: GgufTensorType, shape: readonly number[]): number | string {
  const { blockValues, blockBytes } = tensorTypes[type];
  const columns = shape.at(-1) ?? 1;
  if (columns % blockValues !== 0) return `rows of ${columns} values, which are no whole blocks of ${blockValues}`;
  let blocks = columns / blockValues;
  for (const size of shape.slice(0, -1)) {
    blocks *= size;
    if (blocks > Number.MAX_SAFE_INTEGER / 64) return 'more values than a file can hold';
  }
  return blocks > Number.MAX_SAFE_INTEGER / 64 ? 'more values than a file can hold' : blocks * blockBytes;
}
