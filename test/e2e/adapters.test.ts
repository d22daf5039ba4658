/** Adapters from their training to requests that name them, beside each other in one batch. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adaptedModel, type LocalModel, loadModel } from 'jambalaya';
import { tune } from 'jambalaya/adapters';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answer } from '../support/answers.js';
import { nano } from '../support/folders.js';

let folder: string;
let model: LocalModel;
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapters-e2e-'));
  const rows = ['a', 'b', 'c'].map((name) =>
    JSON.stringify({ prompt: `${name} is`, completion: ' seven and seven\n' }),
  );
  await writeFile(inFolder('rows.jsonl'), rows.join('\n'));
  const methods = [
    { method: 'soft-prompt', length: 3 },
    { method: 'lora', rank: 2, targets: ['q_proj', 'in_proj'] },
    { method: 'initial-state' },
    { method: 'input-dependent-prompt', queries: 3, width: 8, heads: 2 },
  ];
  for (const method of methods) {
    const recipe = inFolder(`${method.method}.json`);
    const settings = { data: { rows: 'rows.jsonl' }, steps: 3, batch: 3, learningRate: 0.05 };
    await writeFile(recipe, JSON.stringify({ ...method, ...settings }));
    await tune({ recipe, base: nano, out: inFolder(method.method), device: { threads: 1 } });
  }
  const names = methods.map(({ method }) => [method, inFolder(method)] as const);
  model = await loadModel(nano, { adapters: Object.fromEntries(names), threads: 1 });
}, 120_000);
afterAll(async () => {
  await model?.dispose();
  await rm(folder, { recursive: true, force: true });
});

it('requests with different adapters and with none go on together, each as alone', async () => {
  expect(model.info.adapters).toEqual(['soft-prompt', 'lora', 'initial-state', 'input-dependent-prompt']);
  const prompts = ['Once upon a time', 'the king is', 'b is', 'Seven'];
  const adapters = [undefined, 'soft-prompt', 'lora', 'initial-state', 'input-dependent-prompt'];
  const requests = adapters.map((adapter, i) => ({
    prompt: prompts[i % prompts.length]!,
    maxTokens: 6 + i,
    temperature: 0,
    ignoreEnd: true,
    adapter,
  }));
  const tokensOf = async (request: (typeof requests)[number]) => (await model.complete(request)).tokens;
  const together = await Promise.all(requests.map(tokensOf));
  const alone = [];
  for (const request of requests) alone.push(await tokensOf(request));
  expect(together).toEqual(alone);
  const plain = [];
  for (const request of requests) plain.push(await tokensOf({ ...request, adapter: undefined }));
  expect(plain[0]).toEqual(alone[0]);
  for (const i of [1, 2, 3, 4]) expect(plain[i]).not.toEqual(alone[i]);
  const { parts } = await answer(model, { ...requests[2]!, choices: 2 });
  const ids = parts.flatMap((part) => (part.type === 'token' && part.choice === 1 ? [part.id] : []));
  expect(ids).toEqual(alone[2]!.map(({ id }) => id));
});

it('a model of an adapter answers through it and has its own name', async () => {
  const adapted = adaptedModel(model, 'lora');
  const options = { prompt: 'b is', maxTokens: 5, temperature: 0, ignoreEnd: true };
  expect(adapted.info.source).toMatch(/nano:lora$/);
  expect(adapted.facets.has('tokenize')).toBe(true);
  expect(adapted.facets.has('logits')).toBe(false);
  const wanted = await model.complete({ ...options, adapter: 'lora' });
  expect((await adapted.complete(options)).tokens).toEqual(wanted.tokens);
});

it('a saved state is one of its adapter, and names that nobody has are refused', async () => {
  const options = { prompt: 'a is', maxTokens: 3, temperature: 0, ignoreEnd: true };
  const { state } = await model.complete({ ...options, adapter: 'lora', saveState: true });
  expect(state).toBeDefined();
  await expect(model.complete({ ...options, state })).rejects.toMatchObject({ code: 'state' });
  const more = await model.complete({ ...options, state, adapter: 'lora' });
  expect(more.tokens).toHaveLength(3);
  await expect(model.complete({ ...options, adapter: 'magic' })).rejects.toThrow(/soft-prompt \| lora/);
});
