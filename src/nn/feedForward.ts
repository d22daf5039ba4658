/** SwiGLU feed-forward networks: one dense, or several experts of which each token uses k (arXiv 2403.19887). */
import { JambalayaError } from '../errors/index.js';
import {
  add,
  concat,
  gatherRows,
  groupByExpert,
  groupedMatmul,
  groupedMatmulInt8,
  moeCombine,
  softmax,
  type Tensor,
  topK,
} from '../tensor/index.js';
import { Activations, activationsOf, gatedInt8Activations, type Rows, valuesOf } from './activations.js';
import {
  type AdaptedSegments,
  adaptedRanges,
  type LowRank,
  lowRankProduct,
  type ProjectionAdapter,
  type RowRange,
} from './adapted.js';
import { activationsFor, gated, int8Rows, loadLinear, type Projection, takesInt8 } from './linear.js';
import type { Matrix, WeightSource } from './weights.js';

/** down(silu(gate(x)) · up(x)). */
export class GatedMlp {
  constructor(
    readonly gate: Projection,
    readonly up: Projection,
    readonly down: Projection,
  ) {}

  static async load(
    weights: WeightSource,
    name: string,
    hidden: number,
    inner: number,
    bias = false,
  ): Promise<GatedMlp> {
    const up = { outputs: inner, inputs: hidden, bias, role: 'expert' as const };
    const down = { outputs: hidden, inputs: inner, bias, role: 'expert' as const };
    return new GatedMlp(
      await loadLinear(weights, `${name}.gate_proj`, up),
      await loadLinear(weights, `${name}.up_proj`, up),
      await loadLinear(weights, `${name}.down_proj`, down),
    );
  }

  forward(x: Tensor, segments?: AdaptedSegments): Tensor {
    const rows = new Activations(x);
    const gate = this.gate.forward(rows, segments);
    return this.down.forwardGated(this.up.forward(rows, segments), gate, segments);
  }
}

/** One matrix of every expert, as a grouped product takes them: all in one form. */
class ExpertProjection {
  private readonly values: readonly Tensor[];
  private readonly scales: readonly Tensor[] | undefined;

  /** @param names of the matrices on disk, without `.weight` */
  constructor(
    private readonly experts: readonly Matrix[],
    private readonly names: readonly string[],
  ) {
    this.values = experts.map(({ values }) => values);
    const scales = experts.map(({ scale }) => scale);
    this.scales = scales.every((scale) => scale !== undefined) ? scales : undefined;
  }

  /** Rows x (T·k, inputs), sorted by expert, to (T·k, outputs), with what one adapter adds to all of them. */
  forward(x: Rows, offsets: Tensor, adapter?: ProjectionAdapter): Tensor {
    const deltas = this.deltasOf(adapter);
    const y = this.plain(x, offsets);
    return deltas === undefined ? y : add(y, deltasOfExperts(valuesOf(x), offsets, deltas));
  }

  /** As `forward` of x · silu(gate). */
  forwardGated(x: Tensor, gate: Tensor, offsets: Tensor, adapter?: ProjectionAdapter): Tensor {
    const deltas = this.deltasOf(adapter);
    const y = this.plainGated(x, gate, offsets);
    return deltas === undefined ? y : add(y, deltasOfExperts(gated(x, gate), offsets, deltas));
  }

  /** What an adapter has for each expert; it has something for all of them, or for none. */
  deltasOf(adapter: ProjectionAdapter | undefined): readonly LowRank[] | undefined {
    if (adapter === undefined) return undefined;
    const deltas = this.names.map((name) => adapter.lowRank(name));
    const missing = deltas.indexOf(undefined);
    if (missing < 0) return deltas as LowRank[];
    if (deltas.every((delta) => delta === undefined)) return undefined;
    throw new JambalayaError('unavailable', {
      what: 'an adapter of some experts of a layer',
      reason: `it has nothing for ${this.names[missing]}, but for others of its layer`,
    });
  }

  private plain(shared: Rows, offsets: Tensor): Tensor {
    const [first] = this.experts;
    const { scales } = this;
    if (scales === undefined) {
      return groupedMatmul(activationsFor(first!, shared), this.values, offsets, { mode: 'nt' });
    }
    const x = valuesOf(shared);
    if (takesInt8(first!, x)) {
      return groupedMatmulInt8(activationsOf(shared).int8(first!), this.values, scales, offsets);
    }
    const rows = this.experts.map((matrix, e) => int8Rows({ ...matrix, scale: scales[e]! }, x.shape[1]!));
    return groupedMatmul(x, rows, offsets, { mode: 'nt', bScale: scales });
  }

  private plainGated(x: Tensor, gate: Tensor, offsets: Tensor): Tensor {
    const [first] = this.experts;
    const { scales } = this;
    if (scales === undefined || !takesInt8(first!, x, gate)) return this.plain(gated(x, gate), offsets);
    return groupedMatmulInt8(gatedInt8Activations(x, gate, first!), this.values, scales, offsets);
  }
}

