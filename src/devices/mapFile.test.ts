import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { mapFile, nativeInstructionSets } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-map-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hasAddon = nativeInstructionSets().length > 0;

describe.runIf(hasAddon)('mapFile, where the addon was built', () => {
  it('gives the bytes of a file, also after another one has taken its place', () => {
    const path = join(folder, 'a');
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251));
    writeFileSync(path, bytes);
    const mapped = mapFile(path)!;
    expect(Buffer.compare(bytes, mapped)).toBe(0);
    writeFileSync(`${path}.new`, 'other');
    renameSync(`${path}.new`, path);
    expect(Buffer.compare(bytes, mapped)).toBe(0);
    expect(Buffer.compare(readFileSync(path), mapFile(path)!)).toBe(0);
  });

  it.each(['none', 'empty'])('refuses a file that cannot be mapped (%s)', (name) => {
    const path = join(folder, name);
    if (name === 'empty') writeFileSync(path, '');
    let error: unknown;
    try {
      mapFile(path);
    } catch (thrown) {
      error = thrown;
    }
    expect(isJambalayaError(error, 'file') && error.fields).toMatchObject({ file: path, operation: 'map' });
  });
});
