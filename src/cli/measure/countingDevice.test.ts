import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from '../../devices/index.js';
import { add, attention, CapturedStep, conv1d, matmul, scope, Tensor } from '../../tensor/index.js';
import { CountingDevice } from './countingDevice.js';

describe('CountingDevice', () => {
  let device: CountingDevice;
  beforeEach(async () => {
    device = new CountingDevice(await openDevice({ name: 'reference' }));
  });
  afterEach(() => device.dispose());

  const tensor = (...shape: number[]) =>
    Tensor.from(device, shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));
  const flopsOf = async (body: () => void) => {
    const { work } = await device.counting(async () => scope(body));
    return [...work.values()].reduce((sum, { flops }) => sum + flops, 0);
  };

  it('counts a multiply-add as two, and elementwise ops not at all', async () => {
    expect(await flopsOf(() => matmul(tensor(3, 5), tensor(7, 5)))).toBe(2 * 3 * 5 * 7);
    expect(await flopsOf(() => add(tensor(3, 5), tensor(3, 5)))).toBe(0);
    const offsets = () => Tensor.from(device, [2], Int32Array.of(0, 3));
    expect(await flopsOf(() => conv1d(tensor(3, 5), tensor(5, 4), undefined, { offsets: offsets() }))).toBe(2 * 4 * 15);
  });

  it('counts the pairs of queries and keys that see each other, segment by segment', async () => {
    const heads = (causal: boolean) => () => {
      const offsets = Tensor.from(device, [3], Int32Array.of(0, 2, 5));
      attention(tensor(5, 4, 8), tensor(5, 2, 8), tensor(5, 2, 8), { offsets, causal });
    };
    expect(await flopsOf(heads(true))).toBe(4 * 4 * 8 * (3 + 6));
    expect(await flopsOf(heads(false))).toBe(4 * 4 * 8 * (4 + 9));
  });

  it('counts every command of a captured step, each time that it runs', async () => {
    const [x, w] = [tensor(1, 16), tensor(16, 16)];
    const { step } = CapturedStep.record(device, () => scope(() => void matmul(matmul(x, w), w)));
    const { work } = await device.counting(async () => {
      step.run();
      step.run();
    });
    expect(work.get('matmul')).toEqual({ flops: 4 * 2 * 16 * 16, recomputedFlops: 0, calls: 4 });
    step.dispose();
  });

  it('tells the most that was allocated while it counted, and counts nothing otherwise', async () => {
    const before = tensor(100);
    const counted = await device.counting(async () => {
      for (let i = 0; i < 3; i++) scope(() => void add(before, before));
    });
    expect(counted.peakBytes).toBe(2 * device.memory.bytes);
    expect(counted.work.get('add')!.calls).toBe(3);
    scope(() => void add(before, before));
    expect((await device.counting(async () => {})).work.size).toBe(0);
  });
});
