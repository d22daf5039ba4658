/** The mean of models, as the recipe of the small one makes it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { golden, TemporaryFolder } from '../support/folders.js';

const script = fileURLToPath(new URL('../../recipes/nano/average.mjs', import.meta.url));
const { averageModels } = (await import(script)) as {
  averageModels: (folders: readonly string[], out: string) => void;
};

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

const jamba = golden('jamba-moe');
const file = (model: string) => join(model, 'model.safetensors');
const headerBytes = (bytes: Buffer) => 8 + Number(bytes.readBigUInt64LE(0));
const valuesOf = (model: string) => {
  const bytes = readFileSync(file(model));
  return new Float32Array(Uint8Array.from(bytes.subarray(headerBytes(bytes))).buffer);
};

/** A copy whose values are others. */
function changed(name: string, change: (value: number, i: number) => number): string {
  const copy = folder.copyOf(jamba, name);
  const bytes = readFileSync(file(copy));
  const values = valuesOf(copy).map(change);
  writeFileSync(file(copy), Buffer.concat([bytes.subarray(0, headerBytes(bytes)), Buffer.from(values.buffer)]));
  return copy;
}

describe('averageModels', () => {
  test('takes the mean of every value, and the other files of the first model', () => {
    const other = changed('other', (value, i) => value + (i % 7));
    writeFileSync(join(other, 'README.md'), 'not taken over');
    const out = folder.file('mean');
    averageModels([jamba, other, jamba], out);
    expect(readdirSync(out).sort()).toEqual(readdirSync(jamba).sort());
    const before = valuesOf(jamba);
    const mean = valuesOf(out);
    expect(mean.length).toBe(before.length);
    const wrong = mean.findIndex(
      (value, i) => Math.abs(value - (before[i]! + (i % 7) / 3)) > 1e-6 * (1 + Math.abs(value)),
    );
    expect(wrong).toBe(-1);
  });

  test('refuses models of other tensors, cut files and a folder that is there, and leaves nothing', () => {
    const out = folder.file('refused');
    expect(() => averageModels([jamba, golden('jamba-dense')], out)).toThrow('expected the tensors of');
    const cut = folder.copyOf(jamba, 'cut');
    writeFileSync(file(cut), readFileSync(file(cut)).subarray(0, -1));
    expect(() => averageModels([jamba, cut], out)).toThrow('cut off');
    expect(() => averageModels([jamba, jamba], folder.file('cut'))).toThrow('is there already');
    expect(readdirSync(folder.path).filter((name) => name.startsWith('refused'))).toEqual([]);
  });
});
