/**
 * BERT (Devlin et al. 2018), with the masked-language-model head of Transformers' BertForMaskedLM or without one: post-norm encoder layers
 * over word + position + segment embeddings, bidirectional attention with biases, exact GELU.
 *
 *     h = LayerNorm(x + Attention(x));  y = LayerNorm(h + W2 gelu(W1 h))
 */
import { maxHeadSize } from '../contract/index.js';
import { ConfigFields } from '../cost/index.js';
import { JambalayaError } from '../errors/index.js';
import type { JsonObject } from '../formats/index.js';
import { Attention, Embedding, LayerNorm, loadLinear, type Projection } from '../nn/index.js';
import { add, gelu, Tensor } from '../tensor/index.js';
import { loadHead } from './head.js';
import { checkedIds, embedIds, embedTokens, rowsWithLogits } from './inputs.js';
import { LayerPass, layersOfPass } from './layerPass.js';
import type { ForwardOptions, ForwardOutput, LoadArchitecture, Model, ModelDescription, ModelInput } from './model.js';

export interface BertConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly maxLength: number;
  readonly tokenTypes: number;
  readonly eps: number;
  readonly padIds: readonly number[];
  readonly ignoredKeys: readonly string[];
  readonly knownKeys: readonly string[];
}

export function parseBertConfig(json: JsonObject, file: string): BertConfig {
  const fields = new ConfigFields(json, file);
  fields.oneOf('model_type', ['bert']);
  fields.oneOf('hidden_act', ['gelu'], 'gelu');
  fields.oneOf('position_embedding_type', ['absolute'], 'absolute');
  if (!fields.flag('tie_word_embeddings', true))
    fields.fail('tie_word_embeddings', 'true (the head is the word embedding)', false);
  if (fields.flag('is_decoder', false)) fields.fail('is_decoder', 'false', true);
  const hiddenSize = fields.size('hidden_size', 768);
  const heads = fields.size('num_attention_heads', 12);
  if (hiddenSize % heads !== 0) fields.fail('num_attention_heads', `a divisor of hidden_size ${hiddenSize}`, heads);
  if (hiddenSize / heads > maxHeadSize) fields.fail('num_attention_heads', `heads of at most ${maxHeadSize}`, heads);
  const vocabularySize = fields.size('vocab_size', 30522);
  const config = {
    vocabularySize,
    hiddenSize,
    layers: fields.layers('num_hidden_layers', 12),
    heads,
    intermediateSize: fields.size('intermediate_size', 3072),
    maxLength: fields.size('max_position_embeddings', 512),
    tokenTypes: fields.size('type_vocab_size', 2),
    eps: fields.positive('layer_norm_eps', 1e-12),
    padIds: fields.tokenIds('pad_token_id', vocabularySize),
  };
  fields.withoutEffect(
    'architectures',
    'torch_dtype',
    'dtype',
    'transformers_version',
    'use_cache',
    'initializer_range',
    'bos_token_id',
    'eos_token_id',
  );
  fields.withoutEffect(
    'attention_probs_dropout_prob',
    'hidden_dropout_prob',
    'classifier_dropout',
    'gradient_checkpointing',
  );
  return { ...config, ignoredKeys: fields.ignored, knownKeys: fields.known };
}

interface BertLayer {
  readonly attention: Attention;
  readonly attentionNorm: LayerNorm;
  readonly intermediate: Projection;
  readonly output: Projection;
  readonly outputNorm: LayerNorm;
}

interface BertParts {
  readonly words: Embedding;
  readonly positions: Embedding;
  readonly types: Embedding;
  readonly embeddingNorm: LayerNorm;
  readonly layers: readonly BertLayer[];
  /** Of a masked language model; an encoder has none. */
  readonly head: BertHead | undefined;
}

interface BertHead {
  readonly dense: Projection;
  readonly norm: LayerNorm;
  /** Absent where the word embeddings are it. */
  readonly decoder: Projection | undefined;
  /** (V) */
  readonly bias: Tensor;
}

type Weights = Parameters<LoadArchitecture>[2];

/**
 * A checkpoint of `BertModel`: one that says so, or has no tensor of a head. A head that is only half there is an error, and
 * weights that are made from nothing have one.
 */
function isBareEncoder({ architectures }: JsonObject, weights: Weights): boolean {
  const named = Array.isArray(architectures) && architectures.includes('BertForMaskedLM');
  const embeddings = 'embeddings.word_embeddings.weight';
  const isStored = weights.has(embeddings) || weights.has(`bert.${embeddings}`);
  const head = ['cls.predictions.bias', 'cls.predictions.transform.dense.weight'];
  return !named && isStored && !head.some((name) => weights.has(name));
}

async function loadMaskHead(
  weights: Weights,
  { hiddenSize: D, vocabularySize: V, eps }: BertConfig,
  words: string,
): Promise<BertHead> {
  const transform = 'cls.predictions.transform';
  const decoder = 'cls.predictions.decoder';
  const bias = 'cls.predictions.bias';
  return {
    dense: await loadLinear(weights, `${transform}.dense`, { outputs: D, inputs: D, bias: true }),
    norm: await LayerNorm.load(weights, `${transform}.LayerNorm`, D, eps),
    decoder: await loadHead(weights, decoder, { outputs: V, inputs: D, tiedTo: `${words}.weight` }),
    bias: await weights.vector((await weights.repeats(`${decoder}.bias`, bias)) ? bias : `${decoder}.bias`, [V]),
  };
}

export class Bert implements Model {
  readonly description: ModelDescription;
  readonly stateLayouts = [];

