/** AdamW over a model's parameters, and the norm that clipping goes by. */
import type { Parameters } from '../nn/index.js';
import { adamW, adamWConstants, magnitudes, scope, type Tensor, unscoped, zeros } from '../tensor/index.js';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Of the parameters that {@link isDecayed} names. */
  readonly weightDecay: number;
}

/** Weight decay passes over norms, biases, `A_log` and `D`. */
export const isDecayed = (name: string): boolean => !/(bias|A_log|\.D)$|norm/i.test(name);

interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
}

/** Moments of every parameter on the device, f32. Steps are counted from 0; the next one is the `steps + 1`-th. */
export class AdamW implements Disposable {
  steps = 0;
  readonly moments: ReadonlyMap<string, Moments>;

  constructor(
    readonly parameters: Parameters,
    private readonly options: AdamWOptions,
  ) {
    const empty = ({ device, shape }: Tensor) => unscoped(() => zeros(device, shape));
    this.moments = new Map(
      [...parameters].map(([name, parameter]) => [name, { first: empty(parameter), second: empty(parameter) }]),
    );
  }

  /**
   * One step with gradients in the parameters' order, each multiplied by `gradientScale` first. What `rounded` has of a
   * parameter's name becomes the parameter in bf16.
   */
  step(gradients: readonly Tensor[], rate: number, gradientScale = 1, rounded?: Parameters): void {
    this.steps++;
    const { weightDecay, ...constants } = this.options;
    const kept = adamWConstants({ ...constants, rate, decay: 0, step: this.steps, gradientScale });
    const decayed = { ...kept, decay: weightDecay };
    let i = 0;
    for (const [name, parameter] of this.parameters) {
      const { first, second } = this.moments.get(name)!;
      const operands = { parameter, gradient: gradients[i++]!, first, second, rounded: rounded?.get(name) };
      adamW(operands, isDecayed(name) ? decayed : kept);
    }
  }

  dispose(): void {
    for (const { first, second } of this.moments.values()) {
      first.dispose();
      second.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Sums of squares of tensors, each in float64 over the blocks' sums. */
export async function sumsOfSquares(tensors: readonly Tensor[]): Promise<number[]> {
  const blocks = scope(() => tensors.map((tensor) => magnitudes(tensor).squares));
  const sums: number[] = [];
  for (const block of blocks) {
    let sum = 0;
    for (const value of await block.read()) sum += value;
    sums.push(sum);
    block.dispose();
  }
  return sums;
}

/** What gradients are multiplied with so that their norm is at most `limit`, as PyTorch's `clip_grad_norm_` has it. */
export const clipScale = (norm: number, limit: number): number => Math.min(1, limit / (norm + 1e-6));
