/** Who is told of every op that runs: the tape that records now, if any. */
import type { OpName } from '../contract/index.js';
import type { Operands } from './operand.js';
import type { BackwardRule, OpRules } from './rule.js';
import { scope } from './scope.js';
import type { Tensor } from './tensor.js';

export interface Recorder {
  /** Throws before an op runs whose inputs need a gradient that it does not have. */
  expectDifferentiable<N extends OpName>(name: N, rules: OpRules<N>, inputs: Operands): void;
  record<N extends OpName>(
    name: N,
    rule: BackwardRule<N> | null,
    inputs: Operands,
    outputs: Operands,
    numbers: Readonly<Record<string, number>>,
  ): void;
  /** Runs a body whose parts are made again, rather than kept, when gradients are taken. */
  recompute<T extends TensorTree>(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => T): T;
}

/** Tensors in arrays and plain objects, however deep. */
export type TensorTree = Tensor | undefined | readonly TensorTree[] | { readonly [key: string]: TensorTree };

let current: Recorder | undefined;

export const recorder = (): Recorder | undefined => current;

/** Whether something is told of ops now, and one of these inputs asks for a gradient. */
export const isRecorded = (inputs: readonly (Tensor | undefined)[]): boolean =>
  current !== undefined && inputs.some((input) => input?.requiresGrad);

/** Runs `body` with `next` told of every op, or nobody. */
export function withRecorder<T>(next: Recorder | undefined, body: () => T): T {
  const outer = current;
  current = next;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/**
 * Runs `body`, as `scope` does, on `inputs`. Under a tape nothing that it makes is kept but its result: when gradients are
 * taken it runs again, from the same inputs (activation checkpointing, Chen et al. 2016; the gradients have the same bits).
 * Whatever else it reads must live and stay as it is until then, and it changes nothing in place.
 */
export const recomputed = <T extends TensorTree>(
  inputs: readonly Tensor[],
  body: (inputs: readonly Tensor[]) => T,
): T => current?.recompute(inputs, body) ?? scope(() => body(inputs));

/** Runs `body` unrecorded: what it computes is a constant to the tape. */
export const untaped = <T>(body: () => T): T => withRecorder(undefined, body);
