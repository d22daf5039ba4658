import { describe, expect, it } from 'vitest';
import { bytesSource, memoryFolder, openCheckpoint, parseJson, readGguf, readSafetensors } from './index.js';

const lfs = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 123456\n`;
const bytes = (text: string) => Uint8Array.from(text.padEnd(64), (character) => character.charCodeAt(0));

describe.each([
  ['a Git LFS pointer', lfs, 'a Git LFS pointer to 123456 bytes instead of the file', 'git lfs pull'],
  ['a web page', '\n<!DOCTYPE html><html><body>Sign in</body></html>', 'a web page (HTML)', 'pull ORG/NAME'],
  ['an error of a storage', '<?xml version="1.0"?><Error/>', 'an XML document', 'pull ORG/NAME'],
])('%s', (_, content, found, hint) => {
  const error = { code: 'format', fields: { file: 'model', found }, hint: expect.stringContaining(hint) };

  it('in place of safetensors', async () => {
    await expect(readSafetensors(bytesSource('model', bytes(content)))).rejects.toMatchObject(error);
  });

  it('in place of a GGUF', async () => {
    await expect(readGguf(bytesSource('model', bytes(content)))).rejects.toMatchObject(error);
  });

  it('in place of JSON', async () => {
    const parse = async () => parseJson('model', bytes(content), { maxBytes: 1000 });
    await expect(parse()).rejects.toMatchObject(error);
  });
});

describe.each([
  ['a GGUF file', 'GGUF\x03\0\0\0', 'a GGUF file'],
  ['a zip archive', 'PK\x03\x04\0\0\x08\x08', 'a file that PyTorch pickled, or a zip archive'],
  ['a pickle', '\x80\x02}q\0(X\x05', 'a file that PyTorch pickled, or a zip archive'],
  ['a gzip file', '\x1f\x8b\x08\0\0\0\0\0\0\x03', 'a gzip file'],
])('%s', (_, content, found) => {
  it('in place of safetensors', async () => {
    const source = bytesSource('model', bytes(content));
    await expect(readSafetensors(source)).rejects.toMatchObject({ fields: { found }, hint: expect.any(String) });
  });
});

it('a folder of pointers says so of its config', async () => {
  const folder = memoryFolder('m', { 'config.json': bytes(lfs), 'model.safetensors': bytes(lfs) });
  await expect(openCheckpoint(folder)).rejects.toMatchObject({
    fields: { file: 'm/config.json', found: expect.stringContaining('Git LFS pointer') },
  });
});
