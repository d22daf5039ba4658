/**
 * JSON from untrusted files. `JSON.parse` does the parsing; this file bounds what it may cost (bytes, depth, number of
 * values) before it runs, and finds keys that are written twice, which it would silently drop.
 */
import { JambalayaError } from '../errors/index.js';
import { foreignContent, foreignHeadBytes } from './foreign.js';
import { countOf, shown, shownName } from './phrases.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object out of a JSON file. Its keys are untrusted: ask with `Object.hasOwn` where a name could be inherited. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Sizes in bytes up to which files of each kind are read at all. */
export const jsonLimits = {
  config: 1024 * 1024,
  index: 64 * 1024 * 1024,
  tokenizer: 256 * 1024 * 1024,
} as const;

export interface ParseJsonOptions {
  readonly maxBytes: number;
  /** Nested containers. */
  readonly maxDepth?: number;
  /** A key that is written twice in one object is an error; otherwise the last one wins, as in every JSON reader. */
  readonly uniqueKeys?: boolean;
}

/** A value costs some 50 bytes of heap for 2 bytes of text, so that the size of the text alone is no bound. */
const maxValues = 8_000_000;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON file whose top level is an object.
 *
 * @param file what error messages call it
 * @param input its text, or its bytes in UTF-8
 * @throws `format` if it is too large, too deep, not UTF-8, not JSON, or not an object
 */
export function parseJson(file: string, input: string | Uint8Array, options: ParseJsonOptions): JsonObject {
  const { maxBytes, maxDepth = 64, uniqueKeys = false } = options;
  const fail = (expected: string, found: string) => new JambalayaError('format', { file, expected, found });

  if (input.length > maxBytes) throw fail(`at most ${countOf(maxBytes, 'byte')}`, countOf(input.length, 'byte'));
  let text: string;
  try {
    text =
      typeof input === 'string'
        ? input.replace(/^\ufeff/, '')
        : new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    throw fail('text in UTF-8', 'other bytes');
  }

  const { depth, values, members } = measure(text, maxDepth);
  if (depth > maxDepth) throw fail(`JSON nested at most ${maxDepth} deep`, 'deeper nesting');
  if (values > maxValues) throw fail(`at most ${countOf(maxValues, 'JSON value')}`, 'more');

  let root: JsonValue;
  try {
    root = JSON.parse(text) as JsonValue;
  } catch (error) {
    const foreign = foreignContent(new TextEncoder().encode(text.slice(0, foreignHeadBytes)));
    if (foreign === undefined) throw fail('JSON', shownName((error as Error).message));
    throw new JambalayaError('format', { file, expected: 'JSON', found: foreign.found }, { hint: foreign.hint });
  }
  if (!isJsonObject(root)) throw fail('a JSON object', shown(root));
  if (uniqueKeys && countMembers(root) !== members) throw fail('every key once', `${shown(repeatedKey(text))} twice`);
  return root;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index after the closing quote of the string that opens at `start`; the end of the text if it does not close. */
function afterString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

/** Depth, about how many values, and how many `key: value` pairs a JSON text has; stops early once it is too deep. */
function measure(text: string, maxDepth: number): { depth: number; values: number; members: number } {
  let open = 0;
  let depth = 0;
  let values = 1;
  let members = 0;
  for (let i = 0; i < text.length && depth <= maxDepth; ) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = afterString(text, i);
        continue;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        depth = Math.max(depth, ++open);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        open--;
        break;
      case 0x2c: // ,
        values++;
        break;
      case 0x3a: // :
        members++;
        break;
    }
    i++;
  }
  return { depth, values, members };
}

function countMembers(root: JsonValue): number {
  let members = 0;
  const open: JsonValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const children = Array.isArray(value) ? value : Object.values(value as JsonObject);
    if (!Array.isArray(value)) members += children.length;
    for (const child of children) if (typeof child === 'object' && child !== null) open.push(child);
  }
  return members;
}

/** The first key that its object has already; `text` is valid JSON. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === 0x7b || code === 0x5b) open.push(new Set());
    else if (code === 0x7d || code === 0x5d) open.pop();
    if (code !== QUOTE) {
      i++;
      continue;
    }
    const end = afterString(text, i);
    if (isKeyEnd(text, end)) {
      const key = JSON.parse(text.slice(i, end)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    i = end;
  }
  return undefined;
}

/** Whether the next character that is not white space is the colon after a key. */
function isKeyEnd(text: string, at: number): boolean {
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return text.charAt(at) === ':';
}
