/**
 * Jamba: blocks of Mamba layers with a few attention layers between them, and feed-forwards that are dense or a mixture of
 * experts (arXiv 2403.19887 and 2408.12570).
 *
 *     h = x + Mixer(RMSNorm(x));  y = h + FeedForward(RMSNorm(h))     for every layer, then a final RMSNorm and the head
 *
 * There is no positional encoding: order comes from the convolution and the scan.
 */
import { maxConvWidth, maxHeadSize, maxStateSize, maxTopK } from '../contract/index.js';
import { ConfigFields } from '../cost/index.js';
import type { JsonObject } from '../formats/index.js';
import {
  Attention,
  Embedding,
  GatedMlp,
  type KvCache,
  type LayerStateLayout,
  MambaMixer,
  type MambaShape,
  type MixerState,
  type Projection,
  RmsNorm,
  type Segments,
  SparseMoe,
  type SsmState,
} from '../nn/index.js';
import { add, type Tensor } from '../tensor/index.js';
import { loadHead } from './head.js';
import { embedIds, embedTokens, rowsWithLogits } from './inputs.js';
import { LayerPass, layersOfPass } from './layerPass.js';
import type { ForwardOptions, ForwardOutput, LoadArchitecture, Model, ModelDescription, ModelInput } from './model.js';

export interface JambaConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly attention: {
    readonly period: number;
    readonly offset: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headSize: number;
  };
  readonly experts: {
    readonly period: number;
    readonly offset: number;
    readonly count: number;
    readonly perToken: number;
  };
  readonly intermediateSize: number;
  readonly mamba: MambaShape;
  readonly eps: number;
  readonly tiedHead: boolean;
  /** Weight of the load-balancing loss in training. */
  readonly routerAuxLossCoefficient: number;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
  readonly padIds: readonly number[];
  readonly ignoredKeys: readonly string[];
  readonly knownKeys: readonly string[];
}

/** Reads a Jamba `config.json`; defaults are Transformers'. `mamba_dt_rank: "auto"` is hidden_size / 16, rounded up. */
export function parseJambaConfig(json: JsonObject, file: string): JambaConfig {
  const fields = new ConfigFields(json, file);
  fields.oneOf('model_type', ['jamba']);
  fields.oneOf('hidden_act', ['silu'], 'silu');
  const hiddenSize = fields.size('hidden_size', 4096);
  const vocabularySize = fields.size('vocab_size', 65536);
  const heads = fields.size('num_attention_heads', 32);
  const kvHeads = fields.size('num_key_value_heads', Math.min(8, heads));
  if (heads % kvHeads !== 0) fields.fail('num_key_value_heads', `a divisor of num_attention_heads ${heads}`, kvHeads);
  if (!fields.has('head_dim') && hiddenSize % heads !== 0) {
    fields.fail('num_attention_heads', `a divisor of hidden_size ${hiddenSize}`, heads);
  }
  const headSize = fields.has('head_dim') ? fields.size('head_dim') : hiddenSize / heads;
  if (headSize > maxHeadSize) fields.fail('head_dim', `at most ${maxHeadSize}`, headSize);
  if (fields.has('sliding_window'))
    fields.fail('sliding_window', 'null (there is no windowed attention)', json.sliding_window);

  const layer = (name: 'attn' | 'expert', period: number, offset: number) => {
    const rule = {
      period: fields.size(`${name}_layer_period`, period),
      offset: fields.index(`${name}_layer_offset`, offset),
    };
    if (rule.offset >= rule.period) {
      fields.fail(`${name}_layer_offset`, `less than ${name}_layer_period ${rule.period}`, rule.offset);
    }
    return rule;
  };
  const count = fields.experts('num_experts', 16);
  const perToken = fields.experts('num_experts_per_tok', Math.min(2, count));
  if (perToken > count) fields.fail('num_experts_per_tok', `at most num_experts ${count}`, perToken);
  if (perToken > maxTopK) fields.fail('num_experts_per_tok', `at most ${maxTopK}`, perToken);

  const stateSize = fields.size('mamba_d_state', 16);
  if (stateSize > maxStateSize) fields.fail('mamba_d_state', `at most ${maxStateSize}`, stateSize);
  const convWidth = fields.size('mamba_d_conv', 4);
  if (convWidth > maxConvWidth) fields.fail('mamba_d_conv', `at most ${maxConvWidth}`, convWidth);
  const automatic = json.mamba_dt_rank === undefined || json.mamba_dt_rank === 'auto';
  fields.withoutEffect('mamba_dt_rank');
  const eps = fields.positive('rms_norm_eps', 1e-6);
  const config = {
    vocabularySize,
    hiddenSize,
    layers: fields.layers('num_hidden_layers', 32),
    attention: { ...layer('attn', 8, 4), heads, kvHeads, headSize },
    experts: { ...layer('expert', 2, 1), count, perToken },
    intermediateSize: fields.size('intermediate_size', 14336),
    mamba: {
      hidden: hiddenSize,
      inner: fields.size('mamba_expand', 2) * hiddenSize,
      stateSize,
      convWidth,
      dtRank: automatic ? Math.ceil(hiddenSize / 16) : fields.size('mamba_dt_rank'),
      convBias: fields.flag('mamba_conv_bias', true),
      projectionBias: fields.flag('mamba_proj_bias', false),
      innerNorms: fields.flag('mamba_inner_layernorms', true),
      eps,
    },
    eps,
    tiedHead: fields.flag('tie_word_embeddings', false),
    routerAuxLossCoefficient: fields.has('router_aux_loss_coef') ? fields.positive('router_aux_loss_coef') : 0.001,
    bosIds: fields.tokenIds('bos_token_id', vocabularySize),
    eosIds: fields.tokenIds('eos_token_id', vocabularySize),
    padIds: fields.tokenIds('pad_token_id', vocabularySize),
  };
  fields.withoutEffect(
    'architectures',
    'torch_dtype',
    'dtype',
    'transformers_version',
    'use_cache',
    'use_mamba_kernels',
  );
  fields.withoutEffect('initializer_range', 'max_position_embeddings', 'output_router_logits', 'num_logits_to_keep');
  fields.withoutEffect('attention_dropout', 'quantization_config', '_name_or_path');
  return { ...config, ignoredKeys: fields.ignored, knownKeys: fields.known };
}

