/**
 * Runtime: a model as a service to the rest of a program. `loadModel` puts a model folder, its device and its tokenizer into
 * a worker and gives a `LanguageModel`: asynchronous, text and plain arrays, answers as streams, one `AbortSignal` to stop.
 * Requests that come while others run share their forward passes. `UpstreamModel` is the same interface to a server elsewhere,
 * `RecordingModel` one for tests. It serves no HTTP. Start with `languageModel.ts`.
 */

export type { PrefixCacheReport } from '../generation/index.js';
export { adaptedModel } from './adaptedModel.js';
export {
  type BenchmarkOptions,
  type BenchmarkProfile,
  type BenchmarkResult,
  benchmark,
} from './bench/benchmark.js';
export { type BenchOptions, BenchSession, type DecodeMeasurement, type PrefillMeasurement } from './bench/session.js';
export { cosine, type Encoder, loadEncoder } from './encoder.js';
export {
  type Answer,
  type CallOptions,
  type ChatPrompt,
  type ContinuationScore,
  type Embeddings,
  type EmbedOptions,
  expectFacet,
  type FacetName,
  type Facets,
  type FinishReason,
  type GenerateRequest,
  type GenerationPart,
  type GenerationUsage,
  type Grammar,
  type LanguageModel,
  type LikelyToken,
  type LocalModelInfo,
  type Matrix2d,
  type ModelInfo,
  type Prompt,
  type SavedState,
  type ScoredToken,
  type TextMeasure,
  type ToolCall,
} from './languageModel.js';
export { type LoadOptions, LocalModel, loadModel } from './local.js';
export { MemoryPlanner, type MemoryPlanOptions, type RunMemoryPlan } from './memoryPlan.js';
export type { Comparison, WeightScheme } from './protocol.js';
export { type RecordedAnswer, RecordingModel, type RecordingModelOptions } from './recordingModel.js';
export { choiceSeed } from './requests.js';
export { UpstreamModel, type UpstreamOptions } from './upstreamModel.js';
