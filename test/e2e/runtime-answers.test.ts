/** Answers of a model in its worker: streams, stop texts, bytes and characters, company, saved states. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalModel, loadModel } from 'jambalaya';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../support/answers.js';
import { runNode } from '../support/cli.js';
import { golden, shakespeare } from '../support/folders.js';

const prompt = 'ROMEO:\nWhat ';
const greedy = { prompt, maxTokens: 60, temperature: 0 };
const heldout = readFileSync(join(shakespeare, 'heldout.txt'), 'utf8');
const { prompts } = JSON.parse(readFileSync(join(shakespeare, 'expected.json'), 'utf8')) as {
  prompts: { prompt: string; greedy: string }[];
};

let model: LocalModel;
beforeAll(async () => {
  model = await loadModel(shakespeare);
});
afterAll(() => model.dispose());

describe('a stream', () => {
  it('reports the prefill, then tokens, then one finish', async () => {
    const text = heldout.slice(0, 300);
    const { parts, tokens, finish } = await answer(model, { ...greedy, prompt: text, prefillChunk: 100 });
    const types = parts.map(({ type }) => type);
    const prefills = parts.flatMap((part) => (part.type === 'prefill' ? [[part.done, part.total]] : []));
    expect(prefills.slice(0, 2)).toEqual([
      [100, 300],
      [200, 300],
    ]);
    expect(types.slice(prefills.length)).toEqual([...Array(60).fill('token'), 'finish']);
    expect(finish).toMatchObject({ reason: 'length', usage: { promptTokens: 300, completionTokens: tokens.length } });
  });

  it('concatenates to the text of its tokens', async () => {
    const { pieces, ids, text } = await answer(model, greedy);
    expect(pieces).toHaveLength(60);
    expect(text).toBe(prompts[0]!.greedy.slice(0, 60));
    expect(await model.detokenize(ids)).toBe(text);
  });

  it('is the same but for rounding with keys and values of 16 bits, and refuses others', async () => {
    const ids = await model.tokenize(heldout.slice(0, 300));
    const { values } = await model.logits(ids, { chunk: 64 });
    for (const kv of ['bf16', 'f16'] as const) {
      const narrow = await loadModel(shakespeare, { kv });
      const logits = await narrow.logits(ids, { chunk: 64 });
      const { text } = await answer(narrow, greedy);
      await narrow.dispose();
      expect(text).toBe(prompts[0]!.greedy.slice(0, 60));
      const largest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - logits.values[i]!)), 0);
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThan(0.1);
    }
    await expect(loadModel(shakespeare, { kv: 'int8' as 'bf16' })).rejects.toMatchObject({
      code: 'usage',
      message: 'kv: expected f32 | bf16 | f16, got int8',
    });
  });

  it('never splits a character over pieces, whatever bytes are drawn', async () => {
    const request = { prompt: '茶は🍵である。', maxTokens: 1500, temperature: 100, seed: 3, ignoreEnd: true };
    const { ids, pieces, text } = await answer(model, request);
    const bytes = Uint8Array.from(ids.filter((id) => id >= 3).map((id) => id - 3));
    const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    // Characters of several bytes that were drawn by chance.
    expect(expected.match(/[\u0080-\ufffc]|[\ud800-\udbff][\udc00-\udfff]/g)!.length).toBeGreaterThan(10);
    expect(text).toBe(expected);
    for (const piece of pieces) expect(piece).not.toMatch(/[\ud800-\udbff]$|^[\udc00-\udfff]/);
  });

  it('ends before a stop text, which the tokens spell letter by letter', async () => {
    const whole = prompts[0]!.greedy;
    const { text, pieces, finish, ids } = await answer(model, { ...greedy, maxTokens: 120, stop: ['!!', 'CORIO'] });
    const expected = whole.slice(0, whole.indexOf('CORIO'));
    expect(text).toBe(expected);
    expect(pieces.join('')).toBe(expected);
    expect(finish.reason).toBe('stop');
    expect(ids).toHaveLength(expected.length + 'CORIO'.length);
  });

  it('gives what was held back when the stop text does not come', async () => {
    const expected = prompts[0]!.greedy.slice(0, 60);
    const { text, parts, finish } = await answer(model, { ...greedy, stop: [`${expected.slice(-5)}~`] });
    expect(text).toBe(expected);
    expect(parts.at(-2)).toEqual({ type: 'text', choice: 0, text: expected.slice(-5) });
    expect(finish.reason).toBe('length');
  });

  it('tells log probabilities that are those of the logits', async () => {
    const { ids, tokens } = await answer(model, { ...greedy, maxTokens: 6, logprobs: 4 });
    const promptIds = await model.tokenize(prompt);
    const { values, columns } = await model.logits([...promptIds, ...ids]);
    tokens.forEach(({ id, logprob, top }, i) => {
      const at = (promptIds.length - 1 + i) * columns;
      const row = [...values.subarray(at, at + columns)];
      const normalizer = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(logprob).toBeCloseTo(row[id]! - normalizer, 5);
      const best = row.map((logit, other) => ({ id: other, logprob: logit - normalizer }));
      best.sort((a, b) => b.logprob - a.logprob);
      expect(top!.map((token) => token.id)).toEqual(best.slice(0, 4).map((token) => token.id));
    });
  });
});

describe('in company', () => {
  it('answers are what they are alone, greedy and drawn', async () => {
    const requests = [
      ...prompts.map((each) => ({ prompt: each.prompt, maxTokens: 40, temperature: 0 })),
      ...[1, 2, 3].map((seed) => ({ prompt: heldout.slice(0, 200 * seed), maxTokens: 30, temperature: 0.8, seed })),
      { prompt: heldout.slice(0, 1100), maxTokens: 5, topK: 5, seed: 4, prefillChunk: 64 },
    ];
    const alone: (readonly number[])[] = [];
    for (const request of requests) alone.push((await answer(model, request)).ids);
    const together = await Promise.all(requests.map(async (request) => (await answer(model, request)).ids));
    expect(together).toEqual(alone);
  });

  it('a request that fails leaves the others alone', async () => {
    const [good, outside, empty, misplaced] = await Promise.allSettled([
      answer(model, greedy),
      answer(model, { ...greedy, prompt: [5, 259] }),
      answer(model, { ...greedy, prompt: [] }),
      answer(model, { ...greedy, topP: 3 }),
    ]);
    expect(good).toMatchObject({ value: { text: prompts[0]!.greedy.slice(0, 60) } });
    expect(outside).toMatchObject({ reason: { code: 'usage', message: expect.stringContaining('259 at position 1') } });
    expect(empty).toMatchObject({ reason: { code: 'usage', fields: { argument: 'prompt' } } });
    expect(misplaced).toMatchObject({ reason: { code: 'usage', fields: { argument: 'topP' } } });
  });

  it('two models and two devices work side by side', async () => {
    await using other = await loadModel(shakespeare, { threads: 1 });
    await using wasm = await loadModel(shakespeare, { device: 'wasm' });
    expect(wasm.info).toMatchObject({ device: 'wasm', isa: 'simd128', source: shakespeare });
    const texts = await Promise.all(
      prompts.flatMap((each) =>
        [model, other, wasm].map(async (one) => (await answer(one, { ...greedy, prompt: each.prompt })).text),
      ),
    );
    expect(texts).toEqual(prompts.flatMap((each) => Array(3).fill(each.greedy.slice(0, 60))));
  });
});

describe('a saved state', () => {
  const drawn = { prompt, temperature: 0.8, topK: 30, seed: 21 };

  it('goes on as if nothing had happened: here, in another worker, on another device', async () => {
    const whole = await answer(model, { ...drawn, maxTokens: 40 });
    const half = await answer(model, { ...drawn, maxTokens: 15, saveState: true });
    const request = { ...drawn, prompt: '', maxTokens: 25, state: half.finish.state! };
    await using other = await loadModel(shakespeare, { threads: 1 });
    await using wasm = await loadModel(shakespeare, { device: 'wasm' });
    for (const one of [model, other, wasm]) {
      const rest = await answer(one, request);
      expect([...half.ids, ...rest.ids], one.info.device).toEqual(whole.ids);
    }
  });

  it('goes on in another process', async () => {
    const whole = await answer(model, { ...drawn, maxTokens: 30 });
    const half = await answer(model, { ...drawn, maxTokens: 12, saveState: true });
    const { bytes, unread } = half.finish.state!;
    const program = `
      import { loadModel } from 'jambalaya';
      const { state, ...request } = JSON.parse(await new Response(process.stdin).text());
      const model = await loadModel(process.argv[1]);
      const restored = { bytes: Buffer.from(state.bytes, 'base64'), unread: state.unread };
      for await (const part of model.generate({ ...request, state: restored }))
        if (part.type === 'token') console.log(part.id);
      await model.dispose();
    `;
    const state = { bytes: Buffer.from(bytes).toString('base64'), unread };
    const input = JSON.stringify({ ...drawn, prompt: '', maxTokens: 18, state });
    const result = await runNode(['--input-type=module', '-e', program, shakespeare], { input });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect([...half.ids, ...result.stdout.trim().split('\n').map(Number)]).toEqual(whole.ids);
  });

  it('holds a prompt that several answers share', async () => {
    const first = await answer(model, { prompt: 'ROMEO:\n', maxTokens: 0, saveState: true });
    expect(first).toMatchObject({ ids: [], finish: { reason: 'length', state: { unread: [] } } });
    const state = first.finish.state!;
    const answers = await Promise.all([1, 2].map(() => answer(model, { ...greedy, prompt: 'What ', state })));
    for (const { text } of answers) expect(text).toBe(prompts[0]!.greedy.slice(0, 60));
  });

  it('of another model, or of none, is refused', async () => {
    const { finish } = await answer(model, { ...greedy, maxTokens: 2, saveState: true });
    await using other = await loadModel(golden('jamba-moe'));
    const request = { prompt: [5], maxTokens: 2 };
    await expect(answer(other, { ...request, state: finish.state! })).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('another model'),
    });
    const bytes = new TextEncoder().encode('no state at all');
    await expect(answer(model, { ...request, state: { bytes, unread: [] } })).rejects.toMatchObject({ code: 'state' });
    const cut = finish.state!.bytes.subarray(0, 5000);
    await expect(answer(model, { ...request, state: { bytes: cut, unread: [] } })).rejects.toMatchObject({
      code: 'state',
    });
    expect((await answer(model, greedy)).text).toBe(prompts[0]!.greedy.slice(0, 60));
  });
});

describe('a BERT', () => {
  it('has logits and no answers', async () => {
    await using bert = await loadModel(golden('bert-tiny'));
    expect([...bert.facets]).toEqual(['logits']);
    await expect(answer(bert, { prompt: [5, 6], maxTokens: 2 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await bert.logits([5, 6, 7])).toMatchObject({ rows: 3, columns: 110 });
    await expect(bert.tokenize('x')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(bert.logits(Array(49).fill(5))).rejects.toMatchObject({ code: 'limit' });
  });
});
