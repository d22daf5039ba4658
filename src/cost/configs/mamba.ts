/** Plain Mamba stacks (arXiv 2312.00752): one norm and one mixer a layer, no feed-forward, no attention. */
import type { ConfigFields } from '../configFields.js';
import type { ModelShape } from '../shape.js';
import { readMamba } from './parts.js';

/** Transformers' MambaConfig, or the original authors' (`d_model`, `n_layer`, `ssm_cfg`). */
export function readMambaModel(fields: ConfigFields): ModelShape {
  const original = fields.has('d_model') && !fields.has('hidden_size');
  const hiddenSize = original ? fields.size('d_model') : fields.size('hidden_size', 768);
  const mixer = readMamba(fields, {
    hiddenSize,
    names: { stateSize: 'state_size', convWidth: 'conv_kernel', expand: 'expand', dtRank: 'time_step_rank' },
    convBias: 'use_conv_bias',
    projectionBias: 'use_bias',
    innerNorms: false,
  });
  const vocabulary = fields.size('vocab_size', 50280);
  const multiple = original ? fields.size('pad_vocab_size_multiple', 8) : 1;
  const layers = original ? fields.layers('n_layer') : fields.layers('num_hidden_layers', 32);
  fields.withoutEffect('d_inner', 'intermediate_size', 'd_model', 'n_layer', 'ssm_cfg', 'rms_norm', 'fused_add_norm');
  fields.withoutEffect(
    'residual_in_fp32',
    'time_step_min',
    'time_step_max',
    'time_step_init_scheme',
    'time_step_floor',
  );
  fields.withoutEffect('time_step_scale', 'rescale_prenorm_residual', 'hidden_act', 'layer_norm_epsilon');
  return {
    family: 'mamba',
    vocabularySize: Math.ceil(vocabulary / multiple) * multiple,
    hiddenSize,
    layers: Array.from({ length: layers }, () => ({ mixer, norms: 1 })),
    causal: true,
    tiedHead: fields.flag(original ? 'tie_embeddings' : 'tie_word_embeddings', true),
    headBias: false,
    headTransform: false,
    normBias: false,
    outerNorms: 1,
    positions: 0,
    tokenTypes: 0,
  };
}
