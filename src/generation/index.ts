/**
 * Generation: tokens out of a causal model. Ids in, ids out; text is the business of the rooms above.
 *
 * Sampling in Transformers' order over logits on the host, with random numbers by position; many sequences in one ragged
 * batch, each with its own state and options; states as files; the likelihood of a text. A sequence's tokens do not depend
 * on what runs beside it, nor on how its prompt is cut. The room refuses, with a typed error, models that see both sides
 * of a position, states of other models, and options outside their ranges.
 *
 * ```ts
 * using pool = new StatePool(model.device, model.stateLayouts);
 * using state = pool.create();
 * for await (const { id } of generate(model, state, prompt, { maxTokens: 40, temperature: 0 })) console.log(id);
 * ```
 *
 * Start with `sampling.ts`, then `decodeBatch.ts`.
 */
export { type CompareOptions, compareLogits, type LogitsComparison } from './compareLogits.js';
export { DecodeBatch, type DecodeBatchOptions, type SequenceRequest } from './decodeBatch.js';
export { type EmbeddingOptions, embedSequences, type Pooling, poolings } from './embeddings.js';
export { modelFingerprint } from './fingerprint.js';
export { type GenerationControl, generate } from './generate.js';
export { allLogits } from './logits.js';
export type { TokenLogprob } from './logprobs.js';
export type { GenerationOptions, SamplingOptions } from './options.js';
export { type LogLikelihood, type WindowOptions, windowedLogLikelihood } from './perplexity.js';
export { type CachedStart, PrefixCache, type PrefixCacheOptions, type PrefixCacheReport } from './prefixCache.js';
export { PrefixTree } from './prefixTree.js';
export { randomSeed } from './random.js';
export { type Rehearsal, type RehearsalOptions, rehearse } from './rehearsal.js';
export { type ContinuationLikelihood, scoreContinuations } from './scoreContinuations.js';
export type { FinishReason, GeneratedToken, Sequence, SequenceStep } from './sequence.js';
export { decodeState, encodeState } from './stateFile.js';
export { type TextPosition, tokenLogprobs } from './tokenLogprobs.js';
export type { TokenMask } from './tokenMask.js';
