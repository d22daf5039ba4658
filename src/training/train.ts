/** From a recipe's file to a model folder: tokenizer, data, model, and the run. */
import { expandFiles, folderOf, openRunFolder, pathBeside, pathIn, tokenCacheFolder } from '#training/host';
import type { Device } from '../contract/index.js';
import { type DeviceOptions, openDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import { type JsonObject, jsonLimits, openFile, parseJson } from '../formats/index.js';
import { buildModel, floatCheckpoint, type Model, type ModelDescription, openModel } from '../models/index.js';
import { CheckpointWeights } from '../nn/index.js';
import { readList } from '../pmi/index.js';
import { Bf16Weights, type OwnedWeights } from './bf16Weights.js';
import { parseDataRecipe } from './data/dataRecipe.js';
import { documentBounds } from './data/encode.js';
import { openTrainingData, type SourceReport } from './data/open.js';
import type { PrepareProgress } from './data/prepare.js';
import { InitialWeights } from './initialWeights.js';
import { masked } from './masked.js';
import { causal, type Objective } from './objective.js';
import { phasesOf } from './phases.js';
import { parseRecipe, type Recipe } from './recipe.js';
import { unknownKey } from './recipeFields.js';
import { type RunOptions, type RunSummary, runTraining } from './run.js';
import { type LoadedTokenizer, readTokenizer, tokenizerOfFolder } from './tokenizerFiles.js';

export interface TrainOptions extends Pick<RunOptions, 'signal' | 'onRecord' | 'onStep' | 'onNote'> {
  /** A JSON file, see {@link Recipe}. */
  readonly recipe: string;
  /** The folder of the run: checkpoints, log, and the model at its end. */
  readonly out: string;
  /** Where the recipe's data files are; its own folder unless told. */
  readonly data?: string | undefined;
  /** A model to continue, rather than one from initial weights. */
  readonly init?: string | undefined;
  readonly resume?: boolean | undefined;
  /** In place of the recipe's. */
  readonly steps?: number | undefined;
  readonly seed?: number | undefined;
  readonly device?: DeviceOptions | undefined;
  /** Measure the device's peak first, which takes about a second, to tell the share of it that is reached. */
  readonly measurePeak?: boolean | undefined;
  readonly onPrepare?: ((progress: PrepareProgress) => void) | undefined;
  /** Once all is there, before the first step. */
  readonly onBegin?: ((start: TrainStart) => void) | undefined;
}

export interface TrainStart {
  readonly recipe: Recipe;
  readonly parameters: number;
  readonly sources: readonly SourceReport[];
  readonly device: string;
  readonly isa: string;
  readonly threads: number;
}

/**
 * Trains what a recipe describes, or continues a model by it; int8 matrices continue as the numbers that they stand for. A
 * recipe of several phases leaves each in a folder of its own below `out`, and goes on after the last that is whole.
 *
 * @throws what reading a recipe, a tokenizer, data and a model throws, and what {@link runTraining} does
 */
export async function train(options: TrainOptions): Promise<RunSummary> {
  const json = await readRecipeFile(options.recipe);
  const phases = phasesOf(json, options.recipe);
  if (phases === undefined) return trainRecipe(json, options);
  if (options.steps !== undefined) {
    const found = `${phases.length} phases, each with its own`;
    throw new JambalayaError('usage', { argument: 'steps', expected: 'a recipe without phases', found });
  }
  let summary: RunSummary | undefined;
  let { init } = options;
  for (const [i, { name, recipe }] of phases.entries()) {
    const out = pathIn(options.out, `${String(i + 1).padStart(2, '0')}-${name}`);
    const isLast = i === phases.length - 1;
    if (!options.resume || isLast || !(await isModel(out))) {
      options.onNote?.(`phase ${i + 1} of ${phases.length}: ${name}`);
      summary = await trainRecipe(recipe, { ...options, out, init });
    }
    init = out;
  }
  return summary!;
}

/** Whether a phase came to its end: the weights are written last. */
async function isModel(folder: string): Promise<boolean> {
  const checkpoint = await openModel(folder).catch(() => undefined);
  await checkpoint?.close();
  return checkpoint !== undefined;
}

/** Trains one phase. */
async function trainRecipe(json: JsonObject, options: TrainOptions): Promise<RunSummary> {
  const { onNote, signal, steps, seed } = options;
  const changed = { ...json, ...(steps === undefined ? {} : { steps }), ...(seed === undefined ? {} : { seed }) };
  const recipe = parseRecipe(changed, options.recipe);
  const dataRecipe = parseDataRecipe(recipe.data, recipe.file);
  const folder = await openRunFolder(options.out);
  using device = disposable(await openDevice({ keepMemory: true, ...options.device }));
  const checkpoint = options.init === undefined ? undefined : floatCheckpoint(await openModel(options.init));
  try {
    const own = checkpoint && (await tokenizerOfFolder(checkpoint.folder));
    const tokenizer = await chooseTokenizer(recipe, dataRecipe.tokenizer, own);
    let config: JsonObject;
    let weights: OwnedWeights;
    if (checkpoint === undefined) {
      config = completeConfig(recipe, tokenizer);
      weights = initialWeights(config, recipe, device.value);
    } else {
      if (recipe.model !== undefined) onNote?.(`the model is that of ${options.init}; the recipe’s own is not used`);
      const { quantization_config: _, ...kept } = checkpoint.config;
      config = { ...kept, torch_dtype: 'float32' };
      weights = new CheckpointWeights(device.value, checkpoint, { dtype: 'f32' });
    }
    const rounded = recipe.precision === 'bf16' ? new Bf16Weights(weights) : undefined;
    using model = await build(config, rounded ?? weights, checkpoint?.configFile ?? `${recipe.file}: model`);
    if (checkpoint === undefined) expectKnown(recipe, model.description);
    expectVocabulary(recipe, tokenizer, model.description.vocabularySize);
    using data = await openTrainingData(dataRecipe, {
      seed: recipe.seed,
      tokens: recipe.batch.tokens,
      sequences: recipe.batch.sequences,
      tokenizer: tokenizer.tokenizer,
      tokenizerFiles: tokenizer.files,
      cacheFolder: tokenCacheFolder(),
      root: options.data ?? folderOf(recipe.file),
      onProgress: options.onPrepare,
      onNote,
      signal,
    });
    const parameters = [...model.parameters.values()].reduce((sum, { size }) => sum + size, 0);
    const { name, isa, threads } = device.value;
    options.onBegin?.({ recipe, parameters, sources: data.sources, device: name, isa, threads });
    return await runTraining({
      recipe,
      objective: await objectiveOf(
        recipe,
        model.description,
        tokenizer.tokenizer,
        options.data ?? folderOf(recipe.file),
      ),
      model,
      rounded,
      data,
      folder,
      resume: options.resume ?? false,
      config,
      companions: companionsOf(tokenizer),
      peakFlopsPerSecond: options.measurePeak ? peakOf(device.value, recipe) : undefined,
      signal,
      onRecord: options.onRecord,
      onStep: options.onStep,
      onNote,
    });
  } finally {
    await checkpoint?.close();
  }
}

async function readRecipeFile(file: string): Promise<JsonObject> {
  const source = await openFile(file);
  try {
    return parseJson(file, await source.read(0, source.size), { maxBytes: jsonLimits.config, uniqueKeys: true });
  } finally {
    await source.close();
  }
}

/** The recipe's tokenizer; of a model that is continued, its own, which the recipe’s has to be too. */
async function chooseTokenizer(
  { file }: Recipe,
  path: string | undefined,
  own: LoadedTokenizer | undefined,
): Promise<LoadedTokenizer> {
  const given = path === undefined ? undefined : await readTokenizer(pathBeside(file, path));
  const fail = (expected: string, found: string) =>
    new JambalayaError('config', { file, field: 'data.tokenizer', expected, found });
  if (given === undefined && own === undefined) {
    throw fail('a tokenizer.json, or a folder with one', 'nothing');
  }
  if (given !== undefined && own !== undefined && given.files.tokenizer !== own.files.tokenizer) {
    throw fail(`the tokenizer of the model that is continued, ${own.files.name}`, given.files.name);
  }
  return (own ?? given)!;
}

/** The recipe's model with what follows from the tokenizer, and the dtype that it will be written in. */
function completeConfig({ model, file }: Recipe, { tokenizer }: LoadedTokenizer): JsonObject {
  if (model === undefined) {
    throw new JambalayaError(
      'config',
      { file, field: 'model', expected: 'the fields of a config.json', found: 'nothing' },
      { hint: 'or continue a model with --init' },
    );
  }
  const { start, end } = documentBounds(tokenizer);
  return {
    vocab_size: tokenizer.vocabularySize,
    pad_token_id: idOf(tokenizer.padId, tokenizer, '<|pad|>'),
    bos_token_id: start ?? null,
    eos_token_id: end ?? null,
    ...model,
    torch_dtype: 'float32',
  };
}

const idOf = (id: number | undefined, tokenizer: LoadedTokenizer['tokenizer'], text: string): number | null =>
  id ?? [...tokenizer.specialIds].find((special) => tokenizer.tokenText(special) === text) ?? null;

function initialWeights(config: JsonObject, { seed }: Recipe, device: InitialWeights['device']): InitialWeights {
  const { initializer_range: deviation, pad_token_id: pad } = config;
  return new InitialWeights(device, {
    seed,
    deviation: typeof deviation === 'number' ? deviation : undefined,
    padIds: typeof pad === 'number' ? [pad] : [],
  });
}

async function build(config: JsonObject, weights: OwnedWeights, file: string): Promise<Model> {
  try {
    return await buildModel(config, file, weights);
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

function expectKnown({ file }: Recipe, { ignoredConfigKeys, knownConfigKeys }: ModelDescription): void {
  const [unknown] = ignoredConfigKeys;
  if (unknown !== undefined) throw unknownKey(file, `model.${unknown}`, unknown, knownConfigKeys);
}

function expectVocabulary({ file }: Recipe, { tokenizer, files }: LoadedTokenizer, rows: number): void {
  if (tokenizer.vocabularySize <= rows) return;
  throw new JambalayaError('config', {
    file,
    field: 'model.vocab_size',
    expected: `at least the ${tokenizer.vocabularySize} ids of ${files.name}`,
    found: String(rows),
  });
}

/** A model that sees both sides learns by masks, one that continues texts by the next token: the other way has no meaning. */
async function objectiveOf(
  { objective, file }: Recipe,
  { causal: isCausal, architecture }: ModelDescription,
  tokenizer: LoadedTokenizer['tokenizer'],
  root: string,
): Promise<Objective> {
  const kind = objective?.kind ?? 'causal';
  if (isCausal !== (kind === 'causal')) {
    const expected = isCausal ? '"causal"' : '"masked"';
    throw new JambalayaError('config', {
      file,
      field: 'objective.kind',
      expected: `${expected} for a model of type ${architecture}`,
      found: `"${kind}"`,
    });
  }
  if (objective === undefined || kind === 'causal') return causal;
  const { scheme, list, share } = objective;
  const [path] = list === undefined ? [] : await expandFiles([list], root);
  return masked({ tokenizer, scheme, share, list: path === undefined ? undefined : await readList(path) });
}

/** The tokenizer's files; where its special tokens have no configuration, one that says what they are for. */
function companionsOf({ tokenizer, companions }: LoadedTokenizer): ReadonlyMap<string, string> {
  if (companions.has('tokenizer_config.json')) return companions;
  const { start, end } = documentBounds(tokenizer);
  const pad = idOf(tokenizer.padId, tokenizer, '<|pad|>');
  const text = (id: number | null | undefined) => (id === undefined || id === null ? null : tokenizer.tokenText(id));
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    pad_token: text(pad),
    bos_token: text(start),
    eos_token: text(end),
    clean_up_tokenization_spaces: false,
  };
  return new Map([...companions, ['tokenizer_config.json', `${JSON.stringify(config, null, 2)}\n`]]);
}

function peakOf(device: Device, { precision }: Recipe): number | undefined {
  const ceilings = device.ceilings?.();
  if (ceilings === undefined) return undefined;
  return 1e9 * (precision === 'bf16' ? ceilings.bf16GigaFlopsPerSecond : ceilings.f32GigaFlopsPerSecond);
}

const disposable = <T extends { dispose(): void }>(value: T) => ({ value, [Symbol.dispose]: () => value.dispose() });
