/**
 * The calculator study of the MRKL paper, symbolic arm: the grammar reads each of AI21's questions, its expression is compared
 * with the completion, its exact value with the stored result.
 */
import { JambalayaError } from '../../errors/index.js';
import { isExact } from '../exact/number.js';
import {
  absolute,
  compare,
  divide,
  fromInteger,
  parseNumeral,
  power,
  type Rational,
  rational,
  subtract,
} from '../exact/rational.js';
import { evaluate } from '../experts/calculator/evaluate.js';
import { parseExpression } from '../experts/calculator/parseExpression.js';
import { understand } from '../reader.js';

export interface StudyRow {
  readonly prompt: string;
  readonly completion: string;
  /** Text in some folders and a number in others; rounded to 10 digits after the point, or to about 10 in all. */
  readonly execution: string | number;
  readonly dataset_name: string;
  readonly n_digits?: number;
  readonly format?: number;
}

export interface Score {
  count: number;
  exactMatch: number;
  exactValue: number;
}

export interface RowResult {
  readonly completion: string | null;
  readonly exactMatch: boolean;
  readonly exactValue: boolean;
}

/** The stored result, digit for digit as the file has it. */
export function storedValue(execution: string | number): Rational {
  const value = parseNumeral(String(execution));
  if (value === undefined)
    throw new JambalayaError('usage', { argument: 'execution', expected: 'a number', found: String(execution) });
  return value;
}

const small = power(fromInteger(10), -10n);
const relative = power(fromInteger(10), -9n);

/** Within 1e-10, or 1e-9 of the stored value. */
export function agrees(exact: Rational, stored: Rational): boolean {
  const difference = subtract(exact, stored);
  const distance = rational(absolute(difference.n), difference.d);
  if (compare(distance, small) <= 0) return true;
  return stored.n !== 0n && compare(divide(distance, rational(absolute(stored.n), stored.d)), relative) <= 0;
}

/** The completion and the value of a row's question, by the grammar and the calculator alone. */
export function answerRow(row: StudyRow): RowResult {
  const { readings } = understand(row.prompt, 'en-US');
  const expression = readings.find(({ step }) => step.expert === 'calculator')?.step.input.expression;
  // Two readings that cost alike would be a question back.
  const isClear = readings.length === 1 || (readings[1]?.cost ?? 1) - (readings[0]?.cost ?? 0) > 0.05;
  if (typeof expression !== 'string' || !isClear) return { completion: null, exactMatch: false, exactValue: false };
  const completion = `X=(${expression})`;
  const [value] = evaluate(parseExpression(expression));
  const exactValue =
    value !== undefined && isExact(value.number) && agrees(value.number.exact, storedValue(row.execution));
  return { completion, exactMatch: completion === row.completion, exactValue };
}

/** What a row is counted under. */
export function groupsOf(experiment: string, row: StudyRow): string[] {
  const name = row.dataset_name;
  const digits = row.n_digits ?? /_(\d)_digits/.exec(name)?.[1];
  const wording = row.format ?? /format_?(\d)/.exec(name)?.[1];
  const operation = /^(?:numeric_|words_)?((?:add|sub|mul|div)(?:_(?:add|sub|mul|div))?)/.exec(name)?.[1];
  return [
    `experiment ${experiment}`,
    ...(digits === undefined ? [] : [`digits ${digits}`]),
    ...(wording === undefined ? [] : [`wording ${wording}`]),
    ...(operation === undefined ? [] : [`operation ${operation}`]),
    ...(name.startsWith('words') ? ['number words'] : []),
  ];
}
