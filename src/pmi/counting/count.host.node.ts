/**
 * Counts the n-grams of a corpus of any size, exactly, in bounded memory:
 *
 *     texts -> ids of words -> sorted runs of 5-grams -> merged, and all lengths counted in one scan
 *
 * Words rarer than the minimum become boundaries after the first pass: no n-gram with one of them can reach the minimum.
 */
import { join } from 'node:path';
import { JambalayaError } from '../../errors/index.js';
import { writeFileAtomically } from '../../formats/index.js';
import { readManifest } from '../counts.host.node.js';
import { type CountsManifest, manifestName } from '../countsFile.js';
import { openKernels } from '../kernels.host.node.js';
import type { Kernels } from '../kernels.js';
import { defaultNormalisation } from '../words.js';
import { keepByTexts, textsOfWords } from './documents.host.node.js';
import { JobFolder, type JobKey, type JobState } from './job.host.node.js';
import { mergePass, rowFiles, rowWords } from './mergePass.host.node.js';
import type { CountFilesOptions, CountResult } from './options.js';
import { bucketsOfRanks, planCount, rankWords } from './plan.js';
import { sortPass } from './sortPass.host.node.js';
import { describeFiles } from './texts.host.node.js';
import { type CountedWords, wordPass } from './wordPass.host.node.js';

/**
 * @throws `state` if the folder belongs to another count, `format` and `file` for what is damaged or cannot be read or
 *   written, `limit` for a corpus under the minimum or with too many words, `memory`, `aborted`
 */
export async function countFiles(options: CountFilesOptions): Promise<CountResult> {
  const { out, minCount = 5, memoryBytes = 1e9, onNote } = options;
  const key: JobKey = {
    version: 1,
    files: await describeFiles(options.files),
    normalisation: options.normalisation ?? defaultNormalisation,
    minCount,
    minDocuments: options.minDocuments ?? 1,
    separator: options.separator ?? null,
    field: options.field ?? 'text',
  };
  const ready = await readManifest(out);
  if (ready !== undefined) {
    if (!sameKey(ready.source, key)) throw otherCount(out);
    return { ...resultOf(ready), wasCounted: true };
  }
  const folder = await JobFolder.open(out);
  const state = await folder.readState();
  if (state !== undefined) {
    if (!sameKey(state.key, key)) throw otherCount(out);
    onNote?.(
      `going on in ${out}, at its ${state.phase === 'words' ? 'first' : state.phase === 'sort' ? 'second' : 'third'} pass`,
    );
  }
  const open = () => openKernels({ kernels: options.kernels, threads: options.threads, memoryBytes });
  const manifest = await runPasses(await open(), open, folder, state ?? begin(key), options);
  return { ...resultOf(manifest), wasCounted: false };
}

const begin = (key: JobKey): JobState => ({ key, phase: 'words', file: 0, offset: 0, ids: 0, words: 0, arena: 0 });

