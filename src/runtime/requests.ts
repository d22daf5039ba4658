/** What every model checks of a request before it starts. */
import { JambalayaError } from '../errors/index.js';
import { expectNumber, expectSavedState } from './arguments.js';
import type { ChatPrompt, GenerateRequest, Grammar, Prompt } from './languageModel.js';

/** Every field that a request may have: the compiler lists what is missing. */
const fields: { readonly [F in keyof Required<GenerateRequest>]: true } = {
  prompt: true,
  maxTokens: true,
  contextLength: true,
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  repetitionPenalty: true,
  presencePenalty: true,
  frequencyPenalty: true,
  logitBias: true,
  seed: true,
  logprobs: true,
  stop: true,
  parseSpecial: true,
  ignoreEnd: true,
  prefillChunk: true,
  choices: true,
  grammar: true,
  schema: true,
  promptLogprobs: true,
  state: true,
  saveState: true,
  adapter: true,
  cacheSalt: true,
};

/** Choices of one request at most. */
const mostChoices = 128;

/** @throws `usage` for a field that is unknown, fields that contradict each other, and a prompt that is none */
export function checkRequest(request: GenerateRequest): void {
  for (const field of Object.keys(request)) {
    if (Object.hasOwn(fields, field)) continue;
    refuse('request', `the fields ${Object.keys(fields).join(', ')}`, `\`${field}\``);
  }
  const { prompt, maxTokens, stop, choices = 1, state, saveState, grammar, schema } = request;
  expectPrompt(prompt);
  expectNumber('maxTokens', maxTokens);
  if (state !== undefined) expectSavedState(state);
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((each) => typeof each === 'string'))) {
    refuse('stop', 'a list of strings', JSON.stringify(stop));
  }
  if (!Number.isInteger(choices) || choices < 1 || choices > mostChoices) {
    refuse('choices', `a whole number from 1 to ${mostChoices}`, String(choices));
  }
  if (choices > 1 && (state !== undefined || saveState)) refuse('choices', '1 with a state', String(choices));
  if (grammar !== undefined && schema !== undefined) refuse('schema', 'a schema or a grammar', 'both');
}

/** @throws `usage` for what is no prompt */
export function expectPrompt(prompt: unknown): void {
  if (!isPrompt(prompt)) refuse('prompt', 'text, token ids, or { messages }', typeof prompt);
}

function isPrompt(prompt: unknown): prompt is Prompt {
  if (typeof prompt === 'string' || Array.isArray(prompt)) return true;
  return typeof prompt === 'object' && prompt !== null && Array.isArray((prompt as ChatPrompt).messages);
}

export const isChat = (prompt: Prompt): prompt is ChatPrompt => typeof prompt === 'object' && 'messages' in prompt;

/** The grammar that a request asks for. */
export const grammarOf = ({ grammar, schema }: GenerateRequest): Grammar | undefined =>
  schema === undefined ? grammar : { kind: 'schema', schema };

/** The seed of one of several choices: the request's own for the first. */
export const choiceSeed = (seed: number, choice: number): number =>
  choice === 0 ? seed : (seed + choice * 0x9e3779b9) % Number.MAX_SAFE_INTEGER;

function refuse(argument: string, expected: string, found: string): never {
  throw new JambalayaError('usage', { argument, expected, found });
}
