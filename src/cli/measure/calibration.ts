/**
 * Rates of this machine, each by a loop over one kind of work that has nothing to do with the model but its sizes: matrix
 * products, the scan, attention, elementwise ops, reading weights for one row, and the time of an op that does nothing.
 */
import type { Device } from '../../contract/index.js';
import {
  add,
  attention,
  CapturedStep,
  matmul,
  mul,
  scope,
  selectiveScan,
  silu,
  sumAll,
  Tape,
  Tensor,
  unscoped,
} from '../../tensor/index.js';

/** Sizes that the loops take from the model. */
export interface CalibrationSizes {
  /** Rows that go through the model at once, in sequences of `context`. */
  readonly rows: number;
  readonly context: number;
  /** Rows that an expert gets on average; absent without mixtures. */
  readonly expertRows?: number | undefined;
  /** D */
  readonly hidden: number;
  /** Columns of a typical activation. */
  readonly wide: number;
  /** Di and N; absent without Mamba layers. */
  readonly scan?: { readonly channels: number; readonly stateSize: number } | undefined;
  readonly attention?: { readonly heads: number; readonly kvHeads: number; readonly headSize: number } | undefined;
  /** Bytes that reading weights goes over, so that no cache holds them where it does not hold the model's. */
  readonly weightsBytes: number;
  /** Products that they are read in. */
  readonly products: number;
}

/** Seconds of a unit of each kind of work; of kinds that the model lacks, 0. */
export interface Rates {
  /** Of a FLOP of a product of `rows` with a weight. */
  readonly product: number;
  /** Of the same with its two gradients, all FLOPs counted. */
  readonly productTraining: number;
  readonly expertProduct: number;
  readonly expertProductTraining: number;
  /** Of one step of one channel and place of the state; with gradients: there and back. */
  readonly scan: number;
  readonly scanTraining: number;
  /** Of a pair of a query and a key of all heads; with gradients: there and back. */
  readonly attention: number;
  readonly attentionTraining: number;
  /** Of a byte that an elementwise op reads or writes. */
  readonly elementwise: number;
  /** Of a byte of weights that one row is multiplied with. */
  readonly weightByte: number;
  /** Of an op, whatever it does: submitted by itself, and within a captured step. */
  readonly op: number;
  readonly capturedOp: number;
}

const rateNames: readonly (keyof Rates)[] = [
  'product',
  'productTraining',
  'expertProduct',
  'expertProductTraining',
  'scan',
  'scanTraining',
  'attention',
  'attentionTraining',
  'elementwise',
  'weightByte',
  'op',
  'capturedOp',
];

/** How long a sample of one kind of work lasts: as long as a piece of what it predicts, not a lucky moment. */
const loopSeconds = 0.05;

type Loops = { readonly [K in keyof Rates]?: Loop };
type Loop = { readonly units: number; readonly run: () => void };

export class Calibration implements Disposable {
  private readonly owned: { dispose(): void }[] = [];
  private readonly probe: Tensor;
  private readonly loops: Loops;
  private readonly times: { -readonly [K in keyof Rates]?: number } = {};
  private readonly seconds: { -readonly [K in keyof Rates]?: number[] } = {};

  constructor(
    private readonly device: Device,
    sizes: CalibrationSizes,
  ) {
    this.probe = unscoped(() => this.tensor(1, 1));
    this.loops = unscoped(() => this.makeLoops(sizes));
  }

  /** One more time of each loop; to be called between what is measured, so that both see the same machine. */
  async sample(): Promise<void> {
    for (const [name, { run, units }] of Object.entries(this.loops) as [keyof Rates, Loop][]) {
      const times = this.times[name] ?? 1;
      const start = performance.now();
      for (let i = 0; i < times; i++) {
        scope(() => {
          run();
        });
      }
      // Devices may run ahead of the host: a read waits for them.
      await this.probe.read();
      const seconds = (performance.now() - start) / 1000 / times;
      if (this.times[name] === undefined) this.times[name] = Math.max(1, Math.round(loopSeconds / seconds));
      else this.seconds[name] = [...(this.seconds[name] ?? []), seconds / units];
    }
  }

  /** The median of what was sampled; the first sample only tells how often a loop has to run. */
  get rates(): Rates {
    const rate = (name: keyof Rates) => (this.seconds[name] === undefined ? 0 : median(this.seconds[name]));
    return Object.fromEntries(rateNames.map((name) => [name, rate(name)])) as unknown as Rates;
  }

