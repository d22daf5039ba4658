/** A request in OpenAI's words, with the extensions that vLLM and llama-server share. */
import { JambalayaError } from '../errors/index.js';
import type { GenerateRequest } from './languageModel.js';
import { grammarOf, isChat } from './requests.js';

/** What a stream brings, as far as we read it. */
export interface UpstreamChunk {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly index?: number;
    readonly text?: string;
    readonly delta?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly index?: number;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
}

/** @throws `unavailable` for what no such server can be asked */
export function upstreamBody(request: GenerateRequest, model: string): Record<string, unknown> {
  const { prompt, state, adapter, saveState, promptLogprobs, logprobs, prefillChunk } = request;
  const impossible = { state, adapter, saveState, promptLogprobs, logprobs, prefillChunk };
  for (const [what, value] of Object.entries(impossible)) {
    if (value === undefined || value === false) continue;
    throw new JambalayaError('unavailable', { what, reason: 'an OpenAI-compatible server cannot be asked for it' });
  }
  const body = {
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_k: request.topK,
    top_p: request.topP,
    min_p: request.minP,
    repetition_penalty: request.repetitionPenalty,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    logit_bias: request.logitBias,
    seed: request.seed,
    stop: request.stop,
    n: request.choices,
    ignore_eos: request.ignoreEnd,
    cache_salt: request.cacheSalt,
    ...constraint(request),
  };
  if (!isChat(prompt)) return { ...body, prompt };
  const { messages, tools, documents, addGenerationPrompt, ...variables } = prompt;
  return {
    ...body,
    messages,
    tools,
    documents,
    add_generation_prompt: addGenerationPrompt,
    chat_template_kwargs: Object.keys(variables).length === 0 ? undefined : variables,
  };
}

function constraint(request: GenerateRequest): Record<string, unknown> {
  const grammar = grammarOf(request);
  switch (grammar?.kind) {
    case undefined:
      return {};
    case 'schema':
      return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: grammar.schema } } };
    case 'gbnf':
      return { grammar: grammar.text };
    case 'regex':
      return { structured_outputs: { regex: grammar.pattern } };
  }
}
