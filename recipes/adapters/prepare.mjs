#!/usr/bin/env node
/**
 * Rows of the experiments with adapters, from public data that you have on disk:
 *
 *     node recipes/adapters/prepare.mjs --data DIR --out build/adapters/rows
 *
 * DIR has `mrkl/expN_…/*.jsonl` (github.com/AI21Labs/MRKL_synthetic_data) and `cls_sst2/{train,dev}.jsonl.gz` (`text`, `label`:
 * Stanford Sentiment Treebank). Rows `{"prompt", "completion"}` come in an order drawn once, so that the first n are a sample.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { data, out } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' } } }).values;
if (data === undefined || out === undefined) {
  console.error('usage: node recipes/adapters/prepare.mjs --data DIR --out DIR');
  process.exit(2);
}

const parse = (text) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const folder = (name, wanted = /\.jsonl$/) =>
  readdirSync(join(data, name))
    .filter((file) => wanted.test(file))
    .sort()
    .flatMap((file) => parse(readFileSync(join(data, name, file), 'utf8')));
const packed = (file) => parse(gunzipSync(readFileSync(join(data, file))).toString('utf8'));

/** Fisher and Yates with the numbers of a linear congruence: always the same order. */
function shuffled(rows) {
  let state = 1;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const result = [...rows];
  for (let i = result.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

const calculation = ({ prompt, completion }) => ({ prompt: `${prompt}\n`, completion: `${completion}\n` });
const sentiment = ({ text, label }) => ({ prompt: `Review: ${text}\nSentiment:`, completion: ` ${label}\n` });

const files = {
  'exp1-train': () => folder('mrkl/exp1_train').map(calculation),
  'exp1-test': () => folder('mrkl/exp1_test').map(calculation),
  'exp2-train': () => folder('mrkl/exp2_train').map(calculation),
  'exp2-dev-numerals': () => folder('mrkl/exp2_dev', /^numeric/).map(calculation),
  'exp2-dev-words': () => folder('mrkl/exp2_dev', /^words/).map(calculation),
  'exp3-train': () => folder('mrkl/exp3_train').map(calculation),
  'exp3-dev': () => folder('mrkl/exp3_dev').map(calculation),
  'sst2-train': () => packed('cls_sst2/train.jsonl.gz').map(sentiment),
  'sst2-dev': () => packed('cls_sst2/dev.jsonl.gz').map(sentiment),
};

mkdirSync(out, { recursive: true });
for (const [name, rows] of Object.entries(files)) {
  const source = name.startsWith('sst2') ? 'cls_sst2' : 'mrkl';
  if (!existsSync(join(data, source))) {
    console.log(`${name}: passed over, there is no ${source} in ${data}`);
    continue;
  }
  const made = shuffled(rows());
  writeFileSync(join(out, `${name}.jsonl`), made.map((row) => `${JSON.stringify(row)}\n`).join(''));
  console.log(`${name}: ${made.length} rows`);
}
