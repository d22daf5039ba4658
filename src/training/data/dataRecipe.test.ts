import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';
import type { JsonObject } from '../../formats/index.js';
import { Tokenizer } from '../../tokenizers/index.js';
import { parseDataRecipe } from './dataRecipe.js';
import { openTrainingData } from './open.js';

const root = mkdtempSync(join(tmpdir(), 'jambalaya-data-'));
afterAll(() => rmSync(root, { recursive: true }));

function fieldOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isJambalayaError(error, 'config')) return `${error.fields.field} ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('expected an error');
}

describe('parseDataRecipe', () => {
  it('fills in what is left out', () => {
    const { sources, ...rest } = parseDataRecipe({ sources: [{ name: 'a', files: ['a.txt'] }] }, 'r.json');
    expect(rest).toEqual({ tokenizer: undefined, heldOut: 0.01, heldOutTokens: 65536, resetAtDocuments: true });
    expect(sources).toMatchObject([{ name: 'a', files: ['a.txt'], weight: 1, fields: undefined }]);
  });

  it('reads which fields of JSON lines are learned', () => {
    const fieldsOf = (more: JsonObject) =>
      parseDataRecipe({ sources: [{ name: 'a', files: ['a'], ...more }] }, 'r.json').sources[0]!.fields;
    expect(fieldsOf({ text: ['title', 'body'] })).toEqual({ text: ['title', 'body'] });
    expect(fieldsOf({ prompt: 'q', completion: 'a' })).toEqual({ prompt: 'q', completion: 'a' });
    expect(fieldsOf({ messages: 'm' })).toEqual({ messages: 'm' });
  });

  it.each([
    [{}, 'data.sources'],
    [{ sources: [] }, 'data.sources'],
    [{ sources: [5] }, 'data.sources[0]'],
    [{ sources: [{ files: ['a'] }] }, 'data.sources[0].name'],
    [{ sources: [{ name: 'a' }] }, 'data.sources[0].files'],
    [{ sources: [{ name: 'a', files: [''] }] }, 'data.sources[0].files'],
    [{ sources: [{ name: 'a', files: ['a'], wieght: 2 }] }, 'data.sources[0].wieght did you mean "weight"'],
    [{ sources: [{ name: 'a', files: ['a'], weight: 0 }] }, 'data.sources[0].weight'],
    [{ sources: [{ name: 'a', files: ['a'], format: 'csv' }] }, 'data.sources[0].format'],
    [{ sources: [{ name: 'a', files: ['a'], prompt: 'p' }] }, 'data.sources[0].completion'],
    [{ sources: [{ name: 'a', files: ['a'], completion: 'p' }] }, 'data.sources[0].prompt'],
    [{ sources: [{ name: 'a', files: ['a'], text: 't', messages: 'm' }] }, 'data.sources[0].text'],
    [{ sources: [{ name: 'a', files: ['a'], heldOut: 2 }] }, 'data.sources[0].heldOut'],
    [
      {
        sources: [
          { name: 'a', files: ['a'] },
          { name: 'a', files: ['b'] },
        ],
      },
      'data.sources',
    ],
    [{ sources: [{ name: 'a', files: ['a'] }], heldOut: 1 }, 'data.heldOut'],
    [
      { sources: [{ name: 'a', files: ['a'] }], resetDocuments: true },
      'data.resetDocuments did you mean "resetAtDocuments"',
    ],
  ] satisfies [JsonObject, string][])('refuses %j', (json, field) => {
    expect(fieldOf(() => parseDataRecipe(json, 'r.json'))).toContain(field);
  });
});

describe('openTrainingData', () => {
  const folder = 'models/char-shakespeare';
  const tokenizerFiles = {
    name: 'tokenizer.json',
    tokenizer: readFileSync(`${folder}/tokenizer.json`, 'utf8'),
    config: readFileSync(`${folder}/tokenizer_config.json`, 'utf8'),
  };
  const text = readFileSync(`${folder}/heldout.txt`, 'utf8');
  writeFileSync(join(root, 'plays.txt'), text);
  writeFileSync(join(root, 'more.txt'), 'More.\n\nAnd more.');
  const open = (data: JsonObject, seed = 1, onNote = (_: string) => {}) =>
    openTrainingData(parseDataRecipe(data, 'r.json'), {
      onNote,
      tokenizer: Tokenizer.create(tokenizerFiles),
      tokenizerFiles,
      cacheFolder: join(root, 'cache'),
      root,
      seed,
      tokens: 64,
      sequences: 4,
    });
  const plays = { name: 'plays', files: ['plays.txt'], separator: '' };

  it('gives batches for training and others to measure', async () => {
    using data = await open({ sources: [plays], heldOut: 0.2 });
    const [report] = data.sources;
    expect(report!.documents + report!.heldOutDocuments).toBe(text.split(/\n\n+/).filter(Boolean).length);
    expect(report!.heldOutDocuments).toBeGreaterThan(0);
    expect(data.heldOut.reduce((sum, { ids }) => sum + ids.length, 0)).toBe(report!.heldOutTokens);
    expect(data.stream.next().ids).toHaveLength(256);
    using again = await open({ sources: [plays], heldOut: 0.2 }, 2);
    expect(again.heldOut).toEqual(data.heldOut);
    expect(again.stream.cursor.fingerprint).not.toBe(data.stream.cursor.fingerprint);
  });

  it('takes files that are held out whole', async () => {
    using data = await open({ sources: [{ ...plays, heldOutFiles: ['more.txt'] }] });
    expect(data.sources).toMatchObject([{ heldOutDocuments: 2 }]);
    expect(data.heldOutOf.get('plays')![0]!.bytes).toBe('More.And more.'.length);
  });

  describe('questions with answers that are longer than a sequence', () => {
    const pair = (letters: number) => JSON.stringify({ q: 'x'.repeat(letters), a: 'yes' });
    const pairs = (...lengths: readonly number[]) => {
      writeFileSync(join(root, 'pairs.jsonl'), lengths.map((letters) => `${pair(letters)}\n`).join(''));
      return { sources: [{ name: 'pairs', files: ['pairs.jsonl'], prompt: 'q', completion: 'a' }], heldOut: 0 };
    };

    it('are left out and counted, and no other is cut', async () => {
      const notes: string[] = [];
      using data = await open(pairs(400, 20, 70, 30), 1, (note) => notes.push(note));
      expect(notes).toEqual(['pairs: 2 of 4 documents are longer than a sequence of 64 tokens and are left out']);
      expect(data.sources).toMatchObject([{ documents: 2 }]);
      for (let i = 0; i < 5; i++) {
        const { lengths, countedLabels } = data.stream.next();
        expect(countedLabels).toBeGreaterThanOrEqual(3 * lengths.length);
      }
    });

    it('that are held out are left out as well', async () => {
      const notes: string[] = [];
      writeFileSync(join(root, 'long.jsonl'), `${pair(400)}\n${pair(10)}\n`);
      const { sources } = pairs(20);
      using data = await open({ sources: [{ ...sources[0]!, heldOutFiles: ['long.jsonl'] }] }, 1, (note) =>
        notes.push(note),
      );
      expect(notes).toHaveLength(1);
      expect(data.sources).toMatchObject([{ heldOutDocuments: 1 }]);
    });

    it('are an error where no other is there', async () => {
      await expect(open(pairs(400, 500))).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('sequences that hold a question with its answer'),
        fields: { file: 'pairs', field: 'batch.tokens' },
      });
    });
  });

  it('refuses a source of which nothing is left', async () => {
    await expect(open({ sources: [{ ...plays, heldOut: 1 }] })).rejects.toThrow('held out');
    using none = await open({ sources: [plays], heldOut: 0 });
    expect(none.heldOut).toEqual([]);
  });
});
