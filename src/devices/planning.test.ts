import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Device, dtypes } from '../contract/index.js';
import { nativeInstructionSets, openDevice, PlanningDevice } from './index.js';

const native = nativeInstructionSets().length > 0;
if (!native) console.warn('planning is not held against the native device: there is no addon');

/** Allocations (true) and frees of the oldest or newest buffer, some of them of the same few sizes. */
const steps = fc.array(fc.record({ allocate: fc.boolean(), size: fc.integer({ min: 0, max: 6 }), dtype: fc.nat(4) }), {
  maxLength: 60,
});
const lengths = [0, 16, 17, 1000, 2000, 2600, 30_000_000];

function run(device: Device, list: readonly { allocate: boolean; size: number; dtype: number }[]) {
  const held: number[] = [];
  return list.map(({ allocate, size, dtype }) => {
    if (allocate || held.length === 0) held.push(device.allocate(dtypes[dtype]!, lengths[size]!));
    else device.free(size % 2 === 0 ? held.pop()! : held.shift()!);
    return device.memory;
  });
}

it.skipIf(!native)('counts memory as the native device does, blocks kept for reuse included', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const device = await openDevice({ name: 'native' });
      // Nothing is written: the system gives no memory for what is only allocated.
      expect(run(new PlanningDevice(), list)).toEqual(run(device, list));
      device.dispose();
    }),
    { numRuns: 50 },
  );
});

it('goes back to what it held at a mark, spare blocks included', () => {
  const device = new PlanningDevice();
  device.allocate('f32', 16);
  device.free(device.allocate('f32', 1000));
  device.mark();
  const atMark = device.memory;
  expect(atMark).toMatchObject({ bytes: 64, heldBytes: 64 + 4032, peakHeldBytes: 64 + 4032 });
  for (let plan = 0; plan < 2; plan++) {
    device.restart();
    expect(device.memory).toEqual({ ...atMark, peakBytes: 64 });
    // The first fits the spare block, the second does not.
    const made = [device.allocate('f32', 990), device.allocate('f32', 990)];
    expect(device.memory.heldBytes).toBe(64 + 4032 + 3968);
    for (const handle of made) device.free(handle);
  }
});

it('maps files, or stands in for a device that cannot', () => {
  const device = new PlanningDevice();
  const handle = device.map!('model.safetensors', 0, 'bf16', 10);
  expect(device.memory).toMatchObject({ bytes: 0, mappedBytes: 20, heldBytes: 0 });
  device.free(handle);
  expect(device.memory.mappedBytes).toBe(0);
  expect(new PlanningDevice({ maps: false }).map).toBeUndefined();
});
