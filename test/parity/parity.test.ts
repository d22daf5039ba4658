/** Every op on every device and instruction set of this machine, against the reference. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Device, type OpName, opNames } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { cases } from './cases.js';
import { difference, runCase, tolerances } from './harness.js';

const only = process.env.JAMBALAYA_PARITY_OPS?.split(',');
const names: OpName[] = only === undefined ? opNames : opNames.filter((name) => only.includes(name));
const reference = new ReferenceDevice();
const devices: { title: string; open: () => Promise<Device> }[] = [
  ...nativeInstructionSets().map((isa) => ({
    title: `native ${isa}`,
    open: () => openDevice({ name: 'native', isa, threads: 2 }),
  })),
  { title: 'wasm simd128', open: () => openDevice({ name: 'wasm' }) },
];

describe.each(devices)('$title', ({ title, open }) => {
  let device: Device | undefined;
  afterAll(() => device?.dispose());
  it.each(names)('%s', async (name) => {
    device ??= await open();
    expect(`${device.name} ${device.isa}`).toBe(title);
    expect(cases[name].length, 'an op without cases').toBeGreaterThan(0);
    for (const test of cases[name]) {
      const expected = await runCase(reference, name, test);
      const actual = await runCase(device, name, test);
      for (const [output, values] of expected) {
        if (test.ignored?.includes(output)) continue;
        const bound = test.tolerance ?? (values instanceof Float64Array ? tolerances.f32 : 0);
        expect(difference(actual.get(output)!, values), `${test.title}: ${output}`).toBeLessThanOrEqual(bound);
      }
    }
    expect(device.memory.bytes).toBe(0);
  });
});
