/** Texts to vectors, for the session of a loaded model. */
import { JambalayaError } from '../errors/index.js';
import { type EmbeddingOptions, embedSequences, type Pooling, poolings } from '../generation/index.js';
import type { Model } from '../models/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import type { EncoderConfig } from './encoderConfig.js';
import type { Embeddings } from './languageModel.js';
import type { EmbedRequest } from './protocol.js';

export interface EmbeddingSession {
  readonly model: Model;
  readonly tokenizer: Tokenizer | undefined;
  readonly config: EncoderConfig;
}

const poolingNames: Readonly<Record<Pooling, string>> = {
  mean: 'mean of the last hidden states',
  cls: 'first of the last hidden states',
  last: 'last of the last hidden states',
  max: 'largest of the last hidden states',
};

/**
 * Vectors of texts or of ids. Texts get the special tokens of their tokenizer, and those that are too long are cut.
 *
 * @throws `usage` for a pooling that is none, for texts without a tokenizer, and for a text without tokens
 */
export async function embedInputs(
  { model, tokenizer, config }: EmbeddingSession,
  { inputs, pooling = config.pooling, unitLength = config.unitLength }: EmbedRequest,
  progress: Pick<EmbeddingOptions, 'onProgress' | 'aborted'>,
): Promise<Embeddings> {
  if (!poolings.includes(pooling)) {
    throw new JambalayaError('usage', { argument: 'pooling', expected: poolings.join(' | '), found: String(pooling) });
  }
  const { maxLength } = model.description;
  const limits = [config.maxTokens, maxLength].filter((limit) => limit !== undefined);
  const maxTokens = limits.length === 0 ? undefined : Math.min(...limits);
  const idsOf = (text: string): readonly number[] => {
    if (tokenizer !== undefined) return tokenizer.encode(text, { addSpecialTokens: true, maxTokens });
    throw new JambalayaError('unavailable', { what: 'embedding a text', reason: 'the model has no tokenizer' });
  };
  const sequences = inputs.map((input) => (typeof input === 'string' ? idsOf(input) : input));
  const vectors = await embedSequences(model, sequences, { pooling, unitLength, ...progress });
  return {
    vectors,
    pooling: poolingNames[pooling] + (unitLength ? ', of unit length' : ''),
    tokens: sequences.reduce((sum, ids) => sum + ids.length, 0),
  };
}
