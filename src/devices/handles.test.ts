import { expect, it } from 'vitest';
import { encodeCommand, type OpArguments } from '../contract/index.js';
import { openDevice } from './index.js';

it.each(['native', 'wasm', 'reference'] as const)('a handle outlives nothing on %s', async (name) => {
  const device = await openDevice({ name }).catch(() => undefined);
  if (device === undefined) return;
  const [source, first] = [device.allocate('f32', 4), device.allocate('f32', 4)];
  device.write(source, Float32Array.of(1, 2, 3, 4));
  const args = { x: { handle: source, offset: 0 }, into: { handle: first, offset: 0 }, count: 4 };
  const words = encodeCommand('copy', args as unknown as OpArguments<'copy'>).slice();
  device.submit(words);
  device.free(first);
  // Their buffers may lie where the freed one was.
  const others = [1, 2, 3].map(() => device.allocate('f32', 4));
  expect(others).not.toContain(first);
  for (const other of others) device.write(other, new Float32Array(4));
  expect(() => device.submit(words)).toThrow(/missing or was freed|no buffer/);
  expect(() => device.write(first, new Float32Array(4))).toThrow(/no such buffer|no buffer/);
  expect(() => device.free(first)).toThrow(/no such buffer|no buffer/);
  await expect(device.read(first, 0, 4)).rejects.toThrow(/no such buffer|no buffer/);
  for (const other of others) expect([...(await device.read(other, 0, 4))]).toEqual([0, 0, 0, 0]);
  // Places are used again and again.
  const handles = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const handle = device.allocate('i8', 1);
    handles.add(handle);
    device.free(handle);
  }
  expect(handles.size).toBeGreaterThan(2000);
  device.dispose();
});
