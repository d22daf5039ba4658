import { describe, expect, it } from 'vitest';
import { nativeInstructionSets, openDevice } from '../index.js';

const mebibyte = 2 ** 20;

/** Memory that is never touched costs address space alone. */
const allocate = (device: { allocate(dtype: 'i8', length: number): number }, mebibytes: number) =>
  device.allocate('i8', mebibytes * mebibyte);

describe.skipIf(nativeInstructionSets().length === 0)('memory that the native device was given back', () => {
  it('goes to the system where it is more than what is kept for the next buffers', async () => {
    const device = await openDevice({ name: 'native', threads: 1 });
    device.free(allocate(device, 200));
    expect(device.memory.heldBytes).toBe(200 * mebibyte);
    device.free(allocate(device, 500));
    expect(device.memory.heldBytes).toBe(200 * mebibyte);
    device.dispose();
  });

  it('stays with a device that keeps it, within what was in use at once', async () => {
    const device = await openDevice({ name: 'native', threads: 1, keepMemory: true });
    const buffers = [1, 2, 3, 4].map(() => allocate(device, 128));
    for (const buffer of buffers) device.free(buffer);
    expect(device.memory).toMatchObject({ bytes: 0, heldBytes: 512 * mebibyte });
    const again = [1, 2, 3, 4].map(() => allocate(device, 100));
    expect(device.memory.heldBytes).toBe(512 * mebibyte);
    for (const buffer of again) device.free(buffer);
    // No spare block is large enough, and 600 + 256 MiB may be held: two of the four go.
    const large = allocate(device, 600);
    expect(device.memory.heldBytes).toBe(856 * mebibyte);
    device.free(large);
    device.dispose();
  });
});
