import { expect, it } from 'vitest';
import { Random } from './random.js';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.word());

it('gives the same stream for the same seed and label, and others for others', () => {
  const first = draw(new Random(1, 'a'), 5);
  expect(draw(new Random(1, 'a'), 5)).toEqual(first);
  expect(draw(new Random(2, 'a'), 5)).not.toEqual(first);
  expect(draw(new Random(1, 'b'), 5)).not.toEqual(first);
});

it('is uniform in [0, 1) and normal, by mean, variance and kurtosis', () => {
  const random = new Random(7, 'test');
  const count = 20_000;
  const moment = (values: readonly number[], power: number) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  const uniform = Array.from({ length: count }, () => random.uniform());
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(moment(uniform, 1)).toBeCloseTo(1 / 2, 1);
  expect(moment(uniform, 2)).toBeCloseTo(1 / 3, 1);
  const normal = Array.from({ length: count }, () => random.normal());
  expect(Math.abs(moment(normal, 1))).toBeLessThan(0.03);
  expect(Math.abs(moment(normal, 2) - 1)).toBeLessThan(0.04);
  expect(Math.abs(moment(normal, 4) - 3)).toBeLessThan(0.3);
});
