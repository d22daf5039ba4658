/** Devices of a browser: WASM, from a module that the page fetches, or the reference. */
import type { Device, InstructionSet } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import type { DeviceOptions } from './options.js';
import { PlanningDevice } from './planning.js';
import { ReferenceDevice } from './reference/device.js';
import { WasmDevice } from './wasm/device.js';

export function nativeInstructionSets(): InstructionSet[] {
  return [];
}

/** Opens `wasm` (the default; fetched from beside this module) or `reference`. */
export async function openDevice(options: DeviceOptions = {}): Promise<Device> {
  switch (options.name ?? 'wasm') {
    case 'wasm': {
      const response = await fetch(new URL('../../kernels/wasm/jambalaya.wasm', import.meta.url));
      if (!response.ok) {
        throw new JambalayaError('unavailable', {
          what: 'device wasm',
          reason: `${response.url}: HTTP ${response.status}`,
        });
      }
      return WasmDevice.open(await response.arrayBuffer());
    }
    case 'planning':
      return new PlanningDevice();
    case 'reference':
      return new ReferenceDevice();
    case 'native':
      throw new JambalayaError('unavailable', { what: 'device native', reason: 'a browser runs no native code' });
  }
}

/** There are no files to map in a browser. */
export function mapFile(_path: string): Uint8Array<ArrayBuffer> | undefined {
  return undefined;
}
