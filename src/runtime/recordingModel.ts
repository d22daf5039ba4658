/** A model that answers what it was told to, and remembers what it was asked: for tests of whatever uses a model. */
import { JambalayaError } from '../errors/index.js';
import { completeWith } from './answer.js';
import type {
  Answer,
  CallOptions,
  FacetName,
  Facets,
  FinishReason,
  GenerateRequest,
  GenerationPart,
  LanguageModel,
  ModelInfo,
  ToolCall,
} from './languageModel.js';
import { checkRequest } from './requests.js';

/** What it says: a text, or more than one. */
export type RecordedAnswer =
  | string
  | {
      readonly text?: string;
      readonly toolCalls?: readonly ToolCall[];
      readonly citations?: readonly number[];
      readonly reason?: FinishReason;
      readonly stopped?: string;
    };

export interface RecordingModelOptions {
  readonly source?: string;
  readonly contextLength?: number;
  /** What it can do beside generating. */
  readonly facets?: Partial<Facets>;
}

/**
 * ```ts
 * const model = new RecordingModel((request) => (request.seed === 1 ? 'yes' : 'no'));
 * await model.complete({ prompt: 'Is it?', maxTokens: 1, seed: 1 }); // { text: 'yes', … }
 * model.requests; // what it was asked, in order
 * ```
 */
export class RecordingModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly facets: ReadonlySet<FacetName>;
  /** Every request that passed the checks. */
  readonly requests: GenerateRequest[] = [];

  /** `answers`: one after the other, or by the request. */
  constructor(
    private readonly answers:
      | readonly RecordedAnswer[]
      | ((request: GenerateRequest) => RecordedAnswer | Promise<RecordedAnswer>),
    { source = 'recording', contextLength, facets = {} }: RecordingModelOptions = {},
  ) {
    this.info = { source, contextLength };
    this.facets = new Set(Object.keys(facets) as (keyof Facets)[]);
    Object.assign(this, facets);
  }

  async *generate(request: GenerateRequest, { signal }: CallOptions = {}): AsyncGenerator<GenerationPart, void> {
    checkRequest(request);
    const index = this.requests.push(request) - 1;
    for (let choice = 0; choice < (request.choices ?? 1); choice++) {
      const answer = typeof this.answers === 'function' ? await this.answers(request) : this.answers[index];
      if (answer === undefined) {
        const expected = `at most ${this.answers.length} requests`;
        throw new JambalayaError('usage', { argument: 'answers', expected, found: `request ${index + 1}` });
      }
      const {
        text = '',
        toolCalls = [],
        citations = [],
        reason = 'stop',
        stopped,
      } = typeof answer === 'string' ? { text: answer } : answer;
      for (const piece of text.match(/\s*\S+|\s+$/g) ?? []) {
        if (signal?.aborted) throw new JambalayaError('aborted', { what: 'the generation' });
        yield { type: 'text', choice, text: piece };
      }
      for (const call of toolCalls) yield { type: 'toolCall', choice, ...call };
      if (citations.length > 0) yield { type: 'citations', choice, documents: citations };
      const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, seconds: { prefill: 0, decode: 0 } };
      yield { type: 'finish', choice, reason, ...(stopped === undefined ? {} : { stopped }), usage };
    }
  }

  complete(request: GenerateRequest, options?: CallOptions): Promise<Answer> {
    return completeWith((...call) => this.generate(...call), request, options);
  }

  async dispose(): Promise<void> {}
}
