import { writeFileAtomically } from '../formats/index.js';
import {
  type Counts,
  coverageBySize,
  inspectCounts,
  openCounts,
  readList,
  type ScoreKind,
  type Word,
  wordsOf,
} from '../pmi/index.js';
import { formatCount, formatTable, Output } from './output.js';
import { coverageOf } from './pmiList.js';
import { inspectionPage } from './pmiPage.js';
import { textsOfFiles } from './pmiTexts.js';

interface InspectFlags {
  readonly score: ScoreKind;
  readonly top: number;
  readonly list?: string;
  readonly text?: readonly string[];
  readonly separator?: string;
  readonly field: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** Sizes of lists whose coverage is shown. */
const sizes = [1000, 2000, 5000, 10_000, 20_000, 40_000, 80_000, 160_000, 400_000, 800_000];

async function wordsOfTexts(counts: Counts, flags: InspectFlags): Promise<Word[][]> {
  const words: Word[][] = [];
  if (flags.text === undefined) return words;
  for await (const text of textsOfFiles(flags.text, flags))
    words.push(wordsOf(text, counts.manifest.source.normalisation));
  return words;
}

export async function inspectPmi(folder: string, flags: InspectFlags): Promise<void> {
  const { score, top, html, json = false } = flags;
  const counts = await openCounts(folder);
  const lengths = inspectCounts(counts, score, top);
  const { tokens, types, texts, ngrams, source } = counts.manifest;
  const available = ngrams.slice(1).reduce((sum, count) => sum + count, 0);
  const words = await wordsOfTexts(counts, flags);
  const coverage =
    words.length === 0
      ? []
      : coverageBySize(counts, score, words, [...sizes.filter((size) => size < available), available]);
  const list = flags.list === undefined ? undefined : await readList(flags.list);
  const listCoverage =
    list === undefined || flags.text === undefined ? undefined : await coverageOf(list, flags.text, flags);
  if (html !== undefined) {
    const page = inspectionPage({
      title: `N-grams of ${folder}`,
      facts: [
        ['words', formatCount(tokens)],
        ['different words', formatCount(types)],
        ['texts', formatCount(texts)],
        ['least count', formatCount(source.minCount)],
        ['n-grams of 2 to 5 words', formatCount(available)],
      ],
      score,
      lengths,
      coverage,
    });
    await writeFileAtomically(html, page);
  }
  if (json) {
    const entry = ({
      words: parts,
      count,
      score: value,
    }: {
      words: readonly string[];
      count: number;
      score: number;
    }) => ({
      ngram: parts.join(' '),
      count,
      score: value,
    });
    return Output.json({
      score,
      lengths: lengths.map(({ n, ngrams: found, top: first, bottom }) => ({
        n,
        ngrams: found,
        top: first.map(entry),
        bottom: bottom.map(entry),
      })),
      coverage,
      list: listCoverage ?? null,
      html: html ?? null,
    });
  }
  for (const { n, ngrams: found, top: first, bottom } of lengths) {
    if (found === 0) continue;
    Output.line(`\n${n} words: ${formatCount(found)} n-grams by ${score}`);
    const rows = first.map((entry, i) => {
      const low = bottom[bottom.length - 1 - i];
      return [
        entry.words.join(' '),
        formatCount(entry.count),
        entry.score.toFixed(2),
        low?.words.join(' ') ?? '',
        low === undefined ? '' : formatCount(low.count),
        low?.score.toFixed(2) ?? '',
      ];
    });
    Output.line(
      formatTable([['top', 'count', 'score', 'bottom, the lowest first', 'count', 'score'], ...rows], [1, 2, 4, 5]),
    );
  }
  if (coverage.length > 0) {
    Output.line('');
    Output.line(
      formatTable(
        [
          ['size', 'covered'],
          ...coverage.map(({ size, share }) => [formatCount(size), `${(100 * share).toFixed(1)} %`]),
        ],
        [0, 1],
      ),
    );
  }
  if (listCoverage !== undefined)
    Output.line(
      `${flags.list} covers ${(100 * listCoverage.share).toFixed(1)} % of ${formatCount(listCoverage.words)} words`,
    );
  if (html !== undefined) Output.note(`${html}: open it in a browser`);
}
