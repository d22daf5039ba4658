/**
 * The tape records ops while a gradient may be asked for, keeps what their backward rules need, and walks back.
 *
 * Gradients belong to storage: a view's gradient is added to its part of the gradient of the memory that it views, so a
 * stacked parameter and slices of it, or a reshaped activation, need no ops of their own.
 */
import type { DType, OpName } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { GradientSums, type Place, placeOf } from './gradientSums.js';
import { isInPlace, type Operands, tensorsOf } from './operand.js';
import { fill } from './ops/fill.js';
import { Follower, leavesOf } from './recomputation.js';
import { type Recorder, recorder, type TensorTree, withRecorder } from './recording.js';
import type { BackwardContext, BackwardRule, OpRules } from './rule.js';
import { expectSynchronous, scope, unscoped } from './scope.js';
import { formatShape, type Shape, shapeError } from './shape.js';
import { disposedError, type Storage, Tensor } from './tensor.js';

interface Entry {
  readonly name: OpName;
  readonly rule: BackwardRule<OpName>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly shapes: Readonly<Record<string, Shape | readonly Shape[]>>;
  readonly dtypes: Readonly<Record<string, DType | readonly DType[]>>;
  readonly needs: Readonly<Record<string, boolean | readonly boolean[]>>;
  /** Where each input's and output's gradient belongs. */
  readonly inputs: Readonly<Record<string, readonly Place[]>>;
  readonly outputs: Readonly<Record<string, Place>>;
  /** Kept alive until the tape is disposed of, with the versions of their memory. */
  readonly saved: Operands;
  readonly versions: ReadonlyMap<Storage, number>;
}

/** A body that is run again for its gradients. */
interface Recomputation {
  /** Walks back through the body, run anew. */
  readonly stepBack: (sums: GradientSums) => void;
}

const usageError = (argument: string, expected: string, found: string, hint?: string) =>
  new JambalayaError('usage', { argument, expected, found }, { hint });

/**
 * ```ts
 * weight.requiresGrad = true;
 * using tape = new Tape();
 * const loss = tape.run(() => meanAll(crossEntropy(matmul(x, weight), labels)));
 * const [dWeight] = tape.gradients(loss, [weight]);
 * ```
 */
export class Tape implements Disposable, Recorder {
  private readonly entries: (Entry | Recomputation)[] = [];
  private readonly kept: Tensor[] = [];
  private readonly made = new Set<Storage>();
  /** What ops read while it needed no gradient: asked for one later, it would have only a part of it. */
  private readonly constants = new Set<Storage>();
  private disposed = false;

  /** @param outer the tape whose recomputed body this one records */
  constructor(private readonly outer?: Tape) {}

  /** Runs `body` with this tape recording; may be called more than once. Tapes do not nest. */
  run<T>(body: () => T): T {
    this.expectLive('Tape.run');
    if (recorder() !== undefined) throw usageError('Tape.run', 'no other tape recording', 'a tape within a tape');
    const result = withRecorder(this, body);
    expectSynchronous('Tape.run', result);
    return result;
  }

  expectDifferentiable<N extends OpName>(name: N, rules: OpRules<N>, inputs: Operands): void {
    const operands = Object.entries(inputs);
    for (const [operand, value] of operands) {
      for (const { requiresGrad, storage } of tensorsOf(value)) {
        if (!requiresGrad || storage.tape === undefined || this.follows(storage.tape)) continue;
        throw usageError(
          `${name}: ${operand}`,
          'a tensor that was computed under this tape',
          'one of another tape, which this one cannot walk back through',
          'record all of a loss under one tape; what is computed under one that was disposed of is a constant',
        );
      }
    }
    const needed = operands.find(([, value]) => tensorsOf(value).some((tensor) => tensor.requiresGrad));
    if (needed === undefined) return;
    const argument = `${name}: ${needed[0]}`;
    const advice = rules.undifferentiable?.(inputs as never);
    const written = operands.find(([operand, value]) => value !== undefined && isInPlace(name, operand));
    if (rules.backward !== null && advice === undefined && written === undefined) return;
    const expected = 'no tensor that needs a gradient';
    const found =
      written === undefined
        ? 'one, in an op without a gradient'
        : `one, beside ${written[0]}, which is changed in place`;
    throw usageError(
      argument,
      expected,
      found,
      advice ?? 'run the op within `untaped`, if its result is to be a constant',
    );
  }

