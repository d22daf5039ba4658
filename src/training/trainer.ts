/** One training step: losses and gradients of some batches, their norm, and AdamW. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { loadBalancingLoss, Segments } from '../nn/index.js';
import { accumulate, add, scale, scope, Tape, type Tensor } from '../tensor/index.js';
import { type AdamW, clipScale, sumsOfSquares } from './adamW.js';
import type { Bf16Weights } from './bf16Weights.js';
import type { Batch } from './data/batch.js';
import { findOrigin } from './divergence.js';
import { Monitor, type Observation } from './monitor.js';
import { causal, type Objective } from './objective.js';
import { Random } from './random.js';

export interface TrainerOptions {
  /** Random numbers of dropout. */
  readonly seed: number;
  /** Largest norm of a step's gradient; 0 leaves it as it is. */
  readonly clip: number;
  /** Of the outputs of mixers and feed-forwards. */
  readonly dropout: number;
  /** Whether layers are run again for their gradients, rather than kept. */
  readonly recompute: boolean;
  /** Weight of the load-balancing loss (arXiv 2101.03961) of a model with experts. */
  readonly balance: number;
  /** Weight of the mean square of every mixer's and feed-forward's output: Jamba-1.5's activation loss (arXiv 2408.12570). */
  readonly activation: number;
  /** The next token of every row unless told. */
  readonly objective?: Objective | undefined;
}

export interface StepReport {
  /** Mean cross-entropy in nats over the labels that count. */
  readonly loss: number;
  readonly balanceLoss?: number;
  readonly activationLoss?: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly observation?: Observation;
}

/**
 * Trains the parameters of the optimizer: the model's, some of them, or an adapter's. They ask for gradients until the trainer
 * is disposed of, and then what they asked for before.
 */
export class Trainer implements Disposable {
  /** What the model computes with, in the order of the optimizer's parameters. */
  private readonly parameters: readonly Tensor[];
  private readonly names: readonly string[];
  private readonly askedBefore: readonly boolean[];
  private readonly objective: Objective;

  /** @param rounded where the model computes with rounded weights, what they are rounded from */
  constructor(
    readonly model: Model,
    private readonly optimizer: AdamW,
    private readonly options: TrainerOptions,
    private readonly rounded?: Bf16Weights | undefined,
  ) {
    this.names = [...optimizer.parameters.keys()];
    this.parameters = [...optimizer.parameters].map(([name, master]) => rounded?.working.get(name) ?? master);
    this.askedBefore = this.parameters.map(({ requiresGrad }) => requiresGrad);
    for (const parameter of this.parameters) parameter.requiresGrad = true;
    this.objective = options.objective ?? causal;
  }

  /**
   * One step over all of the batches: the gradient is that of the mean over all of their labels that count. With `observe`, the
   * report says what the experts' loads and the activations were.
   *
   * @throws `diverged` if a loss or a gradient is not finite; the weights are then those before the step
   */
  async step(given: readonly Batch[], rate: number, observe = false): Promise<StepReport> {
    const step = this.optimizer.steps + 1;
    const { seed } = this.options;
    const batches = given.map((batch, i) => this.objective.batch(batch, new Random(seed, `objective ${step} ${i}`)));
    const total = batches.reduce((count, batch) => count + batch.countedLabels, 0);
    const sums = { loss: 0, balance: 0, activation: 0 };
    const monitor = observe ? new Monitor(this.model) : undefined;
    let gradients: Tensor[] | undefined;
    try {
      for (const [i, batch] of batches.entries()) {
        const share = total === 0 ? 0 : batch.countedLabels / total;
        const result = await this.differentiate(batch, total, share, this.passOptions(step, i), monitor);
        for (const key of ['loss', 'balance', 'activation'] as const) sums[key] += result.values[key];
        if (gradients === undefined) gradients = result.gradients;
        else {
          gradients.forEach((gradient, p) => {
            accumulate(gradient, result.gradients[p]!);
            result.gradients[p]!.dispose();
          });
        }
      }
      if (gradients === undefined) throw new RangeError('no batches');
      const squares = await sumsOfSquares(gradients);
      const gradientNorm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      if (!Number.isFinite(sums.loss + gradientNorm)) await this.refuse(step, batches, squares, sums.loss);
      const { clip, balance, activation } = this.options;
      const gradientScale = clip > 0 ? clipScale(gradientNorm, clip) : 1;
      this.optimizer.step(gradients, rate, gradientScale, this.rounded?.working);
      return {
        loss: sums.loss,
        ...(balance > 0 && this.expertsPerToken > 0 ? { balanceLoss: sums.balance } : {}),
        ...(activation > 0 ? { activationLoss: sums.activation } : {}),
        gradientNorm,
        ...(monitor === undefined ? {} : { observation: await monitor.take() }),
      };
    } finally {
      monitor?.dispose();
      for (const gradient of gradients ?? []) gradient.dispose();
    }
  }

