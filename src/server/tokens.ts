/** Text and ids: `/tokenize`, `/detokenize`, `/apply-template`, in the shapes of vLLM and of llama-server. */
import { z } from 'zod';
import { expectFacet } from '../runtime/index.js';
import { badField } from './apiError.js';
import { checkBody } from './body.js';
import { chatPrompt, promptFields } from './chatRequest.js';
import type { ServerContext } from './context.js';

const tokenizeSchema = z.object({
  model: z.string().nullish(),
  /** llama-server */
  content: z.string().nullish(),
  add_special: z.boolean().nullish(),
  parse_special: z.boolean().nullish(),
  with_pieces: z.boolean().nullish(),
  /** vLLM */
  prompt: z.string().nullish(),
  add_special_tokens: z.boolean().nullish(),
  return_token_strs: z.boolean().nullish(),
  ...promptFields,
  messages: promptFields.messages.nullish(),
});

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const whole = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

export async function tokenize({ models }: ServerContext, json: Record<string, unknown>): Promise<Response> {
  const body = checkBody(tokenizeSchema, json);
  const { model, contextLength } = models.find(body.model);
  const bytesOf = (tokens: readonly number[]) => expectFacet(model, 'tokenBytes')(tokens);
  if (body.content != null) {
    const options = { addSpecialTokens: body.add_special ?? false, parseSpecial: body.parse_special ?? true };
    const tokens = await expectFacet(model, 'tokenize')(body.content, options);
    if (!body.with_pieces) return Response.json({ tokens });
    const bytes = await bytesOf(tokens);
    return Response.json({ tokens: tokens.map((id, i) => ({ id, piece: pieceOf(bytes[i]!) })) });
  }
  const { messages } = body;
  if (messages == null && body.prompt == null) {
    throw badField('prompt', 'you must provide `prompt`, `messages` or `content`', 'missing_required_parameter');
  }
  const tokens =
    messages == null
      ? await expectFacet(model, 'tokenize')(body.prompt!, { addSpecialTokens: body.add_special_tokens ?? true })
      : await chatTokens(model, { ...body, messages });
  const strings = body.return_token_strs ? (await bytesOf(tokens)).map((bytes) => decoder.decode(bytes)) : null;
  return Response.json({ count: tokens.length, max_model_len: contextLength, tokens, token_strs: strings });
}

function chatTokens(model: Parameters<typeof expectFacet>[0], body: Parameters<typeof chatPrompt>[0]) {
  const { messages, ...options } = chatPrompt(body);
  return expectFacet(model, 'chatIds')(messages, options);
}

/** As llama-server: text, or the bytes of what is none. */
function pieceOf(bytes: Uint8Array): string | number[] {
  try {
    return whole.decode(bytes);
  } catch {
    return [...bytes];
  }
}

const detokenizeSchema = z.object({ model: z.string().nullish(), tokens: z.array(z.int().min(0)) });

export async function detokenize({ models }: ServerContext, json: Record<string, unknown>): Promise<Response> {
  const body = checkBody(detokenizeSchema, json);
  const text = await expectFacet(models.find(body.model).model, 'detokenize')(body.tokens);
  // One name for each of the two servers.
  return Response.json({ content: text, prompt: text });
}

const templateSchema = z.object({ model: z.string().nullish(), ...promptFields });

export async function applyTemplate({ models }: ServerContext, json: Record<string, unknown>): Promise<Response> {
  const body = checkBody(templateSchema, json);
  const { messages, ...options } = chatPrompt(body);
  return Response.json({ prompt: await expectFacet(models.find(body.model).model, 'renderChat')(messages, options) });
}

/** `/v1/chat/completions/input_tokens` */
export async function inputTokens({ models }: ServerContext, json: Record<string, unknown>): Promise<Response> {
  const body = checkBody(templateSchema, json);
  const tokens = await chatTokens(models.find(body.model).model, body);
  return Response.json({ object: 'response.input_tokens', input_tokens: tokens.length });
}
