/** Runs of a model with initial weights, counted and timed, beside what the planner says of its config. */
import type { ModelShape } from '../../cost/index.js';
import type { JsonObject } from '../../formats/index.js';
import { buildModel, type Model } from '../../models/index.js';
import { InitialWeights } from '../../training/index.js';
import { Calibration, median, type Rates } from './calibration.js';
import type { CountingDevice } from './countingDevice.js';
import { calibrationSizes, type Prediction, predictPrompt, predictToken, predictTraining } from './prediction.js';
import { decodeRun, promptRun, type Run, type RunSizes, trainingRun } from './runs.js';

export type Activity = 'training' | 'prompt' | 'token';

/** What was counted while it was done once. */
export interface Count {
  readonly flops: number;
  readonly recomputedFlops: number;
  /** The most that the allocator held. */
  readonly bytes: number;
}

export interface Comparison {
  readonly predicted: Prediction;
  /** `seconds` is the median. */
  readonly measured: Count & { readonly seconds: number };
}

export interface MeasuredModel {
  readonly rates: Rates;
  readonly runs: Readonly<Record<Activity, Comparison>>;
  /** Growth of the process while the three were done once: freed buffers that are kept, and JavaScript's heap, included. */
  readonly rssBytes: number;
}

export interface MeasureSizes extends RunSizes {
  /** Rounds of timing. */
  readonly repeats: number;
}

/** Tokens that are made one after the other in each round. */
const tokensOfRound = 8;

type Starts = Readonly<Record<Activity, () => Promise<Run> | Run>>;

const startsOf = (model: Model, device: CountingDevice, sizes: MeasureSizes): Starts => ({
  prompt: () => promptRun(model, device, sizes),
  token: () => decodeRun(model, device, sizes, 1 + (sizes.repeats + 1) * tokensOfRound),
  training: () => trainingRun(model, sizes),
});

/** Builds the model of a config on `device`, does each of the three once, and counts. */
export async function countRuns(
  config: JsonObject,
  configFile: string,
  device: CountingDevice,
  sizes: MeasureSizes,
): Promise<{ readonly model: Model; readonly counts: Readonly<Record<Activity, Count>> }> {
  const model = await buildModel(config, configFile, new InitialWeights(device, { seed: 1 }));
  const { prompt, token, training } = startsOf(model, device, sizes);
  const counts = {
    prompt: await counting(device, prompt),
    token: await counting(device, token),
    training: await counting(device, training),
  };
  return { model, counts };
}

/** The predictions of a config beside a model of it with initial weights, on one device. */
export async function measureModel(
  shape: ModelShape,
  config: JsonObject,
  configFile: string,
  device: CountingDevice,
  sizes: MeasureSizes,
): Promise<MeasuredModel> {
  const rssBefore = process.memoryUsage().rss;
  const { model, counts } = await countRuns(config, configFile, device, sizes);
  using _ = model;
  const rssBytes = process.memoryUsage().rss - rssBefore;
  const { rates, seconds } = await timing(shape, device, startsOf(model, device, sizes), sizes);
  const compared = (activity: Activity, predicted: Prediction): Comparison => ({
    predicted,
    measured: { ...counts[activity], seconds: seconds[activity] },
  });
  return {
    rates,
    runs: {
      training: compared('training', predictTraining(shape, sizes, rates)),
      prompt: compared('prompt', predictPrompt(shape, sizes, rates)),
      token: compared('token', predictToken(shape, sizes, rates)),
    },
    rssBytes,
  };
}

/** Arithmetic and memory of doing it once. */
async function counting(device: CountingDevice, start: () => Promise<Run> | Run): Promise<Count> {
  const run = await start();
  try {
    const { work, peakBytes } = await device.counting(() => run.once());
    let flops = 0;
    let recomputedFlops = 0;
    for (const op of work.values()) {
      flops += op.flops;
      recomputedFlops += op.recomputedFlops;
    }
    return { flops, recomputedFlops, bytes: peakBytes };
  } finally {
    run.dispose();
  }
}

/** Rounds of everything in turn: what else the machine does falls on rates and on runs alike. */
async function timing(
  shape: ModelShape,
  device: CountingDevice,
  runs: Starts,
  sizes: MeasureSizes,
): Promise<{ rates: Rates; seconds: Record<Activity, number> }> {
  using calibration = new Calibration(device, calibrationSizes(shape, sizes));
  const seconds: Record<Activity, number[]> = { training: [], prompt: [], token: [] };
  const prompt = await runs.prompt();
  const token = await runs.token();
  const timed = async (run: Run, times: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < times; i++) await run.once();
    return (performance.now() - start) / 1000 / times;
  };
  try {
    for (let round = 0; round <= sizes.repeats; round++) {
      await calibration.sample();
      const times = { prompt: await timed(prompt, 1), token: await timed(token, tokensOfRound) };
      // Parameters need gradients while it trains, and only then.
      const training = await runs.training();
      const trainingSeconds = await timed(training, 1);
      training.dispose();
      // The first round warms up.
      if (round === 0) continue;
      seconds.prompt.push(times.prompt);
      seconds.token.push(times.token);
      seconds.training.push(trainingSeconds);
    }
  } finally {
    prompt.dispose();
    token.dispose();
  }
  return {
    rates: calibration.rates,
    seconds: {
      training: median(seconds.training),
      prompt: median(seconds.prompt),
      token: median(seconds.token),
    },
  };
}
