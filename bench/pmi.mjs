/**
 * Counting word n-grams beside DuckDB's SQL, on the same file, in one run: first that all counts are the same, then how fast.
 *
 *     npm run bench -- pmi [--files 'A B …'] [--tokens 2000000] [--minimum 5] [--memory 1000] [--rounds 3] [--out FILE] [--json]
 *
 * Without `--files` the text is made: words drawn by Zipf's law, in phrases that repeat. Rates are words per second of CPU time
 * (user and system, of the whole process), so that other work on the machine counts little; medians over the rounds, which the
 * sides take in turns. `raw` is the whole way from text to counts; `tokenised` leaves out the pass that makes ids of words, as
 * DuckDB begins with the table (document, position, id). `memory` counts once more in a process of its own with `--memory`
 * megabytes, and gives the most that it had resident. Matching is measured with lists of 80,000 and 800,000 entries.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countFiles, Matcher, openCounts } from 'jambalaya/pmi';
import { median } from './inference/measure.mjs';
import { countInDuckDb, openDuckDb, readCounts } from './pmi/duckdb.mjs';
import { makeText, tokensOf } from './pmi/text.mjs';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string' },
    tokens: { type: 'string', default: '2000000' },
    minimum: { type: 'string', default: '5' },
    memory: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const minCount = Number(options.minimum);
const folder = mkdtempSync(join(tmpdir(), 'bench-pmi-'));
const note = (text) => {
  if (!options.json) console.error(text);
};

/** Runs `work`, and gives its CPU seconds beside what it gave. */
async function onCpu(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}

let runs = 0;
async function countOnce(file, kernels) {
  const out = join(folder, `counts-${runs++}`);
  let afterWords;
  const before = process.cpuUsage();
  const { seconds } = await onCpu(() =>
    countFiles({
      files: [file],
      out,
      minCount,
      kernels,
      normalisation: { case: 'keep', punctuation: 'boundary', words: 'spaces' },
      onProgress: ({ phase }) => {
        if (phase === 'sort') afterWords ??= process.cpuUsage(before);
      },
    }),
  );
  return { out, raw: seconds, tokenised: seconds - (afterWords.user + afterWords.system) / 1e6 };
}

/** Every n-gram of both sides, by its words. */
async function expectSame(out, tables, words) {
  const counts = await openCounts(out);
  let compared = 0;
  for (const n of [1, 2, 3, 4, 5]) {
    const theirs = tables[n - 1];
    const ours = counts.of(n).length;
    if (ours !== theirs.size) throw new Error(`${n} words: ${ours} n-grams, and DuckDB has ${theirs.size}`);
    for (const [ngram, count] of theirs) {
      const found = counts.count(ngram.split(' ').map((id) => words[Number(id)]));
      if (found !== count) throw new Error(`"${ngram}": ${found}, and DuckDB has ${count}`);
      compared++;
    }
  }
  return compared;
}

/** The most that counting had resident, in a process of its own. */
function residentBytes(file) {
  const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const out = join(folder, 'memory');
  const child = spawn(
    process.execPath,
    [program, 'pmi', 'count', file, '--out', out, '--memory', `${options.memory}MB`, '--words', 'spaces', '--json'],
    { stdio: 'ignore' },
  );
  let most = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      most = Math.max(most, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended, or this system has no such file.
    }
  }, 5);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(most || null);
      else reject(new Error(`counting with a limit ended with ${code}`));
    });
  });
}

/** Words per CPU second of finding the longest entry at each word. */
async function matchingRate(words, stream, size) {
  const entries = new Map();
  for (let at = 0; entries.size < size && at + 5 < stream.length; at++) {
    for (const length of [2, 3, 4, 5]) {
      const entry = Array.from(stream.subarray(at, at + length), (id) => words[id]);
      entries.set(entry.join(' '), entry);
    }
  }
  const matcher = new Matcher([...entries.values()].slice(0, size));
  const ids = matcher.idsOf(Array.from(stream.subarray(0, 1_000_000), (id) => words[id]));
  matcher.longestFrom(ids);
  const { seconds } = await onCpu(async () => matcher.longestFrom(ids));
  return { entries: matcher.size, wordsPerSecond: ids.length / seconds };
}

try {
  const { text, words, stream, documents } = options.files
    ? tokensOf(options.files.split(' '))
    : makeText(Number(options.tokens));
  const file = join(folder, 'text.txt');
  writeFileSync(file, text);
  const tokens = stream.length;
  note(`${tokens.toLocaleString('en-US')} words, ${words.length.toLocaleString('en-US')} different ones`);
  const database = await openDuckDb(folder, stream, documents);
  const rounds = [];
  let compared = 0;
  for (let round = 0; round < Number(options.rounds); round++) {
    const native = await countOnce(file, 'native');
    const wasm = await countOnce(file, 'wasm');
    const duckdb = await onCpu(() => countInDuckDb(database, minCount));
    if (round === 0) {
      const tables = await readCounts(database);
      compared = await expectSame(native.out, tables, words);
      await expectSame(wasm.out, tables, words);
      note(`${compared.toLocaleString('en-US')} n-grams have the same counts on all sides`);
    }
    rounds.push({ native, wasm, duckdb: duckdb.seconds });
    note(
      `round ${round + 1}: native ${native.raw.toFixed(2)} s, wasm ${wasm.raw.toFixed(2)} s, DuckDB ${duckdb.seconds.toFixed(2)} s of CPU`,
    );
  }
  const rate = (seconds) => tokens / median(rounds.map(seconds));
  const rates = {
    nativeRaw: rate(({ native }) => native.raw),
    nativeTokenised: rate(({ native }) => native.tokenised),
    wasmRaw: rate(({ wasm }) => wasm.raw),
    wasmTokenised: rate(({ wasm }) => wasm.tokenised),
    duckdb: rate(({ duckdb }) => duckdb),
  };
  const result = {
    tokens,
    types: words.length,
    ngramsCompared: compared,
    wordsPerCpuSecond: rates,
    timesDuckDb: { native: rates.nativeTokenised / rates.duckdb, wasm: rates.wasmTokenised / rates.duckdb },
    memory: { limitBytes: Number(options.memory) * 1e6, residentBytes: await residentBytes(file) },
    matching: [await matchingRate(words, stream, 80_000), await matchingRate(words, stream, 800_000)],
    machine: { cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
  if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  if (options.json) console.log(JSON.stringify(result));
  else console.log(JSON.stringify(result, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
