/**
 * Python's operators on values.
 */
import type { Budget } from './budget.js';
import { numberOf } from './comparison.js';
import { percentFormat } from './format.js';
import { str } from './show.js';
import { isInteger, isNumber, itemsOf, lengthOf, Tuple, toIndex, typeName, Undefined, type Value } from './values.js';

/** `a OPERATOR b` for `+ - * / // % ** ~`. */
export function calculate(a: Value, operator: string, b: Value, budget: Budget): Value {
  if (operator === '~') return joined(str(a, budget), str(b, budget), budget);
  if (operator === '%' && typeof a === 'string') return percentFormat(a, b, budget);
  if (a instanceof Undefined) a.fail();
  if (b instanceof Undefined) b.fail();
  if (isNumber(a) && isNumber(b)) return arithmetic(numberOf(a), operator, numberOf(b));
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') return joined(a, b, budget);
    if (Array.isArray(a) && Array.isArray(b)) {
      budget.items(a.length + b.length);
      return [...a, ...b];
    }
    if (a instanceof Tuple && b instanceof Tuple) {
      budget.items(a.items.length + b.items.length);
      return new Tuple([...a.items, ...b.items]);
    }
  }
  if (operator === '*' && isInteger(b)) {
    const repeated = repeat(a, toIndex(b), budget);
    if (repeated !== undefined) return repeated;
  }
  if (operator === '*' && isInteger(a)) {
    const repeated = repeat(b, toIndex(a), budget);
    if (repeated !== undefined) return repeated;
  }
  throw new Error(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
}

function joined(a: string, b: string, budget: Budget): string {
  budget.text(a.length + b.length);
  return a + b;
}

function repeat(value: Value, times: number, budget: Budget): Value | undefined {
  const count = Math.max(0, times);
  if (typeof value === 'string') {
    budget.text(value.length * count);
    return value.repeat(value === '' ? 0 : count);
  }
  if (!Array.isArray(value) && !(value instanceof Tuple)) return undefined;
  const length = lengthOf(value);
  budget.items(length * count);
  const items = Array.from({ length: length === 0 ? 0 : count }, () => itemsOf(value)).flat();
  return Array.isArray(value) ? items : new Tuple(items);
}

function arithmetic(a: bigint | number, operator: string, b: bigint | number): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const result = integerArithmetic(a, operator, b);
    if (result !== undefined) return result;
  }
  const [x, y] = [Number(a), Number(b)];
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '**': {
      if (x === 0 && y < 0) throw new Error('0.0 cannot be raised to a negative power');
      const power = x ** y;
      if (!Number.isFinite(power) && Number.isFinite(x) && Number.isFinite(y)) {
        throw new Error(Number.isNaN(power) ? 'a negative number has no such power' : 'Result too large');
      }
      return power;
    }
  }
  if (y === 0) throw new Error(operator === '%' ? 'float modulo by zero' : 'division by zero');
  if (operator === '/') return x / y;
  // The remainder has the sign of the divisor, and the quotient fits it.
  let remainder = x % y;
  if (remainder !== 0 && remainder < 0 !== y < 0) remainder += y;
  if (operator === '%') return remainder === 0 ? (y < 0 ? -0 : 0) : remainder;
  return Math.floor(Math.round((x - remainder) / y));
}

/** Bits of the largest integer. */
const maxBits = 4096;

function integerArithmetic(a: bigint, operator: string, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return bounded(a + b);
    case '-':
      return bounded(a - b);
    case '*':
      return bounded(a * b);
    case '**':
      if (b < 0n) return undefined;
      if (a * a > 1n && b > BigInt(maxBits)) throw tooLarge();
      return a * a > 1n && bits(a) * Number(b) > 2 * maxBits ? fail() : bounded(a ** b);
    case '//':
    case '%': {
      if (b === 0n) throw new Error('integer division or modulo by zero');
      const remainder = a % b;
      const isOff = remainder !== 0n && remainder < 0n !== b < 0n;
      if (operator === '%') return isOff ? remainder + b : remainder;
      return (a - remainder) / b - (isOff ? 1n : 0n);
    }
  }
  return undefined;
}

const bits = (value: bigint): number => value.toString(16).length * 4;
const tooLarge = () => new Error(`integers of more than ${maxBits} bits are not supported in templates`);
const fail = (): never => {
  throw tooLarge();
};
const limit = 2n ** BigInt(maxBits);
const bounded = (value: bigint): bigint => (value < limit && value > -limit ? value : fail());

/** `-value` and `+value`. */
export function signed(sign: string, value: Value): Value {
  if (value instanceof Undefined) value.fail();
  if (!isNumber(value)) throw new Error(`bad operand type for unary ${sign}: '${typeName(value)}'`);
  const number = numberOf(value);
  return sign === '-' ? -number : number;
}
