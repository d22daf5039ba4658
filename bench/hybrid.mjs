/**
 * The comparison of attention, Mamba and their hybrids (Jamba's ablation) on a toy scale: language modelling, recall of pairs, and
 * following a format that only the prompt shows. What came out is in docs/experiments/hybrid.md.
 *
 *     npm run bench -- hybrid [--seeds 3] [--steps 400] [--rates 0.0025,0.005,0.01] [--context 256] [--tokens 2048]
 *         [--only NAME,…] [--threads N] [--out FILE] [--figure FILE] [--report] [--smoke]
 *
 * First one seed of each family at several learning rates, of which the one with the least held-out loss is taken; then all variants
 * with all seeds; then the hybrid with and without inner norms at three times the rate. A run that is finished is a line of
 * the results file, and is not run again. The figure is drawn from that file, and the tables are printed from it;
 * `--report` does only that. `--tokens` are those of a step, `--context` is how long a text is. `--only` leaves out the other variants.
 * `--smoke` does all of it with next to no training, in seconds.
 */
import { on } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openDevice } from 'jambalaya';
import { drawFigure } from './hybrid/figure.mjs';
import { isSame, plansOf, tables } from './hybrid/plan.mjs';
import { run } from './hybrid/run.mjs';
import { measurement, readTexts } from './hybrid/tasks.mjs';
import { variants } from './hybrid/variants.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const full = {
  hidden: 64,
  layers: 8,
  heads: 4,
  intermediate: 128,
  context: 256,
  tokens: 2048,
  logEvery: 20,
  heldOutTokens: 16_384,
  items: 128,
};
const smoke = {
  ...full,
  hidden: 16,
  intermediate: 32,
  context: 32,
  tokens: 256,
  logEvery: 1,
  heldOutTokens: 256,
  items: 4,
};

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string' },
    steps: { type: 'string' },
    rates: { type: 'string' },
    context: { type: 'string' },
    tokens: { type: 'string' },
    only: { type: 'string' },
    threads: { type: 'string' },
    out: { type: 'string' },
    figure: { type: 'string' },
    report: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});

function fail(message) {
  console.error(message);
  process.exit(2);
}

