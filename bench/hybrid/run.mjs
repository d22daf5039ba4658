/** One run: a model trained on the mixture, then measured. */
import { Segments } from 'jambalaya/nn';
import { crossEntropy, scope, Tensor } from 'jambalaya/tensor';
import { AdamW, InitialWeights, rateShare, Trainer } from 'jambalaya/train';
import { batchOf, generator, pairCounts, shotCounts, trainingBatch } from './tasks.mjs';
import { build, configOf, parametersOf } from './variants.mjs';

const schedule = { shape: 'cosine', warmup: 0.1, decay: 0, final: 0.05 };
const optimizerOptions = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.1 };
/** Tokens of one pass when measuring. */
const passTokens = 4096;

/**
 * @param {{ variant: string, rate: number, seed: number, steps: number }} plan
 * @param {{ device: import('jambalaya').Device, settings: object, texts: { train: Buffer }, held: object, onStep?: Function }} of
 * @returns what the results file keeps of it
 */
export async function run(plan, { device, settings, texts, held, onStep }) {
  const { variant, rate, seed, steps } = plan;
  const config = configOf(variant, settings);
  const weights = new InitialWeights(device, { seed, deviation: config.initializer_range });
  const model = await build(config, weights);
  const optimizer = new AdamW(model.parameters, optimizerOptions);
  const balance = config.num_experts > 1 ? 0.01 : 0;
  const options = { seed, clip: 1, dropout: 0, recompute: false, balance, activation: 0 };
  const trainer = new Trainer(model, optimizer, options);
  const random = generator(seed);
  const started = performance.now();
  const curve = [];
  const largest = { activation: 0, gradientNorm: 0 };
  let tokens = 0;
  let diverged;
  try {
    for (let step = 0; step < steps; step++) {
      const batch = trainingBatch(random, texts.train, settings);
      const isLogged = step % settings.logEvery === 0 || step === steps - 1;
      const report = await trainer.step([batch], rate * rateShare(schedule, step, steps), isLogged);
      tokens += batch.ids.length;
      largest.gradientNorm = Math.max(largest.gradientNorm, report.gradientNorm);
      if (isLogged) {
        const layers = report.observation.largestActivation;
        const activation = Math.max(...layers.flatMap(({ mixer, feedForward }) => [mixer, feedForward]));
        largest.activation = Math.max(largest.activation, activation);
        curve.push({ step: step + 1, loss: rounded(report.loss), activation: rounded(activation) });
      }
      onStep?.({ step: step + 1, loss: report.loss, tokens });
    }
  } catch (error) {
    if (error?.code !== 'diverged') throw error;
    diverged = error.message;
  }
  const seconds = (performance.now() - started) / 1000;
  const result = {
    ...plan,
    parameters: parametersOf(config),
    feedForward: config.intermediate_size,
    tokens,
    seconds: rounded(seconds),
    largestActivation: rounded(largest.activation),
    largestGradientNorm: rounded(largest.gradientNorm),
    ...(diverged === undefined ? await measure(model, held) : { diverged }),
    curve,
  };
  optimizer.dispose();
  model.dispose();
  return result;
}

const rounded = (value) => Number(value.toPrecision(5));

/** Bits per byte of text; accuracy of recall and of format, each by its size; and the mean loss over the three in nats. */
async function measure(model, held) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const text = (await answers(model, held.text)).flatMap(({ losses }) => losses);
  const recall = [];
  for (const documents of held.recall) {
    recall.push(
      (await answers(model, documents)).flatMap(({ losses, hits }) => losses.map((loss, i) => [loss, hits[i]])),
    );
  }
  const format = [];
  for (const questions of held.format) {
    const all = await answers(model, questions.flat());
    // The model's own greedy answer is a label if each byte of that label is its first choice after those before it.
    const said = all.map(({ hits }) => hits.every(Boolean));
    format.push({
      right: mean(questions.map((_, i) => Number(said[2 * i]))),
      kept: mean(questions.map((_, i) => Number(said[2 * i] || said[2 * i + 1]))),
      losses: questions.flatMap((_, i) => all[2 * i].losses),
    });
  }
  const learnedCounts = recall.filter((_, i) => pairCounts[i] <= 16);
  const losses = [
    mean(text),
    mean(learnedCounts.map((pairs) => mean(pairs.map(([loss]) => loss)))),
    mean(format.flatMap(({ losses }) => losses)),
  ];
  const by = (sizes, values) => Object.fromEntries(sizes.map((size, i) => [size, rounded(values[i])]));
  return {
    heldOutLoss: rounded(mean(losses)),
    bitsPerByte: rounded(losses[0] / Math.LN2),
    recall: by(
      pairCounts,
      recall.map((pairs) => mean(pairs.map(([, hit]) => Number(hit)))),
    ),
    formatRight: by(
      shotCounts,
      format.map(({ right }) => right),
    ),
    formatKept: by(
      shotCounts,
      format.map(({ kept }) => kept),
    ),
  };
}

/** For each document, the losses of what is asked in it, and whether the model's first choice was right. */
async function answers(model, documents) {
  const results = [];
  for (let at = 0; at < documents.length; ) {
    const part = [];
    for (let tokens = 0; at < documents.length && tokens < passTokens; at++) {
      part.push(documents[at]);
      tokens += documents[at].ids.length;
    }
    const { ids, labels, lengths, offsets } = batchOf(part);
    const { losses, logits } = scope(() => {
      const segments = new Segments(model.device, lengths);
      const { logits } = model.forward({ ids, segments });
      return { logits, losses: crossEntropy(logits, Tensor.from(model.device, [labels.length], labels)) };
    });
    const [lossValues, logitValues] = [await losses.read(), await logits.read()];
    const columns = logits.shape[1];
    losses.dispose();
    logits.dispose();
    lengths.forEach((_, d) => {
      const rows = Array.from({ length: lengths[d] }, (_, i) => offsets[d] + i).filter((row) => labels[row] >= 0);
      results.push({
        losses: rows.map((row) => lossValues[row]),
        hits: rows.map((row) => isFirstChoice(logitValues, row * columns, columns, labels[row])),
      });
    });
  }
  return results;
}

/** Whether no other logit of a row is as large. */
function isFirstChoice(logits, start, columns, label) {
  const chosen = logits[start + label];
  for (let i = 0; i < columns; i++) if (i !== label && logits[start + i] >= chosen) return false;
  return true;
}
