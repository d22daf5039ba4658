/**
 * Continuous batching: each step is one forward pass over a ragged batch, in which some sequences read a piece of their
 * prompt while others are given their newest token. Rows do not see each other, so that a sequence is the same alone and
 * in any company.
 */
import type { HostArray } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { type ProjectionAdapter, Segments, type State, sameLayouts } from '../nn/index.js';
import { scope } from '../tensor/index.js';
import { DecodeStep } from './decodeStep.js';
import { failureOfRow, isFiniteRow } from './finite.js';
import { checkTokenIds, decideOptions, type GenerationOptions, whole } from './options.js';
import { Sequence, type SequenceStep } from './sequence.js';

export interface SequenceRequest {
  /** Where the sequence goes on; it stays the caller's, who leaves it alone until the sequence is done. */
  readonly state: State;
  /** At least one id. */
  readonly prompt: readonly number[];
  readonly options: GenerationOptions;
  /** What is added to the model for this sequence alone; it stays the caller's. */
  readonly adapter?: ProjectionAdapter | undefined;
}

export interface DecodeBatchOptions {
  /** Rows of a step at most, unless more sequences than that are being continued; 512 by default. */
  readonly maxRows?: number;
}

/** What a pass says of a turn: the logits (V) of its last row, or the likeliest token where that is all that is wanted. */
type Prediction = ArrayLike<number> | number;

interface Turn {
  readonly sequence: Sequence;
  readonly ids: readonly number[];
  readonly samples: boolean;
}

/**
 * After a step a sequence's state holds its prompt and all tokens made but the newest, which it reads in the next step; a
 * stop token is never read.
 */
export class DecodeBatch implements Disposable {
  private readonly maxRows: number;
  private readonly sequences = new Set<Sequence>();
  private readonly adapters = new WeakMap<Sequence, ProjectionAdapter>();
  private stepping = false;
  private lastPromptRows = 0;
  /** The captured step for as many sequences as were last continued together. */
  private decodeStep: DecodeStep | undefined;

  /** @throws `unavailable` for a model that cannot continue a text */
  constructor(
    readonly model: Model,
    { maxRows = 512 }: DecodeBatchOptions = {},
  ) {
    expectCausal(model);
    this.maxRows = whole('maxRows', maxRows, 1);
  }

  /** Sequences that are not done. */
  get size(): number {
    return this.sequences.size;
  }

  /**
   * Takes a sequence in; it takes part from the next step on.
   *
   * @throws `usage` for an empty prompt, an id outside the vocabulary, an option outside its range, a state that is in
   *   use; `state` for a state of another model
   */
  add({ state, prompt, options, adapter }: SequenceRequest): Sequence {
    const { vocabularySize } = this.model.description;
    const decided = decideOptions(options, vocabularySize);
    if (prompt.length === 0) {
      throw new JambalayaError('usage', { argument: 'prompt', expected: 'at least one token', found: 'none' });
    }
    checkTokenIds('prompt', prompt, vocabularySize);
    expectStateOf(this.model, state);
    for (const other of this.sequences) {
      if (other.state === state || other.state.pool !== state.pool) {
        const found = other.state === state ? 'the state of another sequence' : 'a state of another pool';
        throw new JambalayaError('usage', {
          argument: 'state',
          expected: 'a state of its own, of the batch’s pool',
          found,
        });
      }
    }
    const sequence = new Sequence(state, [...prompt], decided);
    if (adapter !== undefined) this.adapters.set(sequence, adapter);
    this.sequences.add(sequence);
    return sequence;
  }

  /** Whether a sequence is in the batch: not done and not taken out. */
  has(sequence: Sequence): boolean {
    return this.sequences.has(sequence);
  }

  /** Takes a sequence out before it is done; its state is as the last step left it. */
  remove(sequence: Sequence): void {
    this.sequences.delete(sequence);
  }

  /**
   * One forward pass. Tells what it did for each sequence that took part; those with a `finishReason` have left the batch.
   * If the pass fails, the sequences that took part are taken out and their states are worth nothing; what fails for one
   * of several alone, such as a mask that allows nothing, is that one's `error`.
   *
   * @param promptRows rows of prompts at most, of those that a step has
   */
  async step(promptRows = this.maxRows): Promise<readonly SequenceStep[]> {
    if (this.stepping) {
      throw new JambalayaError('usage', { argument: 'step', expected: 'one step at a time', found: 'two at once' });
    }
    const turns = this.turns(whole('promptRows', promptRows, 1));
    if (turns.length === 0) return [];
    this.stepping = true;
    try {
      const predictions = await this.forward(turns);
      const steps: SequenceStep[] = [];
      for (const [i, { sequence, samples }] of turns.entries()) {
        if (!this.sequences.has(sequence)) continue;
        const prediction = samples ? predictions[i] : undefined;
        const sound = prediction === undefined || typeof prediction === 'number' || isFiniteRow(prediction);
        const step = sound
          ? this.taken(sequence, prediction)
          : { sequence, error: await failureOfRow(this.model, prediction) };
        if (step.error !== undefined && turns.length === 1) throw step.error;
        if (step.error !== undefined || step.finishReason !== undefined) this.sequences.delete(sequence);
        steps.push(step);
      }
      return steps;
    } catch (error) {
      for (const { sequence } of turns) this.sequences.delete(sequence);
      throw error;
    } finally {
      if (this.sequences.size === 0) this.dispose();
      this.stepping = false;
    }
  }

