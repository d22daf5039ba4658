import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type BlockFormat, blockFormats, decodeBlocks } from '../../contract/index.js';
import { bytesSource, readFloats, readSafetensors, readTensor } from '../index.js';

const path = fileURLToPath(new URL('../../../test/fixtures/gguf/blocks.safetensors', import.meta.url));

describe('blocks of random bytes are what PyPI’s gguf makes of them', async () => {
  const { tensors } = await readSafetensors(bytesSource('blocks', readFileSync(path)));
  it.each(Object.keys(blockFormats) as BlockFormat[])('%s', async (format) => {
    const stored = tensors.get(`${format}.bytes`)!;
    const { blockBytes, blockValues } = blockFormats[format];
    expect(stored.shape[1]).toBe(blockBytes);
    const values = decodeBlocks(format, await readTensor(stored));
    expect(values.length).toBe(stored.shape[0]! * blockValues);
    expect(values).toEqual(await readFloats(tensors.get(`${format}.values`)!));
    expect(values.some((value) => !Number.isFinite(value))).toBe(true);
  });
});
