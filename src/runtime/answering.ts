/** One request to a causal model, from prompt to finish: the prompt is read once, then every choice goes its own way. */
import { JambalayaError } from '../errors/index.js';
import {
  decodeState,
  encodeState,
  type GeneratedToken,
  type PrefixCache,
  randomSeed,
  type Sequence,
  type TokenMask,
  tokenLogprobs,
} from '../generation/index.js';
import type { State, StatePool } from '../nn/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import type { ServedAdapter } from './adapters.js';
import { AnswerReader, type AnswerTags, type ReadPiece } from './answerReader.js';
import type { GenerateRequest, Grammar, SavedState, ScoredToken } from './languageModel.js';
import { expectRequestFits } from './memoryPlan.js';
import type { Progress } from './protocol.js';
import { choiceSeed, grammarOf, isChat } from './requests.js';
import { type Outcome, type Scheduler, stoppedError } from './scheduler.js';
import type { StateStore } from './stateStore.js';

/** What a session lends to an answer. */
export interface Answering {
  readonly scheduler: Scheduler;
  readonly pool: StatePool;
  readonly tokenizer: Tokenizer | undefined;
  readonly tags: AnswerTags | undefined;
  readonly endIds: readonly number[];
  readonly memoryBytes: number | undefined;
  /** What was read of earlier prompts. */
  readonly cache: PrefixCache | undefined;
  /** The request's. */
  readonly adapter: ServedAdapter | undefined;
  /** What earlier processes left, and later ones will find. */
  readonly store: StateStore | undefined;
  fingerprint(): Promise<string>;
  /** @throws `grammar` for one that cannot be held to */
  maskOf(grammar: Grammar): TokenMask;
}

export async function answerRequest(
  session: Answering,
  request: GenerateRequest,
  promptIds: readonly number[],
  { emit, aborted }: Progress<'generate'>,
): Promise<void> {
  const started = performance.now();
  const { scheduler, pool } = session;
  const { choices = 1, promptLogprobs, contextLength = Number.POSITIVE_INFINITY } = request;
  const grammar = grammarOf(request);
  const mask = grammar && session.maskOf(grammar);
  const prompt = [...(request.state?.unread ?? []), ...promptIds];
  const restored = request.state && (await decodeState(request.state.bytes, pool, await session.fingerprint()));
  const textOf = () => session.tokenizer?.decode(promptIds, { skipSpecialTokens: true }) ?? '';
  const begun = restored ?? (await session.adapter?.begin(textOf));
  const before = begun?.length ?? 0;
  // What was read before the prompt, or through an adapter, is not known token by token: nothing can be found by it.
  const isPlain = restored === undefined && session.adapter === undefined && prompt.length > 0;
  const cache = isPlain ? session.cache : undefined;
  const salt = request.cacheSalt ?? '';
  if (cache !== undefined) await bringFromStore(session, cache, salt, prompt);
  const start = cache?.start(salt, prompt, boundariesOf(prompt, session.endIds));
  using state = start?.state ?? begun ?? pool.create();
  const cached = start?.read ?? 0;
  const room = contextLength - before - prompt.length;
  if (room < Math.min(1, request.maxTokens)) throw tooLong(contextLength, before + prompt.length);
  const maxTokens = Math.min(request.maxTokens, room);
  expectRoomFor(state, prompt.length - cached + maxTokens, session);
  if (promptLogprobs !== undefined && session.adapter !== undefined) {
    const reason = 'they are those of the model without its adapters';
    throw new JambalayaError('unavailable', { what: 'log probabilities of a prompt through an adapter', reason });
  }
  if (promptLogprobs !== undefined) {
    const tokens = await tokenLogprobs(scheduler.batch.model, prompt, { top: promptLogprobs, aborted });
    emit({ type: 'prompt', tokens: tokens.map((token) => withBytes(token, session, true)) });
  }
  const wanted = new Set(start?.checkpoints);
  const reading: Reading = {
    cached,
    pauses: [...wanted].map((at) => at - cached),
    onPrefill: (own, done) => {
      const at = cached + done;
      if (wanted.has(at)) cache?.keep(salt, prompt.slice(0, at), own);
      if (cache !== undefined && at === prompt.length - 1 && done >= worthSaving) {
        session.store?.save(salt, prompt.slice(0, at), own);
      }
      emit({ type: 'prefill', done: at, total: prompt.length });
    },
    onEnd: (own, answered) => {
      if (cache === undefined) return;
      const ids = [...prompt, ...answered].slice(0, own.length);
      cache.keep(salt, ids, own);
      session.store?.save(salt, ids, own);
    },
  };
  const answer = (choice: number, own: State, read: number) =>
    answerChoice(
      session,
      { ...request, maxTokens },
      { choice, state: own, prompt, read, mask, started, reading, emit, aborted },
    );
  if (choices === 1 || prompt.length < 2) {
    await answer(0, state, cached);
    return;
  }
  // The last token is read by each choice, which draws from what comes of it.
  const read = prompt.length - 1;
  if (cached < read) {
    const options = { maxTokens: 0, pauses: reading.pauses };
    const adapter = session.adapter?.projections;
    const sequence = scheduler.batch.add({ state, prompt: prompt.slice(cached, read), options, adapter });
    const onPrefill = (done: number) => reading.onPrefill(state, done);
    const outcome = await scheduler.run({ sequence, aborted, onPrefill, onToken: () => true });
    if (outcome === 'aborted') throw stoppedError();
  }
  const states = Array.from({ length: choices }, () => state.clone());
  try {
    await Promise.all(states.map((own, choice) => answer(choice, own, read)));
  } finally {
    for (const own of states) own.dispose();
  }
}

/** Tokens that took long enough to read that their state is saved before the answer has ended. */
const worthSaving = 512;

