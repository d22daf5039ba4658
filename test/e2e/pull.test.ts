/** `jambalaya pull` from a hub on this machine into a cache of its own, and models used from that cache by name. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { shakespeare, TemporaryFolder } from '../support/folders.js';
import { commit, HubServer, sha256 } from '../support/hubServer.js';

const read = (file: string) => readFileSync(join(shakespeare, file));
const weights = read('model.safetensors');
const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const small = Object.fromEntries(names.map((name) => [name, read(name)]));
const allBytes = weights.length + names.reduce((sum, name) => sum + small[name]!.length, 0);

let hub: HubServer;
let folder: TemporaryFolder;
let env: Record<string, string>;

beforeEach(async () => {
  hub = await HubServer.start({ small: { ...small }, stored: { 'model.safetensors': weights } });
  folder = new TemporaryFolder();
  env = { HF_ENDPOINT: hub.endpoint, HF_HOME: folder.path };
});

afterEach(async () => {
  await hub.close();
  folder.dispose();
});

const repo = () => folder.file('hub/models--org--name');
const partial = () => join(repo(), 'blobs', `${sha256(weights)}.incomplete`);
const complete = (model: string) =>
  jambalayaJson<{ text: string }>(['complete', model, 'ROMEO:\nWhat ', '--max-tokens', '12', '--temperature', '0'], {
    env,
  });

describe('pull', () => {
  it('fetches a model, which is then used by its name', async () => {
    const absent = await jambalayaError(['complete', 'org/name', 'x'], 1, { env });
    expect(absent.hint).toContain('npx jambalaya pull org/name');
    const result = await jambalayaJson(['pull', 'org/name'], { env });
    const path = join(repo(), 'snapshots', commit);
    expect(result).toEqual({
      path,
      files: [...names, 'model.safetensors'],
      revision: commit,
      downloadedBytes: allBytes,
      reusedBytes: 0,
      command: 'npx jambalaya chat org/name',
    });
    expect(await complete('org/name')).toMatchObject({ text: 'says he shal' });
    expect(await complete(path)).toMatchObject({ text: 'says he shal' });
    const again = await jambalayaJson(['pull', 'org/name', '--revision', 'main'], { env });
    expect(again).toMatchObject({ downloadedBytes: 0, reusedBytes: allBytes });
  });

  it('prints the folder alone on stdout, and how far it is on stderr', async () => {
    const result = await jambalaya(['pull', 'org/name'], { env });
    expect(result).toMatchObject({ code: 0, stdout: `${join(repo(), 'snapshots', commit)}\n` });
    expect(result.stderr).toMatch(/model\.safetensors: 100 %, 3.94 MB of 3.94 MB/);
    expect(result.stderr).toMatch(/^org\/name: 4 files, 3\.94 MB\n/);
    expect(result.stderr).toMatch(/4 files, 3.94 MB downloaded, 0 B were here already\n/);
    expect(result.stderr).toMatch(/next: npx jambalaya chat org\/name\n$/);
    for (const control of ['\r', '\x1b']) expect(result.stderr).not.toContain(control);
  });

  it('looks at the config before it fetches the rest', async () => {
    hub.small['config.json'] = Buffer.from('{"model_type":"granite_moe_hybrid_9"}');
    const error = await jambalayaError(['pull', 'org/name'], 1, { env });
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('granite_moe_hybrid_9') });
    expect(hub.seen.filter(({ server }) => server === 'storage')).toEqual([]);
    expect(await jambalayaError(['inspect', 'org/name'], 1, { env })).toMatchObject({ code: 'file' });
  });

  it('takes the GGUF of a repository that has no safetensors, by name where there are several', async () => {
    const gguf = folder.file('small.gguf');
    await jambalayaJson(['export', shakespeare, '--to', 'gguf', '--out', gguf]);
    const bytes = readFileSync(gguf);
    hub.small = { 'README.md': Buffer.from('# x') };
    hub.stored = { 'small-f32.gguf': bytes };
    const one = await jambalayaJson<{ files: string[] }>(['pull', 'org/name'], { env });
    expect(one).toMatchObject({ files: ['README.md', 'small-f32.gguf'], command: 'npx jambalaya chat org/name' });
    expect(await complete('org/name')).toMatchObject({ text: 'says he shal' });
    hub.stored['other.gguf'] = bytes.subarray(0, 100);
    expect(await jambalayaError(['pull', 'org/name'], 2, { env })).toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('small-f32.gguf (0.00 GB), other.gguf'),
    });
    const named = await jambalaya(['pull', 'org/name', 'small-f32.gguf'], { env });
    expect(named.stdout).toBe(`${join(repo(), 'snapshots', commit, 'small-f32.gguf')}\n`);
    expect(named.stderr).toContain('next: npx jambalaya chat org/name/small-f32.gguf');
    expect(await complete('org/name/small-f32.gguf')).toMatchObject({ text: 'says he shal' });
    expect(await jambalayaError(['inspect', 'org/name/none.gguf'], 1, { env })).toMatchObject({
      hint: expect.stringContaining('npx jambalaya pull org/name none.gguf'),
    });
  });

  it('refuses a repository without weights that can be read, and fetches nothing of it', async () => {
    hub.stored = { 'pytorch_model.bin': weights };
    const error = await jambalayaError(['pull', 'org/name'], 1, { env });
    expect(error).toMatchObject({ code: 'download', message: expect.stringContaining('pytorch_model.bin') });
    expect(hub.seen.filter(({ url }) => !url.startsWith('/api/'))).toEqual([]);
  });

  it('is listed with its size and place', async () => {
    const nothing = await jambalaya(['list'], { env });
    expect(nothing).toMatchObject({ code: 0, stdout: `no models in ${folder.file('hub')}\n` });
    await jambalayaJson(['pull', 'org/name'], { env });
    const path = join(repo(), 'snapshots', commit);
    const model = { name: 'org/name', path, bytes: allBytes, form: 'safetensors', revision: 'main', commit };
    const list = await jambalayaJson(['list'], { env });
    expect(list).toMatchObject({ cache: folder.file('hub'), models: [{ ...model, incompleteBytes: 0 }] });
    expect((await jambalaya(['list', 'NAME'], { env })).stdout).toMatch(/^model .*\norg\/name +3\.94 MB +safetensors /);
    expect(await jambalayaError(['list', 'org/none'], 1, { env })).toMatchObject({
      hint: 'fetch it: npx jambalaya pull org/none',
    });
  });

  it('goes on after Ctrl-C where it was', async () => {
    hub.cuts = [1_000_000];
    hub.stalls = true;
    const pulling = jambalaya(['pull', 'org/name', '--json'], {
      env,
      onStart: (child) => {
        const timer = setInterval(() => {
          if ((statSync(partial(), { throwIfNoEntry: false })?.size ?? 0) < 1_000_000) return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 5);
      },
    });
    const stopped = await pulling;
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(stopped.stderr)).toMatchObject({ code: 'aborted' });
    expect(statSync(partial()).size).toBe(1_000_000);
    hub.stalls = false;
    hub.seen = [];
    const result = await jambalayaJson(['pull', 'org/name'], { env });
    expect(result).toMatchObject({ downloadedBytes: weights.length - 1_000_000 });
    expect(hub.seen.at(-1)).toMatchObject({ server: 'storage', range: 'bytes=1000000-' });
    expect(await complete('org/name')).toMatchObject({ text: 'says he shal' });
  });

  it('goes on by itself when the connection is cut', async () => {
    hub.cuts = [1_000_000, 500_000];
    expect(await jambalayaJson(['pull', 'org/name'], { env })).toMatchObject({ downloadedBytes: allBytes });
    // A connection that is cut may lose bytes that were under way: the next one starts after those that came.
    const starts = hub.seen.flatMap(({ server, range }) => (server === 'storage' ? [Number(range?.slice(6, -1))] : []));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBeNaN();
    expect(starts[1]).toBeLessThanOrEqual(1_000_000);
    expect(starts[2]! - starts[1]!).toBeLessThanOrEqual(500_000);
    expect(starts[2]).toBeGreaterThan(starts[1]!);
    expect(starts[1]).toBeGreaterThan(0);
  });

  it('refuses a file with another hash, and keeps nothing of it', async () => {
    hub.sent['model.safetensors'] = Buffer.from(weights).fill(1, 5000, 5001);
    const error = await jambalayaError(['pull', 'org/name'], 1, { env });
    expect(error).toMatchObject({ code: 'download', message: expect.stringMatching(/model\.safetensors: .*hash/) });
    expect(readdirSync(join(repo(), 'blobs')).filter((name) => name.startsWith(sha256(weights)))).toEqual([]);
    expect(await jambalayaError(['inspect', 'org/name'], 1, { env })).toMatchObject({ code: 'file' });
  });

  it('sends the token of the environment to the hub alone, and says what to do without one', async () => {
    hub.neededToken = 'hf_secret';
    const denied = await jambalayaError(['pull', 'org/name'], 1, { env });
    expect(denied).toMatchObject({ code: 'download', hint: expect.stringContaining('HF_TOKEN') });
    await jambalayaJson(['pull', 'org/name'], { env: { ...env, HF_TOKEN: 'hf_secret' } });
    const [last] = hub.seen.filter(({ server }) => server === 'storage');
    expect(last!.authorization).toBeUndefined();
  });

  it('refuses names that cannot be, and models that are not there', async () => {
    expect(await jambalayaError(['pull', '../name'], 2, { env })).toMatchObject({ code: 'usage' });
    expect(await jambalayaError(['pull', 'org/none'], 1, { env })).toMatchObject({ code: 'download' });
    expect(await jambalayaError(['pull', 'org/name', '--revision', 'v9'], 1, { env })).toMatchObject({
      code: 'download',
      message: expect.stringContaining('org/name@v9'),
    });
  });
});
