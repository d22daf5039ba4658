/**
 * Input-dependent prompts (Levine et al. 2022, arXiv 2204.10019, section 2): a frozen encoder reads the text after a learned
 * prompt of its own, a learned cross-attention makes of what it says a prompt of fixed length for the frozen model.
 *
 *     E = encoder([P; embed(x)]);  h = Q + O · attention(Q, K E, V E);  h = h + down(silu(up(norm(h))));  prompt = C + W h
 *
 * W begins as zeros, so that the prompt is C, a soft prompt, before anything is learned.
 */
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { Segments, type State, type StatePool } from '../nn/index.js';
import {
  add,
  concat,
  gatherRows,
  matmul,
  rmsNorm,
  scale,
  scope,
  silu,
  slice,
  softmax,
  Tensor,
  unscoped,
} from '../tensor/index.js';
import { Random } from '../training/index.js';
import type { Adapter, TextRows } from './adapter.js';
import type { Encoder } from './encoder.js';
import { forwardWithPrompts, readPrompt } from './softPrompt.js';

export interface InputPromptSizes {
  /** L: vectors of the prompt that it makes. */
  readonly queries: number;
  /** d: elements of a query. */
  readonly width: number;
  readonly heads: number;
  /** Vectors of the learned prompt that the encoder reads first. */
  readonly encoderPrompt: number;
}

type Part = 'encoder_prompt' | 'queries' | 'key' | 'value' | 'mixed' | 'norm' | 'up' | 'down' | 'output' | 'prompt';

const eps = 1e-6;

export class InputPrompt implements Adapter {
  readonly method = 'input-dependent-prompt';
  readonly readsPrompt = true;
  readonly parameters: ReadonlyMap<string, Tensor>;

  private constructor(
    private readonly shape: InputPromptSizes,
    private readonly encoder: Encoder,
    private readonly parts: Readonly<Record<Part, Tensor>>,
  ) {
    this.parameters = new Map(Object.entries(parts));
  }

  /** @param prompt ids whose embeddings the prompt begins as, one for each query; zeros without */
  static of(
    model: Model,
    encoder: Encoder,
    sizes: InputPromptSizes,
    seed: number,
    prompt?: readonly number[],
  ): InputPrompt {
    const { device } = model;
    const { queries: L, width: d, encoderPrompt: P } = sizes;
    const [D, De] = [model.description.hiddenSize, encoder.model.description.hiddenSize];
    const normal = (name: Part, rows: number, columns: number, deviation: number) => {
      const random = new Random(seed, `input prompt ${name}`);
      const values = Float32Array.from({ length: rows * columns }, () => deviation * random.normal());
      return Tensor.from(device, [rows, columns], values);
    };
    const zeros = (rows: number, columns: number) =>
      Tensor.from(device, [rows, columns], new Float32Array(rows * columns));
    const parts = unscoped(() => ({
      encoder_prompt: normal('encoder_prompt', P, De, 0.02),
      queries: normal('queries', L, d, 1),
      key: normal('key', d, De, 1 / Math.sqrt(De)),
      value: normal('value', d, De, 1 / Math.sqrt(De)),
      mixed: normal('mixed', d, d, 1 / Math.sqrt(d)),
      norm: Tensor.from(device, [d], new Float32Array(d).fill(1)),
      up: normal('up', 2 * d, d, 1 / Math.sqrt(d)),
      down: normal('down', d, 2 * d, 1 / Math.sqrt(2 * d)),
      output: zeros(D, d),
      prompt: prompt === undefined ? zeros(L, D) : scope(() => model.embed(prompt)),
    }));
    return new InputPrompt(sizes, encoder, parts);
  }

  get sizes() {
    return { ...this.shape, ...(this.encoder.name === undefined ? {} : { encoder: this.encoder.name }) };
  }

  get prefixLength(): number {
    return this.shape.queries;
  }

  forward(
    model: Model,
    { ids, lengths, prompts = [] }: TextRows,
    rows: readonly number[],
    options: ForwardOptions,
  ): ForwardOutput {
    const which = lengths.map((_, s) => s);
    return forwardWithPrompts(model, this.promptsFor(prompts), which, { ids, lengths }, rows, options);
  }

  async prefix(model: Model, pool: StatePool, prompt = ''): Promise<State> {
    using vectors = scope(() => this.promptsFor([prompt]));
    return readPrompt(model, pool, vectors);
  }

  [Symbol.dispose](): void {
    for (const tensor of this.parameters.values()) tensor.dispose();
    this.encoder[Symbol.dispose]();
  }

  /** The prompts of S texts, one after another: (S · L, D). The encoder reads all of them in one pass. */
  private promptsFor(texts: readonly string[]): Tensor {
    const { queries, key, value, mixed, norm, up, down, output, prompt } = this.parts;
    const { rows: read, lengths } = this.encoded(texts);
    const [keys, values] = [matmul(read, key), matmul(read, value)];
    let from = 0;
    const attended = lengths.map((length) => {
      const to = from + length;
      const context = this.attention(queries, keys.range(from, to), values.range(from, to));
      from = to;
      return context;
    });
    const repeated = (rows: Tensor) =>
      texts.length === 1
        ? rows
        : concat(
            texts.map(() => rows),
            0,
          );
    const h = add(repeated(queries), matmul(concat(attended, 0), mixed));
    const fed = add(h, matmul(silu(matmul(rmsNorm(h, norm, eps), up)), down));
    return add(repeated(prompt), matmul(fed, output));
  }

  /** What the encoder says of each text after its prompt: (Σ (P + T), De). */
  private encoded(texts: readonly string[]): { rows: Tensor; lengths: number[] } {
    const { model } = this.encoder;
    const { encoder_prompt: before } = this.parts;
    const P = before.shape[0]!;
    const ids = texts.map((text) => this.encoder.idsOf(text, P));
    const order: number[] = [];
    let row = P;
    for (const { length } of ids) {
      for (let i = 0; i < P; i++) order.push(i);
      for (let t = 0; t < length; t++) order.push(row++);
    }
    const table = concat([before, model.embed(Int32Array.from(ids.flat()))], 0);
    const embeddings = gatherRows(table, Tensor.from(model.device, [order.length], Int32Array.from(order)));
    const lengths = ids.map(({ length }) => P + length);
    const segments = new Segments(model.device, lengths);
    return { rows: model.forward({ embeddings, segments }, { logits: 'none' }).output, lengths };
  }

  /** softmax(q kᵀ / √Dh) v by heads: q is (L, d), k and v (T, d). */
  private attention(q: Tensor, k: Tensor, v: Tensor): Tensor {
    const { width, heads } = this.shape;
    const size = width / heads;
    const parts = Array.from({ length: heads }, (_, h) => {
      const [qh, kh, vh] = [q, k, v].map((x) => slice(x, 1, h * size, size)) as [Tensor, Tensor, Tensor];
      return matmul(softmax(scale(matmul(qh, kh), 1 / Math.sqrt(size))), vh, { mode: 'nn' });
    });
    return concat(parts, 1);
  }
}
