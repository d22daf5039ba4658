/** An answer as a whole, from its parts. */
import type { CallOptions, GenerateRequest, GenerationPart, LanguageModel } from 'jambalaya';

type Part<T extends GenerationPart['type']> = Extract<GenerationPart, { type: T }>;

export interface Answer {
  readonly parts: readonly GenerationPart[];
  readonly tokens: readonly Part<'token'>[];
  readonly ids: readonly number[];
  readonly pieces: readonly string[];
  readonly text: string;
  readonly finish: Part<'finish'>;
}

export async function answer(model: LanguageModel, request: GenerateRequest, options?: CallOptions): Promise<Answer> {
  const parts: GenerationPart[] = [];
  for await (const part of model.generate(request, options)) parts.push(part);
  const tokens = parts.filter((part) => part.type === 'token');
  const pieces = parts.flatMap((part) => (part.type === 'token' || part.type === 'text' ? [part.text] : []));
  const finish = parts.at(-1);
  if (finish?.type !== 'finish') throw new Error(`the answer ends with ${finish?.type}`);
  return { parts, tokens, ids: tokens.map(({ id }) => id), pieces, text: pieces.join(''), finish };
}
