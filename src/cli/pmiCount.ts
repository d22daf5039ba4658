import { countFiles, type Kernels, type Normalisation } from '../pmi/index.js';
import { expandFiles } from '../training/index.js';
import { formatCount, formatTable, interruptible, Output, ProgressLine } from './output.js';

export interface CountFlags {
  readonly out: string;
  readonly memory: number;
  readonly minCount: number;
  readonly minDocuments: number;
  readonly case: Normalisation['case'];
  readonly punctuation: Normalisation['punctuation'];
  readonly words: Normalisation['words'];
  readonly separator?: string;
  readonly field: string;
  readonly kernels?: Kernels['name'];
  readonly threads?: number;
  readonly json?: boolean;
}

const phaseNames = { words: 'reading words', sort: 'sorting', merge: 'merging' } as const;

export async function count(names: readonly string[], flags: CountFlags): Promise<void> {
  const { out, json = false, memory, minCount, minDocuments, separator, field, kernels, threads } = flags;
  const files = await expandFiles(names);
  let progress = new ProgressLine(json);
  let phase: keyof typeof phaseNames | undefined;
  const started = performance.now();
  try {
    const result = await countFiles({
      files,
      out,
      normalisation: { case: flags.case, punctuation: flags.punctuation, words: flags.words },
      memoryBytes: memory,
      minCount,
      minDocuments,
      separator,
      field,
      kernels,
      threads,
      signal: interruptible(),
      onNote: (note) => (json ? Output.noteJson(note) : Output.note(note)),
      onProgress: (now) => {
        // Each pass has a rate of its own.
        if (now.phase !== phase) {
          progress.end();
          progress = new ProgressLine(json);
          phase = now.phase;
        }
        const seconds = (performance.now() - started) / 1000;
        const rate =
          now.tokens === undefined
            ? ''
            : `${formatCount(now.tokens)} words, ${formatCount(Math.round(now.tokens / seconds))}/s`;
        progress.update(phaseNames[now.phase], now.done, now.total, rate);
      },
    });
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    const { wasCounted, ...counts } = result;
    if (json) return Output.json({ out, ...counts, seconds });
    if (wasCounted) Output.note(`${out} had these counts already`);
    const rows = Object.keys(counts.ngrams).map((n) => [
      n,
      formatCount(counts.ngrams[n]!),
      formatCount(counts.totals[n]!),
    ]);
    Output.line(
      `${out}: ${formatCount(counts.tokens)} words in ${formatCount(counts.texts)} texts, ${formatCount(counts.types)} different ones, in ${seconds.toFixed(1)} s`,
    );
    Output.line(formatTable([['words', `at least ${minCount} times`, 'in all'], ...rows], [0, 1, 2]));
  } finally {
    progress.end();
  }
}
