/** A training run: steps, measurements, log and checkpoints, from a recipe to a model folder. */
import { yieldToEvents } from '#training/host';
import { readModelShape } from '../cost/index.js';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import type { JsonObject } from '../formats/index.js';
import type { Model } from '../models/index.js';
import type { Parameters } from '../nn/index.js';
import { AdamW } from './adamW.js';
import type { Bf16Weights } from './bf16Weights.js';
import { checkpointMetadata, checkpointTensors, type RunState, type RunTensors, readCheckpoint } from './checkpoint.js';
import type { Batch, BatchStream } from './data/batch.js';
import { Meter, type Speed } from './meter.js';
import type { Observation } from './monitor.js';
import { causal, type Objective } from './objective.js';
import type { Recipe } from './recipe.js';
import type { RunFolder } from './runFolder.js';
import { rateShare } from './schedule.js';
import { Trainer } from './trainer.js';
import { WeightAverage, WeightCopy } from './weightAverage.js';

export interface TrainingData {
  readonly stream: BatchStream;
  /** What is held out, the same batches at every measurement; none if there is nothing. */
  readonly heldOut: readonly Batch[];
}

/** One line of the log; speeds are those since the line before, without measurements and checkpoints. */
export interface LogRecord extends Speed, Partial<Observation> {
  /** Steps done. */
  readonly step: number;
  /** Of this step, in nats per token. */
  readonly loss: number;
  readonly heldoutBitsPerByte?: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly balanceLoss?: number;
  readonly activationLoss?: number;
  /** Tokens of all steps so far. */
  readonly tokens: number;
  /** Since the run began, over all its starts. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly recipe: Recipe;
  readonly model: Model;
  /** Where the model computes with rounded weights, what they are rounded from. */
  readonly rounded?: Bf16Weights | undefined;
  /** The next token of every row unless told. */
  readonly objective?: Objective | undefined;
  /** What is trained, in f32: the model's parameters unless told. */
  readonly parameters?: Parameters | undefined;
  /** What else a checkpoint has to agree in before it is continued. */
  readonly origin?: JsonObject | undefined;
  /** Writes the result in place of a model folder. */
  readonly write?: ((folder: RunFolder) => Promise<void>) | undefined;
  readonly data: TrainingData;
  readonly folder: RunFolder;
  /** Begin at the newest whole checkpoint, if there is one. */
  readonly resume: boolean;
  /** The result's `config.json`, and the files that belong beside it. */
  readonly config: JsonObject;
  readonly companions: ReadonlyMap<string, Uint8Array | string>;
  /** What the device reaches at most in the recipe's precision, to tell the share of it. */
  readonly peakFlopsPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRecord?: ((record: LogRecord) => void) | undefined;
  readonly onStep?: ((done: StepProgress) => void) | undefined;
  /** Something that a person should know, such as a damaged checkpoint that was passed over. */
  readonly onNote?: ((text: string) => void) | undefined;
}

export interface StepProgress extends Speed {
  readonly step: number;
  /** Steps that were done before the run was last started or resumed. */
  readonly first: number;
  readonly loss: number;
}

export interface RunSummary {
  /** Where the model is. */
  readonly folder: string;
  readonly steps: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Of the result. */
  readonly heldoutBitsPerByte?: number;
  /** The step that the resulting weights are of. */
  readonly weightsOfStep: number;
}

/**
 * Trains the model of `options` as its recipe says and writes it to the folder. The same recipe, data and seed give the same
 * weights on one device, also over any number of interruptions.
 *
 * @throws `diverged`; `aborted` after the signal, with a checkpoint written; `state` if a checkpoint belongs to another run;
 *   `usage` if the folder is another model's; `file` if the disk refuses, or another process trains into the folder
 */
export async function runTraining(options: RunOptions): Promise<RunSummary> {
  await using _ = await options.folder.lock();
  using run = new Run(options);
  await run.begin();
  return run.finish(await run.steps());
}

class Run implements Disposable {
  private readonly optimizer: AdamW;
  private readonly trainer: Trainer;
  private readonly average: WeightAverage | undefined;
  private readonly bestWeights: WeightCopy | undefined;
  private readonly groups: RunTensors;
  private readonly origin: JsonObject;
  private best: RunState['best'];
  private readonly meter: Meter;
  private savedStep = -1;
  private nothingLearned = false;

