/**
 * Speed and memory of training a hybrid of 9M active parameters (D 256, 8 layers, attention at layer 4, 4 experts top-2 at odd
 * layers, V 4,096, tied), beside the machine's ceilings and beside Transformers on PyTorch, the sides in turns in one run.
 *
 *     npm run bench -- training [--quick] [--parts speed,profile,memory,long] [--precisions f32,bf16] [--context 512] [--batch 4]
 *         [--rounds 5] [--steps 2] [--threads N] [--python PYTHON | --no-python] [--out FILE] [--json]
 *
 * `speed`: tokens per second, and the share of the peak that products with weights reach: their FLOPs over the whole time of a
 * step, over what a loop in registers reaches, which is measured between the rounds. `profile`: where a step goes. `memory`:
 * the allocator's peak beside the closed form of `jambalaya/cost`, with and without activation checkpointing. `long`: the same
 * model at 8,192 tokens. PyTorch and Transformers are no dependencies: where `--python` (python3 unless told) has both, a Jamba
 * (`use_mambapy`) and a Llama of as many active parameters train in turns with ours; otherwise ours runs alone and the result
 * says so. Without the package mambapy, Transformers' Jamba would fall back to a loop over tokens: it is left out then. Rates are
 * medians over the rounds. JSON goes to `--out`; without it, to stdout with `--json`.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countParameters } from 'jambalaya/cost';
import { median } from './inference/measure.mjs';
import { config, llama, productFlops, shape } from './training/model.mjs';
import { measureMemory, openTraining, profileStep } from './training/ours.mjs';
import { startPeer } from './training/peer.mjs';

const parts = ['speed', 'profile', 'memory', 'long'];
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    parts: { type: 'string', default: parts.join(',') },
    precisions: { type: 'string', default: 'f32,bf16' },
    context: { type: 'string', default: '512' },
    batch: { type: 'string', default: '4' },
    rounds: { type: 'string' },
    steps: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: 'python3' },
    'no-python': { type: 'boolean', default: false },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
/** What an option lists, if all of it is known; else the program ends. */
function listed(option, known) {
  const names = options[option].split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  console.error(`--${option}: expected some of ${known.join(', ')}, got ${unknown}`);
  process.exit(2);
}
const wanted = listed('parts', parts);
const precisions = listed('precisions', ['f32', 'bf16']);
const [context, sequences, threads] = [options.context, options.batch, options.threads].map(Number);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
const steps = Number(options.steps ?? (options.quick ? 1 : 2));
const tokens = context * sequences;
const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const peakName = { f32: 'f32GigaFlopsPerSecond', bf16: 'bf16GigaFlopsPerSecond' };

const found = options['no-python']
  ? { reason: 'left out by --no-python' }
  : await startPeer(fileURLToPath(new URL('../../bench/training/peer.py', import.meta.url)), options.python, threads);
const peer = 'reason' in found ? undefined : found;
if (peer === undefined) say(`WITHOUT PYTORCH, our side alone: ${found.reason}`);
else say(`torch ${peer.about.torch}, transformers ${peer.about.transformers}`);
/** What trains beside ours. */
const peers = peer === undefined ? {} : { ...(peer.about.mambapy ? { jamba: config } : {}), llama };
if (peer !== undefined && !peer.about.mambapy) say('WITHOUT A JAMBA BESIDE OURS: Python has no package mambapy');

const report = {
  command: `npm run bench -- training ${process.argv.slice(2).join(' ')}`.trim(),
  date: new Date().toISOString().slice(0, 10),
  model: { ...countParameters(shape), config },
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    threads,
    node: process.version,
    loadAverage: loadavg()[0],
  },
  peer: peer?.about ?? { unavailable: found.reason },
  units: { tokensPerSecond: '1/s', seconds: 's', bytes: 'B', gigaFlopsPerSecond: '1e9/s', share: 'of 1' },
  results: {},
};

