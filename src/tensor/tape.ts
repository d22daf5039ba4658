/**
 * The tape records ops while a gradient may be asked for, keeps what their backward rules need, and walks back.
 *
 * Gradients belong to storage: a view's gradient is added to its part of the gradient of the memory that it views, so a
 * stacked parameter and slices of it, or a reshaped activation, need no ops of their own.
 */
import type { OpName } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { GradientSums, type Place, placeOf } from './gradientSums.js';
import { fill } from './ops/fill.js';
import { type Operand, type Operands, type Recorder, recorder, withRecorder } from './recording.js';
import type { BackwardContext, BackwardRule } from './rule.js';
import { scope, unscoped } from './scope.js';
import { formatShape, type Shape } from './shape.js';
import { type Storage, Tensor } from './tensor.js';

const tensorsOf = (operand: Operand): readonly Tensor[] =>
  operand === undefined ? [] : operand instanceof Tensor ? [operand] : operand;

interface Entry {
  readonly rule: BackwardRule<OpName>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly needs: Readonly<Record<string, boolean>>;
  /** Where each input's and output's gradient belongs. */
  readonly inputs: Readonly<Record<string, readonly Place[]>>;
  readonly outputs: Readonly<Record<string, Place>>;
  /** Kept alive until the tape is disposed of. */
  readonly saved: Operands;
}

export class Tape implements Disposable, Recorder {
  private readonly entries: Entry[] = [];
  private readonly kept: Tensor[] = [];
  private readonly made = new Set<Storage>();

  /** Runs `body` with this tape recording. Tapes do not nest. */
  run<T>(body: () => T): T {
    if (recorder() !== undefined) {
      throw new JambalayaError('usage', { argument: 'Tape.run', expected: 'no other tape recording', found: 'a tape within a tape' });
    }
    return withRecorder(this, body);
  }

  record<N extends OpName>(
    rule: BackwardRule<N> | null,
    inputs: Operands,
    outputs: Operands,
    numbers: Readonly<Record<string, number>>,
  ): void {
    if (rule === null) return;
    const needs: Record<string, boolean> = {};
    const shapes: Record<string, Shape> = {};
    const places: Record<string, readonly Place[]> = {};
    for (const [operand, value] of Object.entries(inputs)) {
      const tensors = tensorsOf(value);
      if (tensors.length === 0) continue;
      needs[operand] = tensors.some((tensor) => tensor.requiresGrad);
      shapes[operand] = tensors[0]!.shape;
      places[operand] = tensors.map(placeOf);
    }
    if (!Object.values(needs).includes(true)) return;
    const outputPlaces: Record<string, Place> = {};
    for (const [operand, value] of Object.entries(outputs)) {
      for (const tensor of tensorsOf(value)) {
        if (tensor.dtype !== 'f32') continue;
        tensor.requiresGrad = true;
        this.made.add(tensor.storage);
        outputPlaces[operand] = placeOf(tensor);
      }
    }
    const operands: Operands = { ...inputs, ...outputs };
    const saved: Record<string, Operand> = {};
    for (const operand of rule.saves as readonly string[]) {
      const value = operands[operand];
      saved[operand] = value instanceof Tensor ? this.keep(value) : value?.map((tensor) => this.keep(tensor));
    }
    const erased = rule as unknown as BackwardRule<OpName>;
    this.entries.push({ rule: erased, numbers, shapes, needs, inputs: places, outputs: outputPlaces, saved });
  }

  /**
   * Gradients of a scalar with respect to `parameters` (each of which must require one), as f32 tensors of their shapes;
   * zeros for a parameter that the scalar does not depend on. The tape stays usable; dispose of it to free what it kept.
   */
  gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
    if (loss.size !== 1) {
      throw new JambalayaError('shape', { op: 'gradients', operand: 'loss', expected: 'a scalar', found: formatShape(loss.shape) });
    }
    for (const parameter of parameters) {
      if (!parameter.requiresGrad) {
        throw new JambalayaError('usage', { argument: 'gradients', expected: 'parameters that require a gradient', found: 'a frozen one' });
      }
    }
    return withRecorder(undefined, () =>
      scope(() => {
        const sums = new GradientSums(new Set(parameters.map((parameter) => parameter.storage)));
        sums.add(placeOf(loss), fill(loss.device, loss.shape, 1));
        try {
          for (let i = this.entries.length - 1; i >= 0; i--) stepBack(this.entries[i]!, sums);
          return parameters.map((parameter) => sums.take(placeOf(parameter)));
        } finally {
          sums.dispose();
        }
      }),
    );
  }

  dispose(): void {
    for (const tensor of this.kept) tensor.dispose();
    for (const storage of this.made) storage.requiresGrad = false;
    this.kept.length = 0;
    this.entries.length = 0;
    this.made.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private keep(tensor: Tensor): Tensor {
    const copy = unscoped(() => new Tensor(tensor.storage, tensor.shape, tensor.offset));
    this.kept.push(copy);
    return copy;
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
    const context = entry as unknown as BackwardContext<OpName>;
    const gradients: Operands = entry.rule.gradients(entry.saved as never, dOutputs, context);
    for (const [operand, gradient] of Object.entries(gradients)) {
      if (!entry.needs[operand]) continue;
      tensorsOf(gradient).forEach((part, i) => {
        const place = entry.inputs[operand]![i]!;
        if (place.storage.requiresGrad) sums.add(place, part);
      });
    }
  });
  for (const place of Object.values(entry.outputs)) sums.drop(place.storage);
}
