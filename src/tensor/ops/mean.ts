import { scope } from '../scope.js';
import { aroundAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { scale } from './scale.js';
import { sum, sumAll } from './sum.js';

/** Mean over one axis, which goes away: the sum times 1 / size in float32. */
export const mean = (x: Tensor, axis: number): Tensor =>
  scope(() => scale(sum(x, axis), 1 / aroundAxis('mean', x.shape, axis).size));

/** Mean over all elements: a scalar. */
export const meanAll = (x: Tensor): Tensor => scope(() => scale(sumAll(x), 1 / x.size));
