/** A chat as clients send it, and what it asks of a model. */
import { z } from 'zod';
import type { ChatPrompt, GenerateRequest } from '../runtime/index.js';
import type { ChatMessage } from '../tokenizers/index.js';
import { badField } from './apiError.js';
import type { Limits } from './limits.js';
import type { ModelEntry } from './models.js';
import { samplingFields, samplingOf, unlimitedTokens } from './sampling.js';

const textPart = z.looseObject({ type: z.enum(['text', 'input_text', 'output_text']), text: z.string() });
const toolCall = z.looseObject({
  id: z.string().nullish(),
  type: z.literal('function').nullish(),
  function: z.looseObject({
    name: z.string().min(1),
    arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  }),
});
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(textPart)], 'expected text, or parts of the type text').nullish(),
  name: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
});
const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, underscores, dots and dashes'),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
]);
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ schema: z.union([z.boolean(), z.record(z.string(), z.unknown())]) }),
  }),
]);
/** Jamba's and Transformers' documents. */
const document = z.looseObject({
  text: z.string().nullish(),
  content: z.string().nullish(),
  title: z.string().nullish(),
});

export const promptFields = {
  messages: z.array(message).min(1, 'expected at least one message').max(4096),
  tools: z.array(tool).max(128).nullish(),
  documents: z.array(document).max(1024).nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
  add_generation_prompt: z.boolean().nullish(),
};

export const chatSchema = z.object({
  ...samplingFields,
  ...promptFields,
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
});
export type ChatBody = z.infer<typeof chatSchema>;
export type PromptBody = Pick<ChatBody, keyof typeof promptFields>;

/** How the answer becomes calls of tools. */
export type CallMode =
  /** By the model's own tags. */
  | { readonly kind: 'tags'; readonly parallel: boolean }
  /** The whole answer is the arguments of this function. */
  | { readonly kind: 'arguments'; readonly name: string }
  /** The whole answer is a list of calls. */
  | { readonly kind: 'list'; readonly parallel: boolean };

export interface ChatTask {
  readonly request: GenerateRequest;
  readonly calls: CallMode;
}

/** @throws ApiError 400 naming the field */
export function chatTask(body: ChatBody, entry: ModelEntry, limits: Limits): ChatTask {
  const { top_logprobs: top, logprobs, parallel_tool_calls: parallelCalls } = body;
  if (top != null && !logprobs) throw badField('top_logprobs', '`top_logprobs` wants `logprobs` to be true');
  if (top != null && top > limits.topLogprobs)
    throw badField('top_logprobs', `\`top_logprobs\`: at most ${limits.topLogprobs}`);
  const parallel = parallelCalls !== false;
  const choice = body.tool_choice ?? 'auto';
  const tools = choice === 'none' ? [] : (body.tools ?? []);
  const chat = chatPrompt({ ...body, tools });
  const request: GenerateRequest = {
    ...samplingOf(body, entry, limits),
    prompt: chat,
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? unlimitedTokens,
    ...(logprobs ? { logprobs: top ?? 0 } : {}),
  };
  if (choice === 'required' || typeof choice === 'object') {
    const { calls, schema } = forcedCalls(
      tools,
      typeof choice === 'object' ? choice.function.name : undefined,
      parallel,
    );
    expectGrammar(entry, 'tool_choice');
    return { request: { ...request, schema }, calls };
  }
  const calls = { kind: 'tags', parallel } as const;
  const format = body.response_format;
  if (format == null || format.type === 'text') return { request, calls };
  expectGrammar(entry, 'response_format');
  if (format.type === 'json_schema') return { request: { ...request, schema: format.json_schema.schema }, calls };
  // Templates that have a mode for it tell the model.
  const prompt = { ...chat, knobs: { is_set: true, response_format: 'json_object', ...asObject(chat.knobs) } };
  return { request: { ...request, prompt, schema: { type: 'object' } }, calls };
}

/** Messages, tools and documents as templates take them. */
export function chatPrompt(body: PromptBody): ChatPrompt {
  const { tools, documents, chat_template_kwargs: variables, add_generation_prompt: generation } = body;
  return {
    ...variables,
    messages: body.messages.map(asMessage),
    ...(tools == null || tools.length === 0 ? {} : { tools: tools.map(withoutNulls) }),
    ...(documents == null || documents.length === 0 ? {} : { documents: documents.map(asDocument) }),
    ...(generation == null ? {} : { addGenerationPrompt: generation }),
  };
}

function asMessage({ role, content, tool_calls: calls, ...rest }: PromptBody['messages'][number]): ChatMessage {
  const text = Array.isArray(content) ? content.map((part) => part.text).join('') : content;
  return {
    ...(withoutNulls(rest) as object),
    role: role === 'developer' ? 'system' : role,
    ...(text == null ? { content: null } : { content: text }),
    ...(calls == null
      ? {}
      : { tool_calls: calls.map((call) => ({ ...call, function: withParsedArguments(call.function) })) }),
  };
}

/** Templates write arguments as JSON: what came as its text is read first, so that it is not quoted twice. */
function withParsedArguments(call: z.infer<typeof toolCall>['function']): object {
  if (typeof call.arguments !== 'string') return { ...call, arguments: call.arguments ?? {} };
  try {
    return { ...call, arguments: JSON.parse(call.arguments) as unknown };
  } catch {
    return call;
  }
}

function asDocument(given: z.infer<typeof document>, index: number): object {
  const { content, text = content, ...rest } = given;
  if (typeof text !== 'string')
    throw badField(
      `documents[${index}].text`,
      `you must provide \`documents[${index}].text\``,
      'missing_required_parameter',
    );
  return { ...(withoutNulls(rest) as object), text };
}

const withoutNulls = (value: object) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

function forcedCalls(tools: NonNullable<ChatBody['tools']>, name: string | undefined, parallel: boolean) {
  if (tools.length === 0) throw badField('tool_choice', '`tool_choice` wants `tools` to choose from');
  if (name !== undefined) {
    const chosen = tools.find((each) => each.function.name === name);
    if (chosen === undefined)
      throw badField('tool_choice', `\`tool_choice\`: there is no function \`${name}\` in \`tools\``);
    return { calls: { kind: 'arguments', name } as const, schema: parametersOf(chosen) };
  }
  const items = tools.map((each) => ({
    type: 'object',
    properties: { name: { const: each.function.name }, arguments: parametersOf(each) },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  const schema = {
    type: 'array',
    items: items.length === 1 ? items[0]! : { anyOf: items },
    minItems: 1,
    ...(parallel ? {} : { maxItems: 1 }),
  };
  return { calls: { kind: 'list', parallel } as const, schema };
}

const parametersOf = ({ function: { parameters } }: z.infer<typeof tool>) => parameters ?? { type: 'object' };

function expectGrammar({ model, name }: ModelEntry, param: string): void {
  if (model.facets.has('grammar')) return;
  throw badField(param, `\`${param}\`: answers of \`${name}\` cannot be held to a form`, 'unsupported');
}
