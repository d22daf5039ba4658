/** What every architecture's metadata say in the same words. */
import type { GgufFile, JsonObject, JsonValue } from '../../formats/index.js';
import { GgufFields } from './fields.js';

export const endKeys = ['eos_token_id', 'eot_token_id', 'eom_token_id'].map((key) => `tokenizer.ggml.${key}`);
export const bosKey = 'tokenizer.ggml.bos_token_id';
export const padKey = 'tokenizer.ggml.padding_token_id';

/** llama.cpp's numbers for what most of a file's tensors are, as far as Transformers has a dtype for them. */
const torchDTypes: Readonly<Record<number, string>> = { 0: 'float32', 1: 'float16', 7: 'float32', 32: 'bfloat16' };

export const optional = (key: string, value: JsonValue | undefined): JsonObject =>
  value === undefined ? {} : { [key]: value };

/** Layers of a model, of which each has tensors. */
export function layerCount(gguf: GgufFile, architecture: string): number {
  const fields = new GgufFields(gguf);
  const key = `${architecture}.block_count`;
  const layers = fields.whole(key);
  return layers <= gguf.tensors.size ? layers : fields.fail(key, `at most ${gguf.tensors.size} layers`, String(layers));
}

/** The `config.json` of a causal decoder, as far as all of them have the same keys. */
export function commonConfig(gguf: GgufFile, architecture: string): JsonObject {
  const fields = new GgufFields(gguf);
  const ends = [...new Set(endKeys.flatMap((key) => fields.optionalWhole(key) ?? []))];
  return {
    ...optional('torch_dtype', torchDTypes[fields.optionalWhole('general.file_type') ?? -1]),
    vocab_size: gguf.tensors.get('token_embd.weight')?.shape[0] ?? fields.whole(`${architecture}.vocab_size`),
    rms_norm_eps: shortest(fields.number(`${architecture}.attention.layer_norm_rms_epsilon`)),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    ...optional('bos_token_id', fields.optionalWhole(bosKey)),
    ...optional('eos_token_id', ends.length > 1 ? ends : ends[0]),
    ...optional('pad_token_id', fields.optionalWhole(padKey)),
  };
}

/** The decimal number with the fewest digits that is this f32: 1e-6 again and not 9.999999974752427e-7. */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
