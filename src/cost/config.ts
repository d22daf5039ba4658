/** A `config.json` of any supported family as a {@link ModelShape}. */
import { ConfigFields, type ConfigObject } from './configFields.js';
import { readBert } from './configs/bert.js';
import { readJamba } from './configs/jamba.js';
import { readMambaModel } from './configs/mamba.js';
import { readT5 } from './configs/t5.js';
import { llamaKinds, readGpt2, readGptNeoX, readLlama } from './configs/transformer.js';
import { quantizationNote } from './quantizedConfig.js';
import type { ModelShape } from './shape.js';

type Read = (fields: ConfigFields) => ModelShape;

const readers: Readonly<Record<string, Read>> = {
  jamba: readJamba,
  mamba: readMambaModel,
  ...Object.fromEntries(
    Object.entries(llamaKinds).map(([type, kind]): [string, Read] => [type, (fields) => readLlama(fields, kind)]),
  ),
  gpt2: readGpt2,
  gpt_neox: readGptNeoX,
  bert: (fields) => readBert(fields, { vocabulary: 30522, positions: 512, tokenTypes: 2 }),
  roberta: (fields) => readBert(fields, { vocabulary: 50265, positions: 514, tokenTypes: 1 }),
  t5: readT5,
};

/** The `model_type`s that are understood. */
export const modelTypes: readonly string[] = Object.keys(readers);

/** A field that only one family has tells a config without `model_type`; the first that is there decides. */
const marks: readonly (readonly [string, string])[] = [
  ['attn_layer_period', 'jamba'],
  ['mamba_d_state', 'jamba'],
  ['expert_layer_period', 'jamba'],
  ['ssm_cfg', 'mamba'],
  ['state_size', 'mamba'],
  ['d_ff', 't5'],
  ['n_embd', 'gpt2'],
  ['type_vocab_size', 'bert'],
  ['num_local_experts', 'mixtral'],
];

export interface ModelReading {
  readonly shape: ModelShape;
  readonly modelType: string;
  /** Keys that mean nothing here and have no effect. */
  readonly ignoredConfigKeys: readonly string[];
  /** Keys that were missing, with the default of Transformers that was taken. */
  readonly assumedConfigKeys: Readonly<Record<string, unknown>>;
  /** What a reader of the numbers should know of how the config was understood. */
  readonly notes: readonly string[];
}

/**
 * Reads the sizes out of a parsed `config.json`.
 *
 * @param file what errors call it
 * @throws `config` with the field, what was expected and what was found: an unknown `model_type`, a size that is no
 *   positive whole number, heads that do not divide, more experts per token than experts, an offset outside its period
 */
export function readModelShape(config: ConfigObject, file = 'config.json'): ModelReading {
  const fields = new ConfigFields(config, file);
  const notes: string[] = [];
  let modelType: string | undefined;
  if (fields.has('model_type')) modelType = fields.oneOf('model_type', modelTypes);
  else {
    modelType = marks.find(([field]) => Object.hasOwn(config, field))?.[1];
    if (modelType === undefined && ['hidden_size', 'num_attention_heads'].every((key) => Object.hasOwn(config, key))) {
      modelType = 'llama';
    }
    if (modelType === undefined) fields.oneOf('model_type', modelTypes);
    else notes.push(`no model_type: read as "${modelType}", by the fields that are there`);
  }
  const shape = readers[modelType!]!(fields);
  if (fields.has('sliding_window')) {
    notes.push(`sliding_window ${String(config.sliding_window)} is not counted: attention and cache span the context`);
  }
  if (fields.has('quantization_config')) notes.push(quantizationNote(config.quantization_config, shape));
  fields.withoutEffect('architectures', 'torch_dtype', 'dtype', 'transformers_version', 'use_cache', '_name_or_path');
  fields.withoutEffect('initializer_range', 'max_position_embeddings', 'output_router_logits', 'num_logits_to_keep');
  fields.withoutEffect('attention_dropout', 'router_aux_loss_coef', 'use_mamba_kernels');
  fields.withoutEffect('bos_token_id', 'eos_token_id', 'pad_token_id', 'hidden_act', 'rms_norm_eps', 'auto_map');
  return {
    shape,
    modelType: modelType!,
    ignoredConfigKeys: fields.ignored,
    assumedConfigKeys: fields.assumed,
    notes,
  };
}
