/** The text of a `tokenizer.json` for a byte-level vocabulary. */
import { splitPattern } from './words.js';

/**
 * Special tokens first, then the tokens of the vocabulary in the order of their ids. One entry a line; merges are written
 * as strings with a space between the two, which every version of the libraries reads.
 */
export function tokenizerJson(
  specialTokens: readonly string[],
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
): string {
  const added = specialTokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const split = { type: 'Split', pattern: { Regex: splitPattern }, behavior: 'Isolated', invert: false };
  const vocabulary = [...specialTokens, ...tokens].map((token, id) => `${JSON.stringify(token)}: ${id}`);
  const pairs = merges.map((pair) => JSON.stringify(pair.join(' ')));
  return `{
"version": "1.0",
"truncation": null,
"padding": null,
"added_tokens": [
${added.map((token) => JSON.stringify(token)).join(',\n')}
],
"normalizer": null,
"pre_tokenizer": ${JSON.stringify({ type: 'Sequence', pretokenizers: [split, byteLevel] })},
"post_processor": null,
"decoder": ${JSON.stringify({ ...byteLevel, use_regex: true })},
"model": {
"type": "BPE",
"dropout": null,
"unk_token": null,
"continuing_subword_prefix": null,
"end_of_word_suffix": null,
"fuse_unk": false,
"byte_fallback": false,
"ignore_merges": false,
"vocab": {
${vocabulary.join(',\n')}
},
"merges": [
${pairs.join(',\n')}
]
}
}
`;
}