  /** Rows of prompts in the last step. */
  get promptRows(): number {
    return this.lastPromptRows;
  }

  private taken(sequence: Sequence, prediction: Prediction | undefined): SequenceStep {
    try {
      if (typeof prediction === 'number') return sequence.take({ id: prediction });
      return sequence.sample(prediction);
    } catch (error) {
      return { sequence, error };
    }
  }

  /** Sequences that are being continued come first, with a row each; prompts share the rest evenly. */
  private turns(promptRows: number): Turn[] {
    const waiting = [...this.sequences].filter((sequence) => sequence.prefilling);
    const continued = [...this.sequences].filter((sequence) => !sequence.prefilling);
    const room = Math.max(1, Math.min(promptRows, this.maxRows - continued.length));
    const shares = sharesOf(waiting, room);
    this.lastPromptRows = 0;
    const turns: Turn[] = [];
    for (const sequence of [...continued, ...waiting]) {
      const rows = shares.get(sequence) ?? sequence.pending;
      if (rows === 0) continue;
      if (sequence.prefilling) this.lastPromptRows += rows;
      turns.push({ sequence, ids: sequence.next(rows), samples: sequence.samplesAfter(rows) });
    }
    return this.byAdapter(turns);
  }

  /** Rows of one adapter side by side, those without any first, so that a pass adds to them together. */
  private byAdapter(turns: readonly Turn[]): Turn[] {
    const order = new Map<ProjectionAdapter | undefined, Turn[]>([[undefined, []]]);
    for (const turn of turns) {
      const adapter = this.adapters.get(turn.sequence);
      if (!order.has(adapter)) order.set(adapter, []);
      order.get(adapter)!.push(turn);
    }
    return [...order.values()].flat();
  }

  private adaptersOf(turns: readonly Turn[]): (ProjectionAdapter | undefined)[] {
    return turns.map(({ sequence }) => this.adapters.get(sequence));
  }

  /** Frees what the batch keeps between its steps. */
  dispose(): void {
    this.decodeStep?.dispose();
    this.decodeStep = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What comes after each turn; nothing at all if nobody wants it. */
  private async forward(turns: readonly Turn[]): Promise<readonly Prediction[]> {
    const { device } = this.model;
    if (turns.every(({ sequence, samples }) => samples && !sequence.prefilling)) {
      const predictions = await this.decode(turns);
      for (const { sequence, ids } of turns) sequence.advance(ids.length);
      return predictions;
    }
    const output = scope(() => {
      const lengths = turns.map(({ ids }) => ids.length);
      const segments = new Segments(
        device,
        lengths,
        turns.map(({ sequence }) => sequence.state),
        this.adaptersOf(turns),
      );
      const wanted = turns.some(({ samples }) => samples) ? 'last' : 'none';
      return this.model.forward({ segments, ids: turns.flatMap(({ ids }) => ids) }, { logits: wanted }).logits;
    });
    for (const { sequence, ids } of turns) sequence.advance(ids.length);
    if (output === undefined) return [];
    using logits = output;
    return this.rowsOf(await logits.read(), turns);
  }

  /** One row for each sequence, in the step that was captured for so many if there is one. */
  private async decode(turns: readonly Turn[]): Promise<readonly Prediction[]> {
    const states = turns.map(({ sequence }) => sequence.state);
    const ids = turns.flatMap((turn) => turn.ids);
    const adapters = this.adaptersOf(turns);
    if (!this.decodeStep?.run(states, ids, adapters)) {
      this.dispose();
      this.decodeStep = DecodeStep.capture(this.model, states, ids, adapters);
    }
    const step = this.decodeStep!;
    const likeliest = turns.every(({ sequence }) => sequence.greedy) ? await step.likeliest() : undefined;
    return likeliest === undefined ? this.rowsOf(await step.read(), turns) : [...likeliest];
  }

  private rowsOf(values: HostArray, turns: readonly Turn[]): ArrayLike<number>[] {
    const { vocabularySize: V } = this.model.description;
    return turns.map((_, i) => values.subarray(i * V, (i + 1) * V));
  }
}

/** Rows for each of the prompts that are being read: as many for one as for another, but for what one has no use for. */
function sharesOf(waiting: readonly Sequence[], room: number): Map<Sequence, number> {
  const shares = new Map<Sequence, number>();
  let left = room;
  const byNeed = [...waiting].sort((a, b) => a.pending - b.pending);
  for (const [i, sequence] of byNeed.entries()) {
    const rows = Math.min(sequence.pending, Math.ceil(left / (byNeed.length - i)));
    shares.set(sequence, rows);
    left -= rows;
  }
  return shares;
}

/** @throws `unavailable` for a model that sees what comes after a token, or keeps no state */
export function expectCausal({ description, stateLayouts }: Model): void {
  if (description.causal && stateLayouts.length > 0) return;
  const reason = `${description.architecture} sees the tokens on both sides of a position`;
  throw new JambalayaError('unavailable', { what: 'continuing a text', reason });
}

function expectStateOf(model: Model, { pool }: State): void {
  if (pool.device === model.device && sameLayouts(pool.layouts, model.stateLayouts)) return;
  throw new JambalayaError('state', { reason: 'it was made for another model or on another device' });
}
