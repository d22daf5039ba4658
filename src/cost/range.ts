/** Arithmetic of ranges whose ends are both possible. */
import type { Range } from './hardwareRow.js';

export const scaled = ({ low, high }: Range, factor: number): Range => ({ low: factor * low, high: factor * high });

/** Of positive ranges: the least of the one with the least of the other. */
export const product = (a: Range, b: Range): Range => ({ low: a.low * b.low, high: a.high * b.high });
