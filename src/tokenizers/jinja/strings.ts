/**
 * Methods of Python's `str`. Places are counted in characters, arguments mean what they mean there, and an argument that is not
 * understood is an error.
 */
import { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { type Access, braceFormat } from './format.js';
import { str } from './show.js';
import {
  Callable,
  characters,
  isPlane,
  itemsOf,
  Lazy,
  orElse,
  Tuple,
  toIndex,
  typeName,
  type Value,
} from './values.js';
import { isSpace, spaces, splitLines, trimEnd, trimStart } from './whiteSpace.js';

type Method = (text: string, given: Arguments, budget: Budget, access: Access) => Value;

/** The method of that name, bound to the text. */
export function textMethod(text: string, name: string, access: Access, budget: Budget): Callable | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return undefined;
  return new Callable(name, (args, keywords) => {
    const given = new Arguments(name, args, keywords);
    budget.text(text.length);
    const result = method(text, given, budget, access);
    if (name !== 'format') given.end();
    return typeof result === 'string' ? budget.made(result) : result;
  });
}

const methods: Readonly<Record<string, Method>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => text.replaceAll('ß', 'ss').replaceAll('ς', 'σ').toLowerCase().replaceAll('ς', 'σ'),
  swapcase: (text) =>
    [...text].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join(''),
  capitalize,
  title: (text) => text.replace(/\p{Cased}+/gu, (word) => capitalize(word)),
  strip: (text, given) => {
    const set = given.optionalText('chars');
    return trimEnd(trimStart(text, set), set);
  },
  lstrip: (text, given) => trimStart(text, given.optionalText('chars')),
  rstrip: (text, given) => trimEnd(text, given.optionalText('chars')),
  removeprefix: (text, given) => {
    const prefix = given.text('prefix');
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  },
  removesuffix: (text, given) => {
    const suffix = given.text('suffix');
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  },
  startswith: (text, given) => affix(text, given, (part, prefix) => part.startsWith(prefix)),
  endswith: (text, given) => affix(text, given, (part, suffix) => part.endsWith(suffix)),
  split: (text, given, budget) => split(text, given.optionalText('sep'), given.index('maxsplit', -1), budget),
  rsplit: (text, given, budget) => rsplit(text, given.optionalText('sep'), given.index('maxsplit', -1), budget),
  splitlines: (text, given, budget) => paidList(splitLines(text, given.flag('keepends', false)), budget),
  partition: (text, given) => {
    const separator = separatorOf(given);
    const at = text.indexOf(separator);
    return new Tuple(at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  },
  rpartition: (text, given) => {
    const separator = separatorOf(given);
    const at = text.lastIndexOf(separator);
    return new Tuple(at < 0 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  },
  replace: (text, given, budget) =>
    replace(text, given.text('old'), given.text('new'), given.index('count', -1), budget),
  join: (text, given, budget) => {
    const parts = itemsOf(given.need('iterable')).map((item, index) => {
      if (typeof item !== 'string') {
        throw new Error(`sequence item ${index}: expected str instance, ${typeName(item)} found`);
      }
      return item;
    });
    return joinTexts(parts, text, budget);
  },
  count: (text, given) => {
    const part = given.text('sub');
    const [, from] = window(text, given);
    return BigInt(part === '' ? characters(from) + 1 : from.split(part).length - 1);
  },
  find: (text, given) => find(text, given, false),
  rfind: (text, given) => find(text, given, true),
  index: (text, given) => found(find(text, given, false)),
  rindex: (text, given) => found(find(text, given, true)),
  format: (text, given, budget, access) => braceFormat(text, given.positional, given.keywords, access, budget),
  zfill: (text, given, budget) => {
    const missing = room(text, given.index('width', 0), budget);
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(missing) + text.slice(sign.length);
  },
  ljust: (text, given, budget) => {
    const missing = room(text, given.index('width', 0), budget);
    return text + (given.optionalText('fillchar') ?? ' ').repeat(missing);
  },
  rjust: (text, given, budget) => {
    const missing = room(text, given.index('width', 0), budget);
    return (given.optionalText('fillchar') ?? ' ').repeat(missing) + text;
  },
  center: (text, given, budget) => {
    const width = given.index('width', 0);
    const missing = room(text, width, budget);
    const fill = given.optionalText('fillchar') ?? ' ';
    // Where the rest is odd, CPython puts it to the left if the width is odd, too.
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return fill.repeat(left) + text + fill.repeat(missing - left);
  },
  expandtabs: (text, given, budget) => {
    const size = Math.max(0, given.index('tabsize', 8));
    budget.text(text.length + (text.split('\t').length - 1) * size);
    let column = 0;
    return [...text]
      .map((char) => {
        if (char === '\t') {
          const gap = size === 0 ? 0 : size - (column % size);
          column += gap;
          return ' '.repeat(gap);
        }
        column = char === '\n' || char === '\r' ? 0 : column + 1;
        return char;
      })
      .join('');
  },
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isascii: (text) => !/[^\0-\x7f]/.test(text),
  isdecimal: (text) => /^\p{Nd}+$/u.test(text),
  isdigit: (text) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u.test(text),
  isnumeric: (text) => /^\p{N}+$/u.test(text),
  isidentifier: (text) => /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(text),
  islower: (text) => /\p{Cased}/u.test(text) && !/\p{Lu}|\p{Lt}/u.test(text),
  isupper: (text) => /\p{Cased}/u.test(text) && !/\p{Ll}|\p{Lt}/u.test(text),
  istitle: (text) => /\p{Cased}/u.test(text) && !/\p{Cased}\p{Lu}|(?<!\p{Cased})\p{Ll}/u.test(text),
  isprintable: (text) => !/[\p{C}\p{Z}]/u.test(text.replaceAll(' ', '')),
  isspace: (text) => text !== '' && [...text].every(isSpace),
};

export function capitalize(text: string): string {
  const [first = ''] = text;
  // A title-case letter of its own, such as ǅ, is what Python gives; upper case is the same for all others.
  return (titleCase[first] ?? upperFirst(first)) + lowerAfter(first, text.slice(first.length));
}

/** Lower case of what follows a character: whether a sigma ends a word depends on it. */
const lowerAfter = (before: string, text: string): string =>
  `${/\p{Cased}/u.test(before) ? 'a' : ' '}${text}`.toLowerCase().slice(1);

const titleCase: Readonly<Record<string, string>> = { ǆ: 'ǅ', Ǆ: 'ǅ', ǉ: 'ǈ', Ǉ: 'ǈ', ǌ: 'ǋ', Ǌ: 'ǋ', ǳ: 'ǲ', Ǳ: 'ǲ' };

/** `ß` becomes `Ss`, not `SS`. */
function upperFirst(char: string): string {
  const upper = char.toUpperCase();
  const [first = '', ...rest] = upper;
  return rest.length === 0 ? upper : first + rest.join('').toLowerCase();
}

function affix(text: string, given: Arguments, test: (text: string, part: string) => boolean): boolean {
  const wanted = given.need(given.name === 'startswith' ? 'prefix' : 'suffix');
  const [, part] = window(text, given);
  const choices = wanted instanceof Tuple ? wanted.items : [wanted];
  return choices.some((choice) => {
    if (typeof choice !== 'string') {
      throw new Error(`${given.name} first arg must be str or a tuple of str, not ${typeName(choice)}`);
    }
    return test(part, choice);
  });
}

/** The part of a text that the arguments `start` and `end` name, and where it begins, in characters. */
function window(text: string, given: Arguments): [start: number, part: string] {
  const [start, end] = [orElse(given.take('start'), null), orElse(given.take('end'), null)];
  if (start === null && end === null) return [0, text];
  const chars = isPlane(text) ? text : [...text];
  const from = start === null ? 0 : toIndex(start);
  const first = from < 0 ? Math.max(0, chars.length + from) : from;
  const part = chars.slice(first, end === null ? undefined : toIndex(end));
  return [first, typeof part === 'string' ? part : part.join('')];
}

function find(text: string, given: Arguments, last: boolean): bigint {
  const part = given.text('sub');
  const [start, within] = window(text, given);
  if (start > characters(text)) return -1n;
  const at = last ? within.lastIndexOf(part) : within.indexOf(part);
  return at < 0 ? -1n : BigInt(start + characters(within.slice(0, at)));
}

function found(index: bigint): bigint {
  if (index < 0n) throw new Error('substring not found');
  return index;
}

function separatorOf(given: Arguments): string {
  const separator = given.text('sep');
  if (separator === '') throw new Error('empty separator');
  return separator;
}

function paidList(parts: string[], budget: Budget): string[] {
  budget.items(parts.length);
  return parts;
}

const run = new RegExp(`[${spaces}]+`, 'g');

function split(text: string, separator: string | undefined, most: number, budget: Budget): string[] {
  if (separator === '') throw new Error('empty separator');
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  const parts: string[] = [];
  let rest = separator === undefined ? trimStart(text) : text;
  if (separator === undefined && rest === '') return [];
  if (separator === undefined) {
    let start = 0;
    for (const gap of rest.matchAll(run)) {
      if (parts.length >= limit || gap.index + gap[0].length === rest.length) break;
      parts.push(rest.slice(start, gap.index));
      start = gap.index + gap[0].length;
    }
    rest = rest.slice(start);
    parts.push(parts.length < limit ? trimEnd(rest) : rest);
    return paidList(parts, budget);
  }
  let start = 0;
  for (let at = rest.indexOf(separator); at >= 0 && parts.length < limit; at = rest.indexOf(separator, start)) {
    parts.push(rest.slice(start, at));
    start = at + separator.length;
  }
  parts.push(rest.slice(start));
  return paidList(parts, budget);
}

function rsplit(text: string, separator: string | undefined, most: number, budget: Budget): string[] {
  if (most < 0) return split(text, separator, -1, budget);
  if (separator === '') throw new Error('empty separator');
  const parts: string[] = [];
  let rest = separator === undefined ? trimEnd(text) : text;
  while (parts.length < most) {
    if (separator === undefined) {
      if (trimStart(rest) === '') break;
      let start = rest.length;
      while (start > 0 && !isSpace(rest[start - 1]!)) start--;
      if (trimStart(rest.slice(0, start)) === '') break;
      parts.unshift(rest.slice(start));
      rest = trimEnd(rest.slice(0, start));
    } else {
      const at = rest.lastIndexOf(separator);
      if (at < 0) break;
      parts.unshift(rest.slice(at + separator.length));
      rest = rest.slice(0, at);
    }
  }
  const last = separator === undefined && parts.length < most ? trimStart(rest) : rest;
  if (separator !== undefined || trimStart(last) !== '') parts.unshift(separator === undefined ? trimEnd(last) : last);
  return paidList(parts, budget);
}

/** The first `count` places replaced, all if it is negative. */
export function replace(text: string, old: string, by: string, count: number, budget: Budget): string {
  const limit = count < 0 ? Number.POSITIVE_INFINITY : count;
  if (old === '') {
    const chars = [...text];
    const places = Math.min(limit, chars.length + 1);
    budget.text(text.length + places * by.length);
    let out = '';
    for (let i = 0; i <= chars.length; i++) out += (i < places ? by : '') + (chars[i] ?? '');
    return out;
  }
  const parts = text.split(old);
  const places = Math.min(limit, parts.length - 1);
  budget.text(text.length + places * (by.length - old.length));
  const rest = parts.slice(places).join(old);
  return places === 0 ? text : `${parts.slice(0, places).join(by)}${by}${rest}`;
}

/** The texts with the separator between them. */
export function joinTexts(parts: readonly string[], separator: string, budget: Budget): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  budget.text(length + Math.max(0, parts.length - 1) * separator.length);
  return parts.join(separator);
}

/** Characters that are missing to a width. */
export function room(text: string, width: number, budget: Budget): number {
  budget.text(Math.max(0, width));
  return Math.max(0, width - characters(text));
}

/** Any values as texts with a separator between them, as the filter `join` does it. */
export const joinValues = (items: readonly Value[], separator: string, budget: Budget): string =>
  joinTexts(
    items.map((item) => str(item, budget)),
    separator,
    budget,
  );

/** A list's items in reverse: a string stays one. */
export const reversed = (value: Value): Value =>
  typeof value === 'string' ? [...value].reverse().join('') : new Lazy('generator', [...itemsOf(value)].reverse());
