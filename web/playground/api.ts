/** What the playground asks of its server: models, and answers as they come. */

import type { AnswerToken, Message, TokenAlternative, ToolCall } from './conversation.js';
import { readEvents } from './events.js';

export interface ServedModel {
  readonly id: string;
  readonly contextLength: number | null;
  readonly facets: readonly string[];
}

export interface Settings {
  readonly model: string;
  readonly system: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  /** Empty for a new one each time. */
  readonly seed: string;
  /** One in a line. */
  readonly stop: string;
  /** Documents for the model to cite, with an empty line between two. */
  readonly documents: string;
  /** A list of OpenAI's tool definitions. */
  readonly tools: string;
  /** A JSON schema that the answer has to satisfy. */
  readonly schema: string;
  readonly probabilities: boolean;
  readonly apiKey: string;
}

/** What comes in while an answer is made. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string; readonly tokens: readonly AnswerToken[] }
  | { readonly type: 'call'; readonly index: number; readonly call: ToolCall }
  | { readonly type: 'finish'; readonly reason: string }
  | {
      readonly type: 'usage';
      readonly promptTokens: number;
      readonly answerTokens: number;
      readonly cachedTokens: number;
    };

const alternatives = 5;

export async function fetchModels(apiKey: string): Promise<ServedModel[]> {
  const response = await fetch('/v1/models', { headers: headersOf(apiKey) });
  const body = await expectOk(response);
  return body.data.map(({ id, max_model_len: length, meta }: ModelObject) => ({
    id,
    contextLength: length ?? null,
    facets: meta?.facets ?? [],
  }));
}

interface ModelObject {
  readonly id: string;
  readonly max_model_len?: number | null;
  readonly meta?: { readonly facets?: readonly string[] };
}

/** Streams an answer to the messages. @throws an error with the server's own words */
export async function* streamChat(
  messages: readonly Message[],
  settings: Settings,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  const tools = settings.tools.trim() === '' ? undefined : parseField('tools', settings.tools);
  const schema = settings.schema.trim() === '' ? undefined : parseField('JSON schema', settings.schema);
  const documents = settings.documents
    .split(/\n\s*\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const body = {
    ...commonBody(settings),
    messages: [
      ...(settings.system.trim() === '' ? [] : [{ role: 'system', content: settings.system }]),
      ...messages.map(apiMessage),
    ],
    ...(settings.probabilities ? { logprobs: true, top_logprobs: alternatives } : {}),
    ...(tools === undefined ? {} : { tools }),
    ...(documents.length === 0 ? {} : { documents: documents.map((text) => ({ text })) }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
  };
  for await (const chunk of postEvents('/v1/chat/completions', body, settings.apiKey, signal)) {
    const [choice] = chunk.choices ?? [];
    const tokens: AnswerToken[] = (choice?.logprobs?.content ?? []).map(chatToken);
    const { content, tool_calls: calls = [] } = choice?.delta ?? {};
    if (content || tokens.length > 0) yield { type: 'text', text: content ?? '', tokens };
    for (const { index, id = '', function: { name = '', arguments: text = '' } = {} } of calls) {
      yield { type: 'call', index, call: { id, name, arguments: text } };
    }
    if (choice?.finish_reason) yield { type: 'finish', reason: choice.finish_reason };
    if (chunk.usage) yield usagePart(chunk.usage);
  }
}

/** Goes on with an answer that was begun: the chat as text, and the text so far. */
export async function* streamFrom(
  messages: readonly Message[],
  begun: string,
  settings: Settings,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  const system = settings.system.trim() === '' ? [] : [{ role: 'system', content: settings.system }];
  const template = { model: settings.model, messages: [...system, ...messages.map(apiMessage)] };
  const response = await fetch('/apply-template', post(template, settings.apiKey, signal));
  const { prompt } = await expectOk(response);
  const body = {
    ...commonBody(settings),
    prompt: prompt + begun,
    ...(settings.probabilities ? { logprobs: alternatives } : {}),
  };
  for await (const chunk of postEvents('/v1/completions', body, settings.apiKey, signal)) {
    const [choice] = chunk.choices ?? [];
    const lists = choice?.logprobs;
    const tokens: AnswerToken[] = (lists?.tokens ?? []).map((token: string, i: number) => ({
      token,
      logprob: lists.token_logprobs[i] ?? 0,
      alternatives: Object.entries(lists.top_logprobs[i] ?? {}).map(([text, logprob]) => ({
        token: text,
        logprob: logprob as number,
      })),
    }));
    if (choice?.text || tokens.length > 0) yield { type: 'text', text: choice.text ?? '', tokens };
    if (choice?.finish_reason) yield { type: 'finish', reason: choice.finish_reason };
    if (chunk.usage) yield usagePart(chunk.usage);
  }
}

function commonBody(settings: Settings) {
  const stop = settings.stop.split('\n').filter((line) => line !== '');
  return {
    model: settings.model,
    stream: true,
    stream_options: { include_usage: true },
    temperature: settings.temperature,
    top_p: settings.topP,
    max_tokens: settings.maxTokens,
    ...(settings.seed.trim() === '' ? {} : { seed: Number(settings.seed) }),
    ...(stop.length === 0 ? {} : { stop }),
  };
}

function apiMessage({ role, content, toolCalls, toolCallId }: Message) {
  const calls = (toolCalls ?? []).map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  return {
    role,
    content,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
  };
}

interface ApiToken {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly TokenAlternative[];
}

const chatToken = ({ token, logprob, top_logprobs: top = [] }: ApiToken): AnswerToken => ({
  token,
  logprob,
  alternatives: top.map(({ token: text, logprob: value }) => ({ token: text, logprob: value })),
});

interface ApiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
}

const usagePart = (usage: ApiUsage): AnswerPart => ({
  type: 'usage',
  promptTokens: usage.prompt_tokens,
  answerTokens: usage.completion_tokens,
  cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
});

function parseField(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The ${what} in the settings are not JSON: ${(error as Error).message}`);
  }
}

async function* postEvents(path: string, body: object, apiKey: string, signal: AbortSignal) {
  const response = await fetch(path, post(body, apiKey, signal));
  if (!response.ok || response.body === null) await expectOk(response);
  for await (const data of readEvents(response.body!)) {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new Error(chunk.error.message);
    yield chunk;
  }
}

const headersOf = (apiKey: string): Record<string, string> =>
  apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };

const post = (body: object, apiKey: string, signal: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headersOf(apiKey) },
  body: JSON.stringify(body),
  signal,
});

async function expectOk(response: Response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Error(body.error?.message ?? `the server answered with ${response.status}`);
}
