/** The models that are compared: equally many layers, and as nearly as it can be equally many active parameters. */
import { countParameters, readModelShape } from 'jambalaya/cost';
import { buildModel } from 'jambalaya/models';
import { buildTransformer } from './rotary.mjs';
import { vocabularySize } from './tasks.mjs';

/** Mamba layers alone: the period is longer than the model. */
const mambaOnly = ({ layers }) => ({ attn_layer_period: layers + 1, attn_layer_offset: layers });
const everyEighth = { attn_layer_period: 8, attn_layer_offset: 4 };

/**
 * `family`: the variant whose learning rate it takes. Experts (at odd layers, as in Jamba) are as wide as the dense feed-forwards
 * of the same model, and all are narrower than in the others, so that as many parameters are active.
 */
export const variants = {
  attention: {
    title: 'attention, no positions',
    family: 'rotary',
    config: () => ({ attn_layer_period: 1, attn_layer_offset: 0 }),
  },
  rotary: {
    title: 'attention, rotary positions',
    family: 'rotary',
    config: () => ({
      attn_layer_period: 1,
      attn_layer_offset: 0,
      rope_theta: 10_000,
      max_position_embeddings: 256,
    }),
  },
  mamba: { title: 'Mamba', family: 'mamba', config: mambaOnly },
  'hybrid-1-7': { title: 'hybrid 1:7', family: 'hybrid-1-7', config: () => everyEighth },
  'hybrid-1-3': {
    title: 'hybrid 1:3',
    family: 'hybrid-1-7',
    config: () => ({ attn_layer_period: 4, attn_layer_offset: 2 }),
  },
  'hybrid-moe': {
    title: 'hybrid 1:7 with experts',
    family: 'hybrid-1-7',
    config: () => ({
      ...everyEighth,
      num_experts: 8,
      num_experts_per_tok: 2,
      expert_layer_period: 2,
      expert_layer_offset: 1,
    }),
  },
  'hybrid-no-norms': {
    title: 'hybrid 1:7 without inner norms',
    family: 'hybrid-1-7',
    config: () => ({ ...everyEighth, mamba_inner_layernorms: false }),
  },
};

/** The variants that are also trained at three times their rate. */
export const atThreeTimes = ['hybrid-1-7', 'hybrid-no-norms'];

const fullConfig = (name, settings, intermediate) => ({
  model_type: 'jamba',
  vocab_size: vocabularySize,
  hidden_size: settings.hidden,
  num_hidden_layers: settings.layers,
  num_attention_heads: settings.heads,
  num_key_value_heads: settings.heads,
  num_experts: 1,
  num_experts_per_tok: 1,
  expert_layer_period: 1,
  expert_layer_offset: 0,
  mamba_d_state: 16,
  mamba_d_conv: 4,
  mamba_expand: 2,
  tie_word_embeddings: true,
  initializer_range: 0.05,
  intermediate_size: intermediate,
  ...variants[name].config(settings),
});

/** Parameters in all, and those that a token uses. */
export function parametersOf(config) {
  const { total, active } = countParameters(readModelShape(config).shape);
  return { total, active };
}

/** The config whose active parameters are nearest to those of the dense 1:7 hybrid with the feed-forward of the settings. */
export function configOf(name, settings) {
  const target = parametersOf(fullConfig('hybrid-1-7', settings, settings.intermediate)).active;
  const distance = (width) => Math.abs(parametersOf(fullConfig(name, settings, width)).active - target);
  let best = 4;
  for (let width = 4; width <= 2 * settings.intermediate; width += 4)
    if (distance(width) < distance(best)) best = width;
  return fullConfig(name, settings, best);
}

/** The model of a config over weights that are made as it asks for them. */
export const build = (config, weights) =>
  config.rope_theta === undefined ? buildModel(config, 'hybrid', weights) : buildTransformer(config, weights);
