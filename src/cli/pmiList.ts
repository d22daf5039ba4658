import { dirname } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import {
  coverage,
  lookUp,
  type MaskingList,
  openCounts,
  pmiVocabulary,
  readList,
  type ScoreKind,
  type VocabularyOptions,
  wordsOf,
  writeList,
} from '../pmi/index.js';
import { formatCount, formatTable, Output } from './output.js';
import { makeFolder } from './outputFolder.js';
import { type TextFlags, textsOfFiles } from './pmiTexts.js';

interface BuildFlags {
  readonly out: string;
  readonly size: number;
  readonly score: ScoreKind;
  readonly shortage: NonNullable<VocabularyOptions['shortage']>;
  readonly text?: readonly string[];
  readonly separator?: string;
  readonly field: string;
  readonly json?: boolean;
}

export interface TextCoverage {
  readonly words: number;
  readonly covered: number;
  readonly share: number;
}

/** How many words of texts stand in some n-gram of a list. */
export async function coverageOf(list: MaskingList, files: readonly string[], flags: TextFlags): Promise<TextCoverage> {
  let words = 0;
  let covered = 0;
  for await (const text of textsOfFiles(files, flags)) {
    const found = coverage(list.matcher, wordsOf(text, list.normalisation));
    words += found.words;
    covered += found.covered;
  }
  return { words, covered, share: words === 0 ? 0 : covered / words };
}

export async function build(folder: string, flags: BuildFlags): Promise<void> {
  const { out, size, score, shortage, json = false } = flags;
  await makeFolder(dirname(out));
  const counts = await openCounts(folder);
  const vocabulary = pmiVocabulary(counts, { size, score, shortage });
  await writeList(out, vocabulary);
  const { entries, wanted } = vocabulary;
  const total = entries.reduce((sum, { length }) => sum + length, 0);
  const short = entries.flatMap((some, i) =>
    some.length < wanted[i]!
      ? [`${formatCount(some.length)} of ${formatCount(wanted[i]!)} n-grams of ${i + 2} words`]
      : [],
  );
  const covered = flags.text === undefined ? undefined : await coverageOf(await readList(out), flags.text, flags);
  if (json) {
    return Output.json({
      out,
      score,
      size: total,
      sizes: Object.fromEntries(entries.map((some, i) => [i + 2, some.length])),
      wanted: Object.fromEntries(wanted.map((places, i) => [i + 2, places])),
      coverage: covered ?? null,
    });
  }
  Output.line(`${out}: ${formatCount(total)} n-grams by ${score}`);
  const rows = entries.map((some, i) => [
    `${i + 2}`,
    formatCount(some.length),
    some[0]?.words.join(' ') ?? '',
    some.at(-1)?.words.join(' ') ?? '',
  ]);
  Output.line(formatTable([['words', 'n-grams', 'first', 'last'], ...rows], [0, 1]));
  if (covered !== undefined)
    Output.line(`${(100 * covered.share).toFixed(1)} % of ${formatCount(covered.words)} words stand in one`);
  if (short.length > 0) {
    const rest =
      shortage === 'keep'
        ? 'those places stay empty'
        : total < size
          ? 'that is all there is, and the list is shorter than was asked for'
          : 'the shortest that were left took the other places';
    Output.note(`the corpus has only ${short.join(', ')}: ${rest}`);
  }
}

export async function lookup(
  folder: string,
  ngram: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const counts = await openCounts(folder);
  const { normalisation, minCount } = counts.manifest.source;
  const words = wordsOf(ngram, normalisation).map(({ text }) => text);
  const found = lookUp(counts, words);
  if (found === undefined) {
    throw new JambalayaError(
      'limit',
      {
        what: `times that "${words.join(' ')}" stands in the texts, as far as they were counted`,
        limit: minCount - 1,
        found: 0,
      },
      { hint: `Rarer n-grams than ${minCount} were not kept: count with a lower --min-count.` },
    );
  }
  if (json) return Output.json(found);
  const number = (value: number | null) => (value === null ? '' : value.toFixed(4));
  Output.line(
    formatTable(
      [
        ['n-gram', 'count', 'PMI', 'naive', 'p2', 'weakest cut'],
        [
          found.ngram,
          formatCount(found.count),
          number(found.pmi),
          number(found.naive),
          number(found.p2),
          found.segmentation.join(' | '),
        ],
      ],
      [1, 2, 3, 4],
    ),
  );
}
