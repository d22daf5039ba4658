/** The parameters that chats and completions share, and what they mean to a model. */
import { z } from 'zod';
import type { GenerateRequest } from '../runtime/index.js';
import { badField } from './apiError.js';
import type { Limits } from './limits.js';
import type { ModelEntry } from './models.js';

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => z.int().min(least).max(most);

/** Null stands for the default everywhere, as clients send it. */
export const samplingFields = {
  model: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: whole(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: whole(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  repetition_penalty: z.number().gt(0).max(100).nullish(),
  repeat_penalty: z.number().gt(0).max(100).nullish(),
  logit_bias: z
    .record(z.string().regex(/^\d{1,10}$/, 'expected token ids as keys'), z.number().min(-100).max(100))
    .nullish(),
  seed: z.int().nullish(),
  ignore_eos: z.boolean().nullish(),
  cache_salt: z.string().max(256).nullish(),
  user: z.string().nullish(),
};

const samplingSchema = z.object(samplingFields);
type Sampling = z.infer<typeof samplingSchema>;

/** The part of a request to a model that has nothing to do with its prompt. */
export function samplingOf(
  body: Sampling,
  entry: ModelEntry,
  limits: Limits,
): Omit<GenerateRequest, 'prompt' | 'maxTokens'> {
  const stop = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []);
  if (stop.length > limits.stops)
    throw badField('stop', `\`stop\`: at most ${limits.stops} strings, got ${stop.length}`);
  if (stop.includes('')) throw badField('stop', '`stop`: a stop string must not be empty');
  if (stop.some((text) => text.length > limits.stopCharacters)) {
    throw badField('stop', `\`stop\`: at most ${limits.stopCharacters} characters each`);
  }
  const n = body.n ?? 1;
  if (n > limits.n) throw badField('n', `\`n\`: at most ${limits.n}, got ${n}`);
  const seed = body.seed ?? undefined;
  return {
    contextLength: entry.contextLength,
    ...(stop.length === 0 ? {} : { stop }),
    ...(n === 1 ? {} : { choices: n }),
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    // −1 and 0 both mean all tokens, to one server or another.
    topK: body.top_k === -1 ? 0 : (body.top_k ?? undefined),
    minP: body.min_p ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    repetitionPenalty: body.repetition_penalty ?? body.repeat_penalty ?? undefined,
    logitBias: body.logit_bias ?? undefined,
    ...(seed === undefined ? {} : { seed }),
    ignoreEnd: body.ignore_eos ?? undefined,
    cacheSalt: body.cache_salt ?? undefined,
  };
}

/** No limit but the context. */
export const unlimitedTokens = Number.MAX_SAFE_INTEGER;
