/** all-MiniLM-L6-v2 against sentence-transformers: ids and vectors, in f32 and int8, from the library and the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cosine, loadEncoder, loadModel } from 'jambalaya';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalayaJson } from '../support/cli.js';
import { RawSafetensors, TemporaryFolder } from '../support/folders.js';
import { realModel } from '../support/realModels.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/golden/real/${name}`, import.meta.url));
const { cases, maxTokens } = JSON.parse(readFileSync(fixture('all-minilm-l6-v2.json'), 'utf8')) as {
  cases: { text: string; ids: number[] }[];
  maxTokens: number;
};
const texts = cases.map(({ text }) => text);
const { path, missing } = realModel('all-MiniLM-L6-v2');
const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

function rowsOf(file: string): Float32Array[] {
  const tensors = new RawSafetensors(file);
  const [rows, size] = tensors.entry('embeddings').shape as [number, number];
  const values = tensors.floats('embeddings');
  return Array.from({ length: rows }, (_, i) => values.subarray(i * size, (i + 1) * size));
}
const golden = rowsOf(fixture('all-minilm-l6-v2.safetensors'));

describe('MiniLM', { timeout: 300_000 }, () => {
  it('makes the ids and the vectors of sentence-transformers', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    await using model = await loadModel(path);
    for (const { text, ids } of cases) {
      const found = await model.tokenize(text, { addSpecialTokens: true });
      expect(found.length > maxTokens ? [...found.slice(0, maxTokens - 1), found.at(-1)] : found).toEqual(ids);
    }
    const { vectors, tokens, pooling } = await model.embed(texts);
    expect(tokens).toBe(cases.reduce((sum, { ids }) => sum + ids.length, 0));
    expect(pooling).toBe('mean of the last hidden states, of unit length');
    for (const [i, vector] of vectors.entries()) {
      expect(cosine(vector, golden[i]!), texts[i]).toBeGreaterThan(0.99999);
      for (const [j, value] of vector.entries()) expect(Math.abs(value - golden[i]![j]!)).toBeLessThan(1e-5);
    }
    // Alone or beside others: the same bits.
    const [alone] = (await model.embed([texts[2]!])).vectors;
    expect(alone).toEqual(vectors[2]);
  });

  it('stays close in int8', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    await using encoder = await loadEncoder(path, { weights: 'int8' });
    for (const [i, vector] of (await encoder.embed(texts)).entries()) {
      expect(cosine(vector, golden[i]!), texts[i]).toBeGreaterThan(0.99);
    }
  });

  it('writes the same from the command line', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const rows = folder.file('texts.jsonl');
    const out = folder.file('vectors.safetensors');
    writeFileSync(rows, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
    const report = await jambalayaJson(['embed', path, '--file', rows, '--out', out]);
    expect(report).toMatchObject({ file: out, shape: [texts.length, 384] });
    for (const [i, vector] of rowsOf(out).entries()) expect(cosine(vector, golden[i]!)).toBeGreaterThan(0.99999);
  });
});