function count(name, fallback) {
  const value = Number(options[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1) fail(`--${name}: expected a whole number from 1, got ${options[name]}`);
  return value;
}

const size = options.smoke ? smoke : full;
const settings = { ...size, context: count('context', size.context), tokens: count('tokens', size.tokens) };
const seeds = count('seeds', options.smoke ? 1 : 3);
const steps = count('steps', options.smoke ? 2 : 400);
const rates = (options.rates ?? (options.smoke ? '0.005,0.01' : '0.0025,0.005,0.01')).split(',').map(Number);
if (!rates.every((rate) => rate > 0)) fail(`--rates: expected numbers over 0, got ${options.rates}`);
const only = options.only?.split(',') ?? Object.keys(variants);
for (const name of only) {
  if (variants[name] === undefined) fail(`--only: expected some of ${Object.keys(variants).join(', ')}, got ${name}`);
}
const place = options.smoke ? `${root}build/hybrid-smoke` : undefined;
const out = options.out ?? (place ? `${place}.json` : `${root}bench/results/hybrid.json`);
const figure = options.figure ?? (place ? `${place}.svg` : `${root}docs/experiments/hybrid.svg`);

/** The runs of a results file, which have to be of these settings. */
function readRuns() {
  if (!existsSync(out)) return [];
  const file = JSON.parse(readFileSync(out, 'utf8'));
  if (JSON.stringify(file.settings) === JSON.stringify(settings)) return file.runs;
  return fail(`${out}: expected results of the settings ${JSON.stringify(settings)}; name another file with --out`);
}

/** Replaces a file as a whole. */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function writeRuns(runs) {
  const lines = runs.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  write(out, `{\n  "settings": ${JSON.stringify(settings)},\n  "runs": [\n${lines}\n  ]\n}\n`);
}

const duration = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** One line on a terminal that is written over, now and then a line elsewhere. */
function show(line, { lasting = false } = {}) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${lasting ? '\n' : ''}`);
  else console.error(line);
}

/** What the runs in progress are doing, and when all will be done. */
function progress(running, left) {
  let [stepsDone, stepsPerSecond, tokensPerSecond] = [0, 0, 0];
  for (const { seconds, step = 0, tokens = 0 } of running) {
    stepsDone += step;
    stepsPerSecond += seconds > 0 ? step / seconds : 0;
    tokensPerSecond += seconds > 0 ? tokens / seconds : 0;
  }
  const names = running.map(({ plan, step = 0, loss = Number.NaN }) => `${plan.variant} ${step}: ${loss.toFixed(2)}`);
  const eta = stepsPerSecond > 0 ? duration((left * steps - stepsDone) / stepsPerSecond) : '?';
  show(`${names.join(', ')}; ${Math.round(tokensPerSecond)} tokens/s, ${left} runs to go, ETA ${eta}`);
}

/** All runs that are missing, as many at a time as there are threads: a run has one each. */
async function runAll(runs) {
  const jobs = count('threads', availableParallelism());
  const machine = { cpu: cpus()[0].model, node: process.version, runsAtATime: jobs };
  const missing = () => plansOf({ runs, only, seeds, steps, rates });
  const running = [];
  let written = performance.now();
  const workOn = async () => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { settings } });
    const messages = on(worker, 'message');
    for (;;) {
      const plans = missing();
      if (plans.length === 0) break;
      const plan = plans.find((one) => one.rate !== undefined && !running.some((other) => isSame(other.plan, one)));
      // What is left waits for a rate, or is being run.
      if (plan === undefined) {
        if (plans.every((one) => running.some((other) => isSame(other.plan, one)))) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const entry = { plan, seconds: 0 };
      running.push(entry);
      worker.postMessage(plan);
      // `for await` would end the messages with the run.
      for (;;) {
        const [message] = (await messages.next()).value;
        if (message.result !== undefined) {
          runs.push({ ...message.result, machine });
          break;
        }
        Object.assign(entry, message);
        if (performance.now() - written < (process.stderr.isTTY ? 200 : 60_000)) continue;
        written = performance.now();
        progress(running, missing().length);
      }
      running.splice(running.indexOf(entry), 1);
      writeRuns(runs);
      const { variant, rate, seed, diverged, heldOutLoss, bitsPerByte, seconds } = runs[runs.length - 1];
      const outcome = diverged ?? `held-out loss ${heldOutLoss}, ${bitsPerByte} bits per byte`;
      const name = `${variant}, rate ${rate}, seed ${seed}`;
      show(`${name}: ${outcome} in ${Math.round(seconds)} s; ${missing().length} runs to go`, { lasting: true });
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: jobs }, workOn));
}

async function main() {
  const runs = readRuns();
  if (!options.report) await runAll(runs);
  const ofSteps = runs.filter((one) => one.steps === steps);
  if (ofSteps.length === 0) fail(`${out}: no runs of ${steps} steps`);
  write(figure, drawFigure(ofSteps));
  console.log(tables(ofSteps));
  console.log(`results: ${out}\nfigure: ${figure}`);
}

/** A worker: trains what it is told to, one after another. */
async function serve({ settings }) {
  const device = await openDevice({ name: 'native', threads: 1, keepMemory: true });
  const texts = readTexts();
  const held = measurement(texts.heldOut, settings);
  for await (const [plan] of on(parentPort, 'message')) {
    const started = performance.now();
    const onStep = (step) => parentPort.postMessage({ ...step, seconds: (performance.now() - started) / 1000 });
    parentPort.postMessage({ result: await run(plan, { device, settings, texts, held, onStep }) });
  }
}

if (!isMainThread) await serve(workerData);
else await main();
