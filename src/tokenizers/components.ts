/**
 * The parts of a `tokenizer.json` around its model, but for the normalizer: pre-tokenizer and decoder.
 *
 * Each function checks one part and returns it as the library shall see it: nothing unknown passes, and a part that
 * the library carries out otherwise than the Rust original is rewritten into parts that mean the same.
 */
import {
  escapePattern,
  isolate,
  keepMatches,
  mergeWithNext,
  patternSource,
  split,
  unsupportedHint,
} from './patterns.js';
import { describe, type JsonObject, type Shape } from './shape.js';

const maxNesting = 8;
const maxParts = 64;
/** Strings that parts put into a text: a separator, a prefix, a replacement. */
const maxInsertLength = 256;

/** How many times longer than its input the output of a part can be; a file that asks for more is refused. */
export const maxGrowth = 64;

const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200C\\u200D';
const space = '\\p{White_Space}';
const punctuation = '\\p{P}\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E';
/** GPT-2's pattern, which a `ByteLevel` pre-tokenizer has built in. */
const wordPattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** A pre-tokenizer; what the original says about Unicode classes replaces the library's ASCII ones. */
export function readPreTokenizer(shape: Shape, value: unknown): JsonObject | null {
  const read = (part: unknown, where: string, depth: number): JsonObject => {
    const json = shape.object(part, where);
    const type = shape.string(json.type, `${where}.type`, 100);
    switch (type) {
      case 'Sequence':
        return { type, pretokenizers: parts(shape, json.pretokenizers, `${where}.pretokenizers`, depth, read) };
      case 'ByteLevel': {
        const prefixed = shape.boolean(json.add_prefix_space, `${where}.add_prefix_space`, true);
        const splits = shape.boolean(json.use_regex, `${where}.use_regex`, true);
        const bytes = { type, add_prefix_space: prefixed, use_regex: splits && prefixed };
        // A prefix comes before the split, so that the library has to do both.
        return splits && !prefixed ? { type: 'Sequence', pretokenizers: [isolate(wordPattern), bytes] } : bytes;
      }
      case 'Split': {
        const behavior = shape.string(json.behavior, `${where}.behavior`, 100);
        const source = patternSource(shape, json.pattern, `${where}.pattern`);
        return split(shape, where, source, behavior, shape.boolean(json.invert, `${where}.invert`, false));
      }
      case 'Metaspace':
        return readMetaspace(shape, json, where);
      case 'Punctuation': {
        const behavior = shape.optionalString(json.behavior, `${where}.behavior`, 100) ?? 'Isolated';
        return split(shape, where, `[${punctuation}]`, behavior, false);
      }
      case 'Digits': {
        const individual = shape.boolean(json.individual_digits, `${where}.individual_digits`, false);
        return isolate(individual ? '\\p{N}' : '\\p{N}+');
      }
      case 'Whitespace':
        return keepMatches(`[${word}]+|[^${word}${space}]+`);
      case 'WhitespaceSplit':
        return keepMatches(`[^${space}]+`);
      case 'CharDelimiterSplit':
        return split(
          shape,
          where,
          escapePattern(shape.string(json.delimiter, `${where}.delimiter`, 2)),
          'Removed',
          false,
        );
      case 'FixedLength':
        return keepMatches(`[\\s\\S]{1,${shape.integer(json.length, `${where}.length`, 1, 65_535)}}`);
      case 'BertPreTokenizer':
        return keepMatches(`[^${space}${punctuation}]+|[${punctuation}]`);
      default:
        return shape.fail(`${where}: unknown pre-tokenizer ${describe(type)}`, unsupportedHint);
    }
  };
  return value === null || value === undefined ? null : read(value, 'pre_tokenizer', 0);
}

function readMetaspace(shape: Shape, json: JsonObject, where: string): JsonObject {
  const { replacement, prepends } = readMetaspaceFields(shape, json, where);
  const prepend_scheme = prepends ? (shape.optionalString(json.prepend_scheme, where, 10) ?? 'always') : 'never';
  const marked: JsonObject = { type: 'Metaspace', replacement, prepend_scheme };
  if (!shape.boolean(json.split, `${where}.split`, true)) return marked;
  // The library marks the spaces but leaves out the split before each mark.
  return { type: 'Sequence', pretokenizers: [marked, mergeWithNext(escapePattern(replacement))] };
}

function readMetaspaceFields(
  shape: Shape,
  json: JsonObject,
  where: string,
): { replacement: string; prepends: boolean } {
  const replacement = shape.optionalString(json.replacement, `${where}.replacement`, 2) ?? '\u2581';
  if ([...replacement].length !== 1) shape.fail(`${where}.replacement: expected one character`);
  const scheme = shape.optionalString(json.prepend_scheme, `${where}.prepend_scheme`, 10);
  if (scheme !== undefined && !['always', 'first', 'never'].includes(scheme)) {
    shape.fail(`${where}.prepend_scheme: expected always, first or never, found ${describe(scheme)}`);
  }
  // Files from before `prepend_scheme` say the same with `add_prefix_space`.
  const prepends = scheme === undefined ? shape.boolean(json.add_prefix_space, where, true) : scheme !== 'never';
  return { replacement, prepends };
}

export interface Decoder {
  readonly json: JsonObject | null;
  /** It runs a regular expression of the file, so that decoding needs a deadline. */
  readonly hasPattern: boolean;
  /**
   * Text grows only at its end when tokens are added, and the text of the last tokens does not depend on those far
   * before them, so that a stream can be decoded through a window.
   */
  readonly isLocal: boolean;
}

