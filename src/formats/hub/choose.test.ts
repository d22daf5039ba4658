import { describe, expect, it } from 'vitest';
import { chooseFiles } from './choose.js';

const choose = (names: readonly string[], asked?: string) => {
  const { files, gguf } = chooseFiles(
    'org/name',
    names.map((name) => ({ name, size: 1e9 })),
    asked,
  );
  return { files: files.map(({ name }) => name), gguf };
};
const parts = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'];

describe('chooseFiles', () => {
  it('takes safetensors before GGUF and others, the config first', () => {
    const names = ['README.md', 'a.gguf', 'config.json', 'model.safetensors', 'pytorch_model.bin', 'onnx/model.onnx'];
    expect(choose(names)).toEqual({ files: ['config.json', 'README.md', 'model.safetensors'], gguf: undefined });
  });

  it.each([
    [['README.md', 'm.gguf', 'mmproj-m.gguf'], ['README.md', 'm.gguf'], 'm.gguf'],
    [parts, parts, parts[0]],
  ])('takes the only GGUF of %j', (names, files, gguf) => {
    expect(choose(names)).toEqual({ files, gguf });
  });

  it('takes the file that is asked for, and all parts of it', () => {
    const names = ['README.md', 'a.gguf', ...parts, 'q/b.gguf', 'config.json', 'model.safetensors'];
    expect(choose(names, 'a.gguf')).toEqual({ files: ['a.gguf'], gguf: 'a.gguf' });
    expect(choose(names, 'q/b.gguf')).toEqual({ files: ['q/b.gguf'], gguf: 'q/b.gguf' });
    expect(choose(names, parts[1])).toEqual({ files: parts, gguf: parts[0] });
    expect(choose(names, 'README.md')).toEqual({ files: ['README.md'], gguf: undefined });
  });

  it.each([
    [['a.gguf', 'b.gguf'], undefined, 'usage', /one of the 2 GGUF files/, /a\.gguf \(1\.00 GB\), b\.gguf/],
    [['a.gguf'], 'c.gguf', 'usage', /a file of org\/name/, /it has a\.gguf/],
    [[parts[0]!], parts[0], 'download', /not m-00002-of-00002\.gguf/, /^$/],
    [['README.md', 'pytorch_model.bin'], undefined, 'download', /its weights are pytorch_model\.bin/, /safetensors/],
    [['config.json', 'unet/model.safetensors'], undefined, 'download', /in folders: unet/, /safetensors/],
    [['README.md'], undefined, 'download', /no weights among its 1 files/, /safetensors/],
    [['adapter_model.safetensors'], undefined, 'download', /no config\.json/, /adapter/],
  ])('refuses %j, asked for %s', (names, asked, code, message, hint) => {
    let error: { code?: string; message?: string; hint?: string } = {};
    try {
      choose(names, asked);
    } catch (thrown) {
      error = thrown as typeof error;
    }
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint ?? '').toMatch(hint);
  });
});
