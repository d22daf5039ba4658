/** Where a run keeps its checkpoints, its log and its result. */
import type { ByteSource, FileLock, TensorToWrite } from '../formats/index.js';

/** A checkpoint file by the number of steps done. */
export interface StoredCheckpoint {
  readonly step: number;
  readonly file: string;
}

export interface RunFolder {
  readonly path: string;
  /**
   * Keeps other runs out, and clears away what a run that was killed had half written.
   *
   * @throws `file` if another run has it
   */
  lock(): Promise<FileLock>;
  /** A file that makes this the folder of a model, if it has one. */
  modelFile(): Promise<string | undefined>;
  /** Newest first; half-written files are none. */
  checkpoints(): Promise<StoredCheckpoint[]>;
  openCheckpoint(checkpoint: StoredCheckpoint): Promise<ByteSource>;
  /** Written beside and renamed: an older one is not touched. */
  writeCheckpoint(step: number, tensors: readonly TensorToWrite[], metadata: Record<string, string>): Promise<void>;
  removeCheckpoint(checkpoint: StoredCheckpoint): Promise<void>;
  /** Adds a line to the log. */
  log(line: string): Promise<void>;
  readLog(): Promise<string[]>;
  /** Replaces the log. */
  writeLog(lines: readonly string[]): Promise<void>;
  /** Replaces a file of the result. */
  writeFile(name: string, content: Uint8Array | string): Promise<void>;
  writeTensors(name: string, tensors: readonly TensorToWrite[], metadata: Record<string, string>): Promise<void>;
}
