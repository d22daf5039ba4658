/** What arguments have to be, told in one way. */
import { JambalayaError } from '../errors/index.js';
import type { ModelShape } from './shape.js';

const fail = (argument: string, expected: string, found: unknown): never => {
  throw new JambalayaError('usage', { argument, expected, found: String(found) });
};

/** @throws `usage` unless it is a finite number over 0 */
export function expectPositive(argument: string, value: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) fail(argument, 'a number over 0', value);
}

/** @throws `usage` unless it is a whole number from 1 */
export function expectCount(argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) fail(argument, 'a whole number from 1', value);
}

/** @throws `usage` unless it is a number from `least` to `most` */
export function expectWithin(argument: string, value: number, least: number, most: number): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    fail(argument, `a number from ${least} to ${most}`, value);
  }
}

/** @throws `usage` unless low ≤ high, both from `least` to `most` */
export function expectRange(
  argument: string,
  { low, high }: { readonly low: number; readonly high: number },
  least: number,
  most: number,
): void {
  expectWithin(`${argument} (low)`, low, least, most);
  expectWithin(`${argument} (high)`, high, least, most);
  if (low > high) fail(argument, 'a low end that is not above the high end', `${low} to ${high}`);
}

/** @throws `usage` unless it is one of `allowed` */
export function expectAmong<T extends string>(
  argument: string,
  allowed: readonly T[],
  value: string,
): asserts value is T {
  if (!(allowed as readonly string[]).includes(value)) fail(argument, allowed.join(' | '), value);
}

/** @throws `usage` unless it is a whole number from 1, `limit` if learned positions are fewer */
export function expectContext({ positions }: ModelShape, context: number): void {
  expectCount('context', context);
  if (positions > 0 && context > positions) {
    throw new JambalayaError('limit', { what: 'context of learned positions', limit: positions, found: context });
  }
}
