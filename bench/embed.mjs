/**
 * How fast a sentence encoder embeds: texts and tokens per second with the file's weights and with int8, in turns in one run.
 *
 *     npm run bench -- embed [--model DIR] [--count 1000] [--rounds 3] [--threads N] [--json FILE]
 *
 * DIR is all-MiniLM-L6-v2 as `node scripts/real-models.mjs` fetches it, unless told. The texts are sentences of 5 to 60 words out of
 * the model's own vocabulary, the same ones in every run. Before anything is timed, the int8 vectors have to have a cosine of
 * at least 0.99 with those of the file's weights.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cosine, loadModel } from 'jambalaya';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'build/real-models/all-MiniLM-L6-v2' },
    count: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string' },
    json: { type: 'string' },
  },
});
const [count, rounds] = [Number(flags.count), Number(flags.rounds)];
const { model: tokens } = JSON.parse(readFileSync(join(flags.model, 'tokenizer.json'), 'utf8'));
const words = Object.keys(tokens.vocab).filter((token) => /^[a-z]{2,}$/.test(token));

let seed = 1;
const below = (limit) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * limit);
};
const texts = Array.from({ length: count }, () =>
  Array.from({ length: 5 + below(56) }, () => words[below(words.length)]).join(' '),
);

const threads = flags.threads === undefined ? {} : { threads: Number(flags.threads) };
const schemes = ['file', 'int8'];
const models = await Promise.all(schemes.map((weights) => loadModel(flags.model, { ...threads, weights })));
const sample = texts.slice(0, 32);
const [exact, rounded] = await Promise.all(models.map(async (model) => (await model.embed(sample)).vectors));
const closest = Math.min(...exact.map((vector, i) => cosine(vector, rounded[i])));
if (!(closest >= 0.99)) throw new Error(`int8 vectors are off: a cosine of ${closest}`);

const seconds = schemes.map(() => []);
let tokenCount = 0;
for (let round = 0; round < rounds; round++) {
  for (const [i, model] of models.entries()) {
    const start = performance.now();
    ({ tokens: tokenCount } = await model.embed(texts));
    seconds[i].push((performance.now() - start) / 1000);
  }
}
const { device, isa, threads: used } = models[0].info;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const result = {
  cpu: cpus()[0].model,
  cores: availableParallelism(),
  loadAverage: loadavg()[0],
  device,
  isa,
  threads: used,
  texts: count,
  tokens: tokenCount,
  smallestCosine: closest,
  schemes: Object.fromEntries(
    schemes.map((weights, i) => {
      const time = median(seconds[i]);
      return [weights, { seconds: time, textsPerSecond: count / time, tokensPerSecond: tokenCount / time }];
    }),
  ),
};
for (const [weights, { seconds: time, textsPerSecond, tokensPerSecond }] of Object.entries(result.schemes)) {
  console.log(
    `${weights.padEnd(5)} ${time.toFixed(2)} s, ${textsPerSecond.toFixed(0)} texts/s, ${tokensPerSecond.toFixed(0)} tokens/s`,
  );
}
console.log(`${count} texts, ${tokenCount} tokens, on ${device} ${isa} with ${used} threads of ${result.cpu}`);
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(result, null, 2)}\n`);
for (const model of models) await model.dispose();
