/** `jambalaya export`, and GGUF files as models, as a person or a script runs them. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { editJson, golden, shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

interface Exported {
  readonly out: string;
  readonly to: string;
  readonly dtype: string;
  readonly tensors: number;
  readonly bytes: number;
  readonly keptF16?: readonly string[];
  readonly tokenizer?: string;
  readonly tokenizerReason?: string;
}

const exported = (model: string, to: string, out: string, ...flags: string[]) =>
  jambalayaJson<Exported>(['export', model, '--to', to, '--out', out, ...flags]);

const greedy = async (model: string) => {
  const flags = ['--max-tokens', '24', '--temperature', '0', '--device', 'wasm'];
  return (await jambalayaJson<{ text: string }>(['complete', model, 'To be, or not to be', ...flags])).text;
};

describe('export', () => {
  it('writes a GGUF that answers as the model does, its tokenizer inside', async () => {
    const out = folder.file('one/shakespeare.gguf');
    const report = await exported(shakespeare, 'gguf', out);
    expect(report).toMatchObject({ out, to: 'gguf', dtype: 'bf16', tensors: 99, tokenizer: 'inside', keptF16: [] });
    expect(readdirSync(folder.file('one'))).toEqual(['shakespeare.gguf']);
    expect(await greedy(out)).toBe(await greedy(shakespeare));
    // The folder stands for its only file.
    expect(await greedy(folder.file('one'))).toBe(await greedy(shakespeare));
    const { parameters } = await jambalayaJson<{ parameters: { total: number } }>(['inspect', out]);
    expect(parameters).toEqual((await jambalayaJson<{ parameters: object }>(['inspect', shakespeare])).parameters);
  });

  it('writes a folder that answers as the model does', async () => {
    const out = folder.file('hf');
    const report = await exported(shakespeare, 'hf', out, '--dtype', 'f32');
    expect(report).toMatchObject({ to: 'hf', dtype: 'f32' });
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']));
    expect(await greedy(out)).toBe(await greedy(shakespeare));
  });

  it('says how many tensors Q8_0 cannot store, on stderr', async () => {
    const out = folder.file('q.gguf');
    const { code, stdout, stderr } = await jambalaya([
      'export',
      shakespeare,
      '--to',
      'gguf',
      '--out',
      out,
      '--dtype',
      'q8_0',
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${out}: 99 tensors, q8_0, 2.19 MB\n`);
    expect(stderr).toContain('5 tensors stay F16');
    const quantized = await jambalaya(['quantize', out, folder.file('from-q')]);
    expect(quantized.code).toBe(0);
    expect(readdirSync(folder.file('from-q'))).toContain('tokenizer.json');
  });

  it('puts a tokenizer that a GGUF cannot hold beside it; without it, text is refused and says why', async () => {
    const copy = folder.copyOf(shakespeare, 'normalizing');
    editJson(join(copy, 'tokenizer.json'), (json) => {
      json.normalizer = { type: 'NFC' };
    });
    const out = folder.file('beside/m.gguf');
    const report = await exported(copy, 'gguf', out);
    expect(report).toMatchObject({ tokenizer: 'beside', tokenizerReason: 'it has a normalizer' });
    expect(readFileSync(folder.file('beside/tokenizer.json'))).toEqual(readFileSync(join(copy, 'tokenizer.json')));
    expect(await greedy(out)).toBe(await greedy(shakespeare));

    renameSync(folder.file('beside/tokenizer.json'), folder.file('tokenizer-elsewhere.json'));
    const error = await jambalayaError(['complete', out, 'To be', '--device', 'wasm'], 1);
    expect(error.code).toBe('unavailable');
    expect(error.message).toContain('there is no tokenizer.json beside it');
    expect(error.hint).toContain('tokenizer.json');

    writeFileSync(folder.file('beside/tokenizer.json'), '{}');
    const refused = await jambalayaError(['export', copy, '--to', 'gguf', '--out', folder.file('beside/n.gguf')], 1);
    expect(refused.message).toContain('that of another model is there');
    expect(readFileSync(folder.file('beside/tokenizer.json'), 'utf8')).toBe('{}');
  });

  it('refuses what cannot be', async () => {
    const out = folder.file('no.gguf');
    const fails = async (args: readonly string[], exitCode: number) =>
      (await jambalayaError(['export', ...args], exitCode)).code;
    expect(await fails([shakespeare, '--to', 'hf', '--out', folder.file('no'), '--dtype', 'q8_0'], 2)).toBe('usage');
    expect(await fails([shakespeare, '--to', 'hf', '--out', shakespeare], 2)).toBe('usage');
    expect(await fails([shakespeare, '--to', 'onnx', '--out', out], 2)).toBe('usage');
    expect(await fails([shakespeare, '--to', 'gguf'], 2)).toBe('usage');
    expect(await fails([golden('jamba-odd'), '--to', 'gguf', '--out', out], 1)).toBe('config');
    expect(await fails([golden('bert-tiny'), '--to', 'gguf', '--out', out], 1)).toBe('config');
    await exported(golden('jamba-moe'), 'gguf', folder.file('moe.gguf'));
    expect(await fails([folder.file('moe.gguf'), '--to', 'gguf', '--out', folder.file('moe.gguf')], 2)).toBe('usage');
    writeFileSync(out, 'GGUF');
    expect(await fails([out, '--to', 'hf', '--out', folder.file('no')], 1)).toBe('format');
  });
});