/** A state on disk that goes further than those in memory becomes one of them. */
async function bringFromStore(
  { store }: Answering,
  cache: PrefixCache,
  salt: string,
  prompt: readonly number[],
): Promise<void> {
  const found = await store?.restore(salt, prompt, cache.known(salt, prompt));
  if (found === undefined) return;
  using state = found.state;
  cache.keep(salt, found.ids, state);
}

/** How a prompt is read, and what becomes of the states on the way. */
interface Reading {
  /** Tokens that nobody had to read. */
  readonly cached: number;
  /** Counted from there. */
  readonly pauses: readonly number[];
  readonly onPrefill: (state: State, done: number) => void;
  readonly onEnd: (state: State, answered: readonly number[]) => void;
}

interface Choice extends Progress<'generate'> {
  readonly choice: number;
  readonly state: State;
  readonly prompt: readonly number[];
  /** Tokens of the prompt that the state has read. */
  readonly read: number;
  readonly mask: TokenMask | undefined;
  readonly started: number;
  readonly reading: Reading;
}

async function answerChoice(session: Answering, request: GenerateRequest, task: Choice): Promise<void> {
  const { choice, prompt, read, reading, started, emit, aborted } = task;
  const { scheduler, tokenizer } = session;
  const reader = new AnswerReader(tokenizer, request.stop ?? [], isChat(request.prompt) ? session.tags : undefined);
  const sequence = scheduler.batch.add({
    state: task.state,
    prompt: prompt.slice(read),
    adapter: session.adapter?.projections,
    options: {
      ...samplingOf(request, choice),
      stopIds: request.ignoreEnd ? [] : session.endIds,
      history: prompt.slice(0, read),
      pauses: read === reading.cached ? reading.pauses : [],
      mask: task.mask?.clone(),
    },
  });
  const ids: number[] = [];
  let prefilled = started;
  const show = ({ toolCalls, citations }: ReadPiece) => {
    for (const call of toolCalls) emit({ type: 'toolCall', choice, ...call });
    if (citations.length > 0) emit({ type: 'citations', choice, documents: citations });
  };
  const outcome = await scheduler.run({
    sequence,
    aborted,
    onPrefill: read === reading.cached ? (done) => reading.onPrefill(task.state, done) : () => {},
    onToken: (token: GeneratedToken) => {
      if (ids.push(token.id) === 1) prefilled = performance.now();
      const piece = reader.push(token.id);
      emit({ type: 'token', choice, text: piece.text, ...withBytes(token, session) });
      show(piece);
      return reader.stopped !== undefined;
    },
  });
  if (outcome === 'aborted') throw stoppedError();
  const last = reader.end();
  if (last.text !== '') emit({ type: 'text', choice, text: last.text });
  show(last);
  reading.onEnd(task.state, ids);
  if (ids.length === 0) prefilled = performance.now();
  const { stopped } = reader;
  emit({
    type: 'finish',
    choice,
    reason: stopped === undefined ? finishReason(outcome) : 'stop',
    ...(stopped === undefined ? {} : { stopped }),
    usage: {
      promptTokens: prompt.length,
      cachedTokens: reading.cached,
      completionTokens: ids.length,
      seconds: { prefill: (prefilled - started) / 1000, decode: (performance.now() - prefilled) / 1000 },
    },
    ...(request.saveState ? { state: await save(session, sequence) } : {}),
  });
}

/** Positions after the tokens that end a message: other prompts may share what comes before the first and the last of them. */
function boundariesOf(prompt: readonly number[], endIds: readonly number[]): number[] {
  const ends = prompt.flatMap((id, i) => (endIds.includes(id) ? [i + 1] : []));
  return ends.length <= 4 ? ends : [ends[0]!, ...ends.slice(-3)];
}

/** What is kept of other prompts gives way to a request. */
function expectRoomFor(state: State, tokens: number, { memoryBytes, cache }: Answering): void {
  try {
    expectRequestFits(state, tokens, memoryBytes);
  } catch (error) {
    if (cache === undefined || cache.bytes === 0) throw error;
    cache.shrink(0);
    expectRequestFits(state, tokens, memoryBytes);
  }
}

const tooLong = (limit: number, found: number) =>
  new JambalayaError(
    'limit',
    { what: 'tokens of the prompt in the context', limit, found },
    { hint: 'give a shorter prompt, or fewer of its earlier messages' },
  );

/** Log probabilities go with the bytes of their tokens, which text can hold back or break. */
function withBytes<T extends ScoredToken>(token: T, { tokenizer }: Answering, scored = token.logprob !== undefined): T {
  if (tokenizer === undefined || !scored) return token;
  const top = token.top?.map((each) => ({ ...each, bytes: tokenizer.tokenBytes(each.id) }));
  return { ...token, bytes: tokenizer.tokenBytes(token.id), ...(top === undefined ? {} : { top }) };
}

const finishReason = (outcome: Exclude<Outcome, 'aborted'>) => (outcome === 'length' ? 'length' : 'stop');

function samplingOf(request: GenerateRequest, choice: number) {
  const { maxTokens, temperature, topK, topP, minP, prefillChunk, logprobs, logitBias } = request;
  const { repetitionPenalty, presencePenalty, frequencyPenalty } = request;
  const seed = request.seed === undefined ? randomSeed() : choiceSeed(request.seed, choice);
  const cuts = { temperature, topK, topP, minP, logitBias, seed };
  return { maxTokens, prefillChunk, logprobs, ...cuts, repetitionPenalty, presencePenalty, frequencyPenalty };
}

async function save({ fingerprint }: Answering, sequence: Sequence): Promise<SavedState> {
  return { bytes: await encodeState(sequence.state, await fingerprint()), unread: sequence.unread };
}
