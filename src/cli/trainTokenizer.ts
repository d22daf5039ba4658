import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../formats/index.js';
import { trainTokenizer as train, trainWordPiece } from '../tokenizers/index.js';
import { documentsOf, expandFiles, textsOf } from '../training/index.js';
import { formatCount, interruptible, Output, ProgressLine } from './output.js';
import { checkOutputFile, makeFolder } from './outputFolder.js';

interface TrainTokenizerFlags {
  readonly vocabSize: number;
  readonly out: string;
  readonly special?: readonly string[];
  readonly field?: readonly string[];
  readonly separator?: string;
  readonly threads?: number;
  readonly kind: 'bpe' | 'wordpiece';
  readonly keepCase?: boolean;
  readonly json?: boolean;
}

export async function trainTokenizer(names: readonly string[], flags: TrainTokenizerFlags): Promise<void> {
  const files = await expandFiles(names);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  // First of all, so that the work does not end at a place that cannot be written to.
  await makeFolder(dirname(flags.out));
  for (const file of files) await checkOutputFile(file, flags.out);

  const progress = new ProgressLine(flags.json === true);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let read = 0;
  const source = {
    separator: flags.separator,
    ...(flags.field === undefined ? {} : { fields: { text: flags.field } }),
  };
  const texts = async function* () {
    for (const file of files) {
      const onRead = (bytes: number) => {
        read += bytes;
        progress.update('reading', read, total, file);
      };
      for await (const document of documentsOf(file, source, onRead)) yield* textsOf(document);
    }
  };
  const started = performance.now();
  const signal = interruptible();
  const merging = (done: number, most: number) => progress.update('merging', done, most, `${formatCount(done)} tokens`);
  const trained =
    flags.kind === 'wordpiece'
      ? await trainWordPiece(texts(), {
          vocabularySize: flags.vocabSize,
          lowercase: flags.keepCase !== true,
          signal,
          onProgress: ({ done, total: most }) => merging(done, most),
        })
      : await train(texts(), {
          vocabularySize: flags.vocabSize,
          specialTokens: flags.special,
          threads: flags.threads,
          signal,
          onProgress: ({ phase, done, total: most = 0 }) => {
            if (phase === 'merging') merging(done, most);
          },
        });
  if ('config' in trained) {
    await writeFileAtomically(join(dirname(flags.out), 'tokenizer_config.json'), trained.config);
  }
  await writeFileAtomically(flags.out, trained.json);
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  const { json: _, documents: __, ...rest } = trained;
  const { config: ___ = undefined, ...counts } = { config: undefined, ...rest };
  if (flags.json) {
    Output.json({ out: flags.out, ...counts, files: files.length, seconds });
    return;
  }
  Output.line(
    `${flags.out}: ${formatCount(trained.vocabularySize)} tokens from ${formatCount(trained.characters)} characters, ${formatCount(trained.words)} distinct words, in ${seconds.toFixed(1)} s`,
  );
  if (trained.vocabularySize < flags.vocabSize) {
    const missing = `${formatCount(flags.vocabSize)} were asked for: no other pair of tokens stands twice in these texts`;
    Output.note(missing);
  }
}
