import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';
import { type DocumentPiece, documentsOf } from './documents.js';
import type { DataSource } from './source.js';

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

type Options = Omit<DataSource, 'name' | 'files'>;

async function read(file: string, options: Options = {}): Promise<DocumentPiece[]> {
  const pieces: DocumentPiece[] = [];
  for await (const piece of documentsOf(file, options)) pieces.push(piece);
  return pieces;
}

const texts = async (content: string, options: Options = {}) =>
  (await read(write('some.txt', content), options)).map((piece) => [
    piece.line,
    piece.kind === 'text' ? piece.text : piece.kind,
  ]);

async function errorOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isJambalayaError(error, 'format')) return error.fields;
  throw error ?? new Error('expected an error');
}

describe('text', () => {
  it('is one document a file, as it stands', async () => {
    expect(await texts('one\r\n\n two\n')).toEqual([[1, 'one\r\n\n two\n']]);
    expect(await texts('\ufeffone')).toEqual([[1, 'one']]);
  });

  it('is cut at lines that are the separator, without documents of white space', async () => {
    const content = '---\none\ntwo\r\n---\r\n\n \n---\nthree --- x\n---\nfour\n';
    expect(await texts(content, { separator: '---' })).toEqual([
      [2, 'one\ntwo'],
      [8, 'three --- x'],
      [10, 'four'],
    ]);
    expect(await texts('a\nb\n\nc\n\n\nd', { separator: '' })).toEqual([
      [1, 'a\nb'],
      [4, 'c'],
      [7, 'd'],
    ]);
  });

  it('comes in pieces if it is long, cut before lines that do not begin with white space', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const content = `${line.repeat(3000)} ${line}${line.repeat(3000)}`;
    const pieces = await read(write('long.txt', `${content}---\nshort`), { separator: '---' });
    expect(pieces.map((piece) => piece.kind === 'text' && piece.ends)).toEqual([false, false, true, true]);
    const joined = pieces.slice(0, 3).map((piece) => (piece.kind === 'text' ? piece.text : ''));
    expect(joined.join('') === content.trimEnd()).toBe(true);
    expect(joined.slice(1).every((text) => text.startsWith('x'))).toBe(true);
  });
});

describe('JSON lines', () => {
  const lines = (...values: unknown[]) => write('some.jsonl', values.map((value) => JSON.stringify(value)).join('\n'));

  it('give the text of a field, or of several', async () => {
    const file = lines({ title: 'A', text: 'a' }, { text: 'b' }, { title: '', text: 'c' }, { text: '  ' });
    expect(await read(file)).toMatchObject([
      { kind: 'text', text: 'a', line: 1, ends: true },
      { text: 'b' },
      { text: 'c' },
    ]);
    const both = await read(file, { fields: { text: ['title', 'text'] } });
    expect(both).toMatchObject([{ text: 'A\n\na' }, { text: 'b' }, { text: 'c' }]);
  });

  it('give prompts with completions, and chats', async () => {
    const pair = lines({ q: '2+2=', a: '4', id: 'x' });
    expect(await read(pair, { fields: { prompt: 'q', completion: 'a' }, heldOutBy: 'id' })).toMatchObject([
      { kind: 'completion', prompt: '2+2=', completion: '4', splitKey: 'x' },
    ]);
    const messages = [{ role: 'user', content: 'hi' }];
    const chat = lines({ messages, tools: [{ type: 'function' }], knobs: { is_set: true }, other: 1 });
    expect(await read(chat, { fields: { messages: 'messages' } })).toMatchObject([
      { kind: 'chat', chat: { messages, tools: [{ type: 'function' }], knobs: { is_set: true } } },
    ]);
  });

  it('are told by the name of the file, or by the option', async () => {
    const packed = write('some.ndjson.gz', gzipSync('{"text": "a"}'));
    expect(await read(packed)).toMatchObject([{ text: 'a' }]);
    expect(await read(packed, { format: 'text' })).toMatchObject([{ text: '{"text": "a"}' }]);
  });

  it.each([
    ['no JSON', '{"text": "a"}\n\n{"text"', {}, 3, 'one JSON object'],
    ['another value', '["a"]', {}, 1, 'one JSON object'],
    ['a missing field', '{"text": "a"}\n{"body": "b"}', {}, 2, 'a field "text"'],
    ['none of several fields', '{"x": "b"}', { fields: { text: ['title', 'text'] } }, 1, 'a field "title"'],
    ['a number', '{"text": 5}', {}, 1, 'text in the field "text"'],
    ['a missing completion', '{"p": "a"}', { fields: { prompt: 'p', completion: 'c' } }, 1, 'a field "c"'],
    ['no list of messages', '{"m": "a"}', { fields: { messages: 'm' } }, 1, 'a list of messages in the field "m"'],
    ['a message without a role', '{"m": [{"content": "a"}]}', { fields: { messages: 'm' } }, 1, 'a role in message 0'],
    [
      'tools that are no list',
      '{"m": [{"role": "user"}], "tools": {}}',
      { fields: { messages: 'm' } },
      1,
      'a list in the field "tools"',
    ],
    ['a missing key', '{"text": "a"}', { heldOutBy: 'title' }, 1, 'a field "title"'],
  ] satisfies [string, string, Options, number, string][])('refuse %s', async (_, content, options, line, expected) => {
    const file = write('bad.jsonl', content);
    expect(await errorOf(read(file, options))).toMatchObject({ file, line, expected });
  });
});

describe('damaged files', () => {
  it.each([
    ['an empty file', 'empty.txt', '', { found: 'none' }],
    ['white space', 'blank.jsonl', '\n \n', { found: 'none' }],
    ['bytes that are no UTF-8', 'latin.txt', Buffer.from('one\ntwo\nd\xe9j\xe0', 'latin1'), { line: 3 }],
    ['an unfinished character', 'cut.txt', Buffer.from('one\n\xe2\x82', 'latin1'), { line: 2 }],
    [
      'a shortened gzip file',
      'cut.txt.gz',
      gzipSync('word '.repeat(1000)).subarray(0, 30),
      { expected: 'a whole gzip file' },
    ],
    ['a text with the name of a gzip file', 'text.txt.gz', 'text', { expected: 'a gzip file' }],
  ])('%s', async (_, name, content, fields) => {
    const file = write(name, content);
    expect(await errorOf(read(file))).toMatchObject({ file, ...fields });
  });
});
