import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, gitSha1, HubServer, sha256 } from '../../../test/support/hubServer.js';
import { openFile, openFolder, type PullOptions, type PullProgress, pullModel, resolveModelPath } from '../index.js';

const token = 'hf_secret';
const large = Buffer.alloc(300_000, 'large and not very random ').fill(7, 1000, 2000);

let root = '';
let cacheDir = '';
let hub: HubServer;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jambalaya-hub-'));
  cacheDir = join(root, 'hub');
  hub = await HubServer.start({
    small: { 'config.json': Buffer.from('{"model_type":"jamba"}'), 'README.md': Buffer.from(''), 'onnx/a.json': large },
    stored: { 'model.safetensors': large, 'pytorch_model.bin': large.subarray(5) },
  });
  // Nothing of the person who runs the tests may be read or sent.
  for (const name of Object.keys(process.env)) if (/^(HF_|HUGGING|XDG_CACHE)/.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('HF_HOME', root);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await rm(root, { recursive: true });
});

const pull = (options: PullOptions = {}) =>
  pullModel('org/name', { endpoint: hub.endpoint, cacheDir, retryMilliseconds: 1, attempts: 3, ...options });
const repoFolder = () => join(cacheDir, 'models--org--name');
const blob = (hash: string) => join(repoFolder(), 'blobs', hash);
const partial = () => blob(`${sha256(large)}.incomplete`);
const storageRequests = () => hub.seen.filter(({ server }) => server === 'storage');
const wanted = ['config.json', 'README.md', 'model.safetensors'];

