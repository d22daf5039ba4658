/**
 * The figures of the small model's card, through the library's public interface.
 *
 *     node recipes/nano/evaluate.mjs MODEL [--weights file|bf16|experts-int8|int8]… [--beside MODEL]… [--data DIR] [--heldout DIR]
 *         [--texts NAME,…] [--parts text,positions,generated,coders] [--limit N] [--seed 5] [--together 16] [--out FILE.json]
 *
 * DIR is what `prepare.mjs` wrote: `heldout/*.txt` are measured (or the texts of `--heldout`), `text/*.jsonl.gz` is what the
 * compressors are primed with. Without either, only generated requests are measured. `--texts`: those of the texts alone. Several `--weights`, and the models of
 * `--beside` as they lie in their files, are measured one after another on the same texts and requests. `--limit N`: N requests of a
 * group (100) and 8,192 N characters of a text (all). Requests are of those that training never sees; answers are greedy and have to be equal.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadModel } from 'jambalaya';
import { evaluationItems } from './generated/index.mjs';
import { answerItems, countRight, firstSamples } from './measure/answers.mjs';
import { codeTexts } from './measure/coders.mjs';
import { bitsByPosition } from './measure/positions.mjs';
import { beginnings, heldOutTexts, writeTrainingText } from './measure/texts.mjs';

const allParts = ['text', 'positions', 'generated', 'coders'];
const usage =
  'usage: node recipes/nano/evaluate.mjs MODEL [--weights W]… [--beside MODEL]… [--data DIR] [--heldout DIR] [--texts NAME,…] [--parts P,…] [--limit N] [--out FILE]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: 'string', multiple: true, default: ['file'] },
    beside: { type: 'string', multiple: true, default: [] },
    data: { type: 'string' },
    heldout: { type: 'string' },
    texts: { type: 'string' },
    parts: { type: 'string', default: allParts.join(',') },
    limit: { type: 'string' },
    seed: { type: 'string', default: '5' },
    together: { type: 'string', default: '16' },
    window: { type: 'string', default: '1024' },
    stride: { type: 'string', default: '512' },
    out: { type: 'string' },
  },
});
const parts = values.parts.split(',');
const numbers = Object.fromEntries(
  ['limit', 'seed', 'together', 'window', 'stride'].map((name) => [
    name,
    values[name] === undefined ? undefined : Number(values[name]),
  ]),
);
const wrong = Object.entries(numbers).find(
  ([, value]) => value !== undefined && !(Number.isInteger(value) && value > 0),
);
if (positionals.length !== 1 || wrong !== undefined || parts.some((part) => !allParts.includes(part))) {
  if (wrong !== undefined) console.error(`expected a whole number above 0 for --${wrong[0]}, got ${values[wrong[0]]}`);
  console.error(usage);
  process.exit(2);
}
const { limit, seed, together, window, stride } = numbers;
const heldOutFolder = values.heldout ?? (values.data === undefined ? undefined : join(values.data, 'heldout'));
const wholeTexts = readTexts();
const texts = limit === undefined ? wholeTexts : beginnings(wholeTexts, limit * 8192);

function readTexts() {
  if (heldOutFolder === undefined) return {};
  try {
    return heldOutTexts(heldOutFolder, values.texts?.split(','));
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

const note = (text) => process.stderr.write(`${text}\n`);

/** One line that is written over on a terminal; nothing elsewhere. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Every figure of one model. */
async function measure(folder, weights) {
  const model = await loadModel(folder, { weights });
  try {
    const { device, isa, threads } = model.info;
    const run = { model: folder, weights, device, isa, threads };
    note(`${folder}, weights ${weights}, on ${device} ${isa}`);
    if (parts.includes('text')) run.text = await measureTexts(model);
    if (parts.includes('positions') && Object.keys(texts).length > 0) run.positions = await measurePositions(model);
    if (parts.includes('generated')) Object.assign(run, await measureRequests(model));
    return run;
  } finally {
    await model.dispose();
  }
}

async function measureTexts(model) {
  const measured = {};
  for (const [name, text] of Object.entries(texts)) {
    const onProgress = (done, total) => progress(`${name}: ${done} of ${total} tokens`);
    const { bitsPerByte, bytes, tokens, scoredTokens } = await model.measureText(Buffer.from(text), {
      window,
      stride,
      onProgress,
    });
    measured[name] = { bitsPerByte, bytes, tokens, scoredTokens };
    progress('');
    note(`  ${name}: ${bitsPerByte.toFixed(4)} bits per byte`);
  }
  return { window, stride, texts: measured };
}

/** On the longest text: up to six regions of it, so that no single story decides. */
async function measurePositions(model) {
  const [name, text] = Object.entries(wholeTexts).sort((a, b) => b[1].length - a[1].length)[0];
  try {
    const onStretch = (done, total) => progress(`positions: ${done} of ${total} stretches`);
    const measured = await bitsByPosition(model, text, {
      regions: Math.max(1, Math.min(6, Math.floor(text.length / 200_000))),
      onStretch,
    });
    progress('');
    note(`  positions in ${name}: ${measured.bitsPerByte.map((bits) => bits.toFixed(3)).join(' ')} bits per byte`);
    return { text: name, ...measured };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { text: name, unavailable: error.message };
  }
}

async function measureRequests(model) {
  if (!model.facets.has('chatIds')) return { generated: { unavailable: 'the model has no chat template' } };
  const items = [...evaluationItems({ seed, perGroup: limit ?? 100 })];
  const onAnswer = (done) => progress(`requests: ${done} of ${items.length}`);
  const answered = await answerItems(model, items, { together, onAnswer });
  progress('');
  const tasks = countRight(answered);
  for (const [task, groups] of Object.entries(tasks)) {
    const [right, of] = ['right', 'of'].map((key) => Object.values(groups).reduce((sum, group) => sum + group[key], 0));
    note(`  ${task}: ${right} of ${of}`);
  }
  return { generated: { seed, perGroup: limit ?? 100, tasks }, samples: firstSamples(answered, 5) };
}

async function measureCoders() {
  const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
  try {
    const file = join(folder, 'training');
    const primedWith = values.data === undefined ? undefined : await writeTrainingText(join(values.data, 'text'), file);
    const measured = await codeTexts(texts, primedWith === undefined ? undefined : file, (what) => note(`  ${what}`));
    return { primedWith, ...measured };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const command = ['node', 'recipes/nano/evaluate.mjs', ...process.argv.slice(2)].join(' ');
const result = { command, runs: [] };
if (parts.some((part) => part !== 'coders')) {
  for (const weights of values.weights) result.runs.push(await measure(positionals[0], weights));
  for (const model of values.beside) result.runs.push(await measure(model, 'file'));
}
if (parts.includes('coders') && Object.keys(texts).length > 0) result.coders = await measureCoders();
const json = `${JSON.stringify(result, null, 2)}\n`;
if (values.out === undefined) process.stdout.write(json);
else writeFileSync(values.out, json);
