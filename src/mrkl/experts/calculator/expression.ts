/** Expressions as trees, and their one canonical text: `X=(…)` of the calculator study is this text with its wrapping. */
import { decimalPlaces, toExact } from '../../exact/format.js';
import type { Rational } from '../../exact/rational.js';
import { type UnitProduct, unitText } from '../../quantities/units.js';

export type BinaryOperator = '+' | '-' | '*' | '/' | '^' | 'mod';

export type Expression =
  | { readonly kind: 'number'; readonly value: Rational }
  | { readonly kind: 'constant'; readonly name: 'pi' | 'e' }
  | { readonly kind: 'quantity'; readonly of: Expression; readonly units: UnitProduct }
  | { readonly kind: 'percent' | 'negative' | 'factorial'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'convert'; readonly of: Expression; readonly units: readonly UnitProduct[] }
  /** `$1`: a result that another step gives. */
  | { readonly kind: 'given'; readonly name: string };

export const numberOf = (value: Rational): Expression => ({ kind: 'number', value });
export const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});
export const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, arguments: args });
export const percent = (of: Expression): Expression => ({ kind: 'percent', of });

const levels: Readonly<Record<BinaryOperator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, mod: 2, '^': 4 };

function level(expression: Expression): number {
  switch (expression.kind) {
    case 'convert':
      return 0;
    case 'binary':
      return levels[expression.operator];
    case 'negative':
      return 3;
    case 'percent':
    case 'factorial':
      return 5;
    case 'quantity':
      return 4.5;
    case 'number':
      // A negative number is a sign before one; a fraction is a quotient.
      return decimalPlaces(expression.value) === undefined ? 2 : expression.value.n < 0n ? 3 : 6;
    default:
      return 6;
  }
}

const bracketed = (expression: Expression, least: number): string => {
  const text = toText(expression);
  return level(expression) < least ? `(${text})` : text;
};

/** With as few brackets as keep its grouping: right operands of the same rank keep theirs, as in `3*(4/5)`. */
export function toText(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return toExact(expression.value);
    case 'constant':
      return expression.name;
    case 'given':
      return expression.name;
    case 'quantity':
      return `${bracketed(expression.of, 6)} ${unitSymbol(expression.units)}`;
    case 'percent':
      return `${bracketed(expression.of, 5)}%`;
    case 'factorial':
      return `${bracketed(expression.of, 5)}!`;
    case 'negative':
      return `-${bracketed(expression.of, 3)}`;
    case 'convert':
      return `${bracketed(expression.of, 1)} to ${expression.units.map(unitSymbol).join(', ')}`;
    case 'call':
      return `${expression.name}(${expression.arguments.map(toText).join(', ')})`;
    case 'binary': {
      const { operator, left, right } = expression;
      const own = levels[operator];
      const [l, r] =
        operator === '^'
          ? [bracketed(left, 5), bracketed(right, 4)]
          : [bracketed(left, own), bracketed(right, own + 0.5)];
      return operator === 'mod' ? `${l} mod ${r}` : `${l}${operator}${r}`;
    }
  }
}

/** Symbols that are one word of letters stand bare, others in brackets. */
const unitSymbol = (units: UnitProduct): string => {
  const text = unitText(units);
  return /^[A-Za-z]+$/.test(text) && text !== 'mod' && text !== 'to' ? text : `[${text}]`;
};

/** The names of the results of other steps that an expression needs. */
export function givenNames(expression: Expression): string[] {
  switch (expression.kind) {
    case 'given':
      return [expression.name];
    case 'binary':
      return [...givenNames(expression.left), ...givenNames(expression.right)];
    case 'call':
      return expression.arguments.flatMap(givenNames);
    case 'number':
    case 'constant':
      return [];
    default:
      return givenNames(expression.of);
  }
}
