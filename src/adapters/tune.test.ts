import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateTask, loadAdapter, openBase, readRows, tune } from './index.js';

const nano = fileURLToPath(new URL('../../models/nano', import.meta.url));
const device = { threads: 1 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapters-'));
  const rows = Array.from({ length: 7 }, (_, i) => ({ prompt: `${i} plus ${i} is`, completion: ` ${2 * i}\n` }));
  await writeFile(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const methods = {
  'soft-prompt': { length: 5 },
  lora: { rank: 2, alpha: 4, targets: ['q_proj', 'in_proj', 'experts.0.up_proj', 'router'] },
  'initial-state': {},
  'input-dependent-prompt': { queries: 4, width: 8, heads: 2, encoderPrompt: 2 },
};
type Method = keyof typeof methods;

async function recipeOf(method: Method, changed: object = {}): Promise<string> {
  const file = join(folder, `${method}.json`);
  const settings = { data: { rows: 'rows.jsonl', heldOut: 'rows.jsonl' }, steps: 4, batch: 3, learningRate: 0.01 };
  const recipe = { method, ...methods[method], ...settings, checkpoints: { every: 1 }, log: { every: 1 }, ...changed };
  if (method === 'lora') Object.assign(recipe, { targets: ['q_proj', 'in_proj', 'router'] }, changed);
  await writeFile(file, JSON.stringify(recipe));
  return file;
}

const run = async (method: Method, out: string, options: object = {}, changed: object = {}) =>
  tune({
    recipe: await recipeOf(method, changed),
    base: nano,
    data: folder,
    out: join(folder, out),
    device,
    ...options,
  });
const weightsIn = (out: string) => readFile(join(folder, out, 'adapter.safetensors'));

describe('tune', () => {
  it.each(Object.keys(methods) as Method[])('%s: the same bits again, and over a stop', async (method) => {
    const losses: number[] = [];
    const summary = await run(method, `${method}-whole`, {
      onRecord: ({ loss }: { loss: number }) => losses.push(loss),
    });
    expect(summary).toMatchObject({ steps: 4, baseUnchanged: true });
    expect(summary.share).toBeGreaterThan(0);
    expect(summary.share).toBeLessThan(0.02);
    expect(losses).toHaveLength(4);
    const stop = new AbortController();
    const onStep = ({ step }: { step: number }) => {
      if (step === 2) stop.abort();
    };
    await expect(run(method, `${method}-parts`, { signal: stop.signal, onStep })).rejects.toThrow(/step 2 of 4/);
    await run(method, `${method}-parts`, { resume: true });
    const whole = await weightsIn(`${method}-whole`);
    expect((await weightsIn(`${method}-parts`)).equals(whole)).toBe(true);
    await run(method, `${method}-seed`, { seed: 2 });
    expect((await weightsIn(`${method}-seed`)).equals(whole)).toBe(false);
  });

  it('what was learned is read again, answers the rows, and is gone without the adapter', async () => {
    await run('lora', 'learned', {}, { steps: 60, learningRate: 5e-3, checkpoints: { every: 60 } });
    const base = await openBase(nano, { device });
    const rows = await readRows(join(folder, 'rows.jsonl'));
    const adapter = await loadAdapter(join(folder, 'learned'), base);
    const plain = await evaluateTask(base, rows);
    const tuned = await evaluateTask(base, rows, { adapter });
    expect(tuned.count).toBe(7);
    expect(tuned.exactMatch).toBeGreaterThan(0.8);
    expect(plain.exactMatch).toBeLessThan(tuned.exactMatch);
    expect(await evaluateTask(base, rows)).toEqual(plain);
    const shown = await evaluateTask(base, rows.slice(0, 2), { examples: rows, shots: 3 });
    expect(shown.count).toBe(2);
    adapter[Symbol.dispose]();
    await base.dispose();
  });

  it('full: the result is a model of its own, and the base on disk is as it was', async () => {
    const base = fileURLToPath(new URL('../../models/char-shakespeare', import.meta.url));
    const out = join(folder, 'full');
    const recipe = join(folder, 'full.json');
    await writeFile(recipe, JSON.stringify({ method: 'full', data: { rows: 'rows.jsonl' }, steps: 2, batch: 3 }));
    const summary = await tune({ recipe, base, data: folder, out, device });
    expect(summary).toMatchObject({ steps: 2, share: 1, baseUnchanged: true });
    const tuned = await openBase(out, { device });
    expect((await evaluateTask(tuned, await readRows(join(folder, 'rows.jsonl')))).count).toBe(7);
    await tuned.dispose();
  });

  it('refuses another base by the field that differs, and damaged files', async () => {
    const base = await openBase(nano, { device });
    const changed = async (name: string, change: (text: string) => string) => {
      const copy = join(folder, `changed-${name}`);
      await cp(join(folder, 'soft-prompt-whole'), copy, { recursive: true });
      const file = join(copy, 'adapter_config.json');
      await writeFile(file, change(await readFile(file, 'utf8')));
      return loadAdapter(copy, base);
    };
    await expect(changed('base', (text) => text.replace('"hiddenSize": 256', '"hiddenSize": 512'))).rejects.toThrow(
      /base\.hiddenSize: expected 256.*found 512/,
    );
    await expect(changed('length', (text) => text.replace('"length": 5', '"length": 6'))).rejects.toThrow(
      /prompt_embeddings: expected shape \(6, 256\), found \(5, 256\)/,
    );
    await expect(changed('method', (text) => text.replace('soft-prompt', 'magic'))).rejects.toThrow(/method: expected/);
    const damaged = join(folder, 'damaged');
    await cp(join(folder, 'soft-prompt-whole'), damaged, { recursive: true });
    const bytes = await weightsIn('soft-prompt-whole');
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    await writeFile(join(damaged, 'adapter.safetensors'), bytes);
    await expect(loadAdapter(damaged, base)).rejects.toThrow(/prompt_embeddings: expected finite numbers, found NaN/);
    await writeFile(join(damaged, 'adapter.safetensors'), bytes.subarray(0, bytes.length - 8));
    await expect(loadAdapter(damaged, base)).rejects.toThrow(/adapter.safetensors/);
    await base.dispose();
  });

  it('refuses rows and recipes that mean nothing', async () => {
    await writeFile(
      join(folder, 'bad.jsonl'),
      '{"prompt": "a", "completion": "b"}\n{"prompt": 3, "completion": "b"}\n',
    );
    await expect(run('lora', 'bad', {}, { data: { rows: 'bad.jsonl' } })).rejects.toThrow(/bad.jsonl:2.*"prompt".*3/);
    await expect(run('lora', 'bad', {}, { ranks: 3 })).rejects.toThrow(/ranks.*did you mean|ranks/);
    await expect(run('lora', 'bad', {}, { method: 'magic' })).rejects.toThrow(/method/);
    const long = { prompt: 'word '.repeat(9000), completion: 'b\n' };
    await writeFile(join(folder, 'long.jsonl'), JSON.stringify(long));
    await expect(run('lora', 'bad', {}, { data: { rows: 'long.jsonl' } })).rejects.toThrow(/tokens of row 1: at most/);
  });
});