  constructor(private readonly options: RunOptions) {
    const { recipe, model, config, rounded, parameters = model.parameters } = options;
    for (const [name, { dtype }] of parameters) {
      if (dtype === 'f32') continue;
      throw new JambalayaError(
        'usage',
        { argument: 'model', expected: 'weights that can be trained, in floats', found: `${name} in ${dtype}` },
        { hint: 'train the model that the int8 one was made from' },
      );
    }
    this.optimizer = new AdamW(parameters, recipe.optimizer);
    const trainerOptions = {
      seed: recipe.seed,
      clip: recipe.optimizer.clip,
      dropout: recipe.dropout,
      recompute: recipe.recompute,
      balance: recipe.loss.balance ?? balanceOf(config),
      activation: recipe.loss.activation,
      objective: options.objective,
    };
    this.trainer = new Trainer(model, this.optimizer, trainerOptions, rounded);
    this.average = recipe.average > 0 ? new WeightAverage(parameters, recipe.average) : undefined;
    this.bestWeights = recipe.heldOut.keepBest ? new WeightCopy(parameters) : undefined;
    const moments = [...this.optimizer.moments];
    this.groups = new Map([
      ['weights', parameters],
      ['first', new Map(moments.map(([name, { first }]) => [name, first]))],
      ['second', new Map(moments.map(([name, { second }]) => [name, second]))],
      ...(this.average ? [['average', this.average.tensors] as const] : []),
      ...(this.bestWeights ? [['best', this.bestWeights.tensors] as const] : []),
    ]);
    this.meter = new Meter(readModelShape(config, recipe.file).shape, options.peakFlopsPerSecond);
    this.origin = { seed: recipe.seed, batch: { ...recipe.batch }, model: config, ...options.origin };
  }

  private get step(): number {
    return this.optimizer.steps;
  }

  /** Finds where the run stands. */
  async begin(): Promise<void> {
    const { folder, resume, onNote } = this.options;
    const stored = await folder.checkpoints();
    const modelFile = stored.length > 0 ? undefined : await folder.modelFile();
    if (modelFile !== undefined) {
      throw new JambalayaError(
        'usage',
        { argument: 'out', expected: 'a folder without a model', found: `${modelFile} in ${folder.path}` },
        { hint: 'give another folder: at the end of the run its model would be overwritten' },
      );
    }
    if (!resume) {
      if (stored.length > 0) {
        throw new JambalayaError(
          'usage',
          {
            argument: 'out',
            expected: 'a folder without checkpoints',
            found: `some of step ${stored[0]!.step} in ${folder.path}`,
          },
          { hint: 'continue that run with --resume, or give another folder' },
        );
      }
      return folder.writeLog([]);
    }
    for (const checkpoint of stored) {
      try {
        await this.restore(checkpoint);
        onNote?.(`continuing at step ${checkpoint.step}`);
        return;
      } catch (error) {
        if (!isJambalayaError(error, 'format')) throw error;
        onNote?.(`the checkpoint of step ${checkpoint.step} is damaged and passed over: ${error.message}`);
        await folder.removeCheckpoint(checkpoint);
      }
    }
    if (stored.length > 0) {
      throw new JambalayaError(
        'state',
        { reason: `no checkpoint in ${folder.path} is whole` },
        { hint: 'begin again without --resume' },
      );
    }
    onNote?.('no checkpoint yet: beginning at step 0');
    await folder.writeLog([]);
  }

  private async restore(checkpoint: { readonly step: number; readonly file: string }): Promise<void> {
    const { folder, data } = this.options;
    const source = await folder.openCheckpoint(checkpoint);
    let state: RunState;
    try {
      state = await readCheckpoint(source, this.groups, (found) => this.expectOrigin(found, source.name));
    } finally {
      await source.close();
    }
    this.options.rounded?.refresh();
    data.stream.seek(state.cursor);
    this.optimizer.steps = state.step;
    this.meter.total = { tokens: state.tokens, seconds: state.seconds };
    this.best = state.best;
    this.savedStep = state.step;
    const lines = await folder.readLog();
    await folder.writeLog(lines.filter((line) => stepOf(line) <= state.step));
  }

  private expectOrigin({ origin }: RunState, file: string): void {
    for (const key of Object.keys(this.origin)) {
      const [here, there] = [JSON.stringify(this.origin[key]), JSON.stringify(origin[key])];
      if (here === there) continue;
      const reason = `${file} was begun with another ${key}: ${there}, and the recipe says ${here}`;
      throw new JambalayaError('state', { reason }, { hint: 'continue with the recipe that it was begun with' });
    }
  }

