import { describe, expect, it } from 'vitest';
import { encodeSafetensors, memoryFolder, openCheckpoint, openFolder, readFloats, type StoredDType } from './index.js';

const golden = new URL('../../test/fixtures/golden/', import.meta.url).pathname;
const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const shard = (values: Record<string, number>, metadata = {}) =>
  encodeSafetensors(
    Object.entries(values).map(([name, value]) => {
      const dtype: StoredDType = 'F32';
      return { name, dtype, shape: [], bytes: new Uint8Array(Float32Array.of(value).buffer) };
    }),
    metadata,
  );

const one = 'model-1.safetensors';
const two = 'model-2.safetensors';
const index = 'model.safetensors.index.json';
const sharded = (files: Record<string, Uint8Array> = {}, weightMap: unknown = { a: one, b: two }) =>
  memoryFolder('m', {
    'config.json': text({ model_type: 'jamba' }),
    [index]: text({ metadata: { total_size: 8 }, weight_map: weightMap }),
    [one]: shard({ a: 1 }, { format: 'pt', from: 'one' }),
    [two]: shard({ b: 2 }, { format: 'pt', from: 'two' }),
    ...files,
  });

describe('openCheckpoint', () => {
  it('opens a single file', async () => {
    const checkpoint = await openCheckpoint(
      memoryFolder('m', { 'config.json': text({ x: 1 }), 'model.safetensors': shard({ a: 3 }, { format: 'pt' }) }),
    );
    expect(checkpoint).toMatchObject({ config: { x: 1 }, configFile: 'm/config.json', metadata: { format: 'pt' } });
    expect([...(await readFloats(checkpoint.tensors.get('a')!))]).toEqual([3]);
    await checkpoint.close();
  });

  it('opens shards, and puts their metadata together', async () => {
    const checkpoint = await openCheckpoint(sharded());
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b']);
    expect([...(await readFloats(checkpoint.tensors.get('b')!))]).toEqual([2]);
    expect(checkpoint.metadata).toEqual({ format: 'pt', from: 'one' });
  });

  it('prefers the single file, as Transformers does', async () => {
    const checkpoint = await openCheckpoint(sharded({ 'model.safetensors': shard({ c: 1 }) }, 'nonsense'));
    expect([...checkpoint.tensors.keys()]).toEqual(['c']);
  });

  it.each(['jamba-moe', 'jamba-dense', 'jamba-odd', 'jamba-stacked', 'jamba-long', 'bert-tiny'])(
    'opens %s of the golden models',
    async (name) => {
      const checkpoint = await openCheckpoint(await openFolder(golden + name));
      expect(checkpoint.config.model_type).toBe(name.split('-')[0]);
      expect(checkpoint.tensors.size).toBeGreaterThan(50);
      expect(new Set([...checkpoint.tensors.values()].map((entry) => entry.source.path)).size).toBe(
        name === 'jamba-odd' ? 3 : 1,
      );
      await checkpoint.close();
      await checkpoint.close();
    },
  );

  it.each([
    ['no config', { 'model.safetensors': shard({}) }, 'model.safetensors but no config.json'],
    ['no weights', { 'config.json': text({}) }, 'config.json but no weights'],
    ['nothing', {}, 'neither'],
  ])('says what a folder with %s lacks', async (_, files, found) => {
    await expect(openCheckpoint(memoryFolder('m', files as Record<string, Uint8Array>))).rejects.toMatchObject({
      code: 'format',
      fields: { file: 'm', expected: expect.stringContaining('config.json and model.safetensors'), found },
      hint: expect.any(String),
    });
  });

  it.each([
    ['a config that is not JSON', sharded({ 'config.json': text('{') }), { file: 'm/config.json', expected: 'JSON' }],
    [
      'a config beyond all sizes',
      sharded({ 'config.json': new Uint8Array(1024 * 1024 + 1) }),
      { file: 'm/config.json', found: '1048577 bytes' },
    ],
    ['an index without a map', sharded({ [index]: text({}) }), { file: `m/${index}`, found: 'nothing' }],
    [
      'an index whose map is a list',
      sharded({}, [one]),
      { file: `m/${index}`, expected: 'weight_map to be an object' },
    ],
    ['a path out of the folder', sharded({}, { a: '../a.safetensors' }), { tensor: 'a', found: '"../a.safetensors"' }],
    ['an absolute path', sharded({}, { a: '/etc/passwd' }), { tensor: 'a', found: '"/etc/passwd"' }],
    ['a file name that is a number', sharded({}, { a: 1 }), { tensor: 'a', found: '1' }],
    [
      'a missing shard',
      sharded({}, { a: one, b: 'model-3.safetensors' }),
      { file: `m/${index}`, expected: expect.stringContaining('model-3.safetensors') },
    ],
    [
      'an entry that its shard lacks',
      sharded({}, { a: one, b: two, c: two }),
      { file: two, tensor: 'c', found: 'no such tensor' },
    ],
    ['a tensor that the index lacks', sharded({ [two]: shard({ b: 2, c: 3 }) }), { file: `m/${two}`, tensor: 'c' }],
    [
      'a tensor in another shard than listed',
      sharded({}, { a: two, b: one }),
      { tensor: 'a', expected: expect.stringContaining(two), found: `it in ${one}` },
    ],
    [
      'a tensor in two shards',
      sharded({ [two]: shard({ a: 1, b: 2 }) }),
      { file: `m/${two}`, tensor: 'a', found: `it in ${two}` },
    ],
    [
      'a tensor twice in the index',
      sharded({ [index]: text(`{"weight_map":{"a":"${one}","b":"${two}","a":"${two}"}}`) }),
      { file: `m/${index}`, expected: 'every key once', found: '"a" twice' },
    ],
    ['a broken shard', sharded({ [two]: new Uint8Array(3) }), { file: `m/${two}`, found: '3 bytes' }],
  ])('refuses %s', async (_, folder, fields) => {
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ name: 'JambalayaError', code: 'format', fields });
  });

  it('closes what it opened, also when it fails', async () => {
    let open = 0;
    const counted = (folder: ReturnType<typeof sharded>) => ({
      ...folder,
      open: async (file: string) => {
        const source = await folder.open(file);
        open++;
        return { ...source, close: async () => void open-- };
      },
    });
    await expect(openCheckpoint(counted(sharded({ [two]: new Uint8Array(3) })))).rejects.toThrow();
    expect(open).toBe(0);
    const checkpoint = await openCheckpoint(counted(sharded()));
    expect(open).toBe(2);
    await checkpoint.close();
    expect(open).toBe(0);
  });
});
