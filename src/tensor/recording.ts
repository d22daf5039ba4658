/** Who is told of every op that runs: the tape that records now, if any. */
import type { OpName } from '../contract/index.js';
import type { Operands } from './operand.js';
import type { BackwardRule, OpRules } from './rule.js';

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
}

let current: Recorder | undefined;

export const recorder = (): Recorder | undefined => current;

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

/** Runs `body` unrecorded: what it computes is a constant to the tape. */
export const untaped = <T>(body: () => T): T => withRecorder(undefined, body);
