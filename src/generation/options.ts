/** What a caller may ask of a generation, with its ranges and what is meant where nothing is said. */
import { JambalayaError } from '../errors/index.js';
import { randomSeed } from './random.js';
import type { TokenMask } from './tokenMask.js';

export interface SamplingOptions {
  /** From 0, where the most likely token is taken and nothing is drawn; 1 by default. */
  readonly temperature?: number | undefined;
  /** Keeps the k most likely tokens; 0, the default, keeps all. */
  readonly topK?: number | undefined;
  /** 0 to 1: keeps the most likely tokens that together reach this probability; 1, the default, keeps all. */
  readonly topP?: number | undefined;
  /** 0 to 1: keeps tokens at least this likely, relative to the most likely one; 0, the default, keeps all. */
  readonly minP?: number | undefined;
  /** Above 0; over 1 makes tokens of the prompt and of the answer less likely; 1 by default. */
  readonly repetitionPenalty?: number | undefined;
  /** Taken off the logit of each token that the answer has already; 0 by default. */
  readonly presencePenalty?: number | undefined;
  /** Taken off the logit of a token for each time that the answer has it already; 0 by default. */
  readonly frequencyPenalty?: number | undefined;
  /** Added to the logits of these ids before anything else; −Infinity forbids a token. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** A safe integer. The same seed, prompt and options give the same tokens; by default one is drawn. */
  readonly seed?: number | undefined;
  /** Gives each token's log probability, and those of this many most likely tokens (0: its own alone). */
  readonly logprobs?: number | undefined;
}

export interface GenerationOptions extends SamplingOptions {
  /** Tokens to make at most; with 0 the prompt is read into the state and nothing is made. */
  readonly maxTokens: number;
  /** Tokens that end the answer and are not part of it; none by default. */
  readonly stopIds?: readonly number[] | undefined;
  /** Rows of one forward pass at most while the prompt is read; 512 by default. It does not change the result. */
  readonly prefillChunk?: number | undefined;
  /** Tokens of the prompt after which a piece of it ends, so that the state of just these can be looked at; none by default. */
  readonly pauses?: readonly number[] | undefined;
  /** What the state has read before the prompt; the repetition penalty counts it as part of the prompt. */
  readonly history?: readonly number[] | undefined;
  /** Which tokens may come next; it is told of each one that is taken. */
  readonly mask?: TokenMask | undefined;
}

type Decided<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** Sampling options with the defaults filled in and every range checked. */
export type DecidedSampling = Omit<Decided<SamplingOptions>, 'logprobs' | 'logitBias'> &
  Pick<SamplingOptions, 'logprobs'> & { readonly logitBias: readonly (readonly [id: number, bias: number])[] };

export interface DecidedOptions {
  readonly sampling: DecidedSampling;
  readonly maxTokens: number;
  readonly stopIds: ReadonlySet<number>;
  readonly prefillChunk: number;
  readonly pauses: readonly number[];
  readonly history: readonly number[];
  readonly mask: TokenMask | undefined;
}

/** @throws `usage` naming the option, its range and what was found */
export function decideSampling(options: SamplingOptions, vocabularySize = Number.POSITIVE_INFINITY): DecidedSampling {
  const { logprobs } = options;
  if (logprobs !== undefined) whole('logprobs', logprobs, 0);
  return {
    temperature: inRange('temperature', options.temperature ?? 1, 'a finite number from 0', (value) => value >= 0),
    topK: whole('topK', options.topK ?? 0, 0),
    topP: inRange('topP', options.topP ?? 1, 'a number from 0 to 1', (value) => value >= 0 && value <= 1),
    minP: inRange('minP', options.minP ?? 0, 'a number from 0 to 1', (value) => value >= 0 && value <= 1),
    repetitionPenalty: inRange(
      'repetitionPenalty',
      options.repetitionPenalty ?? 1,
      'a finite number above 0',
      (value) => value > 0,
    ),
    presencePenalty: inRange('presencePenalty', options.presencePenalty ?? 0, 'a finite number', () => true),
    frequencyPenalty: inRange('frequencyPenalty', options.frequencyPenalty ?? 0, 'a finite number', () => true),
    logitBias: decideBias(options.logitBias ?? {}, vocabularySize),
    seed: inRange('seed', options.seed ?? randomSeed(), 'a safe integer', Number.isSafeInteger),
    logprobs,
  };
}

/** @throws `usage` as {@link decideSampling} */
export function decideOptions(options: GenerationOptions, vocabularySize: number): DecidedOptions {
  const { stopIds = [], history = [] } = options;
  checkTokenIds('stopIds', stopIds, vocabularySize);
  checkTokenIds('history', history, vocabularySize);
  return {
    sampling: decideSampling(options, vocabularySize),
    maxTokens: whole('maxTokens', options.maxTokens, 0),
    stopIds: new Set(stopIds),
    prefillChunk: whole('prefillChunk', options.prefillChunk ?? 512, 1),
    pauses: options.pauses ?? [],
    history,
    mask: options.mask,
  };
}

function decideBias(bias: Readonly<Record<number, number>>, vocabularySize: number): (readonly [number, number])[] {
  const pairs = Object.entries(bias).map(([id, value]) => [Number(id), value] as const);
  checkTokenIds(
    'logitBias',
    pairs.map(([id]) => id),
    vocabularySize,
  );
  for (const [id, value] of pairs) {
    if (typeof value === 'number' && value < Number.POSITIVE_INFINITY) continue;
    const found = `${value} for token ${id}`;
    throw new JambalayaError('usage', { argument: 'logitBias', expected: 'numbers or −Infinity', found });
  }
  return pairs;
}

/** @throws `usage` naming the first id that is not in the vocabulary */
export function checkTokenIds(argument: string, ids: ArrayLike<number>, vocabularySize: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
    const expected = `token ids from 0 to ${vocabularySize - 1}`;
    throw new JambalayaError('usage', { argument, expected, found: `${id} at position ${i}` });
  }
}

/** A whole number from `least`, or a `usage` error. */
export function whole(argument: string, value: number, least: number): number {
  return inRange(
    argument,
    value,
    `a whole number from ${least}`,
    (number) => Number.isSafeInteger(number) && number >= least,
  );
}

function inRange(argument: string, value: number, expected: string, valid: (value: number) => boolean): number {
  if (typeof value === 'number' && Number.isFinite(value) && valid(value)) return value;
  throw new JambalayaError('usage', { argument, expected, found: String(value) });
}
