/** The n-gram kernels of a Node process: the addon where it was built, else WebAssembly. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { JambalayaError } from '../errors/index.js';
import { checkedResult, type Kernels, kernelNumbers, wasmKernels } from './kernels.js';

interface PmiAddon {
  run(kernel: number, arrays: readonly unknown[], numbers: readonly number[]): Promise<number>;
}

/** Threads of Node's own pool, in which the addon's kernels run. */
const poolThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4) || 4;

function loadAddon(): PmiAddon | undefined {
  const path = process.env.JAMBALAYA_PMI_ADDON ?? '../../build/native/pmi.node';
  try {
    return createRequire(import.meta.url)(path) as PmiAddon;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

export interface KernelOptions {
  /** `native` unless it was not built; a name that cannot be had is an error. */
  readonly kernels?: Kernels['name'] | undefined;
  readonly threads?: number | undefined;
  /** Memory of the WebAssembly kernels. */
  readonly memoryBytes: number;
}

export async function openKernels({ kernels, threads, memoryBytes }: KernelOptions): Promise<Kernels> {
  const addon = kernels === 'wasm' ? undefined : loadAddon();
  if (addon === undefined) {
    if (kernels === 'native') {
      throw new JambalayaError(
        'unavailable',
        { what: 'native counting', reason: 'its addon was not built (no C++ compiler at install time?)' },
        { hint: 'run `npm run build:native` with a C++ compiler on the path, or count with WebAssembly' },
      );
    }
    return wasmKernels(readFileSync(new URL('../../kernels/wasm/pmi.wasm', import.meta.url)), memoryBytes);
  }
  return {
    name: 'native',
    threads: Math.max(1, Math.min(threads ?? availableParallelism(), poolThreads)),
    allocate: (type, length) => new type(length),
    run: async (kernel, arrays, numbers) => {
      return checkedResult(kernel, await addon.run(kernelNumbers[kernel], arrays, numbers));
    },
  };
}
