/** `jambalaya tokenizer train`: from files to a tokenizer.json, and what it refuses. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Tokenizer } from '../../src/tokenizers/index.js';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());
const text = readFileSync('models/char-shakespeare/heldout.txt', 'utf8');

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(folder.file(name), content);
  return folder.file(name);
};
const load = (file: string) => Tokenizer.create({ name: file, tokenizer: readFileSync(file, 'utf8') });
const train = (files: readonly string[], out: string, ...more: string[]) => [
  ...['tokenizer', 'train', ...files, '--vocab-size', '400', '--out', out],
  ...more,
];

describe('tokenizer train', () => {
  it('learns the same from text, gzip and JSON lines', async () => {
    const lines = text.split('\n\n').map((speech) => `${JSON.stringify({ id: 1, speech })}\n`);
    const files = {
      plain: [write('plain.txt', text.replaceAll('\n\n', '\n---\n')), '--separator', '---'],
      packed: [write('packed.txt.gz', gzipSync(text.replaceAll('\n\n', '\n---\r\n'))), '--separator', '---'],
      json: [write('lines.jsonl', lines.join('')), '--field', 'speech'],
      packedJson: [write('lines.jsonl.gz', gzipSync(lines.join('\n'))), '--field', 'speech', '--threads', '3'],
    };
    const results = [];
    for (const [name, [file, ...options]] of Object.entries(files)) {
      const out = folder.file(`${name}.json`);
      const report = await jambalayaJson<Record<string, unknown>>(train([file!], out, ...options));
      expect(report).toMatchObject({ out, vocabularySize: 400, files: 1, droppedWords: 0 });
      results.push(readFileSync(out, 'utf8'));
    }
    expect(new Set(results).size).toBe(1);
    const tokenizer = load(folder.file('plain.json'));
    expect(tokenizer.decode(tokenizer.encode(text)) === text).toBe(true);
  });

  it('reads several files by a pattern, and puts special tokens first', async () => {
    write('part-1.txt', 'one');
    write('part-2.txt', 'two '.repeat(10));
    const out = folder.file('special.json');
    const result = await jambalaya(train([folder.file('part-*.txt')], out, '--special', '<a>', '--special', '<b>'));
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('special.json') });
    expect(result.stderr).toContain('400 were asked for');
    const tokenizer = load(out);
    expect(tokenizer.encode('<b><a>two')).toHaveLength(3);
    expect([...tokenizer.specialIds]).toEqual([0, 1]);
  });

  it.each([
    ['a missing file', () => folder.file('none.txt'), 1, 'file', 'none.txt'],
    ['a pattern without files', () => folder.file('none-*.txt'), 1, 'file', 'none-*.txt'],
    ['an empty file', () => write('empty.txt', ''), 1, 'format', 'empty.txt'],
    ['white space alone', () => write('blank.txt', ' \n\n'), 1, 'format', 'blank.txt'],
    [
      'a shortened gzip file',
      () => write('short.txt.gz', gzipSync(text).subarray(0, 3000)),
      1,
      'format',
      'short.txt.gz',
    ],
    ['a damaged gzip file', () => write('bad.gz', gzipSync(text).fill(7, 500, 600)), 1, 'format', 'bad.gz'],
    ['a text that is called gzip', () => write('text.gz', text), 1, 'format', 'text.gz'],
    [
      'bytes that are no UTF-8',
      () => write('latin.txt', Buffer.from('a\nb\nd\xe9j\xe0', 'latin1')),
      1,
      'format',
      'latin.txt:3',
    ],
    ['a line that is no JSON', () => write('bad.jsonl', '{"text": "a"}\n\n{"text": '), 1, 'format', 'bad.jsonl:3'],
    [
      'a line without the field',
      () => write('field.jsonl', '{"text": "a"}\n{"body": "b"}\n'),
      1,
      'format',
      'field.jsonl:2',
    ],
    ['a field that is no text', () => write('type.jsonl', '{"text": 5}\n'), 1, 'format', 'type.jsonl:1'],
  ])('refuses %s, and writes nothing', async (_, make, exitCode, code, place) => {
    const out = folder.file('refused.json');
    const error = await jambalayaError(train([make()], out), exitCode);
    expect(error.code).toBe(code);
    expect(error.message).toContain(place);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a vocabulary without room for all bytes, and a place it cannot write to', async () => {
    const file = write('some.txt', text);
    expect((await jambalayaError([...train([file], folder.file('x.json')), '--vocab-size', '258'], 2)).code).toBe(
      'usage',
    );
    expect((await jambalayaError(train([file], `${file}/x.json`), 1)).code).toBe('file');
    expect((await jambalayaError(train([file], file), 2)).code).toBe('usage');
    expect(readFileSync(file, 'utf8') === text).toBe(true);
  });
});
