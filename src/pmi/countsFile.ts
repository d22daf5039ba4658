/** The counts of a corpus as they lie in a folder: what they are of, words by rank, and sorted rows of n-grams. */
import { JambalayaError } from '../errors/index.js';
import { isJsonObject, parseJson } from '../formats/index.js';
import { type Normalisation, parseNormalisation } from './words.js';

export const manifestName = 'counts.json';

export interface CountsManifest {
  readonly format: 'jambalaya-ngram-counts';
  readonly version: 1;
  /** Files and options that the counts follow from. */
  readonly source: { readonly normalisation: Normalisation; readonly minCount: number; readonly minDocuments: number };
  readonly tokens: number;
  readonly types: number;
  readonly texts: number;
  /** N-grams of 1 … 5 words in all texts. */
  readonly totals: readonly number[];
  /** Distinct ones at or above the minimum. */
  readonly ngrams: readonly number[];
}

/** @throws `format` if the text is no manifest */
export function parseManifest(text: string, file: string): CountsManifest {
  const json = parseJson(file, text, { maxBytes: 2 ** 24 });
  const fail = (expected: string) =>
    new JambalayaError(
      'format',
      { file, expected, found: 'something else' },
      { hint: 'Make the folder with `jambalaya pmi count FILES… --out DIR`.' },
    );
  if (json.format !== 'jambalaya-ngram-counts') throw fail('the counts of n-grams');
  if (json.version !== 1) throw fail('version 1');
  const isList = (value: unknown) =>
    Array.isArray(value) && value.length === 5 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
  if (!isList(json.totals) || !isList(json.ngrams) || !isJsonObject(json.source))
    throw fail('totals and n-grams of five lengths');
  parseNormalisation(json.source.normalisation, file);
  return json as unknown as CountsManifest;
}
