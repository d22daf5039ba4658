/** Token files where no addon maps them; with one they are tried in prepare.test.ts. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';

vi.hoisted(() => {
  process.env.JAMBALAYA_ADDON = '/nowhere/jambalaya.node';
});
const { openTokenFile, TokenFileWriter } = await import('./tokenFile.host.node.js');

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(name: string, vocabulary: number, documents: readonly (readonly number[])[]): Promise<string> {
  const path = join(folder, name);
  const writer = await TokenFileWriter.create(path, 'key', new Uint16Array(vocabulary).fill(1));
  for (const [i, ids] of documents.entries()) {
    await writer.add({ ids });
    writer.endDocument(i);
  }
  await writer.finish();
  return path;
}

describe('a token file that is not mapped', () => {
  it.each([
    ['narrow', 2 ** 16],
    ['wide', 2 ** 16 + 1],
  ])('is read as it is asked for, with %s ids', async (name, vocabulary) => {
    const long = Array.from({ length: 300_001 }, (_, i) => (i * 7) % vocabulary);
    const path = await write(name, vocabulary, [[vocabulary - 1, 0, 1], [], long]);
    using file = (await openTokenFile(path, 'key'))!;
    expect(file.isMapped).toBe(false);
    expect([...file.starts]).toEqual([0, 3, 3, 300_004]);
    expect([...file.hashes]).toEqual([0, 1, 2]);
    const ids = new Int32Array(300_004);
    file.read(0, ids);
    expect(
      Buffer.compare(Buffer.from(ids.buffer), Buffer.from(Int32Array.from([vocabulary - 1, 0, 1, ...long]).buffer)),
    ).toBe(0);
    const some = new Int32Array(3);
    file.read(2, some);
    expect([...some]).toEqual([1, 0, 7]);
  });

  it('says so when it has become shorter', async () => {
    const path = await write('short', 10, [[1, 2, 3]]);
    using file = (await openTokenFile(path, 'key'))!;
    truncateSync(path, 4096);
    let error: unknown;
    try {
      file.read(0, new Int32Array(3));
    } catch (thrown) {
      error = thrown;
    }
    expect(isJambalayaError(error, 'format')).toBe(true);
  });
});
