/** Errors in OpenAI's shape, and what each of ours becomes. */
import { type ErrorFields, isJambalayaError, type JambalayaError } from '../errors/index.js';

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'server_error';

export interface ErrorDetail {
  /** The field of the request that is to blame. */
  readonly param?: string | undefined;
  readonly code?: string | undefined;
  readonly type?: ErrorType | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly detail: ErrorDetail = {},
  ) {
    super(message);
  }

  /** `{ error: { message, type, param, code } }` */
  get body(): { readonly error: Readonly<Record<string, unknown>> } {
    const { param = null, code = null, type = typeOf(this.status) } = this.detail;
    return { error: { message: this.message, type, param, code } };
  }
}

/** A request that a field of it makes impossible. */
export const badField = (param: string, message: string, code = 'invalid_value') =>
  new ApiError(400, message, { param, code });

function typeOf(status: number): ErrorType {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** What requests call the fields that the waist calls otherwise. */
const params: Readonly<Record<string, string>> = {
  topK: 'top_k',
  topP: 'top_p',
  minP: 'min_p',
  maxTokens: 'max_tokens',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  choices: 'n',
  schema: 'response_format',
  grammar: 'response_format',
  promptLogprobs: 'logprobs',
};

/**
 * What a client is told. What no client caused is an internal error without particulars: those are for the log.
 *
 * @param upstream the source of the model, whose own failures are a bad gateway
 */
export function apiErrorOf(error: unknown, upstream?: string): ApiError {
  if (error instanceof ApiError) return error;
  if (!isJambalayaError(error)) return new ApiError(500, 'the server failed; its log says how');
  const text = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  switch (error.code) {
    case 'usage': {
      const { argument } = fieldsOf(error, 'usage');
      return new ApiError(400, text, { param: params[argument] ?? argument, code: 'invalid_value' });
    }
    case 'limit': {
      const { what, limit, found } = fieldsOf(error, 'limit');
      if (!what.includes('in the context')) return new ApiError(400, text, { code: 'too_large' });
      const message = `this model's maximum context length is ${limit} tokens, and the prompt has ${found} tokens`;
      return new ApiError(400, message, { param: 'messages', code: 'context_length_exceeded' });
    }
    case 'grammar':
      return new ApiError(400, text, { param: 'response_format', code: 'invalid_schema' });
    case 'tokenizer':
    case 'timeout':
      return new ApiError(400, text, { param: 'messages', code: error.code });
    case 'memory':
      return new ApiError(429, text, { code: 'insufficient_memory', headers: { 'retry-after': '5' } });
    case 'unavailable': {
      const { what } = fieldsOf(error, 'unavailable');
      if (what === upstream) return new ApiError(502, text, { code: 'upstream_failed' });
      return new ApiError(400, text, { param: params[what], code: 'unsupported' });
    }
    case 'state':
      return new ApiError(400, text, { code: 'state' });
    case 'aborted':
      return new ApiError(499, text, { code: 'aborted', type: 'invalid_request_error' });
    default:
      return new ApiError(500, 'the server failed; its log says how');
  }
}

const fieldsOf = <C extends keyof ErrorFields>(error: JambalayaError, _code: C) => error.fields as ErrorFields[C];
