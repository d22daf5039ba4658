/** The n-gram kernels: the same sources as a Node addon, on threads, and as a WebAssembly module. */
import { JambalayaError } from '../errors/index.js';

/** As in `kernels/pmi/entry.h`, which says what each one's arrays and numbers are. */
export const kernelNumbers = {
  isComposed: 0,
  wordIds: 1,
  fillSlots: 2,
  enterWords: 3,
  tally: 4,
  sortChunk: 5,
  mergeRuns: 6,
} as const;

export type KernelName = keyof typeof kernelNumbers;

export type KernelArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

interface ArrayType<T extends KernelArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): T;
  new (buffer: ArrayBuffer, offset: number, length: number): T;
}

export interface Kernels {
  readonly name: 'native' | 'wasm';
  /** Kernels that run at the same time. */
  readonly threads: number;
  /** An array of zeros that kernels can use. It lives as long as these kernels do. */
  allocate<T extends KernelArray>(type: ArrayType<T>, length: number): T;
  /** Runs a kernel; its arrays are not to be touched until it is done. */
  run(kernel: KernelName, arrays: readonly KernelArray[], numbers: readonly number[]): Promise<number>;
}

/** Arrays that do not fit are a defect of ours, and never go unnoticed. */
export function checkedResult(kernel: KernelName, result: number): number {
  if (result === -1000) throw new Error(`kernel ${kernel}: its arrays do not fit its numbers`);
  return result;
}

const pageBytes = 2 ** 16;
const mostPages = 2 ** 16;

/** The kernels of a WebAssembly module, on the calling thread, in a memory of their own of `bytes`. */
export async function wasmKernels(module: BufferSource, bytes: number): Promise<Kernels> {
  const pages = Math.min(mostPages, Math.ceil(bytes / pageBytes));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = await WebAssembly.instantiate(module, { env: { memory } });
  const { run, __heap_base } = instance.exports as {
    readonly run: (kernel: number, call: number) => number;
    readonly __heap_base: WebAssembly.Global;
  };
  const buffer = memory.buffer as ArrayBuffer;
  let top = Number(__heap_base.value);
  const allocate = <T extends KernelArray>(type: ArrayType<T>, length: number): T => {
    const begin = Math.ceil(top / 16) * 16;
    top = begin + length * type.BYTES_PER_ELEMENT;
    if (top > buffer.byteLength) {
      throw new JambalayaError(
        'memory',
        { what: 'counting in WebAssembly', neededBytes: top, availableBytes: buffer.byteLength },
        { hint: 'Allow more with --memory, or build the addon with `npm run build:native`.' },
      );
    }
    return new type(buffer, begin, length);
  };
  const call = allocate(Float64Array, 64);
  return {
    name: 'wasm',
    threads: 1,
    allocate,
    run: async (kernel, arrays, numbers) => {
      const places = arrays.flatMap((array) => {
        if (array.buffer !== buffer) throw new Error(`kernel ${kernel}: an array that is not in its memory`);
        return [array.byteOffset, array.byteLength];
      });
      call.set([arrays.length, numbers.length, ...places, ...numbers]);
      return checkedResult(kernel, run(kernelNumbers[kernel], call.byteOffset));
    },
  };
}