/** A layer attends where i mod period = offset, and has experts by the same rule; one expert is a dense feed-forward. */
export const isAttentionLayer = ({ attention }: JambaConfig, i: number) => i % attention.period === attention.offset;
export const hasExperts = ({ experts }: JambaConfig, i: number) =>
  experts.count > 1 && i % experts.period === experts.offset;

interface JambaLayer {
  readonly inputNorm: RmsNorm;
  readonly mixer: MambaMixer | Attention;
  readonly feedForwardNorm: RmsNorm;
  readonly feedForward: GatedMlp | SparseMoe;
}

type Weights = Parameters<LoadArchitecture>[2];

export class Jamba implements Model {
  readonly description: ModelDescription;
  readonly stateLayouts: readonly LayerStateLayout[];

  private constructor(
    readonly config: JambaConfig,
    private readonly weights: Weights,
    private readonly embedding: Embedding,
    private readonly layers: readonly JambaLayer[],
    private readonly finalNorm: RmsNorm,
    /** Absent when the embedding is the head. */
    private readonly head: Projection | undefined,
  ) {
    const indices = Array.from({ length: config.layers }, (_, i) => i);
    this.stateLayouts = indices.map((i): LayerStateLayout => {
      if (isAttentionLayer(config, i)) return { kind: 'attention', ...config.attention };
      return {
        kind: 'mamba',
        inner: config.mamba.inner,
        stateSize: config.mamba.stateSize,
        width: config.mamba.convWidth,
      };
    });
    this.description = {
      architecture: 'jamba',
      layers: indices.map((i) => ({
        mixer: isAttentionLayer(config, i) ? 'attention' : 'mamba',
        experts: hasExperts(config, i) ? config.experts.count : 1,
        expertsPerToken: hasExperts(config, i) ? config.experts.perToken : 1,
        prefix: `model.layers.${i}.`,
      })),
      hiddenSize: config.hiddenSize,
      vocabularySize: config.vocabularySize,
      causal: true,
      tiedHead: head === undefined,
      bosIds: config.bosIds,
      eosIds: config.eosIds,
      padIds: config.padIds,
      ignoredConfigKeys: config.ignoredKeys,
      knownConfigKeys: config.knownKeys,
    };
  }

