import type { DeviceName, InstructionSet } from '../contract/index.js';

export interface DeviceOptions {
  readonly name?: DeviceName | undefined;
  readonly isa?: InstructionSet | undefined;
  /** Threads of the native device; by default one per available core. */
  readonly threads?: number | undefined;
  /**
   * Whether the native device keeps what was freed until it is disposed of, up to the most that was in use: for work that asks
   * for the same memory again and again, as training steps do. By default at most 256 MiB are kept.
   */
  readonly keepMemory?: boolean | undefined;
}
