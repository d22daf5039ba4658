/** `jambalaya logits` and `jambalaya eval lm`: numbers in a file, and a number about a text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { largestDifference } from '../golden/support.js';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { golden, goldenTensors, RawSafetensors, shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

/** Runs `logits` and gives the whole file that it wrote. */
async function logitsFile(set: string, ids: ArrayLike<number>, name: string, flags: readonly string[] = []) {
  const out = folder.file(name);
  const list = Array.from(ids).join(',');
  const told = await jambalayaJson(['logits', golden(set), '--ids', list, '--out', out, ...flags]);
  return { told, out, bytes: readFileSync(out) };
}

describe('logits', () => {
  it('are those of Transformers, and the same bits in one pass, in pieces and token by token', async () => {
    const set = goldenTensors('jamba-moe');
    const [, T, V] = set.entry('logits').shape as [number, number, number];
    const ids = set.integers('input_ids').slice(0, T);
    const [whole, pieces, single, wasm] = await Promise.all([
      logitsFile('jamba-moe', ids, 'whole'),
      logitsFile('jamba-moe', ids, 'pieces', ['--chunk', '7']),
      logitsFile('jamba-moe', ids, 'single', ['--chunk', '1', '--threads', '1', '--device', 'native']),
      logitsFile('jamba-moe', ids, 'wasm', ['--chunk', '7', '--device', 'wasm']),
    ]);
    expect(whole.told).toMatchObject({ file: whole.out, shape: [T, V] });
    expect(new RawSafetensors(whole.out).header).toEqual({
      logits: { dtype: 'F32', shape: [T, V], data_offsets: [0, 4 * T * V] },
    });
    expect(pieces.bytes.equals(whole.bytes)).toBe(true);
    expect(single.bytes.equals(whole.bytes)).toBe(true);
    const expected = set.floats('logits').subarray(0, T * V);
    for (const { out } of [whole, wasm])
      expect(largestDifference(new RawSafetensors(out).floats('logits'), expected)).toBeLessThan(1e-4);
  });

  it.each(['jamba-moe', 'jamba-odd'])('are those of ExpertsInt8 with --weights experts-int8: %s', async (name) => {
    const set = goldenTensors(name);
    const [, T] = set.entry('input_ids').shape as [number, number];
    const ids = set.integers('input_ids').slice(T);
    const expected = goldenTensors(name, 'experts-int8.safetensors').floats('logits');
    const { out } = await logitsFile(name, ids, `${name}-int8`, ['--weights', 'experts-int8']);
    const actual = new RawSafetensors(out).floats('logits');
    expect(largestDifference(actual, expected.subarray(expected.length / 2))).toBeLessThan(1e-4);
  });

  it('of BERT are those of both sides, and cannot be had in pieces', async () => {
    const { out } = await logitsFile('bert-tiny', [5, 6, 7], 'bert');
    expect(new RawSafetensors(out).entry('logits').shape).toEqual([3, 110]);
    const args = ['logits', golden('bert-tiny'), '--out', folder.file('never'), '--ids'];
    expect(await jambalayaError([...args, '5,6,7', '--chunk', '2'], 1)).toMatchObject({ code: 'unavailable' });
    const tooLong = await jambalayaError([...args, Array(49).fill(5).join(',')], 1);
    expect(tooLong).toMatchObject({ code: 'limit', message: expect.stringMatching(/48.*49/) });
  });

  it('refuses what cannot be computed or written', async () => {
    const args = ['logits', golden('jamba-moe'), '--out', folder.file('never'), '--ids'];
    const [outside, none, chunk, missing] = await Promise.all([
      jambalayaError([...args, '5,97'], 2),
      jambalayaError([...args, '5,x'], 2),
      jambalayaError([...args, '5,6', '--chunk', '0'], 2),
      jambalayaError(['logits', golden('jamba-moe'), '--ids', '5', '--out', folder.file('no/such/folder')], 1),
    ]);
    expect(outside).toMatchObject({ code: 'usage', message: expect.stringMatching(/0 to 96.*97 at position 1/) });
    expect(none).toMatchObject({ code: 'usage', message: expect.stringContaining('--ids') });
    expect(chunk).toMatchObject({ code: 'usage', message: expect.stringContaining('chunk') });
    expect(missing).toMatchObject({ code: 'file', message: expect.stringContaining('no/such/folder') });
  });

  it('are announced in words without --json', async () => {
    const out = folder.file('words');
    const result = await jambalaya(['logits', golden('jamba-moe'), '--ids', '5,9', '--out', out]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^.*words: logits \(2, 97\) f32, computed on /);
  });
});

describe('eval lm', () => {
  const text = join(shakespeare, 'heldout.txt');
  const windows = ['--window', '256', '--stride', '128'];

  it('scores the held-out text as Transformers does', async () => {
    const expected = JSON.parse(readFileSync(join(shakespeare, 'expected.json'), 'utf8')) as { bitsPerByte: number };
    const bytes = readFileSync(text).length;
    const result = await jambalayaJson<Record<string, number>>(['eval', 'lm', shakespeare, '--text', text, ...windows]);
    expect(result).toMatchObject({ bytes, tokens: bytes, window: 256, stride: 128 });
    expect(result.bitsPerByte!.toFixed(3)).toBe(expected.bitsPerByte.toFixed(3));
    const nats = (result.bitsPerByte! * bytes * Math.LN2) / (bytes - 1);
    expect(result.perplexity).toBeCloseTo(Math.exp(nats), 8);
  });

  it('takes special tokens as they stand, leaves a byte order mark out, and refuses what is no UTF-8', async () => {
    const file = folder.file('awkward.txt');
    const measure = (bytes: Uint8Array) => {
      writeFileSync(file, bytes);
      return ['eval', 'lm', shakespeare, '--text', file];
    };
    const words = Buffer.from('<s></s> café ');
    const expected = { bytes: words.length, tokens: words.length };
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), words]);
    for (const bytes of [words, marked]) expect(await jambalayaJson(measure(bytes))).toMatchObject(expected);
    const broken = await jambalayaError(measure(Buffer.concat([words, Buffer.from([0xff, 0xc3])])), 1);
    expect(broken).toMatchObject({ code: 'format', message: expect.stringContaining('UTF-8') });
  });

  it('refuses a text that it cannot score', async () => {
    const short = folder.file('short.txt');
    writeFileSync(short, 'x');
    const args = ['eval', 'lm', shakespeare, '--text'];
    const [missing, tooShort, stride, folderAsText] = await Promise.all([
      jambalayaError([...args, folder.file('none.txt')], 1),
      jambalayaError([...args, short], 2),
      jambalayaError([...args, text, '--window', '8', '--stride', '9'], 2),
      jambalayaError([...args, folder.path], 1),
    ]);
    expect(missing).toMatchObject({ code: 'file', message: expect.stringContaining('none.txt') });
    expect(tooShort).toMatchObject({ code: 'usage' });
    expect(stride).toMatchObject({ code: 'usage', message: expect.stringContaining('stride') });
    expect(folderAsText).toMatchObject({ code: 'file' });
  });
});
