/**
 * Decoders with rotary positions: Llama (arXiv 2302.13971, 2407.21783), Mistral without a window in force, Qwen 2 with
 * biases on queries, keys and values (arXiv 2407.10671), Qwen 3 with norms of the heads (arXiv 2505.09388).
 *
 *     h = x + Attention(RMSNorm(x));  y = h + down(silu(gate(RMSNorm(h))) · up(RMSNorm(h)))    for every layer
 *
 * then a final RMSNorm and the head. Queries and keys are turned by their positions; keys are kept turned.
 */
import { maxHeadSize } from '../contract/index.js';
import { ConfigFields, llamaKinds, readLlama } from '../cost/index.js';
import type { JsonObject } from '../formats/index.js';
import {
  Attention,
  Embedding,
  GatedMlp,
  type LayerStateLayout,
  type Projection,
  RmsNorm,
  Rotary,
  type RotaryShape,
} from '../nn/index.js';
import { add, type Tensor } from '../tensor/index.js';
import { loadHead } from './head.js';
import { embedIds, embedTokens, rowsWithLogits } from './inputs.js';
import { LayerPass, layersOfPass } from './layerPass.js';
import type { ForwardOptions, ForwardOutput, LoadArchitecture, Model, ModelDescription, ModelInput } from './model.js';
import { readRotary } from './rotaryConfig.js';

/** The `model_type`s that this file runs. */
export const llamaTypes = ['llama', 'mistral', 'qwen2', 'qwen3'] as const;
export type LlamaType = (typeof llamaTypes)[number];

export interface LlamaConfig {
  readonly type: LlamaType;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly attention: {
    readonly heads: number;
    readonly kvHeads: number;
    readonly headSize: number;
    readonly bias: 'none' | 'queryKeyValue' | 'all';
    /** Whether each head of queries and keys passes a norm. */
    readonly headNorms: boolean;
  };
  readonly rotary: RotaryShape;
  readonly intermediateSize: number;
  readonly feedForwardBias: boolean;
  readonly eps: number;
  readonly tiedHead: boolean;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
  readonly padIds: readonly number[];
  readonly ignoredKeys: readonly string[];
  readonly knownKeys: readonly string[];
}

/** Reads a `config.json` of these types; sizes are read by the same code as for plans, defaults are Transformers'. */
export function parseLlamaConfig(json: JsonObject, file: string): LlamaConfig {
  const fields = new ConfigFields(json, file);
  const type = fields.oneOf('model_type', llamaTypes);
  const { vocabularySize, hiddenSize, layers, tiedHead } = readLlama(fields, llamaKinds[type]!);
  const { mixer, feedForward } = layers[0]!;
  if (mixer.kind !== 'attention' || feedForward === undefined) throw new Error(`${type} has other layers`);
  fields.oneOf('hidden_act', ['silu'], 'silu');
  const { heads, kvHeads, headSize, bias, headNorms } = mixer;
  if (headSize > maxHeadSize) fields.fail('head_dim', `at most ${maxHeadSize}`, headSize);
  const maxPositions = fields.size('max_position_embeddings', 2048);
  refuseWindows(fields, json, { layers: layers.length, maxPositions });
  const config = {
    type,
    vocabularySize,
    hiddenSize,
    layers: layers.length,
    attention: { heads, kvHeads, headSize, bias, headNorms },
    rotary: readRotary(fields, headSize, maxPositions),
    intermediateSize: feedForward.inner,
    feedForwardBias: feedForward.bias,
    eps: fields.positive('rms_norm_eps', 1e-6),
    tiedHead,
    bosIds: fields.tokenIds('bos_token_id', vocabularySize),
    eosIds: fields.tokenIds('eos_token_id', vocabularySize),
    padIds: fields.tokenIds('pad_token_id', vocabularySize),
  };
  fields.withoutEffect('architectures', 'torch_dtype', 'dtype', 'transformers_version', 'use_cache', '_name_or_path');
  fields.withoutEffect('initializer_range', 'attention_dropout', 'quantization_config');
  return { ...config, ignoredKeys: fields.ignored, knownKeys: fields.known };
}

