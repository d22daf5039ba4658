/**
 * Trains the n-gram router that ships, and writes its weights.
 *
 *     npm run build:ts && node scripts/train-mrkl-router.mjs --data DIR      # DIR has cls_clinc150
 *
 * Multinomial logistic regression (AdaGrad, fixed order of examples, no random number that is not seeded), int8 rows.
 * Temperature and threshold come from the first half of the validation part; `eval mrkl-router` reports the other half.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = process.argv.indexOf('--data');
if (at < 0 || process.argv[at + 1] === undefined) {
  console.error('usage: node scripts/train-mrkl-router.mjs --data DIR');
  process.exit(2);
}
const data = join(process.argv[at + 1], 'cls_clinc150');
const { bucketCount, featuresOf } = await import(join(root, 'dist/mrkl/router/features.js'));
const { expertOfIntent, routerTemplates } = await import(join(root, 'dist/mrkl/router/clinc.js'));

const classes = ['calculator', 'currency', 'dates', 'countries', 'weather', 'unsure'];
const read = (name) =>
  gunzipSync(readFileSync(join(data, name)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ text, label }) => ({ text, row: classes.indexOf(expertOfIntent(label, text)) }));
const train = read('train.jsonl.gz');
for (const [expert, questions] of Object.entries(routerTemplates())) {
  for (const text of questions) train.push({ text, row: classes.indexOf(expert) });
}
const validation = read('val.jsonl.gz').filter((_, i) => i % 2 === 0);

/** A fixed shuffle. */
let state = 12345;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x80000000;
};
for (let i = train.length - 1; i > 0; i--) {
  const j = Math.floor(random() * (i + 1));
  [train[i], train[j]] = [train[j], train[i]];
}
const examples = train.map(({ text, row }) => ({ ...featuresOf(text), row }));
const counts = classes.map((_, row) => examples.filter((example) => example.row === row).length);
console.log(Object.fromEntries(classes.map((name, i) => [name, counts[i]])));

const weights = new Float64Array(classes.length * bucketCount);
const squares = new Float64Array(classes.length * bucketCount).fill(1e-8);
const bias = new Float64Array(classes.length);
const softmax = (logits) => {
  const most = Math.max(...logits);
  const e = logits.map((x) => Math.exp(x - most));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / total);
};
const logitsOf = ({ buckets, weight }, w = weights) =>
  classes.map((_, row) => {
    let sum = 0;
    for (const bucket of buckets) sum += w[row * bucketCount + bucket];
    return sum * weight + bias[row];
  });
/** Rare classes count more, by the square root. */
const classWeight = counts.map((count) => Math.sqrt(examples.length / (classes.length * Math.max(count, 1))));
const epochs = 12;
const decay = 1e-6;
for (let epoch = 0; epoch < epochs; epoch++) {
  let loss = 0;
  for (const example of examples) {
    const p = softmax(logitsOf(example));
    loss -= Math.log(Math.max(p[example.row], 1e-12));
    for (let row = 0; row < classes.length; row++) {
      const gradient = (p[row] - (row === example.row ? 1 : 0)) * classWeight[example.row];
      bias[row] -= 0.01 * gradient;
      for (const bucket of example.buckets) {
        const index = row * bucketCount + bucket;
        const g = gradient * example.weight + decay * weights[index];
        squares[index] += g * g;
        weights[index] -= (0.5 * g) / Math.sqrt(squares[index]);
      }
    }
  }
  console.log(`epoch ${epoch + 1}: loss ${(loss / examples.length).toFixed(4)}`);
}

// int8, one scale a class
const scales = classes.map(
  (_, row) => Math.max(...weights.subarray(row * bucketCount, (row + 1) * bucketCount).map(Math.abs)) / 127,
);
const bytes = new Int8Array(weights.length);
for (let i = 0; i < weights.length; i++) bytes[i] = Math.round(weights[i] / scales[Math.floor(i / bucketCount)]);
const rounded = Float64Array.from(bytes, (value, i) => value * scales[Math.floor(i / bucketCount)]);

const scored = validation.map(({ text, row }) => ({ logits: logitsOf(featuresOf(text), rounded), row }));
const nll = (t) =>
  scored.reduce((sum, { logits, row }) => sum - Math.log(Math.max(softmax(logits.map((x) => x / t))[row], 1e-12)), 0) /
  scored.length;
let temperature = 1;
for (let t = 0.3; t <= 3; t += 0.02) if (nll(t) < nll(temperature)) temperature = Number(t.toFixed(2));
const unsure = classes.indexOf('unsure');
let threshold = 0.99;
for (let t = 0.99; t >= 0.3; t -= 0.01) {
  const decided = scored.map(({ logits, row }) => {
    const p = softmax(logits.map((x) => x / temperature));
    const best = p.indexOf(Math.max(...p));
    return { row, best: best !== unsure && p[best] >= t ? best : unsure };
  });
  const made = decided.filter(({ best }) => best !== unsure);
  if (made.filter(({ best, row }) => best === row).length / made.length < 0.98) break;
  threshold = Number(t.toFixed(2));
}
const base64 = Buffer.from(bytes.buffer).toString('base64');
const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const text = `// Generated from CLINC150 (clinc/oos-eval 828f809, CC BY 3.0) by scripts/train-mrkl-router.mjs; do not edit.
/** int8 weights of the n-gram router, one row of ${bucketCount} a class, in base64. */
export const routerWeights = {
  classes: ${JSON.stringify(classes)} as readonly string[],
  scales: ${JSON.stringify(scales.map((x) => Number(x.toPrecision(9))))} as readonly number[],
  bias: ${JSON.stringify([...bias].map((x) => Number(x.toPrecision(9))))} as readonly number[],
  temperature: ${temperature},
  threshold: ${threshold},
  hash: '${hash}',
  base64: '${base64}',
};
`;
writeFileSync(join(root, 'src/mrkl/router/weights.ts'), text);
console.log(`temperature ${temperature}, threshold ${threshold}, ${text.length} bytes`);