describe('pullModel', () => {
  it('fetches the files of a model into the layout of the cache', async () => {
    const result = await pull();
    const snapshot = join(repoFolder(), 'snapshots', commit);
    const bytes = large.length + hub.small['config.json']!.length;
    expect(result).toEqual({
      path: snapshot,
      files: wanted,
      revision: commit,
      downloadedBytes: bytes,
      reusedBytes: 0,
    });
    expect(await readlink(join(snapshot, 'model.safetensors'))).toBe(`../../blobs/${sha256(large)}`);
    expect(await readlink(join(snapshot, 'config.json'))).toBe(`../../blobs/${gitSha1(hub.small['config.json']!)}`);
    expect(Buffer.compare(await readFile(join(snapshot, 'model.safetensors')), large)).toBe(0);
    expect(await readFile(join(snapshot, 'README.md'), 'utf8')).toBe('');
    expect(await readFile(join(repoFolder(), 'refs', 'main'), 'utf8')).toBe(commit);
    expect((await readdir(join(repoFolder(), 'blobs'))).filter((name) => name.length > 64)).toEqual([]);
  });

  it('fetches nothing a second time, and what is missing a third time', async () => {
    await pull();
    hub.seen = [];
    const second = await pull();
    expect(second).toMatchObject({ downloadedBytes: 0, files: wanted });
    expect(second.reusedBytes).toBe(large.length + hub.small['config.json']!.length);
    expect(hub.seen.filter(({ url }) => !url.startsWith('/api/'))).toEqual([]);
    await writeFile(blob(sha256(large)), 'damaged');
    expect(await pull()).toMatchObject({ downloadedBytes: large.length });
  });

  it('fetches other files, names with a folder included, if asked', async () => {
    const { path, files } = await pull({ files: (name) => name.startsWith('onnx/') });
    expect(files).toEqual(['onnx/a.json']);
    expect(await readlink(join(path, 'onnx', 'a.json'))).toBe(`../../../blobs/${gitSha1(large)}`);
    expect((await readFile(join(path, 'onnx', 'a.json'))).length).toBe(large.length);
  });

  it('two at once fetch everything once, and both have it', async () => {
    const results = await Promise.all([pull(), pull(), pull()]);
    expect(results.reduce((sum, { downloadedBytes }) => sum + downloadedBytes, 0)).toBe(large.length + 22);
    expect(storageRequests()).toHaveLength(1);
    for (const { path } of results) {
      expect(Buffer.compare(await readFile(join(path, 'model.safetensors')), large)).toBe(0);
    }
    expect((await readdir(join(repoFolder(), 'blobs'))).filter((name) => /lock|incomplete/.test(name))).toEqual([]);
  });

  it('one that waits for another can be stopped', async () => {
    hub.cuts = [100_000];
    hub.stalls = true;
    const controllers = [new AbortController(), new AbortController()];
    const pulls = controllers.map(({ signal }) => pull({ signal }).catch((error: unknown) => error));
    await vi.waitFor(async () => expect((await readFile(partial())).length).toBe(100_000));
    for (const controller of controllers) controller.abort();
    for (const stopped of await Promise.all(pulls)) expect(stopped).toMatchObject({ code: 'aborted' });
  });

  it('says before how much there is to fetch', async () => {
    const plans: unknown[] = [];
    await pull({ onPlan: (plan) => plans.push(plan) });
    await pull({ onPlan: (plan) => plans.push(plan) });
    const bytes = large.length + 22;
    expect(plans).toEqual([0, bytes].map((presentBytes) => ({ files: wanted, bytes, presentBytes })));
  });

  it.each([undefined, null, 5, {}, ''])('refuses %j for a name, and for a path', async (name) => {
    for (const call of [pullModel, resolveModelPath, openFolder, openFile]) {
      await expect(call(name as string)).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('takes a revision, and notes it', async () => {
    await pull({ revision: 'refs/pr/1' });
    expect(await readFile(join(repoFolder(), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(commit);
    await expect(readFile(join(repoFolder(), 'refs', 'main'))).rejects.toThrow('ENOENT');
  });

  it('goes on within one run when the connection is cut', async () => {
    hub.cuts = [100_000, 50_000];
    const { downloadedBytes } = await pull();
    expect(downloadedBytes).toBe(large.length + hub.small['config.json']!.length);
    expect(storageRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  it('goes on in another run where an earlier one gave up', async () => {
    hub.cuts = [100_000, 0, 0, 0];
    await expect(pull()).rejects.toMatchObject({
      code: 'download',
      fields: { file: 'model.safetensors', reason: expect.stringMatching(/after 3 attempts/) },
      hint: expect.stringContaining('Run the same command again'),
    });
    expect((await readFile(partial())).length).toBe(100_000);
    await expect(resolveModelPath('org/name')).rejects.toMatchObject({ code: 'file' });
    hub.cuts = [];
    hub.seen = [];
    expect(await pull()).toMatchObject({ downloadedBytes: 200_000, reusedBytes: 100_000 + 22 });
    expect(storageRequests()).toMatchObject([{ range: 'bytes=100000-' }]);
  });

  it('starts over when the server ignores the range', async () => {
    hub.cuts = [100_000];
    hub.ignoresRange = true;
    const { path, downloadedBytes } = await pull();
    expect(downloadedBytes).toBe(100_000 + large.length + 22);
    expect(Buffer.compare(await readFile(join(path, 'model.safetensors')), large)).toBe(0);
  });

  it('starts over when the server sends another range', async () => {
    hub.cuts = [100_000];
    hub.wrongRange = true;
    const { path } = await pull();
    expect(storageRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
    expect(Buffer.compare(await readFile(join(path, 'model.safetensors')), large)).toBe(0);
  });

  it('starts over when the partial file is longer than the file', async () => {
    await mkdir(join(repoFolder(), 'blobs'), { recursive: true });
    await writeFile(partial(), Buffer.alloc(large.length + 1));
    expect(await pull()).toMatchObject({ downloadedBytes: large.length + 22 });
  });

  it('needs no request for a partial file that is whole', async () => {
    await mkdir(join(repoFolder(), 'blobs'), { recursive: true });
    await writeFile(partial(), large);
    expect(await pull()).toMatchObject({ downloadedBytes: 22 });
    expect(storageRequests()).toEqual([]);
  });

  it.each([429, 500, 503])('tries again after status %d', async (status) => {
    hub.failures = [status, status];
    expect(await pull()).toMatchObject({ files: wanted });
  });

  it('counts silence as a lost connection', async () => {
    hub.stalls = true;
    hub.cuts = [1000, 0, 0];
    await expect(pull({ idleMilliseconds: 50 })).rejects.toMatchObject({
      code: 'download',
      fields: { file: 'model.safetensors', reason: 'nothing arrived for 50 ms, after 3 attempts' },
    });
    expect(storageRequests()).toHaveLength(3);
  });

  it.each([
    ['another hash', Buffer.from(large).fill(1, 5, 6), /expected hash [0-9a-f]{64}, found [0-9a-f]{64}/],
    ['fewer bytes', large.subarray(1), /expected 300000 bytes, found 299999 bytes/],
    ['more bytes', Buffer.concat([large, large]), /expected 300000 bytes, found 600000 bytes/],
  ])('refuses a large file with %s, and deletes it', async (_, sent, reason) => {
    hub.sent['model.safetensors'] = sent;
    await expect(pull()).rejects.toMatchObject({
      code: 'download',
      fields: { file: 'model.safetensors', reason: expect.stringMatching(reason) },
    });
    await expect(lstat(partial())).rejects.toThrow('ENOENT');
    await expect(lstat(blob(sha256(large)))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['another hash', Buffer.from('{"model_type":"lamba"}'), /expected hash [0-9a-f]{40}, found [0-9a-f]{40}/],
    ['another size', Buffer.from('{}'), /expected 22 bytes, found 2 bytes/],
  ])('refuses a small file with %s', async (_, sent, reason) => {
    hub.sent['config.json'] = sent;
    const fields = { file: 'config.json', reason: expect.stringMatching(reason) };
    await expect(pull()).rejects.toMatchObject({ code: 'download', fields });
    expect(await readdir(join(repoFolder(), 'blobs'))).toEqual([]);
  });

  it('sends the token to the hub, and to nobody else', async () => {
    hub.neededToken = token;
    hub.cuts = [1000];
    await pull({ token });
    expect(storageRequests().length).toBe(2);
    expect(storageRequests().filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    const toHub = hub.seen.filter(({ server }) => server === 'hub');
    expect(new Set(toHub.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${token}`]));
  });

  it('finds the token in the environment, then in the token file', async () => {
    hub.neededToken = 'from-file';
    await writeFile(join(root, 'token'), 'from-file\n');
    await pull();
    hub.neededToken = 'from-env';
    vi.stubEnv('HF_TOKEN', 'from-env');
    await pull();
    hub.neededToken = undefined;
    hub.seen = [];
    await pull({ token: '' });
    expect(hub.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it.each([
    ['no token', {}, 401, /set HF_TOKEN/],
    ['a token that may not', { token: 'hf_other' }, 403, /accept its terms/],
  ])('says what to do with %s, and does not try again', async (_, options, status, hint) => {
    hub.neededToken = token;
    const error = await pull(options).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'download', hint: expect.stringMatching(hint) });
    expect(error.fields.reason).toContain(`status ${status}`);
    expect(JSON.stringify([error.message, error.hint, error.stack])).not.toContain('hf_other');
    expect(hub.seen).toHaveLength(1);
  });

  it('refuses a token that cannot be a header, without showing it', async () => {
    const error = await pull({ token: 'sec\nret' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'usage', fields: { argument: 'token' } });
    expect(String(error.stack)).not.toContain('ret"');
    expect(hub.seen).toEqual([]);
  });

  it('says that there is no such model, revision or file', async () => {
    const missing = { code: 'download', hint: expect.stringContaining('Check the name') };
    await expect(pullModel('org/other', { endpoint: hub.endpoint, cacheDir })).rejects.toMatchObject(missing);
    await expect(pull({ revision: 'v9' })).rejects.toMatchObject({ ...missing, fields: { file: 'org/name@v9' } });
    hub.listing = [{ type: 'file', path: 'gone.json', size: 3, oid: commit }];
    await expect(pull()).rejects.toMatchObject({
      ...missing,
      fields: { file: 'gone.json', reason: 'status 404 (EntryNotFound)' },
    });
    await expect(pull({ files: () => false })).rejects.toMatchObject({ fields: { reason: /none of its 6 files/ } });
  });

  it.each([
    '../../evil.json',
    '/etc/evil.json',
    'a/../../evil.json',
    'a\\..\\evil.json',
    'C:evil.json',
    'a//b.json',
    './a.json',
    '',
    'evil\0.json',
    7,
  ])('refuses a repository that lists %j', async (path) => {
    hub.listing = [{ type: 'file', path, size: 1, oid: commit }];
    await expect(pull()).rejects.toMatchObject({ code: 'download', message: /path out of the folder/ });
    expect(hub.seen.filter(({ url }) => !url.startsWith('/api/'))).toEqual([]);
  });

  it.each([
    ['a hash that is a path', { oid: '../../../../evil'.padEnd(40, 'a') }, /for a hash/],
    ['no hash', { oid: undefined }, /nothing for a hash/],
    ['a short large-file hash', { lfs: { oid: commit, size: 1 } }, /for a hash/],
    ['a negative size', { size: -1 }, /-1 for a size/],
    ['half a size', { size: 0.5 }, /0\.5 for a size/],
  ])('refuses a repository that lists %s', async (_, entry, message) => {
    hub.listing = [{ type: 'file', path: 'a.json', size: 1, oid: commit, ...entry }];
    await expect(pull()).rejects.toMatchObject({ code: 'download', message: expect.stringMatching(message) });
  });

  it('refuses a list that is no list', async () => {
    hub.listing = [null as unknown as object];
    await expect(pull()).rejects.toMatchObject({ code: 'download', hint: expect.stringContaining('HF_ENDPOINT') });
  });

  it.each(['', 'a/b/c', '../x', 'a/..', '-a/b', 'a--b/c', 'a b/c', 'a/b@', 'a/b@../x', 'https://x/y'])(
    'refuses the name %j',
    async (name) => {
      await expect(pullModel(name, { endpoint: hub.endpoint, cacheDir })).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it.each(['../x', '-x', 'a..b', '', '/x'])('refuses the revision %j', async (revision) => {
    await expect(pull({ revision })).rejects.toMatchObject({ code: 'usage', fields: { argument: 'revision' } });
  });

  it.each(['nonsense', 'ftp://x', 'http://user:pass@x'])('refuses the endpoint %j', async (address) => {
    await expect(pull({ endpoint: address })).rejects.toMatchObject({
      code: 'usage',
      fields: { argument: 'endpoint' },
    });
  });

  it('names a hub that cannot be reached', async () => {
    await expect(pull({ endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'download',
      fields: { file: 'org/name', reason: expect.stringContaining('127.0.0.1:1') },
    });
  });

  it('uses no network when told so', async () => {
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    await expect(pull()).rejects.toMatchObject({ code: 'unavailable' });
    expect(hub.seen).toEqual([]);
  });

  it('stops when asked, and keeps what has arrived', async () => {
    const stop = new AbortController();
    hub.stalls = true;
    hub.cuts = [100_000];
    const pulling = pull({ signal: stop.signal }).catch((thrown) => thrown);
    await vi.waitFor(async () => expect((await readFile(partial())).length).toBe(100_000));
    stop.abort();
    expect(await pulling).toMatchObject({ code: 'aborted', fields: { what: 'pull org/name' } });
    expect((await readFile(partial())).length).toBe(100_000);
    await expect(pull({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('reports progress up to the last byte', async () => {
    const reports: PullProgress[] = [];
    await pull({ onProgress: (progress) => reports.push(progress) });
    const total = large.length + 22;
    expect(reports.at(-1)).toMatchObject({ file: 'model.safetensors', fileBytes: large.length, bytes: total, total });
    const bytes = reports.map((report) => report.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });

  it('names the file when the disk refuses', async () => {
    await writeFile(cacheDir, 'in the way');
    await expect(pull()).rejects.toMatchObject({ code: 'file', fields: { operation: 'write' } });
  });
});

describe('resolveModelPath', () => {
  it('takes a folder as it is', async () => {
    expect(await resolveModelPath(root)).toBe(root);
  });

  it('finds what was pulled, by name, by revision and by commit', async () => {
    const { path } = await pull({ cacheDir: join(root, 'hub') });
    expect(await resolveModelPath('org/name')).toBe(path);
    expect(await resolveModelPath('org/name@main')).toBe(path);
    expect(await resolveModelPath(`org/name@${commit}`)).toBe(path);
    vi.stubEnv('HF_HUB_CACHE', join(root, 'elsewhere'));
    await expect(resolveModelPath('org/name')).rejects.toMatchObject({ code: 'file' });
  });

  it('says how to fetch what is not here', async () => {
    await expect(resolveModelPath('org/none')).rejects.toMatchObject({
      code: 'file',
      hint: expect.stringContaining('npx jambalaya pull org/none'),
    });
    await expect(resolveModelPath('org/none@v1')).rejects.toMatchObject({
      hint: expect.stringContaining('npx jambalaya pull org/none --revision v1'),
    });
    await expect(resolveModelPath('./none')).rejects.toMatchObject({
      hint: expect.stringContaining('npx jambalaya pull ORG/NAME'),
    });
  });

  it('does not follow a reference that is no commit', async () => {
    await mkdir(join(repoFolder(), 'refs'), { recursive: true });
    await writeFile(join(repoFolder(), 'refs', 'main'), '../..');
    await expect(resolveModelPath('org/name')).rejects.toMatchObject({ code: 'file' });
  });

  it('asks for the folder of a file', async () => {
    await writeFile(join(root, 'model.safetensors'), '');
    await expect(resolveModelPath(join(root, 'model.safetensors'))).rejects.toMatchObject({
      hint: `Give the folder that holds it: ${root}`,
    });
  });
});
