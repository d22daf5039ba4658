/**
 * The Mamba mixer with Jamba's norms on dt, B and C (arXiv 2403.19887), which a model may leave out:
 *
 *     [u, z] = in_proj(x);  u = silu(conv1d(u));  [dt, B, C] = x_proj(u), each through its RMSNorm
 *     Δ = softplus(dt_proj(dt));  A = −exp(A_log);  y = selectiveScan(u, Δ, A, B, C, D);  out_proj(y · silu(z))
 */
import {
  conv1d,
  Derived,
  exp,
  type SequenceState,
  scale,
  scope,
  selectiveScan,
  slice,
  type Tensor,
  unscoped,
} from '../tensor/index.js';
import { Activations } from './activations.js';
import { loadLinear, loadSplitLinear, type Projection } from './linear.js';
import { RmsNorm } from './norm.js';
import type { Segments } from './segments.js';
import type { SsmState } from './state.js';
import type { WeightSource } from './weights.js';

export interface MambaShape {
  readonly hidden: number;
  /** Di */
  readonly inner: number;
  /** N */
  readonly stateSize: number;
  /** K */
  readonly convWidth: number;
  /** R */
  readonly dtRank: number;
  readonly convBias: boolean;
  readonly projectionBias: boolean;
  /** Whether dt, B and C are normalised, as in Jamba; Mamba itself does without. */
  readonly innerNorms: boolean;
  readonly eps: number;
}

/** What a mixer carries from one stretch of a sequence to the next, of each of S segments. */
export interface MixerState {
  /** (S, K, Di): the last inputs of the convolution, oldest first. */
  readonly conv: Tensor;
  /** (S, N, Di) */
  readonly ssm: Tensor;
}

interface MambaParts {
  readonly inputU: Projection;
  readonly inputZ: Projection;
  /** (Di, K) and (Di) */
  readonly convWeight: Tensor;
  readonly convBias: Tensor | undefined;
  /** To dt, B and C side by side: a few columns each, whose gradients are one product (docs/decisions). */
  readonly xProj: Projection;
  /** Columns of dt, and of B as of C. */
  readonly xColumns: readonly [r: number, n: number];
  /** Absent in a model without inner norms, all three. */
  readonly dtNorm: RmsNorm | undefined;
  readonly bNorm: RmsNorm | undefined;
  readonly cNorm: RmsNorm | undefined;
  readonly dtProj: Projection;
  /** (Di, N): −exp(A_log) */
  readonly a: Derived;
  /** (Di) */
  readonly d: Tensor;
  readonly outProj: Projection;
}

export class MambaMixer {
  private constructor(private readonly parts: MambaParts) {}

  static async load(weights: WeightSource, name: string, shape: MambaShape): Promise<MambaMixer> {
    const { hidden, inner, stateSize, convWidth, dtRank, projectionBias, eps } = shape;
    const [inputU, inputZ] = await loadSplitLinear(weights, `${name}.in_proj`, {
      outputs: [inner, inner],
      inputs: hidden,
      bias: projectionBias,
    });
    const convWeight = await weights.vector(`${name}.conv1d.weight`, [inner, 1, convWidth]);
    const aLog = await weights.vector(`${name}.A_log`, [inner, stateSize]);
    const innerNorm = async (part: 'dt' | 'b' | 'c', size: number) =>
      shape.innerNorms ? await RmsNorm.load(weights, `${name}.${part}_layernorm`, size, eps) : undefined;
    return new MambaMixer({
      inputU: inputU!,
      inputZ: inputZ!,
      convWeight: weights.own(unscoped(() => convWeight.reshape([inner, convWidth]))),
      convBias: shape.convBias ? await weights.vector(`${name}.conv1d.bias`, [inner]) : undefined,
      xProj: await loadLinear(weights, `${name}.x_proj`, { outputs: dtRank + 2 * stateSize, inputs: inner }),
      xColumns: [dtRank, stateSize],
      dtNorm: await innerNorm('dt', dtRank),
      bNorm: await innerNorm('b', stateSize),
      cNorm: await innerNorm('c', stateSize),
      dtProj: await loadLinear(weights, `${name}.dt_proj`, { outputs: inner, inputs: dtRank, bias: true }),
      a: new Derived(weights.own(unscoped(() => scope(() => decayRates(aLog)))), aLog, decayRates),
      d: await weights.vector(`${name}.D`, [inner]),
      outProj: await loadLinear(weights, `${name}.out_proj`, {
        outputs: hidden,
        inputs: inner,
        bias: projectionBias,
        role: 'mixerOutput',
      }),
    });
  }

  /** x (T, D) to (T, D); with a state, each segment continues its sequence and leaves its end there. */
  forward(x: Tensor, segments: Segments, state?: SsmState): Tensor {
    const { offsets, slots } = segments;
    const continued = (pool: Tensor | undefined) => (pool && slots ? { offsets, state: pool, slots } : { offsets });
    return this.mixed(x, segments, continued(state?.conv), continued(state?.ssm)).out;
  }

  /** As `forward`, from the states of `initial` (zeros where it has none) to those after each segment; both have gradients. */
  carry(x: Tensor, segments: Segments, initial: Partial<MixerState> = {}): { out: Tensor; final: MixerState } {
    const { offsets } = segments;
    const from = (state: Tensor | undefined) => ({ offsets, initial: state, wantFinal: true });
    const { out, conv, ssm } = this.mixed(x, segments, from(initial.conv), from(initial.ssm));
    return { out, final: { conv: conv!, ssm: ssm! } };
  }

  private mixed(x: Tensor, segments: Segments, convolved: SequenceState, scanned: SequenceState) {
    const p = this.parts;
    const rows = new Activations(x);
    const { out: u, final: conv } = conv1d(
      p.inputU.forward(rows, segments),
      p.convWeight,
      p.convBias,
      convolved,
      'silu',
    );
    const [dt, b, c] = this.selections(p.xProj.forward(u, segments));
    const delta = p.dtProj.forward(dt, segments);
    const { out: y, final: ssm } = selectiveScan(u, delta, p.a.get(), b, c, p.d, scanned, 'softplus');
    return { out: p.outProj.forwardGated(y, p.inputZ.forward(rows, segments), segments), conv, ssm };
  }

  /** dt (T, R), B and C (T, N), normalised, of what x_proj gives. */
  private selections(x: Tensor): [Tensor, Tensor, Tensor] {
    const { xColumns, dtNorm, bNorm, cNorm } = this.parts;
    const [r, n] = xColumns;
    return [normed(dtNorm, slice(x, 1, 0, r)), normed(bNorm, slice(x, 1, r, n)), normed(cNorm, slice(x, 1, r + n, n))];
  }
}

/** A = −exp(A_log). */
const decayRates = (aLog: Tensor): Tensor => scale(exp(aLog), -1);

const normed = (norm: RmsNorm | undefined, x: Tensor): Tensor => norm?.forward(x) ?? x;
