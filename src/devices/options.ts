import type { DeviceName, InstructionSet } from '../contract/index.js';

export interface DeviceOptions {
  readonly name?: DeviceName | undefined;
  readonly isa?: InstructionSet | undefined;
  /** Threads of the native device; by default one per available core. */
  readonly threads?: number | undefined;
}
