/**
 * Pre-tokenizers of byte-level vocabularies: a GGUF has a name, `tokenizer.json` has the parts that it is made of.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';

export interface PreTokenizer {
  /** llama.cpp's names; files are written with the first. */
  readonly names: readonly [string, ...string[]];
  readonly json: JsonObject;
  /** A piece that is a token is taken whole, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** What a file means that does not say whether a text begins with a token of its own. */
  readonly addsBos: boolean;
}

const byteLevel = (useRegex: boolean): JsonObject => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

/** Words with the mark before them, numbers of so many digits, punctuation with line ends, line ends, spaces. */
const words = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const splitAt = (pattern: string): JsonObject => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
});

export const preTokenizers: readonly PreTokenizer[] = [
  {
    names: ['gpt-2', 'phi-2', 'olmo', 'mpt', 'jais', 'jina-es', 'jina-de', 'roberta-bpe'],
    json: byteLevel(true),
    ignoreMerges: false,
    addsBos: false,
  },
  {
    names: ['qwen2', 'stablelm2', 'deepseek-r1-qwen', 'megrez'],
    json: splitAt(words('\\p{N}')),
    ignoreMerges: false,
    addsBos: false,
  },
  {
    names: ['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'pixtral'],
    json: splitAt(words('\\p{N}{1,3}')),
    ignoreMerges: true,
    addsBos: true,
  },
  {
    names: ['starcoder', 'smollm', 'refact', 'command-r', 'codeshell'],
    json: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
    ignoreMerges: false,
    addsBos: false,
  },
];

export const preTokenizerNamed = (name: string): PreTokenizer | undefined =>
  preTokenizers.find(({ names }) => names.includes(name));

/** The pre-tokenizer that this part of a `tokenizer.json` is; where nothing is merged, any that keeps all bytes will do. */
export function preTokenizerLike(json: JsonValue, ignoreMerges: boolean, merges: number): PreTokenizer | undefined {
  const plain = canonical(json);
  if (merges === 0 && plain === canonical(byteLevel(false))) return preTokenizers[0];
  return preTokenizers.find((known) => canonical(known.json) === plain && known.ignoreMerges === ignoreMerges);
}

const defaults: Readonly<Record<string, JsonObject>> = {
  ByteLevel: { add_prefix_space: true, use_regex: true },
  Split: { invert: false },
};

/** The same text for parts that mean the same: keys in order, defaults filled in, and without what only offsets depend on. */
function canonical(json: JsonValue): string {
  if (Array.isArray(json)) return `[${json.map(canonical).join()}]`;
  if (!isJsonObject(json)) return JSON.stringify(json) ?? '';
  const { trim_offsets: _, ...rest }: JsonObject = { ...(defaults[String(json.type)] ?? {}), ...json };
  const members = Object.keys(rest).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(rest[key]!)}`).join()}}`;
}
