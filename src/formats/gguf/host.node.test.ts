import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeGguf, type GgufMetadata, type GgufTensorToWrite, writeGguf } from '../index.js';

const metadata: GgufMetadata = new Map([['general.architecture', { type: 'string', value: 'jamba' }]]);
const tensors: GgufTensorToWrite[] = [
  { name: 'a', type: 'F16', shape: [5], pieces: () => [new Uint8Array(4).fill(1), new Uint8Array(6).fill(2)] },
  { name: 'b', type: 'F32', shape: [2, 2], pieces: () => [new Uint8Array(16).fill(3)] },
];

describe('writeGguf', () => {
  it('writes what encodeGguf encodes, and leaves nothing behind when it fails', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gguf-'));
    const path = join(folder, 'm.gguf');
    try {
      await writeGguf(path, tensors, metadata);
      expect(new Uint8Array(await readFile(path))).toEqual(await encodeGguf(tensors, metadata));
      const short: GgufTensorToWrite = { name: 'c', type: 'F32', shape: [9], pieces: () => [] };
      await expect(writeGguf(path, [short], metadata)).rejects.toMatchObject({ code: 'usage' });
      expect(await readdir(folder)).toEqual(['m.gguf']);
      expect(new Uint8Array(await readFile(path))).toEqual(await encodeGguf(tensors, metadata));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
