/** The cache of prompts across processes: restarts, kills, damaged files. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from 'jambalaya';
import { describe, expect, it } from 'vitest';
import { jambalaya } from '../support/cli.js';
import { nano, TemporaryFolder } from '../support/folders.js';
import { user } from './support.js';

const first = { messages: user(`Repeat: ${'tea and milk '.repeat(40)}`) };
const greedy = { maxTokens: 12, temperature: 0 };
const load = (folder: string) => loadModel(nano, { cacheBytes: 1e8, cacheFolder: folder });

/** Files of states, wherever below. */
const statesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.prefix'))
    .map((name) => join(folder, name));

describe('states on disk', () => {
  it('serve a later process, and give the same answer', async () => {
    using folder = new TemporaryFolder();
    const one = await load(folder.path);
    const said = await one.complete({ ...greedy, prompt: first });
    await one.dispose();
    expect(statesIn(folder.path).length).toBeGreaterThan(0);
    const messages = [...first.messages, { role: 'assistant', content: said.text.trim() }, ...user('Repeat: blue')];
    const next = { ...greedy, logprobs: 3, prompt: { messages } };
    await using two = await load(folder.path);
    const restored = await two.complete(next);
    expect(restored.usage.cachedTokens).toBeGreaterThanOrEqual(said.usage.promptTokens);
    await using plain = await loadModel(nano);
    const read = await plain.complete(next);
    expect(restored.tokens).toEqual(read.tokens);
    expect(read.usage.cachedTokens).toBe(0);
  });

  it('that are damaged, cut or strange are dropped, never used', async () => {
    using folder = new TemporaryFolder();
    const one = await load(folder.path);
    const said = await one.complete({ ...greedy, prompt: first });
    await one.dispose();
    const messages = [...first.messages, { role: 'assistant', content: said.text.trim() }, ...user('Repeat: blue')];
    const next = { ...greedy, prompt: { messages } };
    await using plain = await loadModel(nano);
    const expected = (await plain.complete(next)).tokens;
    const files = statesIn(folder.path);
    files.forEach((file, i) => {
      if (i % 2 === 1) truncateSync(file, 5000);
      else {
        const bytes = readFileSync(file);
        bytes[bytes.length - 100]! ^= 4;
        writeFileSync(file, bytes);
      }
    });
    writeFileSync(join(files[0]!, '..', 'rubbish.prefix'), 'nothing');
    await using two = await load(folder.path);
    const again = await two.complete(next);
    expect(again.tokens).toEqual(expected);
    expect(again.usage.cachedTokens).toBe(0);
    expect(statesIn(folder.path)).not.toContain(files[0]);
  });

  it('outlive a server that is killed', async () => {
    using folder = new TemporaryFolder();
    const ask = async (url: string, messages: unknown) => {
      const body = JSON.stringify({ messages, temperature: 0, max_tokens: 12 });
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return (await response.json()) as {
        choices: { message: { content: string } }[];
        usage: { prompt_tokens: number; prompt_tokens_details: { cached_tokens: number } };
      };
    };
    const session = async (signal: NodeJS.Signals, messages: unknown) => {
      let answer: ReturnType<typeof ask> | undefined;
      const args = ['serve', nano, '--port', '0', '--cache-dir', folder.path];
      await jambalaya(args, {
        onOutput: (child, stdout) => {
          const url = /http:\S+/.exec(stdout)?.[0];
          if (url === undefined || answer !== undefined) return;
          answer = ask(url, messages);
          const end = async () => {
            await answer;
            for (let tries = 0; tries < 1000 && statesIn(folder.path).length === 0; tries++)
              await new Promise((resolve) => setTimeout(resolve, 20));
            child.kill(signal);
          };
          end().catch(() => child.kill('SIGKILL'));
        },
      });
      return answer!;
    };
    const one = await session('SIGKILL', first.messages);
    const messages = [...first.messages, one.choices[0]!.message, ...user('Repeat: blue')];
    const two = await session('SIGTERM', messages);
    expect(two.usage.prompt_tokens_details.cached_tokens).toBeGreaterThanOrEqual(one.usage.prompt_tokens);
    await using plain = await loadModel(nano);
    const read = await plain.complete({ ...greedy, prompt: { messages } as never });
    expect(two.choices[0]!.message.content).toBe(read.text.trim());
  });
});
