/** How work in a worker ends: stopped by its owner, by leaving the loop, by disposal, by the end of the process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalModel, loadModel } from 'jambalaya';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answer } from '../support/answers.js';
import { runNode } from '../support/cli.js';
import { editJson, shakespeare, TemporaryFolder } from '../support/folders.js';

const greedy = { prompt: 'ROMEO:\nWhat ', maxTokens: 12, temperature: 0 };
const expected = 'says he shal';
const heldout = readFileSync(join(shakespeare, 'heldout.txt'), 'utf8');
const long = { prompt: heldout.slice(0, 4000), maxTokens: 1, temperature: 0 };
const endless = { prompt: 'ROMEO:', maxTokens: 1_000_000, ignoreEnd: true };

describe('the main thread', () => {
  it('stays free while a prompt is read', async () => {
    await using model = await loadModel(shakespeare);
    let turns = 0;
    let counting = true;
    const count = () => {
      turns++;
      if (counting) setImmediate(count);
    };
    count();
    const turnsAt: number[] = [];
    for await (const part of model.generate(long)) if (part.type === 'prefill') turnsAt.push(turns);
    counting = false;
    // 4,000 tokens in passes of 512. A loop that gets a turn between passes alone would count as many turns as passes.
    expect(turnsAt.length).toBeGreaterThanOrEqual(7);
    for (let pass = 1; pass < turnsAt.length; pass++) expect(turnsAt[pass]! - turnsAt[pass - 1]!).toBeGreaterThan(20);
  });
});

describe('stopping', () => {
  let model: LocalModel;
  beforeAll(async () => {
    model = await loadModel(shakespeare);
  });
  afterAll(() => model.dispose());

  /** The parts that came, and the error that ended them. */
  async function stopped(request: typeof endless, when: 'prefill' | 'token') {
    const controller = new AbortController();
    const types: string[] = [];
    let prefilled = 0;
    try {
      for await (const part of model.generate(request, { signal: controller.signal })) {
        types.push(part.type);
        if (part.type === 'prefill') prefilled = part.done;
        if (part.type === when) controller.abort();
      }
    } catch (error) {
      return { error, types, prefilled };
    }
    throw new Error('it was not stopped');
  }

  it('before the start asks the worker for nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(answer(model, greedy, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(model.logits([5], { signal })).rejects.toMatchObject({ code: 'aborted' });
    expect((await answer(model, greedy)).text).toBe(expected);
  });

  it('while the prompt is read ends within a pass or so, and the next request is answered', async () => {
    const request = { ...endless, prompt: long.prompt, prefillChunk: 16 };
    const { error, types, prefilled } = await stopped(request, 'prefill');
    expect(error).toMatchObject({ code: 'aborted' });
    expect(prefilled).toBeLessThan(4000);
    expect(types).not.toContain('token');
    expect((await answer(model, greedy)).text).toBe(expected);
  });

  it('while tokens are made ends at once, and leaves others alone', async () => {
    const [{ error, types }, other] = await Promise.all([
      stopped(endless, 'token'),
      answer(model, { ...greedy, maxTokens: 60 }),
    ]);
    expect(error).toMatchObject({ code: 'aborted' });
    expect(types.length).toBeLessThan(1000);
    expect(other.text.slice(0, 12)).toBe(expected);
    expect(other.ids).toHaveLength(60);
  });

  it('logits, scores and comparisons', async () => {
    const ids = [...heldout.slice(0, 3000)].map((letter) => letter.charCodeAt(0) + 3);
    const text = new TextEncoder().encode(heldout);
    const within = () => AbortSignal.timeout(20);
    const aborted = { code: 'aborted' };
    await expect(model.logits(ids, { chunk: 1, signal: within() })).rejects.toMatchObject(aborted);
    await expect(model.measureText(text, { window: 64, stride: 2, signal: within() })).rejects.toMatchObject(aborted);
    await expect(model.compare(shakespeare, text, { window: 64, signal: within() })).rejects.toMatchObject(aborted);
    expect((await answer(model, greedy)).text).toBe(expected);
  });

  it('leaving the loop gives the worker rest', async () => {
    for await (const part of model.generate(endless)) if (part.type === 'token') break;
    // CPU time of all threads. A worker that went on would never let the process rest.
    await vi.waitFor(
      async () => {
        const before = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { user, system } = process.cpuUsage(before);
        expect(user + system).toBeLessThan(10_000);
      },
      { timeout: 60_000, interval: 10 },
    );
    expect((await answer(model, greedy)).text).toBe(expected);
  });
});

