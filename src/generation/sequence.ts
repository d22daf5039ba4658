/** One answer in the making: what is still to be read, what has been made, and when it is done. */
import type { State } from '../nn/index.js';
import { logprobsOf, type TokenLogprob } from './logprobs.js';
import type { DecidedOptions } from './options.js';
import { chooseToken } from './sampling.js';

export interface GeneratedToken {
  readonly id: number;
  /** Of the model's own distribution, in nats; with the option `logprobs`. */
  readonly logprob?: number;
  /** The most likely tokens, the most likely first. */
  readonly top?: readonly TokenLogprob[];
}

/** A stop token was drawn; there are as many tokens as were asked for; the caller asked to stop. */
export type FinishReason = 'stop' | 'length' | 'aborted';

/** What one step did for a sequence; neither a token nor a reason while its prompt is being read. */
export interface SequenceStep {
  readonly sequence: Sequence;
  readonly token?: GeneratedToken;
  readonly finishReason?: FinishReason;
  /** What went wrong for this sequence alone; it has left the batch. */
  readonly error?: unknown;
}

/** A sequence of a `DecodeBatch`, which makes it. */
export class Sequence {
  private readonly history: { readonly seen: Set<number>; readonly generated: Map<number, number> };
  private made = 0;
  private fed = 0;
  /** The newest token, which the state has not read. */
  private newest: number | undefined;

  constructor(
    readonly state: State,
    readonly prompt: readonly number[],
    private readonly options: DecidedOptions,
  ) {
    this.history = { seen: new Set([...options.history, ...prompt]), generated: new Map() };
  }

  /** Tokens of the prompt that the state has read. */
  get promptRead(): number {
    return this.fed;
  }

  /** The newest token, if the state has not read it. */
  get unread(): readonly number[] {
    return this.newest === undefined ? [] : [this.newest];
  }

  /** Rows that it would like to feed next. */
  get pending(): number {
    if (this.newest !== undefined) return 1;
    const pause = this.options.pauses.find((at) => at > this.fed) ?? this.prompt.length;
    return Math.min(this.prompt.length - this.fed, pause - this.fed, this.options.prefillChunk);
  }

  get prefilling(): boolean {
    return this.fed < this.prompt.length;
  }

  /** The next ids to feed, `rows` at most. */
  next(rows: number): readonly number[] {
    return this.newest === undefined ? this.prompt.slice(this.fed, this.fed + rows) : [this.newest];
  }

  /** Whether the logits after the next `rows` rows are wanted. */
  samplesAfter(rows: number): boolean {
    return this.options.maxTokens > 0 && (!this.prefilling || this.fed + rows === this.prompt.length);
  }

  /** Told that its state has read the next `rows` rows. */
  advance(rows: number): void {
    if (this.prefilling) this.fed += rows;
    this.newest = undefined;
  }

  /** Whether the likeliest token is always the next one, and nothing else about the logits is wanted. */
  get greedy(): boolean {
    const { temperature, repetitionPenalty, presencePenalty, frequencyPenalty, logprobs, logitBias } =
      this.options.sampling;
    const plain = repetitionPenalty === 1 && presencePenalty === 0 && frequencyPenalty === 0;
    const free = this.options.mask === undefined && logitBias.length === 0;
    return temperature === 0 && plain && free && logprobs === undefined;
  }

  /** Takes the logits (V) of the last row that was read, or none if they were not wanted. */
  sample(logits: ArrayLike<number> | undefined): SequenceStep {
    if (logits === undefined) return this.prefilling ? { sequence: this } : { sequence: this, finishReason: 'length' };
    const { sampling, mask } = this.options;
    const { logprobs } = sampling;
    const id = chooseToken(logits, sampling, this.history, this.state.length, mask?.allowed());
    mask?.accept(id);
    return this.take(logprobs === undefined ? { id } : { id, ...logprobsOf(logits, id, logprobs) });
  }

  /** Takes the next token: for a `greedy` sequence the likeliest one. */
  take(token: GeneratedToken): SequenceStep {
    const { id } = token;
    const { maxTokens, stopIds } = this.options;
    if (stopIds.has(id)) return { sequence: this, finishReason: 'stop' };
    this.newest = id;
    const { seen, generated } = this.history;
    seen.add(id);
    generated.set(id, (generated.get(id) ?? 0) + 1);
    return ++this.made === maxTokens ? { sequence: this, token, finishReason: 'length' } : { sequence: this, token };
  }
}
