/**
 * Speed of a random-weight Jamba of 787M parameters (338M active), beside the machine's ceilings and beside llama.cpp through
 * node-llama-cpp on the same weights, both sides in turns in one run: int8 against Q8_0, bf16 against BF16.
 *
 *     npm run bench -- inference [--quick] [--parts check,int8,bf16,experts-int8,wasm,first-token] [--prompt 512,4096,16384]
 *         [--batch 1,4,16] [--generate 64] [--repeats 3] [--threads N] [--peer FOLDER | --no-peer] [--out FILE] [--json]
 *
 * Models (8 GB) are written once to `build/bench`. node-llama-cpp is no dependency: it is installed into `build/bench/peer`,
 * or taken from `--peer`, a folder that it was installed in; without it our side runs alone and the result says so. `check`
 * compares both sides' most likely next tokens on the same weights in F32 before anything is timed, and ends the run if they differ. Rates are medians of the
 * repeats; bytes are the stored weights that a step's tokens make active (the experts that they chose, each once), states,
 * keys and values (bf16 beside the peer, whose own are f16; f32 alone). JSON goes to `--out`; without it, to stdout with `--json`.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countParameters, readModelShape } from 'jambalaya/cost';
import { checkTopTokens, measureFirstToken, measurePart } from './inference/measure.mjs';
import { config, writeModels } from './inference/model.mjs';
import { installPeer, startPeer } from './inference/peerClient.mjs';

const parts = ['check', 'int8', 'bf16', 'experts-int8', 'wasm', 'first-token'];
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    parts: { type: 'string', default: parts.join(',') },
    prompt: { type: 'string' },
    batch: { type: 'string' },
    generate: { type: 'string' },
    repeats: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    peer: { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const list = (text) => text.split(',').map(Number);
const wanted = options.parts.split(',');
const unknown = wanted.find((part) => !parts.includes(part));
if (unknown !== undefined) {
  console.error(`--parts: expected some of ${parts.join(', ')}, got ${unknown}`);
  process.exit(2);
}
const prompts = list(options.prompt ?? (options.quick ? '512' : '512,4096,16384'));
const batches = list(options.batch ?? (options.quick ? '1,4' : '1,4,16'));
const generate = Number(options.generate ?? (options.quick ? 8 : 64));
const repeats = Number(options.repeats ?? (options.quick ? 1 : 3));
const threads = Number(options.threads);
const root = new URL('../../', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));
const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** The peer, ready to be asked; or why there is none. */
async function findPeer() {
  if (options['no-peer']) return { reason: 'left out by --no-peer' };
  const installed = installPeer(options.peer ?? path('build/bench/peer'), say);
  if ('reason' in installed) return installed;
  try {
    return await startPeer(path('bench/inference/peer.mjs'), installed.entry, threads);
  } catch (error) {
    return { reason: error.message };
  }
}

const found = await findPeer();
const peer = 'reason' in found ? undefined : found;
if (peer === undefined) say(`WITHOUT A PEER, our side alone: ${found.reason}`);
else say(`${peer.about.package} ${peer.about.version}, llama.cpp ${peer.about.llamaCpp}: ${peer.about.systemInfo}`);

const needs = {
  check: peer === undefined ? [] : ['int8', 'gguf-f32', 'gguf-bf16', 'gguf-q8_0'],
  int8: ['int8', ...(peer === undefined ? [] : ['gguf-q8_0'])],
  bf16: peer === undefined ? [] : ['gguf-bf16'],
  wasm: ['int8'],
  'first-token': ['int8'],
};
const paths = await writeModels(path('build/bench'), new Set(wanted.flatMap((part) => needs[part] ?? [])), say);
const report = {
  command: `npm run bench -- inference ${process.argv.slice(2).join(' ')}`.trim(),
  date: new Date().toISOString().slice(0, 10),
  model: { ...countParameters(readModelShape(config).shape), config },
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    loadAverage: loadavg()[0],
  },
  peer: peer?.about ?? { unavailable: found.reason },
  units: {
    tokensPerSecond: '1/s',
    gigabytesPerSecond: '1e9 B/s',
    gigaOpsPerSecond: '1e9/s',
    seconds: 's',
    peakBytes: 'B',
  },
  check: {},
  results: {},
};
const sizes = { batches, prompts, generate, repeats };
const measurements = {
  int8: () =>
    measurePart({
      ...sizes,
      model: paths.int8,
      open: { threads, kv: 'bf16' },
      peer,
      peerFile: paths['gguf-q8_0'],
      say,
    }),
  bf16: () =>
    measurePart({
      ...sizes,
      model: paths.bf16,
      open: { threads, weights: 'bf16', kv: 'bf16' },
      peer,
      peerFile: paths['gguf-bf16'],
      say,
    }),
  'experts-int8': () => measurePart({ ...sizes, model: paths.bf16, open: { threads, weights: 'experts-int8' }, say }),
  wasm: () =>
    measurePart({ ...sizes, batches: [1], prompts: [prompts[0]], model: paths.int8, open: { device: 'wasm' }, say }),
  'first-token': () => measureFirstToken(path('dist/cli/main.js'), paths.int8, 'a b c d e f g h', 5),
};

const text = () => `${JSON.stringify(report, null, 2)}\n`;

if (wanted.includes('check') && peer !== undefined) {
  say('== check');
  report.check = await checkTopTokens(peer, paths, {
    positions: options.quick ? 16 : 64,
    vocabulary: config.vocab_size,
  });
  say(JSON.stringify(report.check));
  // Rounding decides between logits that are almost equal, and nothing else may differ.
  if (report.check.sameWeights.largestGapInDeviations > 0.05) {
    console.error('the two sides compute different things from the same weights: nothing is timed');
    peer.end();
    process.exit(1);
  }
}
for (const part of wanted.filter((name) => name !== 'check')) {
  say(`== ${part}`);
  report.results[part] = await measurements[part]();
  // After each part, so that what was measured is not lost with what was not.
  if (options.out !== undefined) writeFileSync(options.out, text());
}
peer?.end();
if (options.out === undefined && options.json) process.stdout.write(text());
printTable();

function printTable() {
  const print = options.json ? say : console.log;
  for (const [part, { decode = {}, prefill = {}, ...rest }] of Object.entries(report.results)) {
    for (const [kind, rows] of Object.entries({ decode, prefill })) {
      for (const [size, { ours, peer: theirs, timesPeer }] of Object.entries(rows)) {
        const share = 100 * (ours.shareOfReadBandwidth ?? ours.shareOfPeak);
        const rate = ours.gigabytesPerSecond?.toFixed(1).concat(' GB/s') ?? `${ours.gigaOpsPerSecond.toFixed(0)} GOP/s`;
        const beside = theirs
          ? `; llama.cpp ${theirs.tokensPerSecond.toFixed(1)}, ${timesPeer.toFixed(2)} times that`
          : '';
        print(
          `${part} ${kind} ${size}: ${ours.tokensPerSecond.toFixed(1)} tokens/s, ${rate}, ${share.toFixed(1)} %${beside}`,
        );
      }
    }
    if (rest.medianSeconds !== undefined)
      print(`${part}: ${rest.medianSeconds.toFixed(2)} s after ${rest.promptTokens} tokens`);
  }
}
