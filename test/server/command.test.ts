/** `jambalaya serve` and `npm start` as processes: how they begin, what they print, how they end. */
import type { ChildProcess } from 'node:child_process';
import { RecordingModel } from 'jambalaya';
import { describe, expect, it } from 'vitest';
import { type CliResult, jambalaya, jambalayaError, runNode } from '../support/cli.js';
import { nano } from '../support/folders.js';
import { closeAll, type Json, serveModel } from './support.js';

type Start = (options: {
  onStart(process: ChildProcess): void;
  onOutput(process: ChildProcess, stdout: string): void;
}) => Promise<CliResult>;

/** Starts a server, asks it something once it has told its address, and ends it with a signal. */
async function session(start: Start, ask: (url: string) => Promise<unknown>): Promise<CliResult & { answer: unknown }> {
  let answer: Promise<unknown> | undefined;
  const result = await start({
    onStart: () => {},
    onOutput: (child, stdout) => {
      const url = /http:\/\/[^\s"]+/.exec(stdout)?.[0];
      if (url === undefined || answer !== undefined) return;
      answer = ask(url).finally(() => child.kill('SIGTERM'));
    },
  });
  return { ...result, answer: await answer };
}

const health = async (url: string) => (await fetch(`${url}/health`)).status;

describe('jambalaya serve', () => {
  it('prints one line with its address once it is ready, and ends well on SIGTERM', async () => {
    const result = await session(
      (options) => jambalaya(['serve', `small=${nano}`, '--port', '0'], options),
      async (url) => {
        const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
        return [await health(url), models.data.map(({ id }) => id)];
      },
    );
    expect(result.answer).toEqual([200, ['small']]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^jambalaya serves small on http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('ends a running stream on SIGTERM, and well', async () => {
    const body = { prompt: 'Once upon', max_tokens: 100_000, ignore_eos: true, stream: true };
    const result = await session(
      (options) => jambalaya(['serve', nano, '--port', '0', '--context', '1000000'], options),
      async (url) => {
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const response = await fetch(`${url}/v1/completions`, init);
        const reader = response.body!.getReader();
        await reader.read();
        void (async () => {
          while (!(await reader.read()).done);
        })().catch(() => {});
        return response.status;
      },
    );
    expect(result).toMatchObject({ code: 0, answer: 200 });
  });

  it('serves what another server serves, under a name of its own', async () => {
    const inner = await serveModel(new RecordingModel(({ prompt }) => `heard ${JSON.stringify(prompt).length}`));
    const args = ['serve', `far=${inner.url}/v1#nano`, '--port', '0'];
    const result = await session(
      (options) => jambalaya(args, options),
      async (url) => {
        const body = JSON.stringify({ model: 'far', messages: [{ role: 'user', content: 'hi' }] });
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
        const answer = (await (await fetch(`${url}/v1/chat/completions`, init)).json()) as Json;
        return [answer.model, answer.choices[0].message.content];
      },
    );
    await closeAll();
    expect(result).toMatchObject({ code: 0, answer: ['far', expect.stringMatching(/^heard \d+/)] });
  });

  it('refuses another address without a key, and a model that is none', async () => {
    const open = await jambalayaError(['serve', nano, '--port', '0', '--host', '0.0.0.0'], 2);
    expect(open).toMatchObject({ code: 'usage', hint: expect.stringContaining('--api-key') });
    const bad = await jambalayaError(['serve', '/nonexistent', '--port', '0'], 1);
    expect(bad.code).toBe('file');
  });
});

describe('npm start', () => {
  it('serves the bundled model and says what to try', async () => {
    const start: Start = (options) => runNode(['scripts/start.mjs'], { ...options, env: { PORT: '0' } });
    const result = await session(start, health);
    expect(result).toMatchObject({ code: 0, answer: 200 });
    expect(result.stdout).toContain('/v1/chat/completions');
    expect(result.stdout).toContain('npx jambalaya serve ');
  });
});