/** Rounds of a few steps of every side in turn; the first of each warms up. */
async function measureSpeed(precision) {
  const training = await openTraining({ precision, threads, context, sequences });
  const sides = { ours: () => training.step() };
  const parameters = {};
  for (const [kind, its] of Object.entries(peers)) {
    const name = `${kind} ${precision}`;
    parameters[kind] = (await peer.call('open', { name, kind, config: its, precision })).parameters;
    sides[kind] = () => peer.call('step', { name, context, sequences });
  }
  const seconds = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  const peaks = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      say(`${precision} round ${round} of ${rounds}`);
      for (const [side, step] of Object.entries(sides)) {
        for (let i = 0; i < (round === 0 ? 1 : steps); i++) {
          const taken = await step();
          if (!Number.isFinite(taken.loss)) throw new Error(`${side}: a loss of ${taken.loss}`);
          if (round > 0) seconds[side].push(taken.seconds);
        }
      }
      peaks.push(training.device.ceilings()[peakName[precision]]);
    }
    const profile = wanted.includes('profile') ? await profileStep(training) : undefined;
    const peak = median(peaks);
    const rate = (side) => tokens / median(seconds[side]);
    const gigaFlopsPerSecond = productFlops(context, sequences) / median(seconds.ours) / 1e9;
    return {
      isa: training.device.isa,
      context,
      sequences,
      tokensPerSecond: Object.fromEntries(Object.keys(sides).map((side) => [side, rate(side)])),
      seconds,
      timesPeers: Object.fromEntries(Object.keys(parameters).map((kind) => [kind, rate('ours') / rate(kind)])),
      peerParameters: parameters,
      productGigaFlopsPerSecond: gigaFlopsPerSecond,
      peakGigaFlopsPerSecond: peak,
      peaks,
      shareOfPeak: gigaFlopsPerSecond / peak,
      ...(profile === undefined ? {} : { profile }),
    };
  } finally {
    training.close();
  }
}

async function measureMemories() {
  const results = [];
  for (const precision of precisions) {
    for (const recompute of [false, true]) {
      say(`memory, ${precision}${recompute ? ' with activation checkpointing' : ''}`);
      results.push(await measureMemory({ precision, threads, context, sequences, recompute }));
    }
  }
  return results;
}

const text = () => `${JSON.stringify(report, null, 2)}\n`;
const done = (part, result) => {
  report.results[part] = result;
  // After each part, so that what was measured is not lost with what was not.
  if (options.out !== undefined) writeFileSync(options.out, text());
};
if (wanted.includes('speed') || wanted.includes('profile')) {
  const speeds = {};
  for (const precision of precisions) {
    speeds[precision] = await measureSpeed(precision);
    done('speed', speeds);
  }
}
peer?.end();
if (wanted.includes('memory')) done('memory', await measureMemories());
if (wanted.includes('long')) {
  say('one sequence of 8,192 tokens');
  done(
    'long',
    await measureMemory({ precision: precisions.at(-1), threads, context: 8192, sequences: 1, recompute: false }),
  );
}
if (options.out === undefined && options.json) process.stdout.write(text());
printTable();

function printTable() {
  const print = options.json ? say : console.log;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(3)} GB`;
  const { speed = {}, memory = [], long } = report.results;
  for (const [precision, result] of Object.entries(speed)) {
    print(
      `${precision}: ${result.tokensPerSecond.ours.toFixed(0)} tokens/s, ${percent(result.shareOfPeak)} of ${result.peakGigaFlopsPerSecond.toFixed(0)} GFLOP/s`,
    );
    for (const [kind, times] of Object.entries(result.timesPeers)) {
      print(
        `${precision}: ${times.toFixed(2)} times Transformers' ${kind}, ${result.tokensPerSecond[kind].toFixed(0)} tokens/s`,
      );
    }
    if (result.profile)
      print(`${precision}: scan and convolution ${percent(result.profile.scanAndConvolution)} of a step`);
  }
  for (const one of [...memory, ...(long ? [long] : [])]) {
    const beside = one.predictedBytes
      ? `, closed form ${gigabytes(one.predictedBytes)} (${percent(one.predictedOverMeasured)})`
      : '';
    const how = one.activationCheckpointing ? ' with activation checkpointing' : '';
    print(
      `memory ${one.precision} ${one.sequences} × ${one.context}${how}: ${gigabytes(one.peakBytes)}, held ${gigabytes(one.peakHeldBytes)}${beside}`,
    );
  }
}
