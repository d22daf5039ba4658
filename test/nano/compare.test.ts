/** The program that compares vocabularies and shapes of the small model: short runs for the same time on a part of the data. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, runNode } from '../support/cli.js';

const kinds = ['books', 'articles', 'introductions', 'news', 'speeches', 'stories'];

describe('compare.mjs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compare-test-'));
    await Promise.all(
      ['text', 'chats', 'heldout'].map((name) => mkdir(join(folder, 'prepared', name), { recursive: true })),
    );
    const play = gunzipSync(await readFile(join(root, 'recipes/data/shakespeare-train.jsonl.gz')));
    const lines = (records: readonly object[]) =>
      gzipSync(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const pieces = Array.from({ length: 20 }, (_, i) => ({ text: play.toString('utf8', 900 * i, 900 * (i + 1)) }));
    for (const kind of [...kinds, 'generated'])
      await writeFile(join(folder, `prepared/text/${kind}.jsonl.gz`), lines(pieces));
    const messages = [
      { role: 'user', content: 'Who speaks?' },
      { role: 'assistant', content: 'A citizen.' },
    ];
    for (const kind of ['questions', 'tools', 'generated'])
      await writeFile(join(folder, `prepared/chats/${kind}.jsonl.gz`), lines(Array(40).fill({ messages })));
    await writeFile(join(folder, 'prepared/heldout/plays.txt'), play.toString('utf8', 40_000, 41_000));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('trains what is asked for on a part of the data, and once', async () => {
    const out = join(folder, 'out');
    const args = ['recipes/nano/compare.mjs', '--data', join(folder, 'prepared'), '--out', out, '--seconds', '0.1'];
    const both = ['--only', 'vocabulary 2,048;no generated share', '--megabytes', '0.03'];
    const { code, stdout } = await runNode([...args, ...both]);
    expect(code).toBe(0);
    const runs = JSON.parse(await readFile(join(out, 'compare.json'), 'utf8'));
    expect(runs.map(({ name }: { name: string }) => name)).toEqual(['vocabulary 2,048', 'no generated share']);
    for (const { steps, tokens, bits } of runs) {
      expect(steps).toBeGreaterThan(0);
      expect(tokens).toBeGreaterThan(1000);
      expect(bits.plays).toBeGreaterThan(1);
    }
    expect(stdout).toMatch(/^\| run \| steps \| tokens \| plays \|\n.*\n\| vocabulary 2,048 \| \d/);
    const kept = gunzipSync(await readFile(join(out, 'data/text/books.jsonl.gz'))).length;
    const taken = gunzipSync(await readFile(join(folder, 'prepared/text/books.jsonl.gz'))).length;
    expect(kept).toBeLessThan(taken);
    const { model, data } = JSON.parse(await readFile(join(out, 'no-generated-share.json'), 'utf8'));
    expect(model.hidden_size).toBe(256);
    expect(data.sources.map(({ name }: { name: string }) => name)).toEqual([...kinds, 'questions', 'tools']);
    expect((await runNode([...args, ...both])).stdout).toBe(stdout);
  });

  test('names the runs that there are, and ends with 2', async () => {
    const { code, stderr } = await runNode(['recipes/nano/compare.mjs', '--data', 'x', '--out', 'y', '--only', 'z']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected some of as it is; vocabulary 2,048');
  });
});
