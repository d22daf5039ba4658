/** The gradients of every device and instruction set against those of the reference, from the same inputs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, type HostArray, opNames } from '../../src/contract/index.js';
import { type DeviceOptions, nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { cases } from './cases.js';
import { taped } from './gradcheck.js';

/**
 * Largest difference relative to the largest entry of a gradient: sums of float32 numbers of up to a few hundred terms,
 * through a handful of ops whose exponentials and reciprocals are good to a few units in the last place.
 */
const tolerance = 1e-4;

const isas = nativeInstructionSets();
const devices: readonly DeviceOptions[] = [...isas.map((isa) => ({ name: 'native', isa }) as const), { name: 'wasm' }];

function difference(actual: HostArray, expected: HostArray): number {
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const distance = Math.abs(actual[i]! - expected[i]!);
    worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(worst, distance);
  }
  return worst === 0 ? 0 : worst / largest;
}

it('runs on this machine: native instruction sets are there unless the addon was not built', () => {
  console.info(`gradients on: ${[...isas.map((isa) => `native ${isa}`), 'wasm'].join(', ')}`);
  expect(new Set(isas).size).toBe(isas.length);
});

describe.each(devices)('$name $isa', (options) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(options);
  });
  afterAll(() => device.dispose());

  it('is the device that was asked for', () => {
    expect(device.name).toBe(options.name);
    expect(device.isa).toBe(options.isa ?? 'simd128');
  });

  describe.each(opNames.filter((op) => typeof cases[op] !== 'string'))('%s', (op) => {
    it.each(cases[op] as Exclude<(typeof cases)[typeof op], string>)('$title', async (test) => {
      const expected = await taped(new ReferenceDevice(), test);
      const actual = await taped(device, test);
      for (const [name, gradient] of expected) {
        expect(difference(actual.get(name)!, gradient), name).toBeLessThan(tolerance);
      }
      expect(device.memory.bytes).toBe(0);
    });
  });
});
