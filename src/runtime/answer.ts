/** A whole answer from its parts. */
import { JambalayaError } from '../errors/index.js';
import type { Answer, CallOptions, GenerateRequest, GenerationPart, ScoredToken, ToolCall } from './languageModel.js';

type Generate = (request: GenerateRequest, options?: CallOptions) => AsyncIterable<GenerationPart>;

/** @throws `usage` for several choices, and whatever `generate` throws */
export async function completeWith(
  generate: Generate,
  request: GenerateRequest,
  options?: CallOptions,
): Promise<Answer> {
  if ((request.choices ?? 1) !== 1) {
    const found = String(request.choices);
    throw new JambalayaError('usage', { argument: 'choices', expected: '1 for a whole answer', found });
  }
  let text = '';
  const tokens: ScoredToken[] = [];
  const toolCalls: ToolCall[] = [];
  const citations: number[] = [];
  for await (const part of generate(request, options)) {
    if (part.type === 'token') {
      const { type: _, choice: __, text: ___, ...token } = part;
      tokens.push(token);
    }
    if (part.type === 'token' || part.type === 'text') text += part.text;
    if (part.type === 'toolCall') toolCalls.push({ name: part.name, arguments: part.arguments });
    if (part.type === 'citations') citations.push(...part.documents);
    if (part.type === 'finish') {
      const { reason, stopped, usage, state } = part;
      return {
        text,
        tokens,
        toolCalls,
        citations,
        reason,
        ...(stopped === undefined ? {} : { stopped }),
        usage,
        ...(state === undefined ? {} : { state }),
      };
    }
  }
  throw new Error('the answer has no end');
}
