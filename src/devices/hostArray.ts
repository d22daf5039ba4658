import { type DType, dtypeBytes, type HostArray } from '../contract/index.js';

/** An array for `length` elements of a dtype: a new one, or a view of `buffer` from byte `offset` on. */
export function hostArray(dtype: DType, length: number, buffer?: ArrayBufferLike, offset = 0): HostArray {
  const memory = buffer ?? new ArrayBuffer(length * dtypeBytes[dtype]);
  switch (dtype) {
    case 'f32':
      return new Float32Array(memory, offset, length);
    case 'i32':
      return new Int32Array(memory, offset, length);
    case 'i8':
      return new Int8Array(memory, offset, length);
    default:
      return new Uint16Array(memory, offset, length);
  }
}
