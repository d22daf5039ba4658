/**
 * Normalizers of a `tokenizer.json`, carried out as the Rust library does it: letter by letter where JavaScript looks at words
 * (a final sigma), by Unicode's white space, beyond the first plane, and with a SentencePiece table where a file brings one.
 */

import { checkGrowth } from './components.js';
import { unsupportedHint } from './hints.js';
import { ReplaceNormalizer } from './libraries.js';
import { patternSource } from './patterns.js';
import { CharsMap } from './precompiled.js';
import { describe, type JsonObject, type Shape } from './shape.js';

const maxNesting = 8;
const maxParts = 64;
/** Strings that parts put into a text. */
const maxInsertLength = 256;
const maxTableLength = 2 ** 22;

export interface Normalizer {
  readonly normalize: (text: string) => string;
  /** An upper bound of output length over input length, without that of Unicode normalization forms. */
  readonly growth: number;
}

type Step = (text: string) => string;

/** The normalizer of a file, or undefined if it has none. */
export function readNormalizer(shape: Shape, value: unknown): Normalizer | undefined {
  if (value === null || value === undefined) return undefined;
  let growth = 1;
  const read = (part: unknown, where: string, depth: number): Step => {
    const json = shape.object(part, where);
    const type = shape.string(json.type, `${where}.type`, 100);
    switch (type) {
      case 'Sequence': {
        if (depth >= maxNesting) shape.fail(`${where}: nested more than ${maxNesting} deep`);
        const steps = shape
          .array(json.normalizers, `${where}.normalizers`, maxParts)
          .map((inner, index) => read(inner, `${where}.normalizers[${index}]`, depth + 1));
        return (text) => steps.reduce((part, step) => step(part), text);
      }
      case 'Replace': {
        const { step, factor } = readReplace(shape, json, where);
        growth *= factor;
        return step;
      }
      case 'Prepend': {
        const prepend = shape.string(json.prepend, `${where}.prepend`, maxInsertLength);
        growth *= 1 + prepend.length;
        return (text) => (text === '' ? '' : prepend + text);
      }
      case 'BertNormalizer':
        // A Chinese character becomes three: it gets a space on either side.
        growth *= 3;
        return readBert(shape, json, where);
      case 'Precompiled': {
        const table = shape.optionalString(json.precompiled_charsmap, `${where}.precompiled_charsmap`, maxTableLength);
        if (table === undefined || table === '') return (text) => text;
        const map = new CharsMap(shape, table, `${where}.precompiled_charsmap`);
        growth *= Math.min(map.longest, 18);
        return (text) => map.normalize(text);
      }
      case 'NFC':
      case 'NFD':
      case 'NFKC':
      case 'NFKD':
        return (text) => text.normalize(type);
      case 'Strip': {
        const left = shape.boolean(json.strip_left, `${where}.strip_left`, true);
        const right = shape.boolean(json.strip_right, `${where}.strip_right`, true);
        return (text) => {
          const start = left ? text.replace(/^\p{White_Space}+/u, '') : text;
          return right ? start.replace(/(?<!\p{White_Space})\p{White_Space}+$/u, '') : start;
        };
      }
      case 'StripAccents':
        return (text) => text.replace(/\p{M}/gu, '');
      case 'Lowercase':
        return lowerCase;
      case 'Nmt':
        return nmt;
      case 'ByteLevel':
        return (text) => [...encoder.encode(text)].map((byte) => byteCharacters[byte]!).join('');
      default:
        return shape.fail(`${where}: unknown normalizer ${describe(type)}`, unsupportedHint);
    }
  };
  const normalize = read(value, 'normalizer', 0);
  checkGrowth(shape, 'normalizer', growth);
  return { normalize, growth };
}

/** Lower case of each character for itself: a sigma at the end of a word is one like any other. */
export const lowerCase = (text: string): string => {
  const lower = text.toLowerCase();
  return text.includes('\u03a3')
    ? text
        .split('\u03a3')
        .map((part) => part.toLowerCase())
        .join('\u03c3')
    : lower;
};

function readReplace(shape: Shape, json: JsonObject, where: string): { step: Step; factor: number } {
  const source = patternSource(shape, json.pattern, `${where}.pattern`);
  const content = shape.string(json.content, `${where}.content`, maxInsertLength);
  if (source === '') shape.fail(`${where}.pattern: expected a pattern that is not empty`);
  const { Regex, String: literal } = shape.object(json.pattern, where);
  if (typeof Regex !== 'string') {
    const text = literal as string;
    return {
      step: (input) => input.split(text).join(content),
      factor: Math.max(1, content.length / text.length),
    };
  }
  // The library hands the content to `replaceAll`, where a dollar sign has a meaning.
  const options = { pattern: { Regex: source }, content: content.replaceAll('$', '$$$$') };
  const replace = replacing(shape, `${where}.pattern`, options);
  // A pattern may also match nothing, between any two characters.
  return { step: (text) => replace.normalize(text), factor: 1 + content.length };
}

function replacing(shape: Shape, where: string, options: { pattern: { Regex: string }; content: string }) {
  try {
    return new ReplaceNormalizer(options);
  } catch (cause) {
    return shape.fail(`${where}: expected a regular expression, found one with ${(cause as Error).message}`);
  }
}

function readBert(shape: Shape, json: JsonObject, where: string): Step {
  const cleans = shape.boolean(json.clean_text, `${where}.clean_text`, true);
  const separates = shape.boolean(json.handle_chinese_chars, `${where}.handle_chinese_chars`, true);
  const lowers = shape.boolean(json.lowercase, `${where}.lowercase`, true);
  const strips = shape.boolean(json.strip_accents, `${where}.strip_accents`, lowers);
  return (text) => {
    let out = text;
    if (cleans) out = out.replace(removed, '').replace(/\p{White_Space}/gu, ' ');
    if (separates) out = out.replace(chinese, ' $& ');
    if (strips) out = out.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowers ? lowerCase(out) : out;
  };
}

/** Controls, formats, private characters and the replacement character; tabs and line ends stay. */
const removed = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

function nmt(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
  const kept = text.replace(/[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/g, '');
  return kept.replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' ');
}

const encoder = new TextEncoder();

/** The characters that stand for bytes in a byte-level vocabulary: printable ones for themselves, others from U+0100. */
const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();
