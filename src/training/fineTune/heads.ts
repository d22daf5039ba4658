/** What stands on an encoder for a task: a classifier over its first token, or the two ends of a span (Devlin et al. 2018). */
import type { Device } from '../../contract/index.js';
import type { ForwardOptions, ForwardOutput, Model } from '../../models/index.js';
import { Segments } from '../../nn/index.js';
import {
  add,
  crossEntropy,
  gatherRows,
  matmul,
  scale,
  scope,
  slice,
  sumAll,
  Tensor,
  tanh,
  transpose,
} from '../../tensor/index.js';
import type { Batch } from '../data/batch.js';
import { InitialWeights } from '../initialWeights.js';
import type { ObjectivePass } from '../objective.js';

/** Examples as rows of one batch, with what each of them is to become. */
export interface TaskBatch extends Batch {
  /** (T) 0, and 1 in the second of two texts. */
  readonly tokenTypes: Int32Array;
  /** By example: a class, or the first and the last token of a span, counted from the example's own first. */
  readonly targets: readonly (readonly number[])[];
}

export interface TaskHead extends Disposable {
  /** By their names in Transformers. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** What Transformers calls a model with this head. */
  readonly architecture: string;
  pass(model: Model, batch: TaskBatch, segments: Segments, options: ForwardOptions): ObjectivePass;
  /** The likeliest target of each example. */
  predict(model: Model, batch: TaskBatch): Promise<number[][]>;
}

interface Hidden {
  readonly last: Tensor;
  readonly output: ForwardOutput;
}

function encode(model: Model, { ids, tokenTypes }: TaskBatch, segments: Segments, options: ForwardOptions): Hidden {
  const output = model.forward({ ids, segments, tokenTypes }, { ...options, hidden: true, logits: 'none' });
  return { last: output.hidden[output.hidden.length - 1]!, output };
}

const idsTensor = (device: Device, values: readonly number[]) =>
  Tensor.from(device, [values.length], Int32Array.from(values));

/** tanh of a linear map of the first token, and a linear map to the classes. */
export async function classifierHead(device: Device, hidden: number, classes: number, seed: number): Promise<TaskHead> {
  const weights = new InitialWeights(device, { seed });
  const pooler = await weights.vector('bert.pooler.dense.weight', [hidden, hidden]);
  const poolerBias = await weights.vector('bert.pooler.dense.bias', [hidden]);
  const classifier = await weights.vector('classifier.weight', [classes, hidden]);
  const bias = await weights.vector('classifier.bias', [classes]);
  const logitsOf = (last: Tensor, { offsets }: TaskBatch) => {
    const first = gatherRows(last, idsTensor(device, [...offsets.subarray(0, offsets.length - 1)]));
    return matmul(tanh(matmul(first, pooler, { bias: poolerBias })), classifier, { bias });
  };
  return {
    parameters: weights.parameters,
    architecture: 'BertForSequenceClassification',
    pass(model, batch, segments, options) {
      const { last, output } = encode(model, batch, segments, options);
      const targets = idsTensor(
        device,
        batch.targets.map(([target]) => target!),
      );
      return { loss: sumAll(crossEntropy(logitsOf(last, batch), targets)), output };
    },
    async predict(model, batch) {
      const values = await read(model, batch, (last) => logitsOf(last, batch));
      return batch.targets.map((_, i) => [largest(values.subarray(i * classes, (i + 1) * classes))]);
    },
    [Symbol.dispose]: () => weights.dispose(),
  };
}

/** Spans of more tokens are never said. */
const longestSpan = 30;

/** Two scores of each token: to be the first of the span, and to be the last. */
export async function spanHead(device: Device, hidden: number, seed: number): Promise<TaskHead> {
  const weights = new InitialWeights(device, { seed });
  const ends = await weights.vector('qa_outputs.weight', [2, hidden]);
  const bias = await weights.vector('qa_outputs.bias', [2]);
  /** (2, T) */
  const logitsOf = (last: Tensor) => transpose(matmul(last, ends, { bias }), 0, 1);
  return {
    parameters: weights.parameters,
    architecture: 'BertForQuestionAnswering',
    pass(model, batch, segments, options) {
      const { last, output } = encode(model, batch, segments, options);
      const logits = logitsOf(last);
      const losses = batch.targets.map((target, i) =>
        sumAll(crossEntropy(slice(logits, 1, batch.offsets[i]!, batch.lengths[i]!), idsTensor(device, target))),
      );
      return { loss: scale(losses.reduce(add), 0.5), output };
    },
    async predict(model, batch) {
      const values = await read(model, batch, logitsOf);
      const tokens = batch.ids.length;
      return batch.lengths.map((length, i) => {
        const from = batch.offsets[i]!;
        const types = batch.tokenTypes.subarray(from, from + length);
        return bestSpan(
          values.subarray(from, from + length),
          values.subarray(tokens + from, tokens + from + length),
          types,
        );
      });
    },
    [Symbol.dispose]: () => weights.dispose(),
  };
}

async function read(model: Model, batch: TaskBatch, logitsOf: (last: Tensor) => Tensor): Promise<Float32Array> {
  using segments = new Segments(model.device, batch.lengths);
  using logits = scope(() => logitsOf(encode(model, batch, segments, {}).last));
  return Float32Array.from(await logits.read());
}

const largest = (values: Float32Array) => values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

/** The span within the second text whose two scores are largest together. */
function bestSpan(starts: Float32Array, ends: Float32Array, types: Int32Array): number[] {
  let best = [0, 0];
  let score = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < starts.length; start++) {
    if (types[start] !== 1) continue;
    for (let end = start; end < Math.min(starts.length, start + longestSpan); end++) {
      if (starts[start]! + ends[end]! <= score) continue;
      score = starts[start]! + ends[end]!;
      best = [start, end];
    }
  }
  return best;
}
