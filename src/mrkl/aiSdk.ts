/**
 * The assistant as a model of the AI SDK (`LanguageModelV3`, by structure: the SDK is no dependency). `generateText({ model:
 * aiSdkModel(assistant), prompt })` answers exactly; value, unsure, probabilities and trace are in `providerMetadata.jambalaya`.
 */
import { JambalayaError } from '../errors/index.js';
import type { Answer, Assistant } from './assistant.js';
import type { Json } from './plan.js';

interface Message {
  readonly role: string;
  readonly content: string | readonly { readonly type: string; readonly text?: string }[];
}
interface CallOptions {
  readonly prompt: readonly Message[];
  readonly abortSignal?: AbortSignal | undefined;
}

type JsonObject = { [key: string]: Mutable };
type Mutable = string | number | boolean | null | Mutable[] | JsonObject;

const finishReason = { unified: 'stop' as const, raw: undefined };
/** The assistant has no tokens. */
const usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

/** The last message of the user, its parts of text joined. */
function questionOf(prompt: readonly Message[]): string {
  const content = prompt.findLast(({ role }) => role === 'user')?.content;
  const text = typeof content === 'string' ? content : content?.map((part) => part.text ?? '').join(' ');
  if (text === undefined || text.trim() === '') {
    throw new JambalayaError('usage', {
      argument: 'prompt',
      expected: 'a message of the user with text',
      found: 'none',
    });
  }
  return text;
}

const metadataOf = ({ answer: _, ...rest }: Answer): { jambalaya: JsonObject } => ({
  jambalaya: JSON.parse(JSON.stringify(rest)) as JsonObject & Json,
});

export function aiSdkModel(assistant: Assistant) {
  const ask = ({ prompt, abortSignal }: CallOptions) => {
    abortSignal?.throwIfAborted();
    return assistant.ask(questionOf(prompt), abortSignal === undefined ? {} : { signal: abortSignal });
  };
  return {
    specificationVersion: 'v3' as const,
    provider: 'jambalaya',
    modelId: 'mrkl',
    supportedUrls: {},
    async doGenerate(options: CallOptions) {
      const answer = await ask(options);
      return {
        content: [{ type: 'text' as const, text: answer.answer }],
        finishReason,
        usage,
        warnings: [],
        providerMetadata: metadataOf(answer),
      };
    },
    async doStream(options: CallOptions) {
      const answer = await ask(options);
      const id = 'answer';
      const parts = [
        { type: 'stream-start' as const, warnings: [] },
        { type: 'text-start' as const, id },
        { type: 'text-delta' as const, id, delta: answer.answer },
        { type: 'text-end' as const, id },
        { type: 'finish' as const, finishReason, usage, providerMetadata: metadataOf(answer) },
      ];
      const stream = new ReadableStream<(typeof parts)[number]>({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      });
      return { stream };
    },
  };
}
