/** The tools that calculate: with two numbers, in one tool each or in one of all, and with a list. */
import { numberToWords, someNumber, someWordStyle, withCommas } from './numbers.mjs';

/** A number in a request, in one of three ways. */
export function written(random, value, inWords) {
  if (inWords) return numberToWords(value, someWordStyle(random));
  return value >= 10_000 && random.chance(0.15) ? withCommas(value) : String(value);
}

/** A whole number of up to nine digits, mostly of fewer. */
export function operand(random, last = 9) {
  return someNumber(random, Math.min(random.between(1, last), random.between(1, last)));
}

/** Two operands, in the order of the schema's parameters. */
function arithmetic(names, descriptions, requests, compute, order = (a, b) => [a, b]) {
  return {
    topic: 'arithmetic',
    names,
    descriptions,
    parameters: [
      ['a', 'b'],
      ['x', 'y'],
      ['first', 'second'],
      ['left', 'right'],
      ['n1', 'n2'],
      ['number1', 'number2'],
    ],
    types: ['number', 'number'],
    requests,
    draw(random, inWords) {
      const [a, b] = order(operand(random), operand(random));
      return {
        arguments: [a, b],
        values: { a: written(random, a, inWords), b: written(random, b, inWords) },
        result: compute(a, b),
      };
    },
  };
}

const rounded = (value) => String(Number(value.toFixed(4)));
const larger = (a, b) => (a >= b ? [a, b] : [b, a]);

const add = arithmetic(
  ['add', 'add_numbers', 'addition', 'plus', 'sum_two'],
  ['Adds two numbers.', 'Returns {a} + {b}.', 'Addition of two numbers.'],
  [
    ...[
      'add {a} and {b}',
      'add {b} to {a}',
      'work out {a} plus {b}',
      'put {a} and {b} together',
      'total {a} and {b}',
      'compute {a} + {b}',
      '{a} + {b}',
    ],
    ...[
      'increase {a} by {b}',
      'I have {a} and get {b} more, count them all',
      'find {a} plus {b}',
      'calculate {a} plus {b}',
      'take {a} and add {b}',
    ],
  ],
  (a, b) => String(a + b),
);
const subtract = arithmetic(
  ['subtract', 'minus', 'subtraction', 'difference', 'take_away'],
  ['Subtracts {b} from {a}.', 'Returns {a} - {b}.'],
  [
    ...[
      'subtract {b} from {a}',
      'take {b} away from {a}',
      'work out {a} minus {b}',
      'reduce {a} by {b}',
      'compute {a} - {b}',
      '{a} - {b}',
    ],
    ...[
      'I had {a} and gave away {b}, find the rest',
      'calculate {a} minus {b}',
      'find {a} less {b}',
      'remove {b} from {a}',
      'lower {a} by {b}',
    ],
  ],
  (a, b) => String(a - b),
  larger,
);
const multiply = arithmetic(
  ['multiply', 'times', 'multiplication', 'product', 'multiply_numbers'],
  ['Multiplies two numbers.', 'Returns {a} * {b}.', 'Multiplication of two numbers.'],
  [
    ...[
      'multiply {a} by {b}',
      'multiply {a} and {b}',
      'work out {a} times {b}',
      'compute {a} * {b}',
      '{a} x {b}',
      '{a} * {b}',
      'calculate {a} times {b}',
    ],
    ...[
      '{a} boxes hold {b} pieces each, count the pieces',
      'find {a} times {b}',
      'take {a} and multiply it by {b}',
      'scale {a} by {b}',
    ],
  ],
  (a, b) => String(BigInt(a) * BigInt(b)),
);
const divide = arithmetic(
  ['divide', 'division', 'divide_numbers', 'quotient', 'split'],
  ['Divides {a} by {b}.', 'Returns {a} / {b}.'],
  [
    ...[
      'divide {a} by {b}',
      'work out {a} divided by {b}',
      'split {a} into {b} equal parts',
      'compute {a} / {b}',
      '{a} / {b}',
      'calculate {a} divided by {b}',
    ],
    ...[
      'share {a} among {b} people',
      'find {a} divided by {b}',
      'take {a} and divide it by {b}',
      'cut {a} into {b} shares',
    ],
  ],
  (a, b) => rounded(a / b),
  (a, b) => larger(a, Math.max(b, 1)),
);

const calculator = {
  topic: 'arithmetic',
  names: ['calculate', 'calculator', 'arithmetic', 'compute'],
  descriptions: ['Does arithmetic with two numbers.', 'Calculator for two numbers.'],
  parameters: [
    ['operation', 'a', 'b'],
    ['operator', 'x', 'y'],
    ['op', 'left', 'right'],
  ],
  types: [{ type: 'string', enum: ['add', 'subtract', 'multiply', 'divide'] }, 'number', 'number'],
  draw(random, inWords) {
    const operation = random.pick(['add', 'subtract', 'multiply', 'divide']);
    const one = { add, subtract, multiply, divide }[operation];
    const { arguments: operands, values, result } = one.draw(random, inWords);
    return { arguments: [operation, ...operands], values, result, request: random.pick(one.requests) };
  },
};

function overList(names, descriptions, requests, compute) {
  return {
    topic: 'arithmetic of lists',
    names,
    descriptions,
    parameters: [['numbers'], ['values'], ['items'], ['list']],
    types: ['numbers'],
    requests,
    draw(random, inWords) {
      const length = random.between(1, 6);
      const list = Array.from({ length: random.between(3, 7) }, () =>
        someNumber(random, Math.max(1, random.between(length - 1, length))),
      );
      const texts = list.map((value) => written(random, value, inWords));
      const values = {
        list: random.chance(0.6) ? texts.join(', ') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`,
      };
      return { arguments: [list], values, result: compute(list) };
    },
  };
}

const total = (list) => list.reduce((sum, value) => sum + value, 0);
const lists = [
  overList(
    ['sum', 'sum_list', 'total', 'add_all'],
    ['Adds all numbers of a list.', 'Total of a list.'],
    [
      'add up {list}',
      'total these: {list}',
      'add all of these numbers: {list}',
      'find the total of {list}',
      'sum {list}',
      'add {list}',
    ],
    (list) => String(total(list)),
  ),
  overList(
    ['average', 'mean', 'average_list'],
    ['Average of a list of numbers.', 'Mean of a list.'],
    ['average {list}', 'find the average of {list}', 'find the mean of these: {list}', 'calculate the average: {list}'],
    (list) => rounded(total(list) / list.length),
  ),
  overList(
    ['maximum', 'max', 'largest'],
    ['Largest number of a list.', 'Maximum of a list.'],
    [
      'find the largest of {list}',
      'pick the biggest number: {list}',
      'find the maximum: {list}',
      'tell me which is highest: {list}',
    ],
    (list) => String(Math.max(...list)),
  ),
  overList(
    ['minimum', 'min', 'smallest'],
    ['Smallest number of a list.', 'Minimum of a list.'],
    [
      'find the smallest of {list}',
      'pick the lowest number: {list}',
      'find the minimum: {list}',
      'tell me which is least: {list}',
    ],
    (list) => String(Math.min(...list)),
  ),
  overList(
    ['sort', 'sort_numbers', 'sort_list'],
    ['Sorts a list of numbers.', 'Puts numbers in rising order.'],
    ['sort {list}', 'put these in order: {list}', 'sort these numbers: {list}', 'order {list} from small to large'],
    (list) => list.toSorted((a, b) => a - b).join(', '),
  ),
];

export const arithmeticFunctions = [add, subtract, multiply, divide, calculator, ...lists];