/** A decoder, with what a stream and a deadline have to know about it. */
export function readDecoder(shape: Shape, value: unknown): Decoder {
  let growth = 1;
  let hasPattern = false;
  const kinds: string[] = [];
  const read = (part: unknown, where: string, depth: number): JsonObject => {
    const json = shape.object(part, where);
    const type = shape.string(json.type, `${where}.type`, 100);
    if (type !== 'Sequence') kinds.push(type);
    switch (type) {
      case 'Sequence':
        return { type, decoders: parts(shape, json.decoders, `${where}.decoders`, depth, read) };
      case 'Replace': {
        const { source, content, factor, literal } = readReplace(shape, json, where);
        growth *= factor;
        hasPattern ||= !literal;
        return { type, pattern: { Regex: source }, content };
      }
      case 'Metaspace': {
        const { replacement, prepends } = readMetaspaceFields(shape, json, where);
        if (prepends) return { type, replacement };
        // The library takes a leading space away in any case; this keeps it.
        return { type: 'Replace', pattern: { Regex: escapePattern(replacement) }, content: ' ' };
      }
      case 'Strip': {
        const content = shape.string(json.content, `${where}.content`, 2);
        const start = shape.integer(json.start, `${where}.start`, 0, maxInsertLength);
        const stop = shape.integer(json.stop, `${where}.stop`, 0, maxInsertLength);
        if (start > maxStreamedStrip || stop > 0) kinds[kinds.length - 1] = 'Strip (end)';
        return { type, content, start, stop };
      }
      case 'WordPiece':
        return {
          type,
          prefix: shape.optionalString(json.prefix, `${where}.prefix`, maxInsertLength) ?? '##',
          cleanup: shape.boolean(json.cleanup, `${where}.cleanup`, true),
        };
      case 'BPEDecoder': {
        const suffix = shape.optionalString(json.suffix, `${where}.suffix`, maxInsertLength) ?? '</w>';
        if (suffix === '') shape.fail(`${where}.suffix: expected text`);
        return { type, suffix };
      }
      case 'CTC':
        return {
          type,
          pad_token: shape.optionalString(json.pad_token, `${where}.pad_token`, maxInsertLength) ?? '<pad>',
          word_delimiter_token:
            shape.optionalString(json.word_delimiter_token, `${where}.word_delimiter_token`, maxInsertLength) || '|',
          cleanup: shape.boolean(json.cleanup, `${where}.cleanup`, true),
        };
      case 'ByteLevel':
      case 'ByteFallback':
      case 'Fuse':
        return { type };
      default:
        return shape.fail(`${where}: unknown decoder ${describe(type)}`, unsupportedHint);
    }
  };
  const json = value === null || value === undefined ? null : read(value, 'decoder', 0);
  checkGrowth(shape, 'decoder', growth);
  return { json, hasPattern, isLocal: isLocal(kinds) };
}

/** A strip of more leading characters than this would need a longer window in a stream. */
const maxStreamedStrip = 4;

/** Follows the chain: tokens, each decoded by itself, then runs of bytes, then one text that can only lose its start. */
function isLocal(kinds: readonly string[]): boolean {
  const order = [
    ['Replace', 'Strip', 'Strip (end)'],
    ['Metaspace', 'WordPiece', 'ByteFallback', 'ByteLevel'],
    ['Fuse', 'Strip'],
  ];
  const chain = kinds.filter((kind, index) => !(kind === 'Fuse' && kinds[index - 1] === 'Fuse'));
  let stage = 0;
  for (const [index, kind] of chain.entries()) {
    while (stage < order.length && !order[stage]!.includes(kind)) stage++;
    if (stage === order.length) return false;
    // One decoder by bytes or by position; a strip of the whole text has to come after the fusing.
    if (stage === 1) stage = 2;
    else if (stage === 2 && kind === 'Strip' && !chain.slice(0, index).includes('Fuse')) return false;
  }
  return true;
}

function readReplace(
  shape: Shape,
  json: JsonObject,
  where: string,
): { source: string; content: string; factor: number; literal: boolean } {
  const source = patternSource(shape, json.pattern, `${where}.pattern`);
  const content = shape.string(json.content, `${where}.content`, maxInsertLength);
  const literal = typeof shape.object(json.pattern, where).Regex !== 'string';
  if (source === '') shape.fail(`${where}.pattern: expected a pattern that is not empty`);
  const shortest = literal ? (json.pattern as { String: string }).String.length : 1;
  // A pattern may also match nothing, between any two characters.
  const factor = literal ? Math.max(1, content.length / shortest) : 1 + content.length;
  // The library hands the content to `replaceAll`, where a dollar sign has a meaning.
  return { source, content: content.replaceAll('$', '$$$$'), factor, literal };
}

function parts(
  shape: Shape,
  value: unknown,
  where: string,
  depth: number,
  read: (part: unknown, where: string, depth: number) => JsonObject,
): JsonObject[] {
  if (depth >= maxNesting) shape.fail(`${where}: nested more than ${maxNesting} deep`);
  return shape.array(value, where, maxParts).map((part, index) => read(part, `${where}[${index}]`, depth + 1));
}

/** @throws `tokenizer` for a part that could make a text too many times as long */
export function checkGrowth(shape: Shape, what: string, growth: number): void {
  if (growth > maxGrowth)
    shape.fail(`${what}: could make a text ${growth} times as long; at most ${maxGrowth} times is allowed`);
}
