import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobFolder, type ModelFolder, openCheckpoint, urlFolder } from './index.js';
import { encodeSafetensors } from './safetensors/encode.js';

const files: Record<string, Uint8Array<ArrayBuffer>> = {
  'config.json': new TextEncoder().encode('{"a":1}'),
  'model.safetensors': encodeSafetensors([{ name: 'x', dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) }]),
  empty: new Uint8Array(0),
};

async function readAll(folder: ModelFolder, file: string): Promise<number[]> {
  const source = await folder.open(file);
  const bytes = await source.read(0, source.size);
  await source.close();
  return [...bytes];
}

describe('blobFolder', () => {
  const folder = blobFolder('chosen', { ...files, blob: new Blob([Uint8Array.of(1, 2, 3, 4)]) });

  it('reads blobs and bytes', async () => {
    expect(await folder.list()).toEqual(['blob', 'config.json', 'empty', 'model.safetensors']);
    expect(await readAll(folder, 'blob')).toEqual([1, 2, 3, 4]);
    const source = await folder.open('blob');
    expect([...(await source.read(1, 2))]).toEqual([2, 3]);
    await expect(source.read(3, 2)).rejects.toMatchObject({ code: 'format' });
    expect((await openCheckpoint(folder)).config).toEqual({ a: 1 });
  });

  it('says which file is missing', async () => {
    await expect(folder.open('none')).rejects.toMatchObject({ code: 'file', fields: { file: 'chosen/none' } });
    await expect(folder.open('../none')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('urlFolder', () => {
  let server: Server;
  let base = '';
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const [, mode, name] = request.url!.split('/');
      const bytes = files[decodeURIComponent(name!)];
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
      asked.push(request.headers.range ?? '');
      if (mode === 'broken') response.writeHead(500).end();
      else if (bytes === undefined) response.writeHead(404).end();
      else if (mode === 'plain' || range === null) response.end(bytes);
      else if (Number(range[1]) >= bytes.length) {
        response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      } else if (mode === 'vague') response.writeHead(206).end(bytes);
      else {
        const part = bytes.subarray(
          Number(range[1]),
          Number(range[2]) + (mode === 'short' && range[2] !== '0' ? 0 : 1),
        );
        response.writeHead(206, { 'content-range': `bytes ${range[1]}-${range[2]}/${bytes.length}` }).end(part);
      }
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(['ranges', 'plain'])('opens a checkpoint on a server of %s', async (mode) => {
    const checkpoint = await openCheckpoint(urlFolder(`${base}/${mode}`));
    expect(checkpoint).toMatchObject({ config: { a: 1 }, configFile: `${base}/${mode}/config.json` });
    expect(checkpoint.tensors.get('x')).toMatchObject({ byteLength: 3 });
    await checkpoint.close();
  });

  it('asks for no more than is read', async () => {
    const source = await urlFolder(`${base}/ranges/`).open('model.safetensors');
    asked.length = 0;
    expect(await source.read(8, 1)).toEqual(Uint8Array.of(0x7b));
    expect(await source.read(0, 0)).toHaveLength(0);
    expect(asked).toEqual(['bytes=8-8']);
    await expect(source.read(source.size, 1)).rejects.toMatchObject({ code: 'format' });
  });

  it('reads an empty file', async () => {
    expect(await readAll(urlFolder(`${base}/ranges`), 'empty')).toEqual([]);
  });

  it('says what is missing or does not answer', async () => {
    const folder = urlFolder(`${base}/ranges`);
    expect(await folder.has('none')).toBe(false);
    await expect(folder.open('none')).rejects.toMatchObject({ code: 'file', fields: { reason: 'no such file' } });
    await expect(folder.open('../x')).rejects.toMatchObject({ code: 'usage' });
    await expect(folder.list()).rejects.toMatchObject({ code: 'unavailable' });
    const broken = { code: 'file', fields: { reason: 'the server answered with status 500' } };
    await expect(urlFolder(`${base}/broken`).open('empty')).rejects.toMatchObject(broken);
    await expect(urlFolder('http://127.0.0.1:1').has('a')).rejects.toMatchObject({ code: 'file' });
  });

  it('notices a server that does not keep to ranges', async () => {
    await expect(urlFolder(`${base}/vague`).open('config.json')).rejects.toMatchObject({
      fields: { reason: 'the server does not say how large the file is' },
    });
    const source = await urlFolder(`${base}/short`).open('config.json');
    await expect(source.read(0, 4)).rejects.toMatchObject({
      fields: { reason: 'the server did not send the range that was asked for' },
    });
  });
});
