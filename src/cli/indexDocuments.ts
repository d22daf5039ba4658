import { indexFolder } from '../retrieval/index.js';
import { formatBytes, formatCount, formatSeconds, interruptible, Output, ProgressLine } from './output.js';

interface IndexFlags {
  readonly index?: string;
  readonly words: number;
  readonly field?: readonly string[];
  readonly json?: boolean;
}

export async function indexDocuments(folder: string, { index, words, field, json }: IndexFlags): Promise<void> {
  const progress = new ProgressLine(json === true);
  const report = await indexFolder(folder, {
    index,
    passageWords: words,
    ...(field === undefined ? {} : { fields: { text: field } }),
    signal: interruptible(),
    onProgress: ({ file, done, total, passages }) =>
      progress.update('indexing', done, total, `${formatCount(passages)} passages, ${file}`),
    onNote: (note) => {
      progress.end();
      if (json) Output.noteJson(note);
      else Output.note(note);
    },
  }).finally(() => progress.end());
  if (json) {
    Output.json(report);
    return;
  }
  const { files, passages, read, unchanged, removed, skipped, bytes, seconds } = report;
  Output.line(
    `${report.index}: ${formatCount(passages)} passages of ${formatCount(files)} files, ${formatBytes(bytes)}`,
  );
  const gone = removed === 0 ? '' : `, ${formatCount(removed)} gone`;
  const passed = skipped === 0 ? '' : `, ${formatCount(skipped)} passed over`;
  Output.note(
    `${formatCount(read)} read, ${formatCount(unchanged)} unchanged${gone}${passed}, in ${formatSeconds(seconds)}`,
  );
  if (passages > 0) Output.note(`next: npx jambalaya search ${folder} "some words"`);
}
