import type { DeviceName, InstructionSet } from '../contract/index.js';
import type { KvDType } from '../nn/index.js';
import type { QuantizationScheme } from '../quantization/index.js';
import type { LoadOptions, WeightScheme } from '../runtime/index.js';

export const deviceNames: readonly DeviceName[] = ['native', 'wasm', 'reference'];
export const isaNames: readonly InstructionSet[] = ['scalar', 'avx2', 'avx512', 'neon'];
export const kvDTypes: readonly KvDType[] = ['f32', 'bf16', 'f16'];
export const weightSchemes: readonly WeightScheme[] = ['file', 'bf16', 'experts-int8', 'int8'];
export const quantizationSchemes: readonly QuantizationScheme[] = ['experts-int8', 'int8'];

export const poolings = ['mean', 'cls', 'last', 'max'] as const;

export const exportForms = ['hf', 'gguf'] as const;
export const exportDTypes = ['f32', 'f16', 'bf16', 'q8_0'] as const;

export interface ModelOptions {
  readonly device?: DeviceName;
  readonly isa?: InstructionSet;
  readonly threads?: number;
  readonly weights?: WeightScheme;
  readonly kv?: KvDType;
  readonly strict?: boolean;
  /** False with `--no-map`. */
  readonly map?: boolean;
  /** `--memory`, in bytes. */
  readonly memory?: number;
  /** The folder of one. */
  readonly adapter?: string;
}

export interface SamplingFlags {
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
}

export const modelOptions = ({
  device,
  isa,
  threads,
  weights,
  kv,
  strict,
  map,
  memory,
  adapter,
}: ModelOptions): LoadOptions => ({
  ...(device === undefined ? {} : { device }),
  ...(isa === undefined ? {} : { isa }),
  ...(threads === undefined ? {} : { threads }),
  ...(weights === undefined ? {} : { weights }),
  ...(kv === undefined ? {} : { kv }),
  ...(strict === undefined ? {} : { strict }),
  ...(map === false ? { mapFiles: false } : {}),
  ...(memory === undefined ? {} : { memoryBytes: memory }),
  ...(adapter === undefined ? {} : { adapters: { adapter } }),
});

/** What is drawn how, through the adapter of `modelOptions` if one is given. */
export const samplingOptions = (flags: SamplingFlags & Pick<ModelOptions, 'adapter'>) => ({
  ...(flags.adapter === undefined ? {} : { adapter: 'adapter' }),
  maxTokens: flags.maxTokens,
  temperature: flags.temperature,
  topK: flags.topK,
  topP: flags.topP,
  minP: flags.minP,
  repetitionPenalty: flags.repetitionPenalty,
  presencePenalty: flags.presencePenalty,
  frequencyPenalty: flags.frequencyPenalty,
  stop: flags.stop,
  seed: flags.seed,
});
