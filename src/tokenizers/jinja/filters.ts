/**
 * Jinja's filters, and `tojson` as Transformers defines it. Left out are those for web pages (`urlize`, `xmlattr`, `striptags`),
 * `random`, `pprint`, `filesizeformat` and `wordwrap`: a template that uses one gets an error that names it.
 */
import { ownAttribute, pairs } from './access.js';
import { Arguments, type Filter } from './arguments.js';
import type { Budget } from './budget.js';
import { percentFormat, roundedHalfEven } from './format.js';
import { sequenceFilters } from './sequenceFilters.js';
import { json, str } from './show.js';
import { capitalize, replace, room } from './strings.js';
import {
  Dict,
  isNumber,
  isTrue,
  itemsOf,
  type Keywords,
  lengthOf,
  orElse,
  Tuple,
  toIndex,
  typeName,
  Undefined,
  type Value,
} from './values.js';
import { spaces, splitLines, trimEnd, trimStart } from './whiteSpace.js';

/** Applies the filter of that name. */
export function applyFilter(
  name: string,
  value: Value,
  args: readonly Value[],
  keywords: Keywords,
  budget: Budget,
): Value {
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) throw new Error(`No filter named '${name}'.`);
  const given = new Arguments(name, args, keywords);
  budget.steps(1);
  const result = filter(value, given, budget);
  if (!open.has(name)) given.end();
  return typeof result === 'string' ? budget.made(result) : result;
}

/** Filters that hand their arguments on. */
const open = new Set(['format', 'map', 'reject', 'rejectattr', 'select', 'selectattr']);

const scalarFilters: Readonly<Record<string, Filter>> = {
  abs: (value) => {
    if (value instanceof Undefined) value.fail();
    if (!isNumber(value)) throw new Error(`bad operand type for abs(): '${typeName(value)}'`);
    if (typeof value === 'number') return Math.abs(value);
    return BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  },
  attr: (value, given, budget) => {
    const name = given.text('name');
    if (value instanceof Undefined) value.fail();
    return orElse(
      ownAttribute(value, name, budget),
      new Undefined(`'${typeName(value)} object' has no attribute '${name}': it`),
    );
  },
  default: (value, given) => {
    const instead = orElse(given.take('default_value'), '');
    const anyFalse = given.flag('boolean', false);
    return value instanceof Undefined || (anyFalse && !isTrue(value)) ? instead : value;
  },
  float: (value, given) => {
    const instead = orElse(given.take('default'), 0);
    if (value instanceof Undefined) value.fail();
    if (isNumber(value)) return Number(value);
    return orElse(typeof value === 'string' ? parseFloatText(value) : undefined, instead);
  },
  int: (value, given) => {
    const instead = orElse(given.take('default'), 0n);
    const base = given.index('base', 10);
    if (value instanceof Undefined) value.fail();
    if (typeof value === 'string') return orElse(parseInteger(value, base), instead);
    if (!isNumber(value)) return instead;
    if (typeof value !== 'number') return BigInt(value);
    if (!Number.isFinite(value)) throw new Error('cannot convert a float that is not finite to an integer');
    return BigInt(Math.trunc(value));
  },
  round: (value, given) => {
    const precision = given.index('precision', 0);
    const method = given.optionalText('method') ?? 'common';
    if (value instanceof Undefined) value.fail();
    if (!isNumber(value)) throw new Error(`type ${typeName(value)} doesn't define __round__ method`);
    if (!['common', 'ceil', 'floor'].includes(method)) throw new Error('method must be common, ceil or floor');
    return rounded(value, precision, method);
  },
  string: (value, _, budget) => str(value, budget),
  tojson: (value, given, budget) => {
    const ascii = given.flag('ensure_ascii', false);
    const indent = orElse(given.take('indent'), null);
    const separators = orElse(given.take('separators'), null);
    const sorted = given.flag('sort_keys', false);
    const level = indent === null ? undefined : typeof indent === 'string' ? indent : spacesOf(toIndex(indent), budget);
    return json(value, { ascii, sorted, indent: level, separators: separatorsOf(separators) }, budget);
  },
};

function separatorsOf(value: Value): readonly [string, string] | undefined {
  if (value === null) return undefined;
  const items = value instanceof Tuple ? value.items : value;
  if (!Array.isArray(items) || items.length !== 2 || !items.every((item) => typeof item === 'string')) {
    throw new Error('tojson(): separators must be two strings');
  }
  return items as unknown as readonly [string, string];
}

function spacesOf(width: number, budget: Budget): string {
  budget.text(Math.max(0, width));
  return ' '.repeat(Math.max(0, width));
}

function rounded(value: bigint | number | boolean, precision: number, method: string): Value {
  if (Math.abs(precision) > 300) throw new Error(`a precision of ${precision} digits is not supported`);
  if (method !== 'common') {
    const scaled = Number(value) * 10 ** precision;
    return (method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / 10 ** precision;
  }
  if (typeof value !== 'number') {
    if (precision >= 0) return BigInt(value);
    const unit = 10n ** BigInt(-precision);
    const number = BigInt(value);
    const rest = ((number % unit) + unit) % unit;
    const low = number - rest;
    const isUp = rest * 2n > unit || (rest * 2n === unit && (low / unit) % 2n !== 0n);
    return isUp ? low + unit : low;
  }
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21 || precision > 100) return value;
  if (precision < 0) return Number(rounded(BigInt(Math.round(value)), precision, method) as bigint);
  const magnitude = Number(roundedHalfEven(Math.abs(value), precision));
  return value < 0 ? -magnitude : magnitude;
}