/** Products of one shape for all experts, as one. */
function deltasOfExperts(x: Tensor, offsets: Tensor, deltas: readonly LowRank[]): Tensor {
  const a = deltas.map((delta) => delta.a);
  const b = deltas.map((delta) => delta.b);
  return lowRankProduct(x, offsets, a, b, deltas[0]!.scale);
}

export interface SparseMoeOutput {
  /** (T, D) */
  readonly out: Tensor;
  /** (T, E), before the softmax: the balance loss reads them. */
  readonly routerLogits: Tensor;
}

/**
 * Softmax over all experts in f32, then the k largest, whose probabilities weight the experts' outputs as they are (not
 * renormalised); no capacity limit, no dropped token; of equal probabilities the lower expert number wins.
 */
export class SparseMoe {
  constructor(
    readonly router: Projection,
    readonly topK: number,
    readonly experts: number,
    private readonly gate: ExpertProjection,
    private readonly up: ExpertProjection,
    private readonly down: ExpertProjection,
  ) {}

  /** Experts one by one (`experts.E.gate_proj.weight`) or stacked (`experts.gate_up_proj` (E, 2F, D), gate rows first). */
  static async load(
    weights: WeightSource,
    name: string,
    { hidden, inner, experts, topK }: { hidden: number; inner: number; experts: number; topK: number },
  ): Promise<SparseMoe> {
    const router = await loadLinear(weights, `${name}.router`, { outputs: experts, inputs: hidden, role: 'router' });
    const stacked = weights.has(`${name}.experts.gate_up_proj`);
    const gate: Matrix[] = [];
    const up: Matrix[] = [];
    let down: Matrix[] = [];
    if (stacked) {
      for (const [g, u] of await weights.stack(
        `${name}.experts.gate_up_proj`,
        experts,
        [inner, inner],
        hidden,
        'expert',
      )) {
        gate.push(g!);
        up.push(u!);
      }
      down = (await weights.stack(`${name}.experts.down_proj`, experts, [hidden], inner, 'expert')).flat();
    } else {
      for (let e = 0; e < experts; e++) {
        gate.push(await weights.matrix(`${name}.experts.${e}.gate_proj.weight`, inner, hidden, 'expert'));
        up.push(await weights.matrix(`${name}.experts.${e}.up_proj.weight`, inner, hidden, 'expert'));
        down.push(await weights.matrix(`${name}.experts.${e}.down_proj.weight`, hidden, inner, 'expert'));
      }
    }
    const [g, u, d] = [
      { part: 'gate_proj', matrices: gate },
      { part: 'up_proj', matrices: up },
      { part: 'down_proj', matrices: down },
    ].map(({ part, matrices }) => {
      const names = matrices.map((_, e) => `${name}.experts.${e}.${part}`);
      const sizes = part === 'down_proj' ? ([hidden, inner] as const) : ([inner, hidden] as const);
      for (const each of names) weights.projections.set(each, sizes);
      return new ExpertProjection(matrices, names);
    });
    return new SparseMoe(router, topK, experts, g!, u!, d!);
  }

  forward(x: Tensor, segments?: AdaptedSegments): SparseMoeOutput {
    const routerLogits = this.router.forward(x, segments);
    const { values: weights, indices } = topK(softmax(routerLogits), this.topK);
    // Rows of different adapters go to their experts apart: what an expert gets is known on the device alone.
    const ranges = this.rangesOf(x.shape[0]!, segments);
    if (ranges.length === 1) return { out: this.mixed(x, weights, indices, ranges[0]!.value), routerLogits };
    const parts = ranges.map(({ from, to, value }) =>
      this.mixed(x.range(from, to), weights.range(from, to), indices.range(from, to), value),
    );
    return { out: concat(parts, 0), routerLogits };
  }

  /** All rows, cut where the adapter of the experts changes. */
  private rangesOf(rows: number, segments?: AdaptedSegments): RowRange<ProjectionAdapter | undefined>[] {
    const isAdapted = (adapter: ProjectionAdapter) =>
      [this.gate, this.up, this.down].some((part) => part.deltasOf(adapter) !== undefined);
    const adapted =
      segments?.adapters === undefined
        ? []
        : adaptedRanges(segments, (adapter) => (isAdapted(adapter) ? adapter : undefined));
    const ranges: RowRange<ProjectionAdapter | undefined>[] = [];
    let end = 0;
    for (const range of adapted) {
      if (range.from > end) ranges.push({ from: end, to: range.from, value: undefined });
      ranges.push(range);
      end = range.to;
    }
    if (end < rows || ranges.length === 0) ranges.push({ from: end, to: rows, value: undefined });
    return ranges;
  }

  /** x (T, D) through the chosen experts, all with one adapter or none. */
  private mixed(x: Tensor, weights: Tensor, indices: Tensor, adapter: ProjectionAdapter | undefined): Tensor {
    const { source, position, offsets } = groupByExpert(indices, this.experts);
    const rows = new Activations(gatherRows(x, source));
    const gate = this.gate.forward(rows, offsets, adapter);
    const out = this.down.forwardGated(this.up.forward(rows, offsets, adapter), gate, offsets, adapter);
    return moeCombine(out, weights, position);
  }
}
