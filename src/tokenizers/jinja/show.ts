/**
 * Values as text: Python's `str`, `repr` and `json.dumps`.
 */
import type { Budget } from './budget.js';
import { Callable, Dict, isInteger, Lazy, Namespace, Tuple, typeName, Undefined, type Value } from './values.js';

/** What printing a value gives. */
export function str(value: Value, budget: Budget): string {
  if (typeof value === 'string') return value;
  return value instanceof Undefined ? '' : repr(value, budget);
}

/** A value as it is written in a program. */
export function repr(value: Value, budget: Budget): string {
  const parts: string[] = [];
  const write = (part: string) => {
    budget.text(part.length);
    parts.push(part);
  };
  const list = (open: string, items: readonly Value[], close: string) => {
    write(open);
    for (const [index, item] of items.entries()) {
      if (index > 0) write(', ');
      visit(item);
    }
    write(close);
  };
  const map = (entries: Iterable<readonly [Value, Value]>) => {
    let separator = '{';
    for (const [key, item] of entries) {
      write(separator);
      visit(key);
      write(': ');
      visit(item);
      separator = ', ';
    }
    write(separator === '{' ? '{}' : '}');
  };
  const visit = (item: Value): void => {
    budget.items(1);
    if (Array.isArray(item)) list('[', item, ']');
    else if (item instanceof Tuple) list('(', item.items, item.items.length === 1 ? ',)' : ')');
    else if (item instanceof Dict) map(item.entries());
    else if (item instanceof Namespace) {
      write('<Namespace ');
      map(item.fields);
      write('>');
    } else if (item instanceof Lazy) {
      if (item.text !== undefined) write(item.text);
      else if (item.kind === 'generator') write('<generator object>');
      else list(`${item.kind}([`, item.items, '])');
    } else write(scalar(item));
  };
  visit(value);
  budget.text(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join('');
}

function scalar(value: Value): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return floatText(value);
    case 'string':
      return quoted(value);
  }
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Callable)
    return value.kind === 'Macro' ? `<Macro '${value.name}'>` : `<${value.kind} ${value.name}>`;
  return `<${typeName(value)}>`;
}

/** The shortest decimal that is this float, with an exponent where Python writes one. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [, lead, rest = '', exponentText] = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(Math.abs(value).toExponential())!;
  const exponent = Number(exponentText);
  const digits = lead! + rest;
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${lead}${rest === '' ? '' : `.${rest}`}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const special = /[\\\p{C}\p{Z}]/u;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (!special.test(text) && !text.includes(quote)) return quote + text + quote;
  let out = quote;
  for (const char of text) {
    if (char === quote) out += `\\${char}`;
    else if (char === ' ' || !special.test(char)) out += char;
    else out += escapes[char] ?? escaped(char.codePointAt(0)!);
  }
  return out + quote;
}

/** A character's code in Python's notation. */
export function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

export interface JsonOptions {
  /** What a level is indented by; everything in one line without it. */
  readonly indent?: string | undefined;
  readonly separators?: readonly [item: string, key: string] | undefined;
  readonly ascii?: boolean;
  readonly sorted?: boolean;
}

/** `json.dumps`, which Transformers uses for `tojson`, with its defaults there. */
export function json(value: Value, options: JsonOptions, budget: Budget): string {
  const { indent, ascii = false, sorted = false } = options;
  const [itemSeparator, keySeparator] = options.separators ?? [indent === undefined ? ', ' : ',', ': '];
  const parts: string[] = [];
  const write = (part: string) => {
    budget.text(part.length);
    parts.push(part);
  };
  const text = (content: string) => write(jsonText(content, ascii));
  const block = <T>(brackets: string, items: readonly T[], depth: number, writeItem: (item: T) => void) => {
    const lineBreak = (level: number) => (indent === undefined ? '' : `\n${indent.repeat(level)}`);
    if (items.length === 0) return write(brackets);
    write(brackets[0] + lineBreak(depth + 1));
    for (const [index, item] of items.entries()) {
      if (index > 0) write(itemSeparator + lineBreak(depth + 1));
      writeItem(item);
    }
    write(lineBreak(depth) + brackets[1]);
  };
  const visit = (item: Value, depth: number): void => {
    budget.items(1);
    if (item === null) write('null');
    else if (typeof item === 'boolean' || typeof item === 'bigint') write(String(item));
    else if (typeof item === 'number') write(jsonFloat(item));
    else if (typeof item === 'string') text(item);
    else if (Array.isArray(item)) block('[]', item, depth, (inner) => visit(inner, depth + 1));
    else if (item instanceof Tuple) block('[]', item.items, depth, (inner) => visit(inner, depth + 1));
    else if (item instanceof Dict) {
      const entries = [...item.entries()];
      if (sorted) entries.sort(([a], [b]) => comparePoints(jsonKey(a), jsonKey(b)));
      block('{}', entries, depth, ([key, inner]) => {
        text(jsonKey(key));
        write(keySeparator);
        visit(inner, depth + 1);
      });
    } else throw new Error(`Object of type ${typeName(item)} is not JSON serializable`);
  };
  visit(value, 0);
  budget.text(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join('');
}

function jsonKey(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'number') return jsonFloat(key);
  if (isInteger(key)) return String(key);
  throw new Error(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

const jsonFloat = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? floatText(value) : value < 0 ? '-Infinity' : 'Infinity';

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

function jsonText(text: string, ascii: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes
  const pattern = ascii ? /["\\]|[^ -~]/g : /["\\\u0000-\u001f]/g;
  const body = text.replace(
    pattern,
    (char) => jsonEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${body}"`;
}

/** Order by code points, as Python's strings have it; UTF-16 units put U+FFFD after an emoji. */
export function comparePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const isPair = (unit: number) => unit >= 0xd800 && unit < 0xe000;
    return isPair(x) === isPair(y) ? x - y : isPair(x) ? 1 : -1;
  }
  return a.length - b.length;
}
