/** Expression to quantity. The time is bounded between operations; one operation is bounded by the digits of its numbers. */
import { JambalayaError } from '../../../errors/index.js';
import { e, isExact, ofRational, pi } from '../../exact/number.js';
import { modulo } from '../../exact/rational.js';
import {
  addQuantities,
  asNumber,
  convert,
  divideQuantities,
  MismatchError,
  multiplyQuantities,
  negateQuantity,
  plain,
  type Quantity,
  raiseQuantity,
  split,
  subtractQuantities,
} from '../../quantities/quantity.js';
import type { Expression } from './expression.js';
import { applyFunction, factorial } from './functions.js';

export interface EvaluateOptions {
  /** Results of other steps by name (`$1`). */
  readonly given?: Readonly<Record<string, Quantity>>;
  readonly deadline?: { readonly now: () => number; readonly milliseconds: number };
}

/** The value; several parts when it was asked for in several units (`5 ft 3 in`). */
export function evaluate(expression: Expression, { given = {}, deadline }: EvaluateOptions = {}): Quantity[] {
  const end = deadline === undefined ? Number.POSITIVE_INFINITY : deadline.now() + deadline.milliseconds;
  const value = (node: Expression): Quantity => {
    if (deadline !== undefined && deadline.now() > end) {
      throw new JambalayaError('timeout', { what: 'calculator', milliseconds: deadline.milliseconds });
    }
    switch (node.kind) {
      case 'number':
        return plain(ofRational(node.value));
      case 'constant':
        return plain(node.name === 'pi' ? pi : e);
      case 'given': {
        const found = given[node.name];
        if (found === undefined)
          throw new JambalayaError('usage', {
            argument: 'expression',
            expected: 'a result of another step',
            found: node.name,
          });
        return found;
      }
      case 'quantity': {
        const of = value(node.of);
        if (of.units.length > 0) throw new MismatchError('a plain number before a unit', 'a quantity');
        return { number: asNumber(of).number, units: node.units };
      }
      case 'percent': {
        const of = value(node.of);
        if (of.units.length > 0 || of.percent) throw new MismatchError('a plain number before %', 'another quantity');
        return { ...of, percent: true };
      }
      case 'factorial':
        return factorial(value(node.of));
      case 'negative':
        return negateQuantity(value(node.of));
      case 'call':
        return applyFunction(node.name, node.arguments.map(value));
      case 'convert':
        throw new MismatchError('a conversion at the end', 'one inside');
      case 'binary':
        return operate(node.operator, value(node.left), value(node.right));
    }
  };
  if (expression.kind !== 'convert') return [value(expression)];
  const q = value(expression.of);
  return expression.units.length === 1
    ? [convert(asNumber(q), expression.units[0]!)]
    : split(asNumber(q), expression.units);
}

function operate(operator: Extract<Expression, { kind: 'binary' }>['operator'], a: Quantity, b: Quantity): Quantity {
  switch (operator) {
    case '+':
      return addQuantities(a, b);
    case '-':
      return subtractQuantities(a, b);
    case '*':
      // p% of q% is a percentage.
      return a.percent && b.percent
        ? { ...multiplyQuantities(a, { number: b.number, units: [] }), percent: true }
        : multiplyQuantities(a, b);
    case '/':
      return divideQuantities(a, b);
    case '^':
      return raiseQuantity(a, b);
    case 'mod': {
      const [left, right] = [asNumber(a), asNumber(b)];
      const divisor = right.units.length === 0 ? right : convert(right, left.units);
      if (!isExact(left.number) || !isExact(divisor.number))
        throw new MismatchError('exact numbers for a remainder', 'approximate ones');
      return { number: ofRational(modulo(left.number.exact, divisor.number.exact)), units: left.units };
    }
  }
}
