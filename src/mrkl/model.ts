/**
 * The assistant as a language model, so that a server can offer it beside others: it answers the last message of the user
 * with the answer, the way that it went as a block of text, and the trace as a part of its own.
 */

import { JambalayaError } from '../errors/index.js';
import type {
  CallOptions,
  FacetName,
  GenerateRequest,
  GenerationPart,
  LanguageModel,
  ModelInfo,
  Answer as TextAnswer,
} from '../runtime/index.js';
import { Assistant, type AssistantOptions } from './assistant.js';
import { formatTree } from './tree.js';

/** Characters of a question and of an answer are counted as so many tokens: the assistant has none. */
const charactersPerToken = 4;

export class AssistantModel implements LanguageModel {
  readonly info: ModelInfo = { source: 'mrkl' };
  readonly facets: ReadonlySet<FacetName> = new Set<FacetName>();
  private readonly assistant: Assistant;

  constructor(options: AssistantOptions = {}) {
    this.assistant = new Assistant(options);
  }

  async *generate(request: GenerateRequest, { signal }: CallOptions = {}): AsyncGenerator<GenerationPart, void> {
    signal?.throwIfAborted();
    const question = questionOf(request.prompt);
    const started = performance.now();
    const answer = await this.assistant.ask(question, signal === undefined ? {} : { signal });
    const seconds = (performance.now() - started) / 1000;
    const text = `${answer.answer}\n\n\`\`\`text\n${formatTree(answer)}\n\`\`\``;
    for (let choice = 0; choice < (request.choices ?? 1); choice++) {
      yield { type: 'text', choice, text };
      yield { type: 'trace', choice, trace: { ...answer } };
      yield {
        type: 'finish',
        choice,
        reason: 'stop',
        usage: {
          promptTokens: Math.ceil(question.length / charactersPerToken),
          cachedTokens: 0,
          completionTokens: Math.ceil(text.length / charactersPerToken),
          seconds: { prefill: 0, decode: seconds },
        },
      };
    }
  }

  async complete(request: GenerateRequest, options: CallOptions = {}): Promise<TextAnswer> {
    let text = '';
    for await (const part of this.generate({ ...request, choices: 1 }, options)) {
      if (part.type === 'text') text += part.text;
      if (part.type === 'finish')
        return { text, tokens: [], toolCalls: [], citations: [], reason: part.reason, usage: part.usage };
    }
    throw new JambalayaError('aborted', { what: 'the answer' });
  }

  async dispose(): Promise<void> {}
}

/** The last message of the user. */
function questionOf(prompt: GenerateRequest['prompt']): string {
  if (typeof prompt === 'string') return prompt;
  if ('messages' in prompt) {
    const { content } = prompt.messages.findLast(({ role }) => role === 'user') ?? { content: undefined };
    const parts: unknown = content;
    if (typeof parts === 'string') return parts;
    if (Array.isArray(parts)) return parts.map((part) => (part as { text?: string }).text ?? '').join(' ');
  }
  throw new JambalayaError('usage', {
    argument: 'prompt',
    expected: 'a text, or a chat with a message of the user',
    found: 'none',
  });
}