describe('disposal', () => {
  it('stops what is under way, and what comes later is refused', async () => {
    const model = await loadModel(shakespeare);
    const generating = (async () => {
      for await (const part of model.generate(endless)) if (part.type === 'token') void model.dispose();
    })();
    await expect(generating).rejects.toMatchObject({ code: 'aborted' });
    await model.dispose();
    const refused = { code: 'usage', fields: { argument: 'model' } };
    await expect(answer(model, greedy)).rejects.toMatchObject(refused);
    await expect(model.tokenize('x')).rejects.toMatchObject(refused);
    await expect(model.logits([5])).rejects.toMatchObject(refused);
  });

  it('in the middle of long passes, again and again', async () => {
    for (let round = 0; round < 5; round++) {
      const model = await loadModel(shakespeare);
      const reading = answer(model, { ...long, prefillChunk: 4000 });
      const refused = expect(reading).rejects.toMatchObject({ code: 'aborted' });
      await new Promise((resolve) => setTimeout(resolve, 10 * round));
      await model.dispose();
      await refused;
    }
  });
});

/** Runs a program that imports the package by its name, as a user's would. */
const runProgram = (lines: string, env: Record<string, string> = {}) =>
  runNode(
    ['--expose-gc', '--input-type=module', '-e', `import { loadModel } from 'jambalaya';\n${lines}`, shakespeare],
    { env },
  );

describe('a process', () => {
  it('ends by itself when its models are disposed of', async () => {
    const result = await runProgram(`
      const [a, b] = await Promise.all([loadModel(process.argv[1]), loadModel(process.argv[1], { device: 'wasm' })]);
      for await (const part of a.generate({ prompt: 'x', maxTokens: 5 }));
      for await (const part of b.generate({ prompt: 'x', maxTokens: 5 })) break;
      await Promise.all([a.dispose(), b.dispose()]);
      console.log('done');
    `);
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: '' });
  });

  it('ends at once with work under way in several workers', async () => {
    const result = await runProgram(`
      const models = await Promise.all([{}, {}, { device: 'wasm' }].map((o) => loadModel(process.argv[1], o)));
      let begun = 0;
      for (const model of models) (async () => {
        for await (const part of model.generate({ prompt: 'x', maxTokens: 1e6, ignoreEnd: true }))
          if (part.type === 'token' && ++begun === 30) process.exit(3);
      })();
    `);
    expect(result).toEqual({ code: 3, stdout: '', stderr: '' });
  });

  it('loads and disposes of many models without growing', async () => {
    const result = await runProgram(`
      import { readdirSync } from 'node:fs';
      const files = () => process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
      const measured = [];
      for (let i = 0; i < 20; i++) {
        const model = await loadModel(process.argv[1]);
        for await (const part of model.generate({ prompt: 'x'.repeat(50), maxTokens: 2 }));
        await model.dispose();
        gc();
        measured.push([process.memoryUsage.rss(), files()]);
      }
      console.log(JSON.stringify(measured));
    `);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const measured = JSON.parse(result.stdout) as [rss: number, files: number][];
    const [fifth, last] = [measured[4]!, measured.at(-1)!];
    // A model that stayed would keep 4 MB of weights and some 10 MB of a worker.
    expect(last[0] - fifth[0]).toBeLessThan(40e6);
    expect(last[1]).toBeLessThanOrEqual(fifth[1]);
  });
});

describe('a hostile tokenizer', () => {
  it('is stopped after a while, and the model goes on', async () => {
    using folder = new TemporaryFolder();
    const copy = folder.copyOf(shakespeare, 'hostile');
    editJson(join(copy, 'tokenizer.json'), (tokenizer) => {
      const split = { type: 'Split', pattern: { Regex: '(a+)+!' }, behavior: 'Isolated', invert: false };
      tokenizer.pre_tokenizer = { type: 'Sequence', pretokenizers: [split, tokenizer.pre_tokenizer] };
    });
    await using model = await loadModel(copy);
    const catastrophe = 'a'.repeat(60);
    await expect(answer(model, { ...greedy, prompt: catastrophe })).rejects.toMatchObject({ code: 'timeout' });
    expect((await answer(model, greedy)).text).toBe(expected);
  });
});
