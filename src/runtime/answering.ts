/** One request to a causal model, from prompt to finish: the prompt is read once, then every choice goes its own way. */
import { JambalayaError } from '../errors/index.js';
import {
  decodeState,
  encodeState,
  type GeneratedToken,
  randomSeed,
  type Sequence,
  type TokenMask,
  tokenLogprobs,
} from '../generation/index.js';
import type { State, StatePool } from '../nn/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import { AnswerReader, type AnswerTags, type ReadPiece } from './answerReader.js';
import type { GenerateRequest, Grammar, SavedState, ScoredToken } from './languageModel.js';
import { expectRequestFits } from './memoryPlan.js';
import type { Progress } from './protocol.js';
import { choiceSeed, grammarOf, isChat } from './requests.js';
import { type Outcome, type Scheduler, stoppedError } from './scheduler.js';

/** What a session lends to an answer. */
export interface Answering {
  readonly scheduler: Scheduler;
  readonly pool: StatePool;
  readonly tokenizer: Tokenizer | undefined;
  readonly tags: AnswerTags | undefined;
  readonly endIds: readonly number[];
  readonly memoryBytes: number | undefined;
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
  using state = request.state
    ? await decodeState(request.state.bytes, pool, await session.fingerprint())
    : pool.create();
  const room = contextLength - state.length - prompt.length;
  if (room < Math.min(1, request.maxTokens)) throw tooLong(contextLength, state.length + prompt.length);
  const maxTokens = Math.min(request.maxTokens, room);
  expectRequestFits(state, prompt.length + maxTokens, session.memoryBytes);
  if (promptLogprobs !== undefined) {
    const tokens = await tokenLogprobs(scheduler.batch.model, prompt, { top: promptLogprobs, aborted });
    emit({ type: 'prompt', tokens: tokens.map((token) => withBytes(token, session, true)) });
  }
  const onPrefill = (done: number) => emit({ type: 'prefill', done, total: prompt.length });
  const answer = (choice: number, own: State, read: number) =>
    answerChoice(
      session,
      { ...request, maxTokens },
      { choice, state: own, prompt, read, mask, started, onPrefill, emit, aborted },
    );
  if (choices === 1 || prompt.length < 2) {
    await answer(0, state, 0);
    return;
  }
  // The last token is read by each choice, which draws from what comes of it.
  const read = prompt.length - 1;
  const sequence = scheduler.batch.add({ state, prompt: prompt.slice(0, read), options: { maxTokens: 0 } });
  const outcome = await scheduler.run({ sequence, promptTokens: read, aborted, onPrefill, onToken: () => true });
  if (outcome === 'aborted') throw stoppedError();
  const states = Array.from({ length: choices }, () => state.clone());
  try {
    await Promise.all(states.map((own, choice) => answer(choice, own, read)));
  } finally {
    for (const own of states) own.dispose();
  }
}

interface Choice extends Progress<'generate'> {
  readonly choice: number;
  readonly state: State;
  readonly prompt: readonly number[];
  /** Tokens of the prompt that the state has read. */
  readonly read: number;
  readonly mask: TokenMask | undefined;
  readonly started: number;
  readonly onPrefill: (done: number) => void;
}

async function answerChoice(session: Answering, request: GenerateRequest, task: Choice): Promise<void> {
  const { choice, prompt, read, started, emit, aborted } = task;
  const { scheduler, tokenizer } = session;
  const reader = new AnswerReader(tokenizer, request.stop ?? [], isChat(request.prompt) ? session.tags : undefined);
  const sequence = scheduler.batch.add({
    state: task.state,
    prompt: prompt.slice(read),
    options: {
      ...samplingOf(request, choice),
      stopIds: request.ignoreEnd ? [] : session.endIds,
      history: prompt.slice(0, read),
      mask: task.mask?.clone(),
    },
  });
  let made = 0;
  let prefilled = started;
  const show = ({ toolCalls, citations }: ReadPiece) => {
    for (const call of toolCalls) emit({ type: 'toolCall', choice, ...call });
    if (citations.length > 0) emit({ type: 'citations', choice, documents: citations });
  };
  const outcome = await scheduler.run({
    sequence,
    promptTokens: prompt.length - read,
    aborted,
    onPrefill: read === 0 ? task.onPrefill : () => {},
    onToken: (token: GeneratedToken) => {
      if (made++ === 0) prefilled = performance.now();
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
  if (made === 0) prefilled = performance.now();
  const { stopped } = reader;
  emit({
    type: 'finish',
    choice,
    reason: stopped === undefined ? finishReason(outcome) : 'stop',
    ...(stopped === undefined ? {} : { stopped }),
    usage: {
      promptTokens: prompt.length,
      cachedTokens: 0,
      completionTokens: made,
      seconds: { prefill: (prefilled - started) / 1000, decode: (performance.now() - prefilled) / 1000 },
    },
    ...(request.saveState ? { state: await save(session, sequence) } : {}),
  });
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
