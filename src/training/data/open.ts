/** Training data from a recipe: prepared, split, mixed. */
import { hashOfTexts } from '#training/host';
import { JambalayaError } from '../../errors/index.js';
import type { Batch, BatchStream } from './batch.js';
import type { DataRecipe, RecipeSource } from './dataRecipe.js';
import { heldOutBatches } from './heldOutBatches.js';
import type { BatchShape } from './packer.js';
import { splitDocuments } from './pieces.js';
import { type PrepareOptions, prepareTokens } from './prepare.js';
import { MixedStream } from './stream.js';
import type { TokenFile } from './tokenFile.js';

export interface OpenDataOptions extends PrepareOptions, Omit<BatchShape, 'resetAtDocuments'> {
  readonly seed: number;
}

/** What a source has, in whole documents. */
export interface SourceReport {
  readonly name: string;
  readonly weight: number;
  readonly documents: number;
  readonly tokens: number;
  readonly heldOutDocuments: number;
  readonly heldOutTokens: number;
}

export interface OpenedData extends Disposable {
  readonly stream: BatchStream;
  /** The same batches at every measurement, of all sources in their shares; none if nothing is held out. */
  readonly heldOut: readonly Batch[];
  /** The same, source by source. */
  readonly heldOutOf: ReadonlyMap<string, readonly Batch[]>;
  readonly sources: readonly SourceReport[];
}

interface OpenedSource {
  readonly source: RecipeSource;
  readonly file: TokenFile;
  readonly train: Uint32Array;
  readonly heldOutFile: TokenFile;
  readonly heldOut: Uint32Array;
}

/**
 * Prepares the sources of a recipe (see {@link prepareTokens}) and gives their batches.
 *
 * @throws as `prepareTokens`; `config` for a source of which nothing is left to train on
 */
export async function openTrainingData(recipe: DataRecipe, options: OpenDataOptions): Promise<OpenedData> {
  const opened: OpenedSource[] = [];
  const dispose = () => {
    for (const { file, heldOutFile } of opened) {
      file.dispose();
      if (heldOutFile !== file) heldOutFile.dispose();
    }
  };
  try {
    for (const source of recipe.sources) opened.push(await openSource(source, recipe, options));
  } catch (error) {
    dispose();
    throw error;
  }
  const { seed, tokens, sequences } = options;
  const shape = { tokens, sequences, resetAtDocuments: recipe.resetAtDocuments };
  const parts = opened.map(({ source: { name, weight, heldOut }, file }) => ({
    name,
    weight,
    heldOut,
    file: file.key,
  }));
  const fingerprint = hashOfTexts([JSON.stringify({ seed, ...shape, heldOut: recipe.heldOut, parts })]);
  const stream = new MixedStream({
    ...shape,
    seed,
    fingerprint,
    sources: opened.map(({ source: { name, weight }, file, train }) => ({ name, weight, file, documents: train })),
  });
  const weights = opened.reduce((sum, { source }) => sum + source.weight, 0);
  const heldOutOf = new Map(
    opened.map(({ source, heldOutFile, heldOut }) => {
      const most = Math.ceil((recipe.heldOutTokens * source.weight) / weights);
      return [source.name, heldOutBatches(heldOutFile, heldOut, most, shape)];
    }),
  );
  return {
    stream,
    heldOut: [...heldOutOf.values()].flat(),
    heldOutOf,
    sources: opened.map(({ source, file, train, heldOutFile, heldOut }) => ({
      name: source.name,
      weight: source.weight,
      documents: train.length,
      tokens: tokensOf(file, train),
      heldOutDocuments: heldOut.length,
      heldOutTokens: tokensOf(heldOutFile, heldOut),
    })),
    [Symbol.dispose]: dispose,
  };
}

async function openSource(source: RecipeSource, recipe: DataRecipe, options: OpenDataOptions): Promise<OpenedSource> {
  const file = await prepareTokens(source, source.files, options);
  const { heldOutFiles } = source;
  const heldOutFile = heldOutFiles === undefined ? file : await prepareTokens(source, heldOutFiles, options);
  const split = splitDocuments(file, heldOutFiles === undefined ? (source.heldOut ?? recipe.heldOut) : 0);
  const heldOut = heldOutFiles === undefined ? split.heldOut : splitDocuments(heldOutFile, 1).heldOut;
  const keep = (of: TokenFile, documents: Uint32Array) => documentsThatFit(source.name, of, documents, options);
  const opened = { source, file, train: keep(file, split.train), heldOutFile, heldOut: keep(heldOutFile, heldOut) };
  if (tokensOf(file, opened.train) > 0) return opened;
  if (opened.train.length < split.train.length) {
    throw new JambalayaError(
      'config',
      {
        file: source.name,
        field: 'batch.tokens',
        expected: 'sequences that hold a question with its answer',
        found: `${options.tokens} tokens, and every document is longer`,
      },
      { hint: 'make sequences longer, or shorten the prompts: documents of which a part is learned are never cut' },
    );
  }
  throw new JambalayaError(
    'config',
    {
      file: source.name,
      field: 'heldOut',
      expected: 'at least one document that is left to train on',
      found: `all ${file.documents} held out`,
    },
    { hint: 'Hold out less, name a separator that cuts the files into documents, or give heldOutFiles.' },
  );
}

/**
 * Documents of which only a part is learned are never cut: an answer would be learned without its question, or not at all.
 * Those that are longer than a sequence are left out, and said to be.
 */
function documentsThatFit(
  name: string,
  file: TokenFile,
  documents: Uint32Array,
  { tokens, onNote }: OpenDataOptions,
): Uint32Array {
  if (!file.isPartlyLearned) return documents;
  const fits = (document: number) => file.starts[document + 1]! - file.starts[document]! <= tokens;
  const fitting = documents.filter(fits);
  const left = documents.length - fitting.length;
  if (left > 0) {
    const share = `${left} of ${documents.length} documents`;
    onNote?.(`${name}: ${share} are longer than a sequence of ${tokens} tokens and are left out`);
  }
  return fitting;
}

const tokensOf = (file: TokenFile, documents: Uint32Array): number =>
  documents.reduce((sum, document) => sum + file.starts[document + 1]! - file.starts[document]!, 0);
