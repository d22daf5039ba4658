/**
 * Jinja's tests: what may stand after `is`, and what `select` and its like take.
 */
import type { Budget } from './budget.js';
import { compares, equals } from './comparison.js';
import { str } from './show.js';
import {
  Attributes,
  Callable,
  Dict,
  isInteger,
  isNumber,
  isTrue,
  Lazy,
  Tuple,
  toIndex,
  typeName,
  Undefined,
  type Value,
} from './values.js';

type Test = (value: Value, args: readonly Value[], budget: Budget) => boolean;

const comparison =
  (operator: string): Test =>
  (value, [other], budget) =>
    compares(value, operator, argument(operator, other), budget);

function argument(name: string, value: Value | undefined): Value {
  if (value === undefined) throw new Error(`the test ${name} takes an argument`);
  return value;
}

function remainder(value: Value, divisor: Value): bigint | number {
  if (value instanceof Undefined) value.fail();
  if (!isNumber(value) || !isInteger(divisor)) throw new Error(`a number is wanted, not '${typeName(value)}'`);
  const by = toIndex(divisor);
  if (by === 0) throw new Error('integer division or modulo by zero');
  return typeof value === 'number' ? value % by : BigInt(value) % BigInt(by);
}

const isSequence = (value: Value) =>
  typeof value === 'string' ||
  Array.isArray(value) ||
  value instanceof Tuple ||
  value instanceof Dict ||
  value instanceof Undefined ||
  (value instanceof Lazy && value.kind === 'range');

const cased = (value: Value, budget: Budget, other: RegExp) => {
  const text = str(value, budget);
  return /\p{Cased}/u.test(text) && !other.test(text);
};

export const tests: Readonly<Record<string, Test>> = {
  boolean: (value) => typeof value === 'boolean',
  callable: (value) => value instanceof Callable || value instanceof Undefined,
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  divisibleby: (value, [by]) => Number(remainder(value, argument('divisibleby', by))) === 0,
  even: (value) => Number(remainder(value, 2n)) === 0,
  odd: (value) => Math.abs(Number(remainder(value, 2n))) === 1,
  false: (value) => value === false,
  true: (value) => value === true,
  none: (value) => value === null,
  float: (value) => typeof value === 'number',
  integer: (value) => typeof value === 'bigint',
  number: (value) => isNumber(value),
  string: (value) => typeof value === 'string',
  mapping: (value) => value instanceof Dict,
  sequence: isSequence,
  iterable: (value) =>
    isSequence(value) || value instanceof Lazy || (value instanceof Attributes && value.name === 'LoopContext'),
  lower: (value, _, budget) => cased(value, budget, /[\p{Lu}\p{Lt}]/u),
  upper: (value, _, budget) => cased(value, budget, /[\p{Ll}\p{Lt}]/u),
  escaped: () => false,
  sameas: (value, [other], budget) => {
    const wanted = argument('sameas', other);
    return (
      typeName(value) === typeName(wanted) &&
      (typeof value === 'object' ? value === wanted : equals(value, wanted, budget))
    );
  },
  in: comparison('in'),
  eq: comparison('=='),
  equalto: comparison('=='),
  '==': comparison('=='),
  ne: comparison('!='),
  '!=': comparison('!='),
  lt: comparison('<'),
  lessthan: comparison('<'),
  '<': comparison('<'),
  le: comparison('<='),
  '<=': comparison('<='),
  gt: comparison('>'),
  greaterthan: comparison('>'),
  '>': comparison('>'),
  ge: comparison('>='),
  '>=': comparison('>='),
};

/** Whether a value passes the test of that name; without a name, whether it is true. */
export function passes(name: string | undefined, value: Value, args: readonly Value[], budget: Budget): boolean {
  if (name === undefined) return isTrue(value);
  const test = Object.hasOwn(tests, name) ? tests[name] : undefined;
  if (test === undefined) throw new Error(`No test named '${name}'.`);
  budget.steps(1);
  return test(value, args, budget);
}
