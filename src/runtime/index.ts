/**
 * Runtime: a model as a service to the rest of a program. `loadModel` puts a model folder, its device and its tokenizer into
 * a worker and gives a `LanguageModel`: asynchronous, text and plain arrays, answers as streams, one `AbortSignal` to stop.
 * Requests that come while others run share their forward passes. It knows no HTTP. Start with `languageModel.ts`.
 */
export {
  type BenchmarkOptions,
  type BenchmarkProfile,
  type BenchmarkResult,
  benchmark,
} from './bench/benchmark.js';
export { type BenchOptions, BenchSession, type DecodeMeasurement, type PrefillMeasurement } from './bench/session.js';
export type {
  CallOptions,
  Capabilities,
  FinishReason,
  GenerateRequest,
  GenerationPart,
  GenerationUsage,
  LanguageModel,
  Matrix2d,
  ModelInfo,
  SavedState,
  TextScore,
} from './languageModel.js';
export { type LoadOptions, LocalModel, loadModel } from './local.js';
export { MemoryPlanner, type MemoryPlanOptions, type RunMemoryPlan } from './memoryPlan.js';
export type { Comparison, WeightScheme } from './protocol.js';
