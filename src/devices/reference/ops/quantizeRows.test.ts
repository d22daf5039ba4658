import { expect, it } from 'vitest';
import { encodeCommand, type OpArguments } from '../../../contract/index.js';
import { ReferenceDevice } from '../device.js';

it('rounds halves to even, keeps the sign symmetric and a zero row zero', async () => {
  const device = new ReferenceDevice();
  const x = device.allocate('f32', 14);
  const values = device.allocate('i8', 14);
  const scale = device.allocate('f32', 2);
  device.write(x, Float32Array.of(127, 0.5, 1.5, -0.5, -1.5, 2.5, -127, 0, 0, 0, 0, 0, 0, 0));
  const args: object = {
    x: { handle: x, offset: 0 },
    values: { handle: values, offset: 0 },
    scale: { handle: scale, offset: 0 },
    rows: 2,
    columns: 7,
  };
  device.submit(encodeCommand('quantizeRows', args as OpArguments<'quantizeRows'>));
  expect([...(await device.read(values, 0, 14))]).toEqual([127, 0, 2, 0, -2, 2, -127, 0, 0, 0, 0, 0, 0, 0]);
  expect([...(await device.read(scale, 0, 2))]).toEqual([1, 0]);
});
