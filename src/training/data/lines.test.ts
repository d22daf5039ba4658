import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';
import { type Line, linesOf } from './lines.js';

async function* chunksOf(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, size = 1000, limit?: number): Promise<Line[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const lines: Line[] = [];
  for await (const line of linesOf('f', chunksOf(bytes, size), limit)) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it('gives lines with their numbers', async () => {
    expect(await read('a\r\n\nb')).toEqual([
      { text: 'a\r', number: 1, ended: true },
      { text: '', number: 2, ended: true },
      { text: 'b', number: 3, ended: false },
    ]);
    expect(await read('')).toEqual([]);
    expect(await read('a\n')).toHaveLength(1);
  });

  it('gives the same however the bytes are cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', 'é', '語', '👩'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (content, size) => {
        const lines = await read(content, size);
        expect(lines.map((line) => line.text + (line.ended ? '\n' : '')).join('')).toBe(content);
        expect(lines).toEqual(await read(content));
      }),
      { numRuns: 200 },
    );
  });

  it('bounds what it holds', async () => {
    const error: unknown = await read(`ok\n${'x'.repeat(101)}`, 10, 100).catch((thrown: unknown) => thrown);
    expect(isJambalayaError(error, 'limit') && error.message).toContain('f:2');
  });
});
