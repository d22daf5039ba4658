/**
 * A Transformer with rotary positions (Su et al. 2021), as a control for attention without any: the layers of Jamba with attention
 * in all of them and dense feed-forwards, its parameters under Jamba's names. For comparisons alone: it keeps no state.
 */
import { Attention, Embedding, GatedMlp, RmsNorm } from 'jambalaya/nn';
import { add, gatherRows, matmul, mul, scope, Tensor } from 'jambalaya/tensor';

/** Turns queries and keys by their positions; the angles of one pass are the same in every layer. */
export class Rotary {
  #cos;
  #sin;
  #turn;
  #now;

  /** @param {{ context: number, headSize: number, theta: number }} of `context`: positions there are */
  constructor(device, weights, { context, headSize, theta }) {
    const half = headSize / 2;
    const table = (of) =>
      weights.own(
        Tensor.from(
          device,
          [context, headSize],
          Float32Array.from({ length: context * headSize }, (_, i) => {
            const [position, j] = [Math.floor(i / headSize), (i % headSize) % half];
            return of(position * theta ** (-j / half));
          }),
        ),
      );
    this.headSize = headSize;
    this.#cos = table(Math.cos);
    this.#sin = table(Math.sin);
    // Row j of x · Wᵀ is −x[j + half] in the first half, and x[j − half] in the second.
    const turn = new Float32Array(headSize * headSize);
    for (let j = 0; j < half; j++) {
      turn[j * headSize + j + half] = -1;
      turn[(j + half) * headSize + j] = 1;
    }
    this.#turn = weights.own(Tensor.from(device, [headSize, headSize], turn));
  }

  /** Looks the angles of all rows up, for `heads` heads each. */
  begin(device, lengths, heads) {
    const positions = lengths.flatMap((length) =>
      Array.from({ length: length * heads }, (_, i) => Math.floor(i / heads)),
    );
    const indices = Tensor.from(device, [positions.length], Int32Array.from(positions));
    this.#now = { cos: gatherRows(this.#cos, indices), sin: gatherRows(this.#sin, indices) };
  }

  /** x (T, H · Dh), each head turned by its row's position. */
  rotate(x) {
    const heads = x.reshape([-1, this.headSize]);
    const { cos, sin } = this.#now;
    return add(mul(heads, cos), mul(matmul(heads, this.#turn), sin)).reshape(x.shape);
  }

  /** A projection whose rows are turned. */
  of(projection) {
    return { weight: projection.weight, forward: (x) => this.rotate(projection.forward(x)) };
  }
}

/**
 * @param {object} config of a Jamba whose layers all attend, all key and value heads their own; `rope_theta` absent for no positions
 * @returns {Promise<import('jambalaya/models').Model>}
 */
export async function buildTransformer(config, weights) {
  const { device } = weights;
  const D = config.hidden_size;
  const heads = config.num_attention_heads;
  const headSize = D / heads;
  const eps = 1e-6;
  const rotary =
    config.rope_theta === undefined
      ? undefined
      : new Rotary(device, weights, { context: config.max_position_embeddings, headSize, theta: config.rope_theta });
  const embedding = await Embedding.load(weights, 'model.embed_tokens', config.vocab_size, D);
  const layers = [];
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `model.layers.${i}`;
    const self = `${name}.self_attn`;
    const shape = { hidden: D, heads, kvHeads: heads, headSize, causal: true };
    const names = { query: `${self}.q_proj`, key: `${self}.k_proj`, value: `${self}.v_proj`, output: `${self}.o_proj` };
    const { query, key, value, output } = await Attention.load(weights, names, shape);
    const turned = (projection) => rotary?.of(projection) ?? projection;
    layers.push({
      inputNorm: await RmsNorm.load(weights, `${name}.input_layernorm`, D, eps),
      attention: new Attention(shape, turned(query), turned(key), value, output),
      feedForwardNorm: await RmsNorm.load(weights, `${name}.pre_ff_layernorm`, D, eps),
      feedForward: await GatedMlp.load(weights, `${name}.feed_forward`, D, config.intermediate_size),
    });
  }
  const finalNorm = await RmsNorm.load(weights, 'model.final_layernorm', D, eps);
  return {
    device,
    parameters: weights.parameters,
    stateLayouts: [],
    description: { layers: layers.map(() => ({ mixer: 'attention', experts: 1, expertsPerToken: 1 })) },
    forward({ ids, segments }, { observe } = {}) {
      rotary?.begin(device, segments.lengths, heads);
      let x = embedding.forward(Tensor.from(device, [ids.length], Int32Array.from(ids)));
      layers.forEach((layer, i) => {
        x = scope(() => {
          const mixed = layer.attention.forward(layer.inputNorm.forward(x), segments);
          observe?.('mixer', i, mixed);
          const between = add(x, mixed);
          const fed = layer.feedForward.forward(layer.feedForwardNorm.forward(between));
          observe?.('feedForward', i, fed);
          return add(between, fed);
        });
      });
      return { logits: embedding.logits(finalNorm.forward(x)), hidden: [], routerLogits: [], squares: [] };
    },
    dispose: () => weights.dispose(),
  };
}
