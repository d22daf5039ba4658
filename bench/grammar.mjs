/**
 * Structured output against MaskBench: 11,306 schemas with instances that do and do not satisfy them.
 *
 *     npm run bench -- grammar --data FOLDER [--model MODEL] [--every N] [--out FILE]
 *
 * FOLDER is `maskbench/data` of github.com/guidance-ai/jsonschemabench, which is measured and not shipped. A schema passes if
 * it compiles and every instance is told apart. With a model its vocabulary gives the masks that are timed; without one texts
 * are read byte by byte. The times are of one thread.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Vocabulary } from '../dist/grammar/index.js';
import { loadModel } from '../dist/index.js';
import { runFile } from './grammar/maskbench.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string' },
    every: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
if (values.data === undefined) {
  console.error(
    'npm run bench -- grammar --data FOLDER, the folder maskbench/data of github.com/guidance-ai/jsonschemabench',
  );
  process.exit(2);
}

let vocabulary = new Vocabulary([]);
let model;
if (values.model !== undefined) {
  model = await loadModel(values.model);
  const ids = Array.from({ length: model.info.vocabularySize }, (_, id) => id);
  vocabulary = new Vocabulary(await model.tokenBytes(ids));
}

const every = Number(values.every);
const files = readdirSync(values.data)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .filter((_, i) => i % every === 0);
const counts = { schemas: 0, passing: 0, refused: 0, invalidAccepted: 0, validRefused: 0, disagreements: 0 };
const reasons = new Map();
const compileMs = [];
const maskMs = [];
for (const file of files) {
  const { error, wrong, compileMs: time, masks } = await runFile(`${values.data}/${file}`, vocabulary, model);
  counts.schemas++;
  compileMs.push(time);
  for (const mask of masks) maskMs.push(mask);
  if (error !== undefined) {
    counts.refused++;
    const reason = error.replace(/"[^"]*"/g, '"…"').slice(0, 100);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  } else if (wrong === undefined) counts.passing++;
  else {
    if (wrong.includes('do not agree')) counts.disagreements++;
    else if (wrong.includes('invalid')) counts.invalidAccepted++;
    else counts.validRefused++;
    if (!wrong.includes('valid refused')) console.error(`${file}: ${wrong}`);
  }
  if (counts.schemas % 500 === 0) console.error(`${counts.schemas} of ${files.length}: ${counts.passing} pass`);
}
await model?.dispose();

const result = {
  ...counts,
  vocabulary: vocabulary.bytes.length,
  compileMilliseconds: quantiles(compileMs),
  ...(maskMs.length === 0 ? {} : { masks: maskMs.length, maskMilliseconds: quantiles(maskMs) }),
  refusals: Object.fromEntries([...reasons].sort((a, b) => b[1] - a[1])),
  machine: cpus()[0]?.model,
  node: process.version,
};
console.log(JSON.stringify(result, null, 2));
if (values.out !== undefined) {
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
}
if (counts.invalidAccepted + counts.disagreements > 0) process.exit(1);

function quantiles(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(4));
  return { p50: at(0.5), p99: at(0.99), largest: at(1) };
}
