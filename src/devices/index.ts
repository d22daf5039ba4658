/**
 * Devices: where op commands run. `native` (C++ through Node-API), `wasm` (the same kernels through WebAssembly) and
 * `reference` (float64 TypeScript, the specification). A device knows buffers and commands, not tensors or gradients.
 * Start with `../contract/device.ts`, then `reference/ops/`.
 */
export { mapFile, nativeInstructionSets, openDevice } from '#devices/host';
export type { DeviceOptions } from './options.js';
export { PlanningDevice } from './planning.js';
export { Profile, type ProfileRow } from './profile.js';
export { ReferenceDevice } from './reference/device.js';
