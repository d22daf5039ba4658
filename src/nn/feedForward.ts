/** SwiGLU feed-forward networks: one dense, or several experts of which each token uses k (arXiv 2403.19887). */
import {
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

  forward(x: Tensor): Tensor {
    const rows = new Activations(x);
    const gate = this.gate.forward(rows);
    return this.down.forwardGated(this.up.forward(rows), gate);
  }
}

/** One matrix of every expert, as a grouped product takes them: all in one form. */
class ExpertProjection {
  private readonly values: readonly Tensor[];
  private readonly scales: readonly Tensor[] | undefined;

  constructor(private readonly experts: readonly Matrix[]) {
    this.values = experts.map(({ values }) => values);
    const scales = experts.map(({ scale }) => scale);
    this.scales = scales.every((scale) => scale !== undefined) ? scales : undefined;
  }

  /** Rows x (T·k, inputs), sorted by expert, to (T·k, outputs). */
  forward(shared: Rows, offsets: Tensor): Tensor {
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

  /** As `forward` of x · silu(gate). */
  forwardGated(x: Tensor, gate: Tensor, offsets: Tensor): Tensor {
    const [first] = this.experts;
    const { scales } = this;
    if (scales === undefined || !takesInt8(first!, x, gate)) return this.forward(gated(x, gate), offsets);
    return groupedMatmulInt8(gatedInt8Activations(x, gate, first!), this.values, scales, offsets);
  }
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
    const [g, u, d] = [gate, up, down].map((matrices) => new ExpertProjection(matrices));
    return new SparseMoe(router, topK, experts, g!, u!, d!);
  }

  forward(x: Tensor): SparseMoeOutput {
    const routerLogits = this.router.forward(x);
    const { values: routingWeights, indices } = topK(softmax(routerLogits), this.topK);
    const { source, position, offsets } = groupByExpert(indices, this.experts);
    const rows = new Activations(gatherRows(x, source));
    const gate = this.gate.forward(rows, offsets);
    const out = this.down.forwardGated(this.up.forward(rows, offsets), gate, offsets);
    return { out: moeCombine(out, routingWeights, position), routerLogits };
  }
}
