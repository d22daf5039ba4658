/**
 * A small made-up family of tools. A topic is something that can be asked for; the tools of one topic have many names and
 * parameters, so that a call has to be read off its schema.
 *
 * A topic draws a case: `values` that a request's words are filled with, and the `result` of the tool. A request's number
 * may stand there in words or digits; a call has it in digits.
 */
import { arithmeticFunctions, operand, written } from './arithmetic.mjs';
import { lookups } from './lookups.mjs';

const property = {
  number: { type: 'number' },
  text: { type: 'string' },
  numbers: { type: 'array', items: { type: 'number' } },
};

/** Units with what they are of the family's first one. */
const units = [
  { m: 1, km: 1000, cm: 0.01, miles: 1609.344, feet: 0.3048, inches: 0.0254, yards: 0.9144 },
  { kg: 1, grams: 0.001, pounds: 0.45359237, ounces: 0.028349523125, tons: 1000 },
  { liters: 1, ml: 0.001, gallons: 3.785411784, cups: 0.2365882365 },
  { seconds: 1, minutes: 60, hours: 3600, days: 86400, weeks: 604800 },
];
const convertUnits = {
  topic: 'units',
  names: ['convert_units', 'convert', 'unit_converter', 'change_unit'],
  descriptions: ['Converts between units.', 'Changes a value to another unit.'],
  parameters: [
    ['value', 'from', 'to'],
    ['amount', 'from_unit', 'to_unit'],
    ['number', 'source', 'target'],
  ],
  types: ['number', 'text', 'text'],
  requests: [
    ...[
      'convert {n} {from} to {to}',
      'change {n} {from} into {to}',
      'turn {n} {from} into {to}',
      'express {n} {from} in {to}',
      '{n} {from} in {to}',
    ],
    ...[
      'I have {n} {from}, give it in {to}',
      'tell me what {n} {from} are in {to}',
      'find how many {to} {n} {from} are',
    ],
  ],
  draw(random, inWords) {
    const family = random.pick(units);
    const [from, to] = random.some(Object.keys(family), 2);
    const whole = operand(random, 5);
    const value = !inWords && random.chance(0.15) ? whole + random.between(1, 9) / 10 : whole;
    const result = Number(((value * family[from]) / family[to]).toPrecision(6));
    return {
      arguments: [value, from, to],
      values: { n: written(random, value, inWords), from, to },
      result: `${result} ${to}`,
    };
  },
};

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const day = 86_400_000;
const isoDate = (time) => new Date(time).toISOString().slice(0, 10);
const someDate = (random) => Date.UTC(random.between(1950, 2049), random.below(12), random.between(1, 28));
function dateInWords(random, time) {
  const date = new Date(time);
  const [d, month, year] = [date.getUTCDate(), months[date.getUTCMonth()], date.getUTCFullYear()];
  return random.pick([isoDate(time), isoDate(time), `${d} ${month} ${year}`, `${month} ${d}, ${year}`]);
}

const daysBetween = {
  topic: 'dates',
  names: ['days_between', 'date_difference', 'count_days', 'date_diff'],
  descriptions: ['Days between two dates (YYYY-MM-DD).', 'Number of days from one date to another.'],
  parameters: [
    ['start', 'end'],
    ['from', 'to'],
    ['date1', 'date2'],
    ['start_date', 'end_date'],
  ],
  types: ['text', 'text'],
  requests: [
    ...[
      'count the days from {a} to {b}',
      'find the number of days between {a} and {b}',
      'tell me how many days lie between {a} and {b}',
    ],
    ...[
      'work out how long it is from {a} to {b}',
      'give me the days from {a} until {b}',
      'tell me how far {b} is from {a} in days',
    ],
  ],
  draw(random) {
    const start = someDate(random);
    const end = start + day * random.between(1, 900);
    return {
      arguments: [isoDate(start), isoDate(end)],
      values: { a: dateInWords(random, start), b: dateInWords(random, end) },
      result: `${(end - start) / day} days`,
    };
  },
};
const addDays = {
  topic: 'dates',
  names: ['add_days', 'date_after', 'shift_date'],
  descriptions: ['The date some days after another (YYYY-MM-DD).', 'Adds days to a date.'],
  parameters: [
    ['date', 'days'],
    ['start', 'count'],
    ['from', 'number_of_days'],
  ],
  types: ['text', 'number'],
  requests: [
    'find the date {n} days after {a}',
    'add {n} days to {a}',
    'tell me which day comes {n} days after {a}',
    'move {a} forward by {n} days',
  ],
  draw(random, inWords) {
    const start = someDate(random);
    const days = random.between(2, 400);
    return {
      arguments: [isoDate(start), days],
      values: { a: dateInWords(random, start), n: written(random, days, inWords) },
      result: isoDate(start + day * days),
    };
  },
};

const currencies = ['dollars', 'euros', 'pounds', 'yen', 'francs', 'pesos', 'rupees', 'krona'];
const convertMoney = {
  topic: 'money',
  names: ['convert_currency', 'exchange', 'currency_converter'],
  descriptions: ['Converts money.', 'Changes an amount into another currency.'],
  parameters: [
    ['amount', 'from', 'to'],
    ['value', 'source', 'target'],
    ['sum', 'from_currency', 'to_currency'],
  ],
  types: ['number', 'text', 'text'],
  requests: [
    'change {n} {from} into {to}',
    'convert {n} {from} to {to}',
    'exchange {n} {from} for {to}',
    'tell me what {n} {from} are in {to}',
  ],
  draw(random, inWords) {
    const [from, to] = random.some(currencies, 2);
    const value = operand(random, 6);
    return {
      arguments: [value, from, to],
      values: { n: written(random, value, inWords), from, to },
      result: `${operand(random, 6)} ${to}`,
    };
  },
};

/** Every tool, by what it is asked for. */
export const functions = [...arithmeticFunctions, convertUnits, daysBetween, addDays, ...lookups, convertMoney];

/** Requests that no tool of the family serves. */
export const otherRequests = [
  ...[
    'write a poem about the {x}',
    'tell me a story about the {x}',
    'translate "{x}" into French',
    'draw the {x}',
    'explain how the {x} works',
    'order the {x} for me',
  ],
  ...[
    'send an email to {p}',
    'book a table for {p}',
    'describe the {x}',
    'who invented the {x}',
    'cancel my meeting with {p}',
    'open the door for {p}',
  ],
  ...[
    'make a joke about the {x}',
    'find a flight to {c}',
    'book a hotel in {c}',
    'who is the mayor of {c}',
    'show me a picture of {c}',
    'delete the note on {x}',
  ],
];

/**
 * A tool as a schema of one of its forms.
 *
 * @returns {{ tool: object, call: (given: unknown[]) => object }}
 */
export function someForm(random, { names, descriptions, parameters, types }) {
  const name = random.pick(names);
  const chosen = random.pick(parameters);
  const description = random.pick(descriptions).replace('{a}', chosen[0]).replace('{b}', chosen[1]);
  const properties = Object.fromEntries(
    chosen.map((parameter, i) => [parameter, typeof types[i] === 'string' ? property[types[i]] : types[i]]),
  );
  const required = random.chance(0.5) ? { required: chosen } : {};
  const schema = { name, description, parameters: { type: 'object', properties, ...required } };
  return {
    tool: { type: 'function', function: schema },
    call: (given) => ({
      type: 'function',
      function: { name, arguments: Object.fromEntries(chosen.map((parameter, i) => [parameter, given[i]])) },
    }),
  };
}
