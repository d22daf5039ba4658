/** `POST /v1/embeddings` */
import { z } from 'zod';
import { expectFacet } from '../runtime/index.js';
import { badField } from './apiError.js';
import { checkBody } from './body.js';
import { promptList, promptsField } from './completions.js';
import type { ServerContext } from './context.js';

const embeddingSchema = z.object({
  model: z.string().nullish(),
  input: promptsField,
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.null('the length of a vector is the model’s').optional(),
  user: z.string().nullish(),
});

export async function embeddings(
  { models, limits, metrics }: ServerContext,
  json: Record<string, unknown>,
  client: AbortSignal,
): Promise<Response> {
  const body = checkBody(embeddingSchema, json);
  const { name, model, admission } = models.find(body.model);
  const inputs = promptList(body.input);
  if (inputs.length > limits.prompts)
    throw badField('input', `\`input\`: at most ${limits.prompts} texts, got ${inputs.length}`);
  const empty = inputs.findIndex((input) => input.length === 0);
  if (empty >= 0) throw badField(`input[${empty}]`, `\`input[${empty}]\`: there is nothing to embed`);
  const embed = expectFacet(model, 'embed');
  const release = await admission.enter(client);
  try {
    const { vectors, pooling, tokens } = await embed(inputs, { signal: client });
    metrics.add('prompt_tokens_total', tokens);
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? base64(vector) : [...vector],
    }));
    return Response.json({
      object: 'list',
      data,
      model: name,
      pooling,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  } finally {
    release();
  }
}

/** Little-endian f32, as the clients of OpenAI read it. */
function base64(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