  record<N extends OpName>(
    name: N,
    rule: BackwardRule<N> | null,
    inputs: Operands,
    outputs: Operands,
    numbers: Readonly<Record<string, number>>,
  ): void {
    this.note(inputs);
    if (rule === null) return;
    const needs: Record<string, boolean | readonly boolean[]> = {};
    const needed = new Set<string>();
    const shapes: Record<string, Shape | readonly Shape[]> = {};
    const dtypes: Record<string, DType | readonly DType[]> = {};
    const places: Record<string, readonly Place[]> = {};
    for (const [operand, value] of Object.entries(inputs)) {
      const tensors = tensorsOf(value);
      if (tensors.length === 0) continue;
      const each = tensors.map((tensor) => tensor.requiresGrad);
      if (each.includes(true)) needed.add(operand);
      needs[operand] = value instanceof Tensor ? each[0]! : each;
      shapes[operand] = value instanceof Tensor ? value.shape : tensors.map((tensor) => tensor.shape);
      dtypes[operand] = value instanceof Tensor ? value.dtype : tensors.map((tensor) => tensor.dtype);
      places[operand] = tensors.map(placeOf);
    }
    if (needed.size === 0) return;
    const outputPlaces: Record<string, Place> = {};
    for (const [operand, value] of Object.entries(outputs)) {
      for (const tensor of tensorsOf(value)) {
        if (tensor.dtype === 'i32' || tensor.dtype === 'i8') continue;
        this.mark(tensor.storage);
        outputPlaces[operand] = placeOf(tensor);
      }
    }
    const operands: Operands = { ...inputs, ...outputs };
    const saved: Record<string, Tensor | readonly Tensor[] | undefined> = {};
    const versions = new Map<Storage, number>();
    const keep = (tensor: Tensor): Tensor => {
      versions.set(tensor.storage, tensor.storage.version);
      return this.keep(tensor);
    };
    const erased = rule as unknown as BackwardRule<OpName>;
    for (const operand of erased.saves as readonly string[]) {
      const only = (erased.savedFor as Readonly<Record<string, readonly string[]>>)[operand];
      if (only?.every((input) => !needed.has(input))) continue;
      const value = operands[operand];
      saved[operand] = value instanceof Tensor ? keep(value) : value?.map(keep);
    }
    this.entries.push({
      name,
      rule: erased,
      numbers,
      shapes,
      dtypes,
      needs,
      inputs: places,
      outputs: outputPlaces,
      saved,
      versions,
    });
  }

  /**
   * Gradients of a scalar with respect to `parameters`, as f32 tensors of their shapes. The tape stays usable; dispose of it to
   * free what it kept.
   *
   * @throws `usage` for a parameter that requires no gradient, or required none yet when an op read it; for one that the
   *   scalar does not depend on, unless `unconnected` is `zeros`; if a tensor that a rule needs was changed in place since
   */
  gradients(
    loss: Tensor,
    parameters: readonly Tensor[],
    { unconnected = 'error' }: { readonly unconnected?: 'error' | 'zeros' } = {},
  ): Tensor[] {
    this.expectLive('Tape.gradients');
    if (loss.disposed) throw disposedError('Tape.gradients: loss');
    if (loss.size !== 1) shapeError('gradients', 'loss', 'a scalar', formatShape(loss.shape));
    if (loss.storage.tape !== undefined && loss.storage.tape !== this) {
      throw usageError('Tape.gradients: loss', 'a scalar that was computed under this tape', 'one of another tape');
    }
    if (!loss.requiresGrad) {
      throw usageError(
        'Tape.gradients: loss',
        'a scalar that was computed under the tape',
        'one that depends on nothing that needs a gradient',
      );
    }
    for (const parameter of parameters) {
      if (parameter.disposed) throw disposedError('Tape.gradients: parameters');
      if (!parameter.requiresGrad)
        throw usageError('Tape.gradients', 'parameters that require a gradient', 'a frozen one');
      if (this.constants.has(parameter.storage)) {
        throw usageError(
          'Tape.gradients',
          'parameters that required a gradient when they were read',
          'one that was a constant then',
          'set `requiresGrad` before the tape runs',
        );
      }
    }
    return withRecorder(undefined, () =>
      scope(() => {
        const sums = new GradientSums(new Set(parameters.map((parameter) => parameter.storage)));
        try {
          sums.add(placeOf(loss), fill(loss.device, loss.shape, 1));
          this.walkBack(sums);
          const apart = parameters.findIndex(({ storage }) => !sums.hasReached(storage));
          if (apart >= 0 && unconnected === 'error') {
            throw usageError(
              'Tape.gradients',
              'parameters that the loss depends on',
              `one that no recorded op on the way to it read: number ${apart}, ${formatShape(parameters[apart]!.shape)}`,
              "leave it out, or ask for `{ unconnected: 'zeros' }`",
            );
          }
          return parameters.map((parameter) => sums.take(placeOf(parameter)));
        } finally {
          sums.dispose();
        }
      }),
    );
  }

