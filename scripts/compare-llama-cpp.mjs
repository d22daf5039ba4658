/**
 * Exports a model to GGUF, loads the file in llama.cpp (through node-llama-cpp) and here, and compares the log-probabilities
 * of every next token along a text.
 *
 *     node scripts/compare-llama-cpp.mjs MODEL --peer FOLDER [--dtype f32|f16|bf16|q8_0] [--text TEXT] [--bound X]
 *
 * node-llama-cpp is no dependency: FOLDER is one that it was installed in (`npm install node-llama-cpp --ignore-scripts`).
 * The model needs a tokenizer that a GGUF can hold. llama.cpp keeps keys and values in f32 for this, as we do. Tokens less
 * likely than 1e-6 count by their probability's difference alone. Prints one JSON object; exit code 1 past the bound.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { exportToGguf, loadModel, openModel } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    dtype: { type: 'string', default: 'f32' },
    text: { type: 'string', default: 'To be, or not to be: that is the question' },
    bound: { type: 'string', default: '1e-3' },
  },
});
const [model] = positionals;
if (model === undefined || values.peer === undefined) {
  console.error('node scripts/compare-llama-cpp.mjs MODEL --peer FOLDER [--dtype …] [--text …] [--bound …]');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const file = join(folder, 'model.gguf');
try {
  const checkpoint = await openModel(model);
  await exportToGguf(checkpoint, file, { type: values.dtype.toUpperCase() });
  await checkpoint.close();
  const ours = await oursOf(file, values.text);
  const theirs = await theirsOf(file, ours.ids);
  const result = { model, dtype: values.dtype, ...compare(ours.logprobs, theirs.logprobs), peer: theirs.peer };
  console.log(JSON.stringify({ ...result, bound: Number(values.bound) }));
  if (!(result.largestDifference <= Number(values.bound))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
// llama.cpp's threads outlive its objects.
process.exit();

async function oursOf(path, text) {
  const loaded = await loadModel(path);
  const ids = await loaded.tokenize(text);
  const { rows, columns, values: logits } = await loaded.logits(ids);
  await loaded.dispose();
  const logprobs = Array.from({ length: rows }, (_, t) => {
    const row = Array.from(logits.subarray(t * columns, (t + 1) * columns));
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
    return row.map((x) => x - logSum);
  });
  return { ids, logprobs };
}

async function theirsOf(path, ids) {
  const entry = join(resolve(values.peer), 'node_modules/node-llama-cpp/dist/index.js');
  const { getLlama } = await import(pathToFileURL(entry).href);
  const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false, logLevel: 'error' });
  const loaded = await llama.loadModel({ modelPath: path });
  const context = await loaded.createContext({
    contextSize: ids.length + 8,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const steps = ids.map((id) => [id, { generateNext: { probabilities: true } }]);
  const answers = await context.getSequence().controlledEvaluate(steps);
  const logprobs = answers.map(({ next }) => new Map([...next.probabilities].map(([id, p]) => [id, Math.log(p)])));
  return { logprobs, peer: { llamaCpp: llama.llamaCppRelease.release, system: llama.systemInfo } };
}

function compare(ours, theirs) {
  let largestDifference = 0;
  let divergence = 0;
  let sameTop = 0;
  ours.forEach((row, t) => {
    let top = -1;
    row.forEach((logprob, id) => {
      const other = theirs[t].get(id) ?? Number.NEGATIVE_INFINITY;
      if (top < 0 || other > theirs[t].get(top)) top = id;
      const p = Math.exp(logprob);
      const difference = p > 1e-6 ? Math.abs(logprob - other) : Math.abs(p - Math.exp(other));
      if (!(difference <= largestDifference)) largestDifference = difference;
      if (other > Number.NEGATIVE_INFINITY) divergence += p * (logprob - other);
    });
    if (row[top] === Math.max(...row)) sameTop++;
  });
  return { positions: ours.length, largestDifference, meanKl: divergence / ours.length, sameTop };
}
