import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { deadProcess } from '../../../test/support/processes.js';
import { nativeInstructionSets } from '../../devices/index.js';
import { isJambalayaError } from '../../errors/index.js';
import { newPartial } from '../../formats/index.js';
import { Tokenizer, type TokenizerFiles } from '../../tokenizers/index.js';
import { type PrepareOptions, type PrepareProgress, prepareTokens } from './prepare.js';
import type { DataSource } from './source.js';
import { openTokenFile } from './tokenFile.host.node.js';
import type { TokenFile } from './tokenFile.js';

const read = (name: string) => readFileSync(`test/fixtures/golden/tokenizer-bpe/${name}`, 'utf8');
const tokenizerFiles: TokenizerFiles = {
  name: 'tokenizer.json',
  tokenizer: read('tokenizer.json'),
  config: read('tokenizer_config.json'),
};
const tokenizer = Tokenizer.create(tokenizerFiles);
const root = mkdtempSync(join(tmpdir(), 'jambalaya-prepare-'));
afterAll(() => rmSync(root, { recursive: true }));
const cacheFolder = join(root, 'cache', 'tokens');
beforeEach(() => rmSync(cacheFolder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(root, name), content);
  return name;
};
const text = write('text.txt', 'First.\n---\nSecond, with <|endoftext|> in it.\n---\nThird: 日本.\n');
const plain: DataSource = { name: 'plain', files: [text], separator: '---' };

function prepare(source: DataSource, more: Partial<PrepareOptions> = {}): Promise<TokenFile> {
  return prepareTokens(source, source.files, { tokenizer, tokenizerFiles, cacheFolder, root, ...more });
}

/** Texts of the documents, special tokens included. */
function documentsIn(file: TokenFile): string[] {
  return Array.from({ length: file.documents }, (_, i) => {
    const ids = new Int32Array(file.starts[i + 1]! - file.starts[i]!);
    file.read(file.starts[i]!, ids);
    return tokenizer.decode([...ids]);
  });
}

/** What of the file is learned, as text. */
function learnedIn(file: TokenFile): string[] {
  const texts: string[] = [];
  file.eachLearned(0, file.tokens, (begin, end) => {
    const ids = new Int32Array(end - begin);
    file.read(begin, ids);
    texts.push(tokenizer.decode([...ids]));
  });
  return texts;
}

/** Whether a token file was made, by its progress. */
async function isMade(source: DataSource, more: Partial<PrepareOptions> = {}): Promise<boolean> {
  const reports: PrepareProgress[] = [];
  (await prepare(source, { ...more, onProgress: (report) => reports.push(report) })).dispose();
  return reports.length > 0;
}

