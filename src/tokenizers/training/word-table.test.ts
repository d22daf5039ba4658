import { describe, expect, it } from 'vitest';
import { WordTable } from './word-table.js';

const limits = { mostWords: 1000, batchesPerRound: 3, batchLength: 60 };
const texts = Array.from({ length: 200 }, (_, i) => `word number ${'abcdefgh'.slice(i % 7)} and then\nmore`);

async function count(threads: number, given = limits): Promise<WordTable> {
  const table = new WordTable(threads, given);
  for (const text of texts) await table.add(text);
  await table.finish();
  await table.dispose();
  return table;
}

const sorted = (table: WordTable) => [...table.words].sort(([a], [b]) => (a < b ? -1 : 1));

describe('WordTable', () => {
  it('counts the same with any number of threads and any size of batches', async () => {
    const one = await count(1);
    expect(one.words.get('word')).toBe(200);
    expect(one.characters).toBe(texts.join('').length);
    for (const table of [await count(3), await count(2, { ...limits, batchLength: 1000, batchesPerRound: 100 })]) {
      expect(sorted(table)).toEqual(sorted(one));
    }
  });

  it('drops the rarest words when there are too many, at the same places for any number of threads', async () => {
    const few = { ...limits, mostWords: 8 };
    const [one, three] = [await count(1, few), await count(3, few)];
    expect(one.words.size).toBeLessThanOrEqual(8);
    expect(one.droppedWords).toBeGreaterThan(0);
    expect(sorted(three)).toEqual(sorted(one));
    expect(three.droppedWords).toBe(one.droppedWords);
  });
});
