/** `jambalaya quantize`: an ExpertsInt8 copy on disk, which is used without quantizing again. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { golden, goldenTensors, RawSafetensors, shakespeare, TemporaryFolder } from '../support/folders.js';

interface Report {
  readonly out: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly largestRowError: number;
    readonly relativeRmsError: number;
  }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly comparison?: { readonly meanKl: number; readonly top1Agreement: number; readonly positions: number };
}

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

const quantize = (input: string, name: string, flags: readonly string[] = []) =>
  jambalayaJson<Report>(['quantize', input, folder.file(name), ...flags]);
const weights = (model: string) => join(model, 'model.safetensors');
async function logitsOf(model: string, name: string, flags: readonly string[] = []): Promise<Buffer> {
  const out = folder.file(name);
  await jambalayaJson(['logits', model, '--ids', '5,9,12,33,8', '--out', out, ...flags]);
  return readFileSync(out);
}

describe('quantize', () => {
  it.each([
    ['jamba-moe', 'f32'],
    ['jamba-odd', 'three shards of bf16'],
  ])('writes the int8 values and scales of %s (%s)', async (set) => {
    const report = await quantize(golden(set), set);
    const expected = goldenTensors(set, 'experts-int8.safetensors');
    const names = expected.names.filter((name) => name.endsWith('proj.weight')).sort();
    expect(report.tensors.map(({ name }) => name).sort()).toEqual(names);
    const written = new RawSafetensors(weights(report.out));
    for (const name of names) {
      const { dtype, shape } = written.entry(name);
      expect(dtype, name).toBe('I8');
      expect(written.integers(name), name).toEqual(expected.integers(name));
      expect(written.entry(`${name}_scale`).shape, name).toEqual([shape[0]]);
      expect(written.floats(`${name}_scale`), name).toEqual(expected.floats(`${name}_scale`));
    }
    for (const { largestRowError, relativeRmsError } of report.tensors) {
      expect(largestRowError).toBeLessThan(1 / 253);
      expect(relativeRmsError).toBeLessThan(0.01);
    }
    expect(written.data.length).toBe(report.bytesAfter);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
    expect(readdirSync(report.out).filter((file) => /safetensors/.test(file))).toEqual(['model.safetensors']);
  });

  it('keeps stacked experts stacked, with a scale for each row of each expert', async () => {
    const { out } = await quantize(golden('jamba-stacked'), 'stacked');
    const before = new RawSafetensors(weights(golden('jamba-stacked')));
    const after = new RawSafetensors(weights(out));
    for (const part of ['gate_up_proj', 'down_proj']) {
      const name = `model.layers.0.feed_forward.experts.${part}`;
      const { shape } = before.entry(name);
      expect(after.entry(name)).toMatchObject({ dtype: 'I8', shape });
      expect(after.entry(`${name}_scale`)).toMatchObject({ dtype: 'F32', shape: shape.slice(0, 2) });
    }
    const [copy, atLoad] = await Promise.all([
      logitsOf(out, 'stacked-copy'),
      logitsOf(golden('jamba-stacked'), 'stacked-load', ['--weights', 'experts-int8']),
    ]);
    expect(copy.equals(atLoad)).toBe(true);
  });

  it.each(['jamba-moe', 'jamba-odd', 'jamba-stacked'])(
    'an int8 copy of %s gives the logits of int8 at load',
    async (set) => {
      const { out, tensors } = await quantize(golden(set), `${set}-int8`, ['--scheme', 'int8']);
      expect(tensors.length).toBeGreaterThan(0);
      const [copy, atLoad, half] = await Promise.all([
        logitsOf(out, `${set}-int8-copy`),
        logitsOf(golden(set), `${set}-int8-load`, ['--weights', 'int8']),
        // Experts that are int8 rows in the file stay rows; only the rest is put into panels.
        quantize(golden(set), `${set}-rows`).then((rows) => quantize(rows.out, `${set}-mixed`, ['--scheme', 'int8'])),
      ]);
      expect(copy.equals(atLoad)).toBe(true);
      expect((await logitsOf(half.out, `${set}-mixed-logits`)).length).toBe(copy.length);
      const again = await quantize(out, `${set}-int8-twice`, ['--scheme', 'int8']);
      expect(again.tensors).toEqual([]);
      expect((await logitsOf(again.out, `${set}-int8-again`)).equals(copy)).toBe(true);
      const exported = folder.file(`${set}-int8-exported`);
      await jambalayaJson(['export', out, '--to', 'hf', '--out', exported, '--dtype', 'f32']);
      // Panels are padded; parameters are counted without.
      const parametersOf = async (...args: string[]) =>
        (await jambalayaJson<{ parameters: object }>(['inspect', ...args])).parameters;
      const expected = await parametersOf(golden(set));
      expect(await parametersOf(out)).toEqual(expected);
      expect(await parametersOf(golden(set), '--weights', 'int8')).toEqual(expected);
      const written = new RawSafetensors(weights(exported));
      for (const { name, shape } of tensors) expect(written.entry(name).shape, name).toEqual(shape);
    },
  );

  it('leaves the copy as it is when it is loaded or quantized again', async () => {
    const { out } = await quantize(golden('jamba-moe'), 'once');
    const again = await quantize(out, 'twice');
    expect(again).toMatchObject({ tensors: [], bytesBefore: again.bytesAfter });
    expect(readdirSync(again.out).sort()).toEqual(readdirSync(out).sort());
    for (const file of readdirSync(out))
      expect(readFileSync(join(again.out, file)).equals(readFileSync(join(out, file))), file).toBe(true);
    const [copy, atLoad, both] = await Promise.all([
      logitsOf(out, 'copy'),
      logitsOf(golden('jamba-moe'), 'load', ['--weights', 'experts-int8']),
      logitsOf(out, 'both', ['--weights', 'experts-int8']),
    ]);
    expect(copy.equals(atLoad)).toBe(true);
    expect(both.equals(atLoad)).toBe(true);
  });

  it('compares both models on a text, and the copy completes', async () => {
    const text = folder.file('text.txt');
    writeFileSync(text, readFileSync(join(shakespeare, 'heldout.txt')).subarray(0, 2000));
    const report = await quantize(shakespeare, 'shakespeare', ['--text', text, '--window', '256']);
    expect(report.comparison!.positions).toBe(2000);
    expect(report.comparison!.meanKl).toBeGreaterThan(0);
    expect(report.comparison!.meanKl).toBeLessThan(1e-3);
    expect(report.comparison!.top1Agreement).toBeGreaterThan(0.98);
    const flags = ['ROMEO:\nWhat ', '--max-tokens', '16', '--temperature', '0'];
    type Plan = { weights: { mappedBytes: number; ownBytes: number }; totalBytes: number };
    type Inspection = { bytes: number; parameters: object; unusedTensors: string[]; memory: Plan[] };
    const [copy, original, inspected, atLoad] = await Promise.all([
      jambalayaJson<{ text: string }>(['complete', report.out, ...flags]),
      jambalayaJson<{ text: string }>(['complete', shakespeare, ...flags]),
      jambalayaJson<Inspection>(['inspect', report.out]),
      jambalayaJson<Inspection>(['inspect', shakespeare, '--weights', 'experts-int8']),
    ]);
    expect(copy.text).toBe(original.text);
    // In the copy int8 rows lie in the file, at load they are made beside it; the memory of both is the same.
    const memory = atLoad.memory.map((plan) => ({ ...plan, weights: expect.anything() }));
    expect(inspected).toEqual({ ...atLoad, memory, ignoredConfigKeys: [] });
    expect(inspected.memory[0]!.weights.mappedBytes).toBeGreaterThan(atLoad.memory[0]!.weights.mappedBytes);
  });

  it('refuses to write over its input, under whatever name, and what is no folder', async () => {
    const input = folder.copyOf(golden('jamba-moe'), 'input');
    const before = readFileSync(weights(input));
    symlinkSync(input, folder.file('link'));
    writeFileSync(folder.file('file'), '');
    for (const out of [input, `${input}/`, join(input, '..', 'input'), folder.file('link')]) {
      const error = await jambalayaError(['quantize', input, out], 2);
      expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('another folder') });
    }
    expect(readFileSync(weights(input)).equals(before)).toBe(true);
    expect(await jambalayaError(['quantize', input, folder.file('file')], 1)).toMatchObject({ code: 'file' });
  });

  it('prints a table for people', async () => {
    const result = await jambalaya(['quantize', golden('jamba-moe'), folder.file('words')]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^tensor +shape +largest error \/ row max +rms error \/ rms\n/);
    expect(result.stdout).toMatch(/ kB → .* kB\n$/);
  });
});