  private get expertsPerToken(): number {
    return this.model.description.layers.find(({ experts }) => experts > 1)?.expertsPerToken ?? 0;
  }

  private passOptions(step: number, batch: number) {
    const { seed, dropout, recompute, activation } = this.options;
    const random = new Random(seed, `dropout ${step} ${batch}`);
    return {
      recompute,
      squares: activation > 0,
      dropout: dropout > 0 ? { probability: dropout, seed: { low: random.word(), high: random.word() } } : undefined,
    };
  }

  /** Losses, each times its batch's share of the step, and gradients of their weighted sum. */
  private async differentiate(
    batch: Batch,
    total: number,
    share: number,
    passOptions: ReturnType<Trainer['passOptions']>,
    monitor: Monitor | undefined,
  ) {
    const { model, options, objective, expertsPerToken } = this;
    using segments = new Segments(model.device, batch.lengths);
    using tape = new Tape();
    const parts = tape.run(() =>
      scope(() => {
        const pass = objective.pass(model, batch, segments, { ...passOptions, observe: monitor?.observe });
        const { routerLogits, squares } = pass.output;
        monitor?.routed(routerLogits);
        const loss = scale(pass.loss, 1 / Math.max(total, 1));
        const balance =
          options.balance > 0 && expertsPerToken > 0
            ? scale(loadBalancingLoss(routerLogits, expertsPerToken), share)
            : undefined;
        const activation = squares.length > 0 ? scale(squares.reduce(add), share / squares.length) : undefined;
        let whole = loss;
        if (balance !== undefined) whole = add(whole, scale(balance, options.balance));
        if (activation !== undefined) whole = add(whole, scale(activation, options.activation));
        return { loss, balance, activation, whole };
      }),
    );
    monitor?.close();
    const gradients = tape.gradients(parts.whole, this.parameters);
    const read = async (tensor: Tensor | undefined) => (tensor === undefined ? 0 : (await tensor.read())[0]!);
    const values = {
      loss: await read(parts.loss),
      balance: await read(parts.balance),
      activation: await read(parts.activation),
    };
    for (const tensor of new Set(Object.values(parts))) tensor?.dispose();
    return { values, gradients };
  }

  private async refuse(step: number, batches: readonly Batch[], squares: readonly number[], loss: number) {
    for (const [i, batch] of batches.entries()) {
      const where = await findOrigin(this.objective, this.model, batch, this.passOptions(step, i));
      if (where !== undefined) throw diverged(step, i, batches.length, where, `a loss of ${loss}`);
    }
    // The forward passes were finite: of the gradients that are not, the one nearest to the loss came first.
    const at = squares.findLastIndex((square) => !Number.isFinite(square));
    throw diverged(step, 0, batches.length, `the gradient of ${this.names[at]}`, 'a gradient that is not finite');
  }

  /** The optimizer and the model stay the caller's. */
  dispose(): void {
    this.parameters.forEach((parameter, i) => {
      if (!parameter.disposed) parameter.requiresGrad = this.askedBefore[i]!;
    });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const diverged = (step: number, batch: number, batches: number, where: string, found: string) =>
  new JambalayaError(
    'diverged',
    { step, batch: `${batch + 1} of ${batches}`, where, found },
    { hint: 'lower the learning rate, lengthen the warm-up or clip gradients; the last checkpoint is whole' },
  );