  private constructor(
    readonly config: BertConfig,
    private readonly weights: Weights,
    private readonly parts: BertParts,
    prefix: string,
  ) {
    this.description = {
      architecture: 'bert',
      layers: parts.layers.map((_, i) => ({
        mixer: 'attention',
        experts: 1,
        expertsPerToken: 1,
        prefix: `${prefix}encoder.layer.${i}.`,
      })),
      hiddenSize: config.hiddenSize,
      vocabularySize: config.vocabularySize,
      causal: false,
      tiedHead: parts.head?.decoder === undefined,
      ...(parts.head === undefined ? { headless: true } : {}),
      maxLength: config.maxLength,
      bosIds: [],
      eosIds: [],
      padIds: config.padIds,
      ignoredConfigKeys: config.ignoredKeys,
      knownConfigKeys: config.knownKeys,
    };
  }

  static readonly load: LoadArchitecture = async (json, file, weights) => {
    const config = parseBertConfig(json, file);
    const { hiddenSize: D, vocabularySize: V, intermediateSize: F, heads, eps } = config;
    const attentionShape = {
      hidden: D,
      heads,
      kvHeads: heads,
      headSize: D / heads,
      causal: false,
      bias: 'all',
    } as const;
    // Folders of a bare BertModel, as sentence encoders are, leave the prefix out.
    const prefix = weights.has('embeddings.word_embeddings.weight') ? '' : 'bert.';
    const layers: BertLayer[] = [];
    for (let i = 0; i < config.layers; i++) {
      const name = `${prefix}encoder.layer.${i}`;
      const self = `${name}.attention.self`;
      const names = {
        query: `${self}.query`,
        key: `${self}.key`,
        value: `${self}.value`,
        output: `${name}.attention.output.dense`,
      };
      layers.push({
        attention: await Attention.load(weights, names, attentionShape),
        attentionNorm: await LayerNorm.load(weights, `${name}.attention.output.LayerNorm`, D, eps),
        intermediate: await loadLinear(weights, `${name}.intermediate.dense`, { outputs: F, inputs: D, bias: true }),
        output: await loadLinear(weights, `${name}.output.dense`, { outputs: D, inputs: F, bias: true }),
        outputNorm: await LayerNorm.load(weights, `${name}.output.LayerNorm`, D, eps),
      });
    }
    const words = `${prefix}embeddings.word_embeddings`;
    const parts = {
      words: await Embedding.load(weights, words, V, D),
      positions: await Embedding.load(weights, `${prefix}embeddings.position_embeddings`, config.maxLength, D),
      types: await Embedding.load(weights, `${prefix}embeddings.token_type_embeddings`, config.tokenTypes, D),
      embeddingNorm: await LayerNorm.load(weights, `${prefix}embeddings.LayerNorm`, D, eps),
      layers,
      head: isBareEncoder(json, weights) ? undefined : await loadMaskHead(weights, config, words),
    };
    return new Bert(config, weights, parts, prefix);
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
    const [from, to] = layersOfPass(this.parts.layers.length, input, { layers, initialStates });
    const hidden: Tensor[] = [];
    const pass = new LayerPass(options);
    let x = from === 0 ? this.embedded(input) : embedTokens(input, this.parts.words, this.description);
    segments.begin(this.stateLayouts);
    for (let i = from; i < to; i++) {
      const layer = this.parts.layers[i]!;
      if (wantHidden) hidden.push(x);
      const next = pass.run(i, x, (x, branch) => {
        const mixed = layer.attention.forward(x, segments);
        const between = layer.attentionNorm.forward(add(x, branch('mixer', mixed)));
        const fed = layer.output.forward(gelu(layer.intermediate.forward(between, segments)), segments);
        return { x: layer.outputNorm.forward(add(between, branch('feedForward', fed))) };
      });
      x = next.x;
    }
    const made = { output: x, hidden, routerLogits: [], squares: pass.squares };
    if (to < this.parts.layers.length) return made;
    if (wantHidden) hidden.push(x);
    const rows = rowsWithLogits(x, logits, segments);
    if (rows === undefined) return made;
    const { head } = this.parts;
    if (head === undefined) {
      throw new JambalayaError('unavailable', { what: 'logits', reason: 'this BERT is an encoder without a head' });
    }
    const transformed = head.norm.forward(gelu(head.dense.forward(rows)));
    const { words } = this.parts;
    const scores = head.decoder?.forward(transformed);
    return { ...made, logits: scores ? add(scores, head.bias) : words.logits(transformed, head.bias) };
  }

  /** Of words alone: positions and kinds of text are added within `forward`. */
  embed(ids: ArrayLike<number> | Tensor): Tensor {
    return embedIds(ids, this.parts.words, this.config.vocabularySize);
  }

  dispose(): void {
    this.weights.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** LayerNorm(word + position + segment embeddings); positions count from 0 in each segment. */
  private embedded(input: ModelInput): Tensor {
    const { segments } = input;
    const { maxLength, tokenTypes } = this.config;
    const longest = Math.max(0, ...segments.lengths);
    if (longest > maxLength)
      throw new JambalayaError('limit', { what: 'tokens of a sequence', limit: maxLength, found: longest });
    const words = embedTokens(input, this.parts.words, this.description);
    const positions = Int32Array.from(segments.lengths.flatMap((length) => Array.from({ length }, (_, t) => t)));
    const types = checkedIds(
      'tokenTypes',
      input.tokenTypes ?? new Int32Array(segments.rows),
      segments.rows,
      tokenTypes,
    );
    const lookUp = (table: Embedding, ids: Int32Array) => table.forward(Tensor.from(this.device, [ids.length], ids));
    const sum = add(add(words, lookUp(this.parts.types, types)), lookUp(this.parts.positions, positions));
    return this.parts.embeddingNorm.forward(sum);
  }
}