  /** All steps that are left; gives the last measurement. */
  async steps(): Promise<number | undefined> {
    const { recipe, data, signal, onStep } = this.options;
    const first = this.step;
    const { log, checkpoints, heldOut } = recipe;
    let measured: number | undefined;
    this.meter.pause();
    while (this.step < recipe.steps) {
      const number = this.step + 1;
      const isLast = number === recipe.steps;
      const isMeasured = data.heldOut.length > 0 && (isLast || (heldOut.every > 0 && number % heldOut.every === 0));
      const isLogged = isLast || isMeasured || number % log.every === 0;
      const rate = recipe.optimizer.learningRate * rateShare(recipe.schedule, this.step, recipe.steps);
      const batches = Array.from({ length: recipe.batch.accumulation }, () => data.stream.next());
      if (batches.every(({ countedLabels }) => countedLabels === 0)) this.noteNothingLearned(number);
      const { observation, ...report } = await this.trainer.step(batches, rate, isLogged);
      this.average?.update(number);
      this.meter.step(batches);
      const { speed } = this.meter;
      onStep?.({ step: number, first, loss: report.loss, ...speed });
      if (isMeasured) measured = await this.measure();
      if (isLogged) {
        const values = { ...report, ...observation, step: number, learningRate: rate, ...speed };
        await this.record(values, isMeasured ? measured : undefined);
      }
      if (isLast || number % checkpoints.every === 0) await this.save();
      await yieldToEvents();
      if (signal?.aborted && !isLast) {
        await this.save();
        throw new JambalayaError(
          'aborted',
          { what: `training at step ${number} of ${recipe.steps}` },
          { hint: 'its checkpoint is written: continue with --resume' },
        );
      }
      this.meter.pause();
    }
    return measured;
  }

  /** Once: where it happens, it happens often. */
  private noteNothingLearned(step: number): void {
    if (this.nothingLearned) return;
    this.nothingLearned = true;
    this.options.onNote?.(`step ${step} learns nothing: no token of its batch counts`);
  }

  /** Bits per byte of what the result would be now: of the average, where there is one. */
  private async measure(): Promise<number> {
    const { model, data, rounded, objective = causal } = this.options;
    using weights = this.average && new WeightCopy(this.optimizer.parameters);
    this.average?.restore();
    rounded?.refresh();
    const bitsPerByte = await objective.measure(model, data.heldOut);
    if (this.best === undefined || bitsPerByte < this.best.bitsPerByte) {
      this.best = { step: this.step, bitsPerByte };
      this.bestWeights?.take();
    }
    weights?.restore();
    rounded?.refresh();
    return bitsPerByte;
  }

  private async record(values: Omit<LogRecord, 'tokens' | 'seconds'>, measured: number | undefined): Promise<void> {
    const { step, loss, ...others } = values;
    const { tokens, seconds } = this.meter.total;
    const heldOut = measured === undefined ? {} : { heldoutBitsPerByte: measured };
    const record: LogRecord = { step, loss, ...heldOut, ...others, tokens, seconds };
    await this.options.folder.log(JSON.stringify(record));
    this.options.onRecord?.(record);
    this.meter.restart();
  }

  private async save(): Promise<void> {
    const { folder, data, recipe } = this.options;
    if (this.savedStep === this.step) return;
    const { step, best, origin } = this;
    const { tokens, seconds } = this.meter.total;
    const state: RunState = { step, tokens, seconds, cursor: data.stream.cursor, origin, ...(best ? { best } : {}) };
    const metadata = await checkpointMetadata(this.groups, state);
    try {
      await folder.writeCheckpoint(step, checkpointTensors(this.groups), metadata);
    } catch (error) {
      if (!isJambalayaError(error, 'file') || this.savedStep < 0) throw error;
      const hint = `the checkpoint of step ${this.savedStep} is whole: make room, and continue with --resume`;
      throw new JambalayaError('file', error.fields, { hint, cause: error });
    }
    this.savedStep = step;
    for (const old of (await folder.checkpoints()).slice(recipe.checkpoints.keep)) await folder.removeCheckpoint(old);
  }

  /** Writes the model folder; the weights last, so that it is no model before it is whole. */
  async finish(measured: number | undefined): Promise<RunSummary> {
    const { folder, model, config, companions, write } = this.options;
    const useBest = this.bestWeights !== undefined && this.best !== undefined;
    if (useBest) this.bestWeights?.restore();
    else this.average?.restore();
    if (write !== undefined) await write(folder);
    else {
      const weights = checkpointTensors(new Map([['', model.parameters]]));
      for (const [name, content] of companions) await folder.writeFile(name, content);
      await folder.writeFile('config.json', `${JSON.stringify(config, null, 2)}\n`);
      await folder.writeTensors('model.safetensors', weights, { format: 'pt' });
    }
    const heldOut = useBest ? this.best!.bitsPerByte : measured;
    return {
      folder: folder.path,
      steps: this.step,
      ...this.meter.total,
      ...(heldOut === undefined ? {} : { heldoutBitsPerByte: heldOut }),
      weightsOfStep: useBest ? this.best!.step : this.step,
    };
  }

  [Symbol.dispose](): void {
    this.trainer.dispose();
    this.optimizer.dispose();
    this.average?.dispose();
    this.bestWeights?.dispose();
  }
}

/** The weight of the load-balancing loss that a config asks for, or Transformers' own. */
const balanceOf = ({ router_aux_loss_coef: weight }: JsonObject) => (typeof weight === 'number' ? weight : 0.001);

/** The step of a line of the log; infinite for what is none. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as LogRecord).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
