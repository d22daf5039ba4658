/** The functions of `build/native/jambalaya.node`; the one TypeScript mirror of `kernels/native/addon.cpp`. */
import type { HostArray } from '../../contract/index.js';

/** An engine of this environment: buffers and the instruction set that it runs. */
export type Engine = { readonly engine: unique symbol };

export interface Addon {
  /** Instruction sets that this machine runs, slowest first. */
  isas(): string[];
  /** @param keeping 1 to keep freed memory for the buffers to come, else 0 */
  open(isa: string, threads: number, keeping: number): Engine;
  close(engine: Engine): void;
  allocate(engine: Engine, dtype: number, length: number): number;
  map(engine: Engine, path: string, byteOffset: number, dtype: number, length: number): number;
  free(engine: Engine, handle: number): void;
  write(engine: Engine, handle: number, offset: number, data: HostArray): void;
  read(engine: Engine, handle: number, offset: number, data: HostArray): void;
  /** 0, or the status of the command that failed, with `failure` = status, word, opcode, handle. */
  submit(engine: Engine, words: Int32Array, failure: Int32Array): number;
  /** As `submit`; `times` gets the begin and the end of each command, in nanoseconds after the first one's begin. */
  submitTimed(engine: Engine, words: Int32Array, failure: Int32Array, times: Float64Array): number;
  /** Bytes read and int8, bf16 and f32 operations a second, by loops that do nothing else; `bytes` of memory are read. */
  ceilings(engine: Engine, bytes: number): [number, number, number, number];
  /** The bytes of a file, for as long as they are held. Writing into them ends the process. */
  mapFile(path: string): ArrayBuffer;
  /** Bytes, peak bytes, mapped bytes, held bytes, peak held bytes. */
  memory(engine: Engine): [number, number, number, number, number];
}