async function runPasses(
  kernels: Kernels,
  fresh: () => Promise<Kernels>,
  folder: JobFolder,
  state: JobState,
  options: CountFilesOptions,
): Promise<CountsManifest> {
  const { minCount = 5, memoryBytes = 1e9 } = options;
  const { key } = state;
  const start = state.phase === 'words' ? state : { ...state, file: key.files.length, offset: 0 };
  const words = await wordPass(kernels, folder, start, options);
  const sizes = { ids: words.ids, words: words.words, arena: words.arena.length };
  if (words.totals[0] === 0) {
    throw new JambalayaError(
      'format',
      { file: key.files[0]?.file ?? 'the texts', expected: 'texts with words', found: 'none' },
      { hint: 'Look at the files, and at what counts as a word (--words, --punctuation).' },
    );
  }
  const sorting = await fresh();
  const { minDocuments } = key;
  // A word under the minimum of texts is as good as a rare one.
  const frequent = words.counts.slice();
  if (minDocuments > 1) {
    const texts = await textsOfWords(folder, words.ids, words.words);
    for (const [id, some] of texts.entries()) if (some < minDocuments) frequent[id] = 0;
  }
  const ranks = rankWords(frequent, minCount, sorting.allocate(Uint32Array, words.words));
  if (ranks.order.length === 0) {
    throw new JambalayaError(
      'limit',
      {
        what: '--min-count, by the most frequent word',
        limit: Math.max(...words.counts.subarray(0, 1e5)),
        found: minCount,
      },
      { hint: 'No word stands that often: lower --min-count, or count more text.' },
    );
  }
  const plan =
    state.phase === 'words'
      ? (options.plan ?? planCount(memoryBytes, sorting.threads, words.words, words.ids))
      : state.plan;
  const bucketOf = sorting.allocate(Uint16Array, ranks.order.length + 1);
  bucketsOfRanks(words.counts, ranks.order, plan.buckets, bucketOf);
  if (state.phase === 'words') await folder.writeState({ key, phase: 'sort', ...sizes, plan });
  const rankOf = ranks.rankOf as Uint32Array<ArrayBuffer>;
  const runs = await sortPass(sorting, folder, { ids: words.ids, words: words.words, plan, rankOf, bucketOf }, options);
  const merging = await whereMerged(folder, state);
  const merged = await mergePass(
    await fresh(),
    folder,
    {
      runs,
      buckets: plan.buckets,
      minCount,
      roomBytes: Math.max(64e6, memoryBytes - 150e6 - 10 * words.words - words.arena.length),
      ...merging,
      onBucket: async (bucket, rows) => {
        await folder.writeState({ key, phase: 'merge', ...sizes, plan, bucket, rows: [...rows] });
      },
    },
    options,
  );
  const rows = minDocuments > 1 ? await keepByTexts(folder, { ids: words.ids, rankOf, minimum: minDocuments }) : merged;
  return finish(folder, key, words, ranks.order, rows);
}

/** Where the merge goes on; from its beginning if its files are shorter than they should be. */
async function whereMerged(folder: JobFolder, state: JobState): Promise<{ bucket: number; rows: readonly number[] }> {
  const start = { bucket: 0, rows: rowFiles.map(() => 0) };
  if (state.phase !== 'merge') return start;
  for (const [n, name] of rowFiles.entries()) {
    if (((await folder.size(name)) ?? 0) < 4 * rowWords(n) * state.rows[n]!) return start;
  }
  return { bucket: state.bucket, rows: state.rows };
}

/** Writes the words and the manifest, which makes the counts whole, and removes what only the work needed. */
async function finish(
  folder: JobFolder,
  key: JobKey,
  words: CountedWords,
  order: Uint32Array,
  rows: readonly number[],
): Promise<CountsManifest> {
  const decoder = new TextDecoder();
  const { arena, offsets, counts } = words;
  const texts = Array.from(order, (id) => decoder.decode(arena.subarray(offsets[id]!, offsets[id + 1]!)));
  await writeFileAtomically(join(folder.path, 'words.txt'), `${texts.join('\n')}\n`);
  const byRank = Uint32Array.from(order, (id) => counts[id]!);
  await writeFileAtomically(join(folder.path, '1.bin'), new Uint8Array(byRank.buffer));
  const manifest: CountsManifest = {
    format: 'jambalaya-ngram-counts',
    version: 1,
    source: key,
    tokens: words.totals[0]!,
    types: words.words,
    texts: words.texts,
    totals: [...words.totals],
    ngrams: [order.length, ...rows],
  };
  await writeFileAtomically(join(folder.path, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await folder.finish();
  return manifest;
}

const byLength = (values: readonly number[]) => Object.fromEntries(values.map((value, i) => [String(i + 1), value]));

const resultOf = ({ tokens, types, texts, ngrams, totals }: CountsManifest) => ({
  tokens,
  types,
  texts,
  ngrams: byLength(ngrams),
  totals: byLength(totals),
});

const sameKey = (a: unknown, b: JobKey) => JSON.stringify(a) === JSON.stringify(b);

const otherCount = (out: string) =>
  new JambalayaError(
    'state',
    { reason: `${out} has the counts of other files or options` },
    { hint: 'Count into another folder, or remove this one.' },
  );
