/**
 * node-llama-cpp in a process of its own, asked over IPC: {id, method, params} comes in, {id, result} or {id, error} goes out.
 * Run by `bench/inference.mjs` with the path of the package's entry.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [entry, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);
const { getLlama } = await import(pathToFileURL(entry).href);
const llama = await getLlama({
  gpu: false,
  build: 'never',
  progressLogs: false,
  logLevel: 'error',
  maxThreads: threads,
});
const warmUpTokens = 3;
let model;

/** A context of its own for each measurement: a recurrent state is not rewound. Keys and values are f16, its default. */
async function withContext({ contextSize, sequences = 1, exact = false }, body) {
  const dtypes = exact ? { experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' } : {};
  const context = await model.createContext({ contextSize, sequences, threads, batchSize: 512, ...dtypes });
  try {
    return await body(Array.from({ length: sequences }, () => context.getSequence()));
  } finally {
    await context.dispose();
  }
}

/** The times at which tokens come, after `ids`. */
async function timesOf(sequence, ids, tokens) {
  const times = [];
  for await (const _ of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    times.push(performance.now());
    if (times.length === tokens) break;
  }
  return times;
}

const methods = {
  describe: () => {
    const { name, version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'));
    return {
      package: name,
      version,
      llamaCpp: llama.llamaCppRelease.release,
      systemInfo: llama.systemInfo.trim(),
      threads,
    };
  },
  load: async ({ file }) => {
    await model?.dispose();
    model = await llama.loadModel({ modelPath: file });
  },
  /** The most likely next token after each of `ids`, with keys and values in f32. */
  topTokens: ({ ids }) =>
    withContext({ contextSize: ids.length + 8, exact: true }, async ([sequence]) => {
      const steps = ids.map((id) => [id, { generateNext: { probabilities: true } }]);
      const answers = await sequence.controlledEvaluate(steps);
      return answers.map(({ next }) => [...next.probabilities].reduce((a, b) => (b[1] > a[1] ? b : a))[0]);
    }),
  /** Seconds of a step of all sequences: the median time between two tokens of one of them. */
  decode: ({ prompts, tokens }) =>
    withContext({ contextSize: 64 + prompts[0].length + tokens, sequences: prompts.length }, async (sequences) => {
      const all = await Promise.all(sequences.map((one, i) => timesOf(one, prompts[i], tokens + warmUpTokens)));
      const gaps = all.flatMap((times) => times.slice(1).map((time, i) => time - times[i])).sort((a, b) => a - b);
      // The first tokens of a sequence come while others still read their prompts: the median passes over them.
      return gaps[gaps.length >> 1] / 1000;
    }),
  /** Seconds from the prompt to the first token. */
  prefill: ({ ids }) =>
    withContext({ contextSize: ids.length + 16 }, async ([sequence]) => {
      const started = performance.now();
      const [first] = await timesOf(sequence, ids, 1);
      return (first - started) / 1000;
    }),
};

process.on('message', async ({ id, method, params }) => {
  try {
    process.send({ id, result: await methods[method](params) });
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
// Its threads outlive its objects.
process.on('disconnect', () => process.exit());
process.send({ id: 0, result: methods.describe() });
