/** Devices of a Node process: native where its addon was built, else WASM, with environment variables that force one. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Device, DeviceName, InstructionSet } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Addon } from './native/addon.js';
import { NativeDevice } from './native/device.js';
import type { DeviceOptions } from './options.js';
import { PlanningDevice } from './planning.js';
import { ReferenceDevice } from './reference/device.js';
import { WasmDevice } from './wasm/device.js';

let loaded: { addon: Addon } | { reason: string } | undefined;

/** The addon, or why there is none. `JAMBALAYA_ADDON` names another build of it, such as one with sanitizers. */
function loadAddon(): { addon: Addon } | { reason: string } {
  if (loaded === undefined) {
    try {
      const require = createRequire(import.meta.url);
      loaded = { addon: require(process.env.JAMBALAYA_ADDON ?? '../../build/native/jambalaya.node') as Addon };
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
      loaded = { reason: missing ? 'its addon was not built (no C++ compiler at install time?)' : String(error) };
    }
  }
  return loaded;
}

function oneOf<T extends string>(variable: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined || value === '') return undefined;
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw new JambalayaError('usage', { argument: variable, expected: allowed.join(' | '), found: value });
}

function threadsWanted(options: DeviceOptions): number {
  const text = process.env.JAMBALAYA_THREADS;
  const threads = options.threads ?? (text ? Number(text) : availableParallelism());
  if (Number.isInteger(threads) && threads >= 1 && threads <= 1024) return threads;
  throw new JambalayaError('usage', {
    argument: 'threads',
    expected: 'an integer from 1 to 1024',
    found: String(text ?? threads),
  });
}

function openNative(options: DeviceOptions): Device {
  const result = loadAddon();
  if ('reason' in result) {
    throw new JambalayaError(
      'unavailable',
      { what: 'device native', reason: result.reason },
      { hint: 'run `npm run build:native` with a C++ compiler on the path, or use JAMBALAYA_DEVICE=wasm' },
    );
  }
  const isas = result.addon.isas() as InstructionSet[];
  const known = ['scalar', 'avx2', 'avx512', 'neon'] as const;
  const isa = options.isa ?? oneOf('JAMBALAYA_ISA', process.env.JAMBALAYA_ISA, known) ?? isas[isas.length - 1]!;
  if (!isas.includes(isa)) {
    throw new JambalayaError('unavailable', {
      what: `instruction set ${isa}`,
      reason: `this machine has ${isas.join(', ')}`,
    });
  }
  return new NativeDevice(result.addon, isa, threadsWanted(options), options.keepMemory);
}

/** Instruction sets of the native device on this machine, slowest first; empty when there is no addon. */
export function nativeInstructionSets(): InstructionSet[] {
  const result = loadAddon();
  return 'addon' in result ? (result.addon.isas() as InstructionSet[]) : [];
}

/**
 * Opens a device. `JAMBALAYA_DEVICE`, `JAMBALAYA_ISA` and `JAMBALAYA_THREADS` apply where the options leave a choice;
 * a device that was named and cannot be had is an error, never replaced by another.
 */
export async function openDevice(options: DeviceOptions = {}): Promise<Device> {
  const names = ['native', 'wasm', 'reference'] as const;
  const forced: DeviceName | undefined = options.name ?? oneOf('JAMBALAYA_DEVICE', process.env.JAMBALAYA_DEVICE, names);
  switch (forced ?? ('addon' in loadAddon() ? 'native' : 'wasm')) {
    case 'native':
      return openNative(options);
    case 'wasm':
      return WasmDevice.open(readFileSync(new URL('../../kernels/wasm/jambalaya.wasm', import.meta.url)));
    case 'planning':
      return new PlanningDevice();
    case 'reference':
      return new ReferenceDevice();
  }
}

/**
 * The bytes of a file where they lie, loaded by the operating system as they are looked at and shared between processes;
 * undefined where there is no addon. They are only to be read: writing into them ends the process, and so may a file that
 * somebody shortens meanwhile. Map files that are replaced whole, never rewritten.
 *
 * @throws `file` if it cannot be mapped; an empty file cannot
 */
export function mapFile(path: string): Uint8Array<ArrayBuffer> | undefined {
  const result = loadAddon();
  if ('reason' in result) return undefined;
  try {
    return new Uint8Array(result.addon.mapFile(path));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new JambalayaError('file', { file: path, operation: 'map', reason }, { cause });
  }
}
