/** Who is told of every op that runs: the tape that records now, if any. */
import type { OpName } from '../contract/index.js';
import type { BackwardRule } from './rule.js';
import type { Tensor } from './tensor.js';

export type Operand = Tensor | readonly Tensor[] | undefined;
export type Operands = Readonly<Record<string, Operand>>;

export interface Recorder {
  record<N extends OpName>(
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