/** What Python's `int(text, base)` reads, and else what `int(float(text))` does. */
function parseInteger(text: string, base: number): bigint | undefined {
  const trimmed = trimEnd(trimStart(text));
  const prefix = { 2: 'b', 8: 'o', 16: 'x' }[base];
  const pattern = /^([+-]?)(0[a-z])?_?([0-9a-z]+(?:_[0-9a-z]+)*)$/i.exec(trimmed);
  const named = prefix !== undefined && pattern?.[2]?.toLowerCase() === `0${prefix}`;
  const digits = pattern === null ? '' : ((named ? '' : (pattern[2] ?? '')) + pattern[3]!).replaceAll('_', '');
  if (digits !== '' && digits.length <= 4300 && [...digits].every((digit) => Number.parseInt(digit, 36) < base)) {
    let value = 0n;
    for (const digit of digits) value = value * BigInt(base) + BigInt(Number.parseInt(digit, 36));
    return pattern![1] === '-' ? -value : value;
  }
  const float = parseFloatText(text);
  return float === undefined || !Number.isFinite(float) ? undefined : BigInt(Math.trunc(float));
}

function parseFloatText(text: string): number | undefined {
  const trimmed = trimEnd(trimStart(text)).toLowerCase();
  const infinite = /^([+-]?)(inf|infinity)$/.exec(trimmed);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/.test(trimmed)) return Number.NaN;
  const digits = '\\d+(?:_\\d+)*';
  const decimal = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`);
  return decimal.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : undefined;
}

const wordStart = new RegExp(`([-(\\[{<${spaces}]+)`);

const textFilters: Readonly<Record<string, Filter>> = {
  capitalize: (value, _, budget) => capitalize(str(value, budget)),
  center: (value, given, budget) => {
    const text = str(value, budget);
    const width = given.index('width', 80);
    const missing = room(text, width, budget);
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return ' '.repeat(left) + text + ' '.repeat(missing - left);
  },
  escape: (value, _, budget) => htmlText(str(value, budget)),
  forceescape: (value, _, budget) => htmlText(str(value, budget)),
  format: (value, given, budget) => {
    const values = given.rest();
    if (values.length > 0 && given.keywords.size > 0) {
      throw new Error("can't handle positional and keyword arguments at the same time");
    }
    const data = given.keywords.size > 0 ? new Dict(given.keywords) : new Tuple(values);
    return percentFormat(str(value, budget), data, budget);
  },
  indent: (value, given, budget) => {
    const width = orElse(given.take('width'), 4n);
    const first = given.flag('first', false);
    const blank = given.flag('blank', false);
    const indention = typeof width === 'string' ? width : spacesOf(toIndex(width), budget);
    const lines = splitLines(`${textOf(value, 'indent')}\n`);
    budget.text(lines.reduce((sum, line) => sum + line.length + 1 + indention.length, 0));
    const [head = '', ...rest] = lines;
    const indented = rest.map((line) => (line !== '' || blank ? indention + line : line));
    return (first ? indention : '') + [head, ...indented].join('\n');
  },
  lower: (value, _, budget) => str(value, budget).toLowerCase(),
  replace: (value, given, budget) => {
    const [old, by] = [str(given.need('old'), budget), str(given.need('new'), budget)];
    const count = orElse(given.take('count'), null);
    return replace(str(value, budget), old, by, count === null ? -1 : toIndex(count), budget);
  },
  safe: (value, _, budget) => str(value, budget),
  title: (value, _, budget) =>
    str(value, budget)
      .split(wordStart)
      .map((part) => {
        const [first = ''] = part;
        return first.toUpperCase() + part.slice(first.length).toLowerCase();
      })
      .join(''),
  trim: (value, given, budget) => {
    const set = given.optionalText('chars');
    return trimEnd(trimStart(str(value, budget), set), set);
  },
  truncate: (value, given) => {
    const length = given.index('length', 255);
    const killsWords = given.flag('killwords', false);
    const end = given.optionalText('end') ?? '...';
    const leeway = given.index('leeway', 5);
    if (lengthOf(value) <= length + leeway) return value;
    const cut = [...textOf(value, 'truncate')].slice(0, Math.max(0, length - lengthOf(end))).join('');
    const space = cut.lastIndexOf(' ');
    return (killsWords || space < 0 ? cut : cut.slice(0, space)) + end;
  },
  upper: (value, _, budget) => str(value, budget).toUpperCase(),
  urlencode: (value, _, budget) => {
    const quote = (text: string) =>
      encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
    if (typeof value === 'string' || value === null || isNumber(value)) {
      return quote(str(value, budget)).replaceAll('%2F', '/');
    }
    const rows = value instanceof Dict ? pairs(value) : itemsOf(value);
    const parts = rows.map((row) => {
      const pair = itemsOf(row);
      if (pair.length !== 2) throw new Error(`urlencode: expected pairs, found ${pair.length} values`);
      return pair.map((part) => quote(str(part, budget)).replaceAll('%20', '+')).join('=');
    });
    return parts.join('&');
  },
  wordcount: (value, _, budget) => BigInt(str(value, budget).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
};

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};
function textOf(value: Value, filter: string): string {
  if (value instanceof Undefined) value.fail();
  if (typeof value !== 'string') throw new Error(`${filter}: a string is wanted, not '${typeName(value)}'`);
  return value;
}

const htmlText = (text: string) => text.replace(/[&<>'"]/g, (char) => escapes[char]!);

const filters: Readonly<Record<string, Filter>> = {
  ...scalarFilters,
  ...textFilters,
  ...sequenceFilters(applyFilter),
  count: (value) => BigInt(lengthOf(value)),
  length: (value) => BigInt(lengthOf(value)),
  d: scalarFilters.default!,
  e: textFilters.escape!,
  items: (value) => {
    if (value instanceof Undefined) return [];
    if (!(value instanceof Dict)) throw new Error('Can only get item pairs from a mapping.');
    return pairs(value);
  },
};