  recompute<T extends TensorTree>(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => T): T {
    const follower = new Follower(this);
    const result = withRecorder(follower, () => scope(() => body(inputs)));
    expectSynchronous('recomputed', result);
    const leaves = leavesOf(result);
    const marked = new Set(follower.unmark(leaves));
    if (marked.size === 0) return result;
    const outputs = leaves.map((leaf) => (marked.has(leaf) ? placeOf(leaf) : undefined));
    for (const { storage } of marked) this.mark(storage);
    // What the body reads beside its inputs, such as weights, it reads again.
    const versions = new Map([...follower.read, ...inputs.map(({ storage }) => [storage, storage.version] as const)]);
    const kept = inputs.map((input) => this.keep(input));
    const stepBack = (sums: GradientSums) => {
      scope(() => {
        const gradients = outputs.map((place) => place && sums.find(place));
        if (gradients.every((gradient) => gradient === undefined)) return;
        expectUnchanged('recomputed', versions);
        using again = new Tape(this);
        const made = leavesOf(again.run(() => scope(() => body(kept))));
        // Values that the body keeps up to date itself may have followed a parameter.
        expectUnchanged('recomputed', versions);
        gradients.forEach((gradient, i) => {
          if (gradient !== undefined) sums.add(placeOf(made[i]!), gradient);
        });
        again.walkBack(sums);
      });
      for (const place of outputs) if (place !== undefined) sums.drop(place.storage);
    };
    this.entries.push({ stepBack });
    return result;
  }

  private walkBack(sums: GradientSums): void {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if ('stepBack' in entry) entry.stepBack(sums);
      else stepBack(entry, sums);
    }
  }

  /** Frees what the tape kept. What was computed under it becomes a constant. */
  dispose(): void {
    this.disposed = true;
    for (const tensor of this.kept) tensor.dispose();
    for (const storage of this.made) {
      storage.requiresGrad = false;
      storage.tape = undefined;
    }
    this.kept.length = 0;
    this.entries.length = 0;
    this.made.clear();
    this.constants.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private expectLive(method: string): void {
    if (this.disposed) throw usageError(method, 'a live tape', 'one that was disposed of');
  }

  /** Told of what an op, also one in a recomputed body, reads. */
  note(inputs: Operands): void {
    for (const value of Object.values(inputs)) {
      for (const { requiresGrad, storage } of tensorsOf(value)) if (!requiresGrad) this.constants.add(storage);
    }
  }

  private follows(tape: object): boolean {
    return tape === this || this.outer?.follows(tape) === true;
  }

  private mark(storage: Storage): void {
    storage.requiresGrad = true;
    storage.tape = this;
    this.made.add(storage);
  }

  private keep(tensor: Tensor): Tensor {
    const copy = unscoped(() => new Tensor(tensor.storage, tensor.shape, tensor.offset));
    this.kept.push(copy);
    return copy;
  }
}

function expectUnchanged(name: string, versions: ReadonlyMap<Storage, number>): void {
  for (const [storage, version] of versions) {
    if (storage.version === version) continue;
    throw usageError(
      'Tape.gradients',
      `the operands of ${name} as they were when it ran`,
      'one that was changed in place since',
    );
  }
}

/** Takes one entry's output gradients to its inputs. Temporaries die here, so the walk holds little beside the tape. */
function stepBack(entry: Entry, sums: GradientSums): void {
  scope(() => {
    const dOutputs: Record<string, Tensor> = {};
    for (const [output, place] of Object.entries(entry.outputs)) {
      const gradient = sums.find(place);
      if (gradient !== undefined) dOutputs[output] = gradient;
    }
    if (Object.keys(dOutputs).length === 0) return;
    expectUnchanged(entry.name, entry.versions);
    const gradients = entry.rule.gradients(entry.saved as never, dOutputs, entry as unknown as BackwardContext<OpName>);
    for (const [operand, places] of Object.entries(entry.inputs)) {
      const value = gradients[operand as never] as Tensor | readonly (Tensor | undefined)[] | undefined;
      const list = value instanceof Tensor ? [value] : (value ?? []);
      const needed = entry.needs[operand];
      const needs = typeof needed === 'boolean' ? [needed] : (needed ?? []);
      places.forEach(({ storage }, i) => {
        if (needs[i]) sums.reach(storage);
      });
      sums.addAll(
        places,
        list.map((gradient, i) => (needs[i] ? gradient : undefined)),
      );
    }
  });
  for (const place of Object.values(entry.outputs)) sums.drop(place.storage);
}
