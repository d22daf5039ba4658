/** From a recipe's file to an adapter's folder: base, rows, adapter, and the run. */
import type { DeviceOptions } from '../devices/index.js';
import { jsonLimits, openFile, parseJson } from '../formats/index.js';
import {
  expandFiles,
  folderOf,
  openRunFolder,
  type RunOptions,
  type RunSummary,
  runTraining,
} from '../training/index.js';
import type { Adapter } from './adapter.js';
import { type Base, type BaseOptions, hashOfParameters, openBase } from './base.js';
import { type TrainedShare, trainedShare, writeAdapter } from './files.js';
import { newAdapter } from './methods.js';
import { completionObjective } from './objective.js';
import { parseTuneRecipe, type TuneRecipe, trainingRecipe } from './recipe.js';
import { encodeRows, readRows } from './rows.js';
import { batchOfRows, TaskStream } from './taskStream.js';

export interface TuneOptions extends Pick<RunOptions, 'signal' | 'onRecord' | 'onStep' | 'onNote'> {
  /** A JSON file, see {@link TuneRecipe}. */
  readonly recipe: string;
  /** The frozen model: a folder, a file, or a name in the hub's local cache. */
  readonly base: string;
  /** The folder of the run: checkpoints, log, and the adapter at its end. */
  readonly out: string;
  /** Where the recipe's rows are; its own folder unless told. */
  readonly data?: string | undefined;
  readonly resume?: boolean | undefined;
  /** In place of the recipe's. */
  readonly steps?: number | undefined;
  readonly seed?: number | undefined;
  readonly weights?: BaseOptions['weights'];
  readonly device?: DeviceOptions | undefined;
  /** Once all is there, before the first step. */
  readonly onBegin?: ((start: TuneStart) => void) | undefined;
}

export interface TuneStart extends TrainedShare {
  readonly recipe: TuneRecipe;
  readonly rows: number;
  readonly device: string;
  readonly isa: string;
  readonly threads: number;
}

export interface TuneSummary extends RunSummary, TrainedShare {
  /** Whether the hash of the base's parameters is the same after the run as before. */
  readonly baseUnchanged: boolean;
}

/**
 * Trains an adapter by a recipe. The same base, recipe, rows and seed give the same adapter on one device, also over any number
 * of interruptions.
 *
 * @throws what opening a base, reading a recipe and rows do, and what a training run does; `limit` for a row that is longer than a text may be
 */
export async function tune(options: TuneOptions): Promise<TuneSummary> {
  const recipe = await readRecipe(options);
  const root = options.data ?? folderOf(recipe.file);
  const read = async (name: string) => readRows((await expandFiles([name], root))[0]!);
  const rows = await read(recipe.data.rows);
  const heldOut = recipe.data.heldOut === undefined ? [] : await read(recipe.data.heldOut);
  const folder = await openRunFolder(options.out);
  const isWhole = recipe.method.method === 'full';
  const { device, weights } = options;
  const base = await openBase(options.base, { device, weights, widened: isWhole });
  let adapter: Adapter | undefined;
  try {
    adapter = await newAdapter(recipe, base, rows);
    const limit = (base.contextLength ?? Number.POSITIVE_INFINITY) - adapter.prefixLength;
    const encode = (some: typeof rows) => encodeRows(some, base.tokenizer, base.endIds, limit);
    const share = trainedShare(adapter, base);
    const before = await hashOfParameters(base.model.parameters);
    const { name, isa, threads } = base.device;
    options.onBegin?.({ recipe, rows: rows.length, device: name, isa, threads, ...share });
    const summary = await runTraining({
      recipe: trainingRecipe(recipe),
      model: base.model,
      parameters: adapter.parameters,
      objective: completionObjective(adapter),
      origin: {
        base: base.fingerprint,
        weights: options.weights ?? 'file',
        method: JSON.stringify({ ...recipe.method, ...adapter.sizes }),
      },
      data: {
        stream: new TaskStream(encode(rows), recipe.batch, recipe.seed),
        heldOut: inBatches(encode(heldOut), recipe.batch).map(batchOfRows),
      },
      folder,
      resume: options.resume ?? false,
      config: isWhole ? widenedConfig(base) : base.config,
      companions: base.companions,
      write: isWhole ? undefined : writerOf(adapter, base),
      signal: options.signal,
      onRecord: options.onRecord,
      onStep: options.onStep,
      onNote: options.onNote,
    });
    const after = isWhole ? await hashOfFile(options) : await hashOfParameters(base.model.parameters);
    return { ...summary, ...share, baseUnchanged: before === after };
  } finally {
    adapter?.[Symbol.dispose]();
    await base.dispose();
  }
}

/** Of the base as it is on disk now, which full fine-tuning has trained in memory alone. */
async function hashOfFile({ base: name, device, weights }: TuneOptions): Promise<string> {
  const base = await openBase(name, { device, weights, widened: true });
  try {
    return await hashOfParameters(base.model.parameters);
  } finally {
    await base.dispose();
  }
}

const widenedConfig = ({ config: { quantization_config: _, ...kept } }: Base) => ({ ...kept, torch_dtype: 'float32' });

const writerOf =
  (adapter: Adapter, base: Base): RunOptions['write'] =>
  (folder) =>
    writeAdapter(folder, adapter, base);

const inBatches = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

async function readRecipe({ recipe: file, steps, seed }: TuneOptions): Promise<TuneRecipe> {
  const source = await openFile(file);
  try {
    const json = parseJson(file, await source.read(0, source.size), { maxBytes: jsonLimits.config, uniqueKeys: true });
    const changed = { ...json, ...(steps === undefined ? {} : { steps }), ...(seed === undefined ? {} : { seed }) };
    return parseTuneRecipe(changed, file);
  } finally {
    await source.close();
  }
}
