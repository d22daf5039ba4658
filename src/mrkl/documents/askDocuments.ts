/**
 * Answers a question from the passages of an index, and shows which of them the answer rests on.
 *
 * It stands here, above the waist, because a frozen reader is only asked: any `LanguageModel` serves, also a remote one; what
 * trains a reader's prompt is the room `adapters`, which needs tensors and knows no index.
 */

import type { Hit } from '../../retrieval/index.js';
import { type Packed, type PassageIndex, packPassages } from '../../retrieval/index.js';
import type { LanguageModel } from '../../runtime/index.js';
import { numbered, readerPrompt } from './prompt.js';
import { bestSentence, coverageOf, namedPassages, saysNothing, supporting } from './support.js';

export interface AskDocumentsOptions {
  /** Reads the passages; without one the answer is a quotation of the best. */
  readonly model?: LanguageModel | undefined;
  /** Tokens of passages in the prompt at most; 512 unless told. */
  readonly budget?: number | undefined;
  /** Passages that are looked at; 20 unless told. */
  readonly limit?: number | undefined;
  /** Tokens of the answer at most; 64 unless told. */
  readonly maxTokens?: number | undefined;
  /** Whether the model is asked as a chat; unless told where it has a chat template. */
  readonly chat?: boolean | undefined;
  readonly onPrefill?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A passage that was looked at. */
export interface Source extends Hit {
  /** The sentence that says most of the question. */
  readonly quote: string;
}

export interface DocumentAnswer {
  /** Null: the documents do not say, or nothing was found. */
  readonly answer: string | null;
  /** What the answer rests on, the best first. */
  readonly sources: readonly Source[];
  /**
   * How that is known: the model named them; they have the answer's words; the answer is a quotation; or nothing vouches for an
   * answer, and the sources are what was looked at.
   */
  readonly basis: 'named' | 'words' | 'quoted' | 'nothing';
  /** Passages that the model was given, and their tokens. */
  readonly read: number;
  readonly readTokens: number;
}

/** Passages that are quoted at most, and the share of a question's words that one has to have to be an answer. */
const mostQuoted = 3;
const leastCoverage = 0.5;

/** Left free beside passages and answer: the task, the question, the template. */
const promptTokens = 160;

/**
 * @throws as `search`, `packPassages` and the model do
 */
export async function askDocuments(
  index: PassageIndex,
  question: string,
  options: AskDocumentsOptions = {},
): Promise<DocumentAnswer> {
  const { model, limit = 20 } = options;
  const hits = await index.search(question, { limit });
  const sourceOf = (hit: Hit): Source => ({ ...hit, quote: bestSentence(hit.passage, question) });
  if (hits.length === 0) return { answer: null, sources: [], basis: 'nothing', read: 0, readTokens: 0 };
  if (model === undefined) return quotation(question, hits.slice(0, mostQuoted).map(sourceOf));
  const packed = await packedFor(model, hits, options);
  const isChat = options.chat ?? hasTemplate(model);
  const text = await answerOf(model, readerPrompt(packed.text, question, isChat), isChat, options);
  const given = packed.passages.map((passage) => {
    const { score } = hits.find((hit) => hit.passage.source === passage.source && hit.passage.begin === passage.begin)!;
    return sourceOf({ passage, score });
  });
  const read = { read: given.length, readTokens: packed.tokens };
  if (saysNothing(text)) return { answer: null, sources: given, basis: 'nothing', ...read };
  const { text: answer, named } = namedPassages(text, given.length);
  if (named.length > 0) return { answer, sources: named.map((i) => given[i]!), basis: 'named', ...read };
  const found = supporting(answer, packed.passages, question);
  if (found.length === 0) return { answer, sources: given, basis: 'nothing', ...read };
  return { answer, sources: found.map((i) => given[i]!), basis: 'words', ...read };
}

/** The best sentence of the passage that has most of the question's words; no answer if it has less than half of them. */
function quotation(question: string, found: readonly Source[]): DocumentAnswer {
  const covered = found.map((source) => ({ source, share: coverageOf(question, source.passage) }));
  const sources = covered.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  const [best] = sources;
  const answer = best !== undefined && best.share >= leastCoverage ? best.source.quote : null;
  return {
    answer,
    sources: sources.map(({ source }) => source),
    basis: answer === null ? 'nothing' : 'quoted',
    read: 0,
    readTokens: 0,
  };
}

/** As many passages as fit into the budget, and into the model's context. */
async function packedFor(model: LanguageModel, hits: readonly Hit[], options: AskDocumentsOptions): Promise<Packed> {
  const { budget = 512, maxTokens = 64 } = options;
  const { contextLength = Number.MAX_SAFE_INTEGER } = model.info;
  const room = Math.max(0, Math.min(budget, contextLength - maxTokens - promptTokens));
  const { tokenize } = model;
  const countTokens =
    tokenize !== undefined && model.facets.has('tokenize')
      ? async (text: string) => (await tokenize.call(model, text, { addSpecialTokens: false })).length
      : // A remote model does not say: three bytes a token are few in any vocabulary of today.
        (text: string) => Math.ceil(new TextEncoder().encode(text).length / 3);
  const passages = hits.map(({ passage }) => passage);
  return packPassages(passages, { budget: room, countTokens, render: numbered, separator: '\n' });
}

/** Whether the model can be asked as a chat: local ones say so, remote ones bring their own template. */
const hasTemplate = ({ facets }: LanguageModel): boolean => facets.has('renderChat') || !facets.has('tokenize');

async function answerOf(
  model: LanguageModel,
  prompt: ReturnType<typeof readerPrompt>,
  isChat: boolean,
  { maxTokens = 64, onPrefill, signal }: AskDocumentsOptions,
): Promise<string> {
  const stop = isChat ? {} : { stop: ['\n'] };
  let text = '';
  for await (const part of model.generate({ prompt, maxTokens, temperature: 0, ...stop }, { signal })) {
    if (part.type === 'prefill') onPrefill?.(part.done, part.total);
    else if (part.type === 'token' || part.type === 'text') text += part.text;
  }
  return text.trim();
}
