/**
 * Equality, order and membership as Python has them.
 */
import type { Budget } from './budget.js';
import { comparePoints } from './show.js';
import { Dict, isNumber, itemsOf, Lazy, Tuple, typeName, Undefined, type Value } from './values.js';

export function equals(a: Value, b: Value, budget: Budget): boolean {
  budget.steps(1);
  if (isNumber(a) && isNumber(b)) return sameNumber(numberOf(a), numberOf(b));
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return a === b;
  if (a instanceof Undefined && b instanceof Undefined) return true;
  if (Array.isArray(a) && Array.isArray(b)) return equalItems(a, b, budget);
  if (a instanceof Tuple && b instanceof Tuple) return equalItems(a.items, b.items, budget);
  if (a instanceof Dict && b instanceof Dict) {
    if (a.size !== b.size) return false;
    for (const [key, value] of a.entries()) {
      const other = b.get(key);
      if (other === undefined || !equals(value, other, budget)) return false;
    }
    return true;
  }
  if (a instanceof Lazy && b instanceof Lazy && a.kind === 'range' && b.kind === 'range') {
    return equalItems(a.items, b.items, budget);
  }
  return a === b;
}

function equalItems(a: readonly Value[], b: readonly Value[], budget: Budget): boolean {
  return a.length === b.length && a.every((item, index) => equals(item, b[index]!, budget));
}

/** Booleans count as 0 and 1. */
export const numberOf = (value: bigint | number | boolean): bigint | number =>
  typeof value === 'boolean' ? BigInt(value) : value;

/** Integers and floats alike; a NaN equals nothing. */
const sameNumber = (a: bigint | number, b: bigint | number): boolean => a <= b && a >= b;

/** Below, equal, above: -1, 0, 1; and NaN for what has no order, such as a NaN. */
export function compare(a: Value, b: Value, operator: string, budget: Budget): number {
  budget.steps(1);
  if (a instanceof Undefined) a.fail();
  if (b instanceof Undefined) b.fail();
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [numberOf(a), numberOf(b)];
    return x < y ? -1 : x > y ? 1 : x >= y ? 0 : Number.NaN;
  }
  if (typeof a === 'string' && typeof b === 'string') return Math.sign(comparePoints(a, b));
  if ((Array.isArray(a) && Array.isArray(b)) || (a instanceof Tuple && b instanceof Tuple)) {
    const [x, y] = [itemsOf(a), itemsOf(b)];
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      if (!equals(x[i]!, y[i]!, budget)) return compare(x[i]!, y[i]!, operator, budget);
    }
    return Math.sign(x.length - y.length);
  }
  throw new Error(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** A comparison, `in` or `not in`. */
export function compares(a: Value, operator: string, b: Value, budget: Budget): boolean {
  switch (operator) {
    case '==':
      return equals(a, b, budget);
    case '!=':
      return !equals(a, b, budget);
    case 'in':
      return contains(b, a, budget);
    case 'not in':
      return !contains(b, a, budget);
    case '<':
      return compare(a, b, operator, budget) < 0;
    case '<=':
      return compare(a, b, operator, budget) <= 0;
    case '>':
      return compare(a, b, operator, budget) > 0;
    default:
      return compare(a, b, operator, budget) >= 0;
  }
}

export function contains(container: Value, item: Value, budget: Budget): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') {
      throw new Error(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    }
    budget.steps(container.length / 64);
    return container.includes(item);
  }
  if (container instanceof Dict) return container.has(item);
  if (container === null || isNumber(container)) {
    throw new Error(`argument of type '${typeName(container)}' is not iterable`);
  }
  return itemsOf(container).some((other) => equals(item, other, budget));
}
