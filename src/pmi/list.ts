/**
 * Lists as they are published: one n-gram a line, its words parted by a space. Beside the list LIST, `LIST.scores.tsv` has the
 * count and the score of each line, and `LIST.json` says what they are of; a list without them, such as a released one, is
 * read with the normalisation that the caller names.
 */
import { JambalayaError } from '../errors/index.js';
import { parseJson } from '../formats/index.js';
import { Matcher } from './matcher.js';
import type { PmiVocabulary } from './vocabulary.js';
import { defaultNormalisation, type Normalisation, normalWord, parseNormalisation } from './words.js';

export const scoresName = (list: string): string => `${list}.scores.tsv`;
export const detailsName = (list: string): string => `${list}.json`;

export interface ListFiles {
  readonly list: string;
  readonly scores: string;
  readonly details: string;
}

/** The three files of a vocabulary: bigrams first, each length by falling score. */
export function listFiles(vocabulary: PmiVocabulary): ListFiles {
  const all = vocabulary.entries.flat();
  const line = (parts: readonly (string | number)[]) => `${parts.join('\t')}\n`;
  const details = {
    format: 'jambalaya-pmi-list',
    version: 1,
    score: vocabulary.score,
    normalisation: vocabulary.normalisation,
    sizes: Object.fromEntries(vocabulary.entries.map((entries, i) => [i + 2, entries.length])),
    wanted: Object.fromEntries(vocabulary.wanted.map((places, i) => [i + 2, places])),
  };
  return {
    list: all.map(({ words }) => `${words.join(' ')}\n`).join(''),
    scores:
      line(['ngram', 'count', 'score']) +
      all.map(({ words, count, score }) => line([words.join(' '), count, score])).join(''),
    details: `${JSON.stringify(details, null, 2)}\n`,
  };
}

export interface MaskingList {
  readonly normalisation: Normalisation;
  readonly matcher: Matcher;
  readonly entries: readonly (readonly string[])[];
}

/**
 * @param details the list's side file, if it has one
 * @throws `format` with the line for an entry that is there twice, has fewer than two words, or other words than the
 *   normalisation makes of it; also for a list without entries
 */
export function parseList(text: string, file: string, details?: string): MaskingList {
  const normalisation =
    details === undefined
      ? defaultNormalisation
      : parseNormalisation(
          parseJson(detailsName(file), details, { maxBytes: 2 ** 20 }).normalisation,
          detailsName(file),
        );
  const entries: string[][] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const ngram = line.trim();
    if (ngram === '') continue;
    const words = ngram.split(/\s+/);
    const other = words.find((word) => normalWord(word, normalisation) !== word);
    if (other !== undefined) {
      throw new JambalayaError(
        'format',
        {
          file,
          line: i + 1,
          expected: `words as they are counted ("${normalWord(other, normalisation)}")`,
          found: `"${other}"`,
        },
        { hint: `The list was made with another normalisation; put it beside a ${detailsName(file)} that says which.` },
      );
    }
    entries.push(words);
  }
  if (entries.length === 0)
    throw new JambalayaError('format', { file, expected: 'one n-gram a line', found: 'no lines' });
  return { normalisation, matcher: new Matcher(entries, file), entries };
}