  static readonly load: LoadArchitecture = async (json, file, weights) => {
    const config = parseJambaConfig(json, file);
    const { hiddenSize: D, vocabularySize: V, intermediateSize: F, attention, experts, eps } = config;
    const embedding = await Embedding.load(weights, 'model.embed_tokens', V, D);
    const layers: JambaLayer[] = [];
    for (let i = 0; i < config.layers; i++) {
      const name = `model.layers.${i}`;
      const self = `${name}.self_attn`;
      const names = {
        query: `${self}.q_proj`,
        key: `${self}.k_proj`,
        value: `${self}.v_proj`,
        output: `${self}.o_proj`,
      };
      layers.push({
        inputNorm: await RmsNorm.load(weights, `${name}.input_layernorm`, D, eps),
        mixer: isAttentionLayer(config, i)
          ? await Attention.load(weights, names, { hidden: D, ...attention, causal: true })
          : await MambaMixer.load(weights, `${name}.mamba`, config.mamba),
        feedForwardNorm: await RmsNorm.load(weights, `${name}.pre_ff_layernorm`, D, eps),
        feedForward: hasExperts(config, i)
          ? await SparseMoe.load(weights, `${name}.feed_forward`, {
              hidden: D,
              inner: F,
              experts: experts.count,
              topK: experts.perToken,
            })
          : await GatedMlp.load(weights, `${name}.feed_forward`, D, F),
      });
    }
    const finalNorm = await RmsNorm.load(weights, 'model.final_layernorm', D, eps);
    const tiedTo = config.tiedHead ? 'model.embed_tokens.weight' : undefined;
    const head = await loadHead(weights, 'lm_head', { outputs: V, inputs: D, tiedTo });
    return new Jamba(config, weights, embedding, layers, finalNorm, head);
  };

  get device() {
    return this.weights.device;
  }

  get parameters() {
    return this.weights.parameters;
  }

  get projections() {
    return this.weights.projections;
  }

  forward(
    input: ModelInput,
    { logits = 'all', hidden: wantHidden = false, layers, initialStates, ...options }: ForwardOptions = {},
  ): ForwardOutput {
    const { segments } = input;
    const [from, to] = layersOfPass(this.layers.length, input, { layers, initialStates });
    const hidden: Tensor[] = [];
    const routerLogits: Tensor[] = [];
    const finals: (MixerState | undefined)[] = [];
    const pass = new LayerPass(options);
    let x = embedTokens(input, this.embedding, this.description);
    const pool = segments.begin(this.stateLayouts, [from, to]);
    for (let i = from; i < to; i++) {
      const layer = this.layers[i]!;
      if (wantHidden) hidden.push(x);
      const next = pass.run(i, x, (x, branch) => {
        const initial = initialStates && (initialStates[i] ?? {});
        const mixed = mix(layer.mixer, layer.inputNorm.forward(x), segments, pool?.layer(i), initial);
        const between = add(x, branch('mixer', mixed.out));
        const normed = layer.feedForwardNorm.forward(between);
        const { out, routerLogits: routed } = feedForward(layer.feedForward, normed, segments);
        return { x: add(between, branch('feedForward', out)), routed, conv: mixed.final?.conv, ssm: mixed.final?.ssm };
      });
      x = next.x;
      if (next.routed !== undefined) routerLogits.push(next.routed);
      if (next.conv !== undefined && next.ssm !== undefined) finals[i] = { conv: next.conv, ssm: next.ssm };
    }
    const { squares } = pass;
    const made = { hidden, routerLogits, squares, ...(initialStates && { finalStates: finals }) };
    if (to < this.layers.length) return { ...made, output: x };
    segments.advance();
    const output = this.finalNorm.forward(x);
    if (wantHidden) hidden.push(output);
    const rows = rowsWithLogits(output, logits, segments);
    if (rows === undefined) return { ...made, output };
    return { ...made, output, logits: this.head?.forward(rows) ?? this.embedding.logits(rows) };
  }

  embed(ids: ArrayLike<number> | Tensor): Tensor {
    return embedIds(ids, this.embedding, this.config.vocabularySize);
  }

  dispose(): void {
    this.weights.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function mix(
  mixer: MambaMixer | Attention,
  x: Tensor,
  segments: Segments,
  state: SsmState | KvCache | undefined,
  initial: Partial<MixerState> | undefined,
): { out: Tensor; final?: MixerState } {
  if (mixer instanceof Attention) {
    return { out: mixer.forward(x, segments, state?.kind === 'attention' ? state : undefined) };
  }
  if (initial !== undefined) return mixer.carry(x, segments, initial);
  return { out: mixer.forward(x, segments, state?.kind === 'mamba' ? state : undefined) };
}

function feedForward(
  module: GatedMlp | SparseMoe,
  x: Tensor,
  segments: Segments,
): { out: Tensor; routerLogits?: Tensor } {
  return module instanceof SparseMoe ? module.forward(x, segments) : { out: module.forward(x, segments) };
}