/** Attention spans the whole text: what would cut it is refused, unless it is switched off or wider than any text. */
function refuseWindows(
  fields: ConfigFields,
  json: JsonObject,
  { layers, maxPositions }: { layers: number; maxPositions: number },
): void {
  const types = json.layer_types;
  if (Array.isArray(types) && types.some((type) => type !== 'full_attention')) {
    fields.fail('layer_types', '"full_attention" in every layer', types);
  }
  // Qwen has a switch, off unless it is set, and a first layer that has a window.
  const switched = json.model_type === 'qwen2' || json.model_type === 'qwen3';
  if (!fields.flag('use_sliding_window', !switched)) return;
  if (switched && fields.size('max_window_layers', 28) >= layers) return;
  if (fields.has('sliding_window') && fields.size('sliding_window') < maxPositions) {
    fields.fail('sliding_window', 'null (there is no windowed attention)', json.sliding_window);
  }
}

interface LlamaLayer {
  readonly inputNorm: RmsNorm;
  readonly attention: Attention;
  readonly feedForwardNorm: RmsNorm;
  readonly feedForward: GatedMlp;
}

type Weights = Parameters<LoadArchitecture>[2];

export class Llama implements Model {
  readonly description: ModelDescription;
  readonly stateLayouts: readonly LayerStateLayout[];

  private constructor(
    readonly config: LlamaConfig,
    private readonly weights: Weights,
    private readonly embedding: Embedding,
    private readonly layers: readonly LlamaLayer[],
    private readonly finalNorm: RmsNorm,
    /** Absent when the embedding is the head. */
    private readonly head: Projection | undefined,
  ) {
    const { kvHeads, headSize } = config.attention;
    this.stateLayouts = layers.map(() => ({ kind: 'attention', kvHeads, headSize }));
    this.description = {
      architecture: config.type,
      layers: layers.map((_, i) => ({
        mixer: 'attention',
        experts: 1,
        expertsPerToken: 1,
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
    const config = parseLlamaConfig(json, file);
    const { hiddenSize: D, vocabularySize: V, intermediateSize: F, attention, eps } = config;
    const shape = { hidden: D, ...attention, causal: true };
    const rotary = Rotary.make(weights, config.rotary);
    const embedding = await Embedding.load(weights, 'model.embed_tokens', V, D);
    const layers: LlamaLayer[] = [];
    for (let i = 0; i < config.layers; i++) {
      const name = `model.layers.${i}`;
      const self = `${name}.self_attn`;
      const names = {
        query: `${self}.q_proj`,
        key: `${self}.k_proj`,
        value: `${self}.v_proj`,
        output: `${self}.o_proj`,
      };
      const norms = attention.headNorms
        ? {
            query: await RmsNorm.load(weights, `${self}.q_norm`, attention.headSize, eps),
            key: await RmsNorm.load(weights, `${self}.k_norm`, attention.headSize, eps),
          }
        : undefined;
      layers.push({
        inputNorm: await RmsNorm.load(weights, `${name}.input_layernorm`, D, eps),
        attention: await Attention.load(weights, names, shape, { rotary, norms }),
        feedForwardNorm: await RmsNorm.load(weights, `${name}.post_attention_layernorm`, D, eps),
        feedForward: await GatedMlp.load(weights, `${name}.mlp`, D, F, config.feedForwardBias),
      });
    }
    const finalNorm = await RmsNorm.load(weights, 'model.norm', D, eps);
    const tiedTo = config.tiedHead ? 'model.embed_tokens.weight' : undefined;
    const head = await loadHead(weights, 'lm_head', { outputs: V, inputs: D, tiedTo });
    return new Llama(config, weights, embedding, layers, finalNorm, head);
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
    const pass = new LayerPass(options);
    let x = embedTokens(input, this.embedding, this.description);
    const pool = segments.begin(this.stateLayouts, [from, to]);
    for (let i = from; i < to; i++) {
      const { inputNorm, attention, feedForwardNorm, feedForward } = this.layers[i]!;
      if (wantHidden) hidden.push(x);
      const state = pool?.layer(i);
      const cache = state?.kind === 'attention' ? state : undefined;
      x = pass.run(i, x, (x, branch) => {
        const between = add(x, branch('mixer', attention.forward(inputNorm.forward(x), segments, cache)));
        const fed = feedForward.forward(feedForwardNorm.forward(between), segments);
        return { x: add(between, branch('feedForward', fed)) };
      }).x;
    }
    const made = { hidden, routerLogits: [], squares: pass.squares };
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