describe('a token file', () => {
  it('has the documents of a text between the tokens of its beginning and end', async () => {
    using file = await prepare(plain);
    expect(documentsIn(file)).toEqual([
      '<|startoftext|>First.<|endoftext|>',
      '<|startoftext|>Second, with <|endoftext|> in it.<|endoftext|>',
      '<|startoftext|>Third: 日本.<|endoftext|>',
    ]);
    const ids = new Int32Array(file.tokens);
    file.read(0, ids);
    expect([...ids].filter((id) => tokenizer.specialIds.has(id))).toHaveLength(6);
    expect(file.isPartlyLearned).toBe(false);
    expect(file.isMapped).toBe(nativeInstructionSets().length > 0);
    const bytes = [...ids].reduce((sum, id) => sum + file.tokenBytes[id]!, 0);
    expect(bytes).toBe(Buffer.byteLength('First.Second, with <|endoftext|> in it.Third: 日本.'));
  });

  it('has a long text whole', async () => {
    const content = readFileSync('models/char-shakespeare/heldout.txt', 'utf8').repeat(40);
    using file = await prepare({ name: 'long', files: [write('long.txt.gz', gzipSync(content))] });
    expect(documentsIn(file)[0] === `<|startoftext|>${content}<|endoftext|>`).toBe(true);
    expect(file.documents).toBe(1);
  });

  it('knows which tokens of completions are learned', async () => {
    const lines = [
      { q: 'Two?', a: ' 2 <|pad|>' },
      { q: '', a: 'x' },
    ];
    const name = write('pairs.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    using file = await prepare({ name: 'pairs', files: [name], fields: { prompt: 'q', completion: 'a' } });
    expect(documentsIn(file)).toEqual(['<|startoftext|>Two? 2 <|pad|><|endoftext|>', '<|startoftext|>x<|endoftext|>']);
    expect(learnedIn(file)).toEqual([' 2 <|pad|><|endoftext|>', 'x<|endoftext|>']);
    const part: [number, number][] = [];
    const end = file.starts[1]!;
    file.eachLearned(end - 3, end - 1, (...stretch) => part.push(stretch));
    file.eachLearned(0, end - 1, (...stretch) => part.push(stretch));
    expect(part).toEqual([
      [end - 3, end - 1],
      [expect.any(Number), end - 1],
    ]);
  });

  it('knows which tokens of chats the assistant said', async () => {
    const messages = [
      { role: 'user', content: 'Say <|eom|>!' },
      { role: 'assistant', content: 'No.' },
      { role: 'user', content: 'Please' },
      { role: 'assistant', content: '<|eom|>' },
    ];
    const name = write('chat.jsonl', JSON.stringify({ messages }));
    using file = await prepare({ name: 'chat', files: [name], fields: { messages: 'messages' } });
    expect(documentsIn(file)).toEqual([tokenizer.renderChat(messages, { addGenerationPrompt: false })]);
    expect(learnedIn(file)).toEqual([' No.<|eom|>', ' <|eom|><|eom|>']);
  });

  it('says in which line a chat is that the template does not take', async () => {
    const good = JSON.stringify({ messages: [{ role: 'user', content: 'a' }] });
    const bad = JSON.stringify({ messages: [{ role: 'robot', content: 'a' }] });
    const files = {
      ...tokenizerFiles,
      chatTemplate: '{% for m in messages %}{{ raise_exception("no robots") if m.role == "robot" }}{% endfor %}',
    };
    const name = write('bad-chat.jsonl', `${good}\n${bad}\n`);
    const source = { name: 'chat', files: [name], fields: { messages: 'messages' } };
    const work = prepare(source, { tokenizerFiles: files, tokenizer: Tokenizer.create(files) });
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(isJambalayaError(error, 'format') && error.fields).toMatchObject({ line: 2 });
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  it('splits by content, or by a field that many documents share', async () => {
    const line = (title: string, body: string) => JSON.stringify({ title, text: body });
    const name = write('split.jsonl', [line('A', 'one'), line('A', 'two'), line('B', 'one')].join('\n'));
    using byText = await prepare({ name: 'split', files: [name] });
    expect(byText.hashes[0]).toBe(byText.hashes[2]);
    expect(byText.hashes[0]).not.toBe(byText.hashes[1]);
    using byTitle = await prepare({ name: 'split', files: [name], heldOutBy: 'title' });
    expect(byTitle.hashes[0]).toBe(byTitle.hashes[1]);
    expect(byTitle.hashes[0]).not.toBe(byTitle.hashes[2]);
    // The first 32 bits of the SHA-256 of "one".
    expect(byText.hashes[0]).toBe(0x7692c3ad);
  });
});

describe('the cache', () => {
  it('makes a file once, and anew when anything is different that it was made from', async () => {
    expect(await isMade(plain)).toBe(true);
    expect(await isMade(plain)).toBe(false);
    write('copy.txt', readFileSync(join(root, text)));
    expect(await isMade({ ...plain, files: ['copy.txt'] })).toBe(false);

    const others = JSON.parse(tokenizerFiles.tokenizer) as { model: { merges: unknown[] } };
    others.model.merges.pop();
    const otherFiles = { ...tokenizerFiles, tokenizer: JSON.stringify(others) };
    expect(await isMade(plain, { tokenizerFiles: otherFiles, tokenizer: Tokenizer.create(otherFiles) })).toBe(true);
    expect(await isMade({ ...plain, separator: 'Second' })).toBe(true);
    expect(await isMade({ ...plain, files: [text, text] })).toBe(true);
    expect(await isMade({ ...plain, files: [write('changed.txt', 'First!\n---\n')] })).toBe(true);
  });

  it('knows a file that was made from something else', async () => {
    using file = await prepare(plain);
    expect(await openTokenFile(file.path, 'another key')).toBe(undefined);
    expect(await openTokenFile(`${file.path}x`, file.key)).toBe(undefined);
  });

  it.each([
    ['a changed byte', (bytes: Buffer) => bytes.fill(bytes[4100]! ^ 1, 4100, 4101)],
    ['a changed byte at the end', (bytes: Buffer) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1)],
    ['a missing end', (bytes: Buffer) => bytes.subarray(0, -2)],
    ['a damaged header', (bytes: Buffer) => bytes.fill(0, 20, 40)],
    [
      'another name in its header',
      (bytes: Buffer) => bytes.fill('Hashes', bytes.indexOf('hashes'), bytes.indexOf('hashes') + 6),
    ],
    [
      'another type in its header',
      (bytes: Buffer) => bytes.fill('I32', bytes.indexOf('U32'), bytes.indexOf('U32') + 3),
    ],
    ['no data', (bytes: Buffer) => bytes.subarray(0, 4096)],
    ['nothing', () => Buffer.alloc(0)],
  ])('makes a file anew that has %s, and tells', async (_, damage) => {
    (await prepare(plain)).dispose();
    const [name] = readdirSync(cacheFolder);
    const path = join(cacheFolder, name!);
    const good = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(good)));
    const notes: string[] = [];
    using file = await prepare(plain, { onNote: (note) => notes.push(note) });
    expect(notes).toEqual([expect.stringContaining(name!)]);
    expect(documentsIn(file)).toHaveLength(3);
    expect(readFileSync(path).equals(good)).toBe(true);
  });

  it('sees that a header no longer tells what is learned', async () => {
    const name = write('masked.jsonl', JSON.stringify({ p: 'a', c: 'b' }));
    const source = { name: 'masked', files: [name], fields: { prompt: 'p', completion: 'c' } };
    const { path } = await prepare(source);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill('L', bytes.indexOf('learned'), bytes.indexOf('learned') + 1));
    using file = await prepare(source, { onNote: () => {} });
    expect(file.isPartlyLearned).toBe(true);
  });

  it('leaves nothing behind when it is stopped or fails', async () => {
    const names = [text, write('broken.txt.gz', gzipSync('word '.repeat(10_000)).subarray(0, 40))];
    await expect(prepare({ ...plain, files: names })).rejects.toThrow('broken.txt.gz');
    await expect(prepare(plain, { signal: AbortSignal.abort() })).rejects.toThrow('stopped');
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  it('removes what a process that was ended left behind', async () => {
    (await prepare(plain)).dispose();
    const [name] = readdirSync(cacheFolder);
    const alive = await newPartial(join(cacheFolder, name!));
    for (const pid of [process.pid, deadProcess()]) writeFileSync(alive.replace(`-${process.pid}-`, `-${pid}-`), 'x');
    rmSync(join(cacheFolder, name!));
    (await prepare(plain)).dispose();
    expect(readdirSync(cacheFolder).sort()).toEqual([basename(alive), name]);
  });

  it('tells how far it is', async () => {
    const reports: PrepareProgress[] = [];
    (await prepare(plain, { onProgress: (report) => reports.push(report) })).dispose();
    const size = statSync(join(root, text)).size;
    expect(reports.at(-1)).toMatchObject({ source: 'plain', done: size, total: size });
  });

  it('says where it looked for a file that is not there, and how another folder is named', async () => {
    for (const [name, missing] of [
      ['none.txt', join(root, 'none.txt')],
      ['none/*.txt', join(root, 'none')],
    ] as const) {
      await expect(prepare({ ...plain, files: [name] })).rejects.toMatchObject({
        code: 'file',
        message: `${missing}: cannot read: no such file or folder`,
        hint: `Name the folder of the recipe’s data with --data, if not ${root}.`,
      });
    }
    const absolute = join(root, 'none.txt');
    await expect(prepare({ ...plain, files: [absolute] })).rejects.toMatchObject({ code: 'file', hint: undefined });
  });

  it('says so when the folder cannot be written to', async () => {
    const work = prepare(plain, { cacheFolder: join(root, text, 'cache') });
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(isJambalayaError(error, 'file') && error.fields.operation).toBe('write');
  });
});