  dispose(): void {
    for (const tensor of this.owned) tensor.dispose();
    this.owned.length = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private makeLoops(sizes: CalibrationSizes): Loops {
    const { rows, context, expertRows, hidden, wide, scan, attention: attends, weightsBytes, products } = sizes;
    const small = this.tensor(1, 16);
    // As many matrices as the model multiplies a token with, and as many weights in all: they come from where the model's do.
    const height = Math.max(1, Math.round(weightsBytes / (4 * products * hidden)));
    const matrices = Array.from({ length: products }, () => this.tensor(height, hidden));
    const product = (rows: number): [forward: Loop, training: Loop] => {
      const [x, dOut] = [this.tensor(rows, hidden), this.tensor(rows, height)];
      const units = 2 * rows * hidden * height;
      let next = 0;
      const matrix = () => matrices[next++ % products]!;
      return [
        { units, run: () => matmul(x, matrix()) },
        {
          units: 3 * units,
          run: () => {
            const weights = matrix();
            matmul(x, weights);
            matmul(dOut, weights, { mode: 'nn' });
            matmul(dOut, x, { mode: 'tn' });
          },
        },
      ];
    };
    const offsets = this.keep(
      Tensor.from(
        this.device,
        [rows / context + 1],
        Int32Array.from({ length: rows / context + 1 }, (_, i) => i * context),
      ),
    );
    const [a, b] = [this.tensor(rows, wide), this.tensor(rows, wide)];
    const row = this.tensor(1, hidden);
    const reading = this.captured(() => {
      for (const matrix of matrices) matmul(row, matrix);
    });
    const one = this.tensor(1, wide);
    const opsAtOnce = 200;
    const someOps = () => {
      for (let i = 0; i < opsAtOnce; i++) add(small, small);
    };
    const capturedOps = this.captured(() => {
      for (let i = 0; i < opsAtOnce; i++) silu(one);
    });
    const [forward, training] = product(rows);
    const [expertForward, expertTraining] =
      expertRows === undefined ? [] : product(Math.max(1, Math.round(expertRows)));
    return {
      product: forward,
      productTraining: training,
      ...(expertForward && expertTraining
        ? { expertProduct: expertForward, expertProductTraining: expertTraining }
        : {}),
      ...(scan === undefined ? {} : this.scanLoops(rows, offsets, scan)),
      ...(attends === undefined ? {} : this.attentionLoops(sizes, offsets, attends)),
      elementwise: { units: 4 * rows * wide * (3 + 3 + 2), run: () => [mul(a, b), add(a, b), silu(a)] },
      weightByte: { units: 4 * products * height * hidden, run: () => reading.run() },
      op: { units: opsAtOnce, run: someOps },
      capturedOp: { units: opsAtOnce, run: () => capturedOps.run() },
    };
  }

  private scanLoops(rows: number, offsets: Tensor, { channels, stateSize }: NonNullable<CalibrationSizes['scan']>) {
    const [u, delta] = [this.tensor(rows, channels), this.tensor(rows, channels)];
    const a = this.keep(
      Tensor.from(this.device, [channels, stateSize], new Float32Array(channels * stateSize).fill(-1)),
    );
    const [b, c] = [this.tensor(rows, stateSize), this.tensor(rows, stateSize)];
    const d = this.keep(Tensor.from(this.device, [channels], new Float32Array(channels).fill(1)));
    const units = rows * channels * stateSize;
    const run = () => selectiveScan(u, delta, a, b, c, d, { offsets }).out;
    return { scan: { units, run }, scanTraining: { units, run: thereAndBack(u, run) } };
  }

  private attentionLoops(
    { rows, context }: CalibrationSizes,
    offsets: Tensor,
    { heads, kvHeads, headSize }: NonNullable<CalibrationSizes['attention']>,
  ) {
    const q = this.keep(Tensor.from(this.device, [rows, heads, headSize], this.values(rows * heads * headSize)));
    const [k, v] = [0, 1].map(() =>
      this.keep(Tensor.from(this.device, [rows, kvHeads, headSize], this.values(rows * kvHeads * headSize))),
    ) as [Tensor, Tensor];
    const units = (rows * (context + 1)) / 2;
    const run = () => attention(q, k, v, { offsets, causal: true });
    return { attention: { units, run }, attentionTraining: { units, run: thereAndBack(q, run) } };
  }

  private captured(body: () => void): CapturedStep {
    const { step } = CapturedStep.record(this.device, () => scope(body));
    this.owned.push(step);
    return step;
  }

  private tensor(rows: number, columns: number): Tensor {
    return this.keep(Tensor.from(this.device, [rows, columns], this.values(rows * columns)));
  }

  /** Neither zeros nor anything that overflows. */
  private values(count: number): Float32Array {
    return Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 1000 + 0.01);
  }

  private keep(tensor: Tensor): Tensor {
    this.owned.push(tensor);
    return tensor;
  }
}

/** An op and its gradients. */
const thereAndBack = (parameter: Tensor, run: () => Tensor) => () => {
  parameter.requiresGrad = true;
  using tape = new Tape();
  scope(() =>
    tape.gradients(
      tape.run(() => sumAll(run())),
      [parameter],
    ),
  );
  parameter.requiresGrad = false;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
