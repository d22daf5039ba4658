/** Follows a body that a tape does not record: which of its results a gradient flows to, and what it may not do. */
import type { OpName } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { type Operands, tensorsOf } from './operand.js';
import type { Recorder, TensorTree } from './recording.js';
import type { BackwardRule, OpRules } from './rule.js';
import { type Storage, Tensor } from './tensor.js';

/** Marks what is computed from what needs a gradient, and keeps nothing. */
export class Follower implements Recorder {
  /** What the body read that it had not made, as it was then. */
  readonly read = new Map<Storage, number>();
  private readonly made = new Set<Storage>();
  private readonly inner = new Set<Storage>();

  constructor(private readonly tape: Pick<Recorder, 'expectDifferentiable'> & { note(inputs: Operands): void }) {}

  expectDifferentiable<N extends OpName>(name: N, rules: OpRules<N>, inputs: Operands): void {
    this.tape.expectDifferentiable(name, rules, inputs);
  }

  record<N extends OpName>(_name: N, rule: BackwardRule<N> | null, inputs: Operands, outputs: Operands): void {
    this.tape.note(inputs);
    for (const { storage } of Object.values(inputs).flatMap(tensorsOf)) {
      if (!this.inner.has(storage) && !this.read.has(storage)) this.read.set(storage, storage.version);
    }
    for (const { storage } of Object.values(outputs).flatMap(tensorsOf)) this.inner.add(storage);
    if (rule === null) return;
    const needed = Object.values(inputs).some((value) => tensorsOf(value).some((tensor) => tensor.requiresGrad));
    if (!needed) return;
    for (const tensor of Object.values(outputs).flatMap(tensorsOf)) {
      if (tensor.dtype === 'i32' || tensor.dtype === 'i8') continue;
      tensor.requiresGrad = true;
      this.made.add(tensor.storage);
    }
  }

  recompute<T extends TensorTree>(): T {
    throw new JambalayaError('usage', {
      argument: 'recomputed',
      expected: 'a body that recomputes nothing itself',
      found: 'one within another',
    });
  }

  /** Takes the marks away from all but `results`; gives those of them that have one. */
  unmark(results: readonly Tensor[]): Tensor[] {
    const marked = results.filter(({ storage }) => this.made.has(storage));
    for (const storage of this.made) storage.requiresGrad = false;
    for (const tensor of marked) tensor.requiresGrad = true;
    return marked;
  }
}

/** The tensors of a tree, in its order. */
export function leavesOf(tree: TensorTree): Tensor[] {
  if (tree === undefined) return [];
  if (tree instanceof Tensor) return [tree];
  return Object.values(tree).flatMap(leavesOf);
}
