/**
 * Short runs of the first phase of `nano.json` with another vocabulary, other experts, no experts, or without its generated share, each for the same time:
 *
 *     node recipes/nano/compare.mjs --data PREPARED --out DIR [--seconds 240] [--only NAME;…] [--megabytes 12] [--characters 100000]
 *
 * PREPARED is what `prepare.mjs` wrote; a part of it is taken, `--megabytes` in all before it is compressed, by the shares of the recipe. A run trains
 * for `--seconds`, then writes its model. All models are measured on the same `--characters` of each text that was held
 * out. Prints a table and writes DIR/compare.json; a run that stands there, of as many seconds, is not made again.
 */
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGunzip, gzipSync } from 'node:zlib';
import { loadModel } from 'jambalaya';
import { phasesOf, train } from 'jambalaya/train';
import { beginnings, heldOutTexts } from './measure/texts.mjs';
import { writeTokenizer } from './vocabulary.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [{ recipe: base }] = phasesOf(JSON.parse(readFileSync(join(here, 'nano.json'), 'utf8')), 'nano.json');

/** What differs from the recipe. */
const variants = {
  'as it is': {},
  'vocabulary 2,048': { vocabulary: 2048 },
  'vocabulary 8,192': { vocabulary: 8192 },
  '8 experts of 256': { model: { num_experts: 8, intermediate_size: 256 } },
  // As many weights: (4 layers of 4 experts + 4 layers of one) × 448 in 8 layers of one.
  'dense, equal bytes': { model: { num_experts: 1, num_experts_per_tok: 1, intermediate_size: 1120 } },
  'no generated share': { without: /^generated/ },
};

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    seconds: { type: 'string', default: '240' },
    only: { type: 'string', default: Object.keys(variants).join(';') },
    megabytes: { type: 'string', default: '12' },
    characters: { type: 'string', default: '100000' },
  },
});
const [seconds, megabytes, characters] = ['seconds', 'megabytes', 'characters'].map((name) => Number(values[name]));
const names = values.only.split(';');
const unknown = names.find((name) => variants[name] === undefined);
if (values.data === undefined || values.out === undefined || unknown !== undefined || !(seconds > 0 && megabytes > 0)) {
  if (unknown !== undefined) console.error(`expected some of ${Object.keys(variants).join('; ')}, got ${unknown}`);
  console.error(
    'usage: node recipes/nano/compare.mjs --data PREPARED --out DIR [--seconds S] [--only NAME;…] [--megabytes M] [--characters N]',
  );
  process.exit(2);
}

/** Lines of a compressed file. */
const linesOf = (path) =>
  createInterface({ input: createReadStream(path).pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY });

/** Every n-th document of each source, so that all of them together have the size and the shares that were asked for. */
async function takePart(from, to) {
  const { sources } = base.data;
  const part = `${to}.incomplete`;
  const all = sources.reduce((sum, { weight }) => sum + weight, 0);
  for (const { files, weight } of sources) {
    for (const file of files) {
      const wanted = ((weight / all) * megabytes * 1e6) / files.length;
      const lines = [];
      let bytes = 0;
      for await (const line of linesOf(join(from, file))) {
        lines.push(line);
        bytes += Buffer.byteLength(line);
      }
      const stride = Math.max(1, Math.ceil(bytes / wanted));
      const kept = lines.filter((_, i) => i % stride === 0);
      mkdirSync(dirname(join(part, file)), { recursive: true });
      writeFileSync(join(part, file), gzipSync(`${kept.join('\n')}\n`));
    }
  }
  renameSync(part, to);
}

function recipeOf({ model, without }, tokenizer) {
  const { data } = base;
  const sources = data.sources
    .filter(({ name }) => without === undefined || !without.test(name))
    .map(({ heldOutFiles, ...source }) => source);
  return {
    ...base,
    steps: 1_000_000,
    model: { ...base.model, ...model },
    data: { ...data, tokenizer, heldOut: 0, sources },
    heldOut: { every: 0 },
    checkpoints: { every: 1_000_000 },
  };
}

/** Trains for `seconds`, counted from the end of the first step, and makes the model of what there is then. */
async function trainFor(recipe, folder) {
  const file = `${folder}.json`;
  // What an interrupted run left has had an unknown time.
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(file, JSON.stringify(recipe));
  const options = { recipe: file, data: join(values.out, 'data'), out: folder };
  const stop = new AbortController();
  let began;
  const onStep = ({ step }) => {
    began ??= performance.now();
    const spent = (performance.now() - began) / 1000;
    process.stderr.write(`\r${step} steps, ${Math.round(spent)} of ${seconds} s `);
    if (spent >= seconds) stop.abort();
  };
  try {
    await train({ ...options, onStep, signal: stop.signal });
  } catch (error) {
    if (error.code !== 'aborted') throw error;
  }
  process.stderr.write('\n');
  const steps = Math.max(...readdirSync(join(folder, 'checkpoints')).map((name) => Number(/\d+/.exec(name)?.[0] ?? 0)));
  const { tokens } = await train({ ...options, resume: true, steps });
  return { steps, tokens };
}

async function measure(folder) {
  const texts = beginnings(heldOutTexts(join(values.data, 'heldout')), characters);
  const model = await loadModel(folder);
  try {
    const bits = {};
    for (const [name, text] of Object.entries(texts)) {
      const { bitsPerByte } = await model.measureText(Buffer.from(text), { window: 1024, stride: 512 });
      bits[name] = bitsPerByte;
    }
    return bits;
  } finally {
    await model.dispose();
  }
}

const resultFile = join(values.out, 'compare.json');
const earlier = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : [];
const done = earlier.filter((run) => run.seconds === seconds);
if (!existsSync(join(values.out, 'data'))) await takePart(values.data, join(values.out, 'data'));
for (const name of names) {
  if (done.some((run) => run.name === name)) continue;
  const variant = variants[name];
  const vocabulary = variant.vocabulary ?? 4096;
  const tokenizer = join(values.out, `tokenizer-${vocabulary}`);
  if (!existsSync(join(tokenizer, 'chat_template.jinja')))
    await writeTokenizer(join(values.out, 'data'), vocabulary, tokenizer);
  console.error(name);
  const folder = join(values.out, name.replaceAll(/[ ,]+/g, '-'));
  const trained = await trainFor(recipeOf(variant, tokenizer), folder);
  done.push({ name, seconds, vocabulary, ...trained, bits: await measure(folder) });
  writeFileSync(`${resultFile}.new`, `${JSON.stringify(done, null, 2)}\n`);
  renameSync(`${resultFile}.new`, resultFile);
}

const texts = Object.keys(done[0].bits);
const row = (cells) => `| ${cells.join(' | ')} |`;
console.log(row(['run', 'steps', 'tokens', ...texts]));
console.log(row(['---', ...['steps', 'tokens', ...texts].map(() => '---:')]));
for (const { name, steps, tokens, bits } of done) {
  console.log(row([name, steps, tokens.toLocaleString('en'), ...texts.map((text) => bits[text].toFixed(3))]));
}
