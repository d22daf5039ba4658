import { describe, expect, it } from 'vitest';
import { packPassages } from './index.js';

const passage = (text: string, title?: string) => ({
  source: 'a.txt',
  begin: 0,
  end: 1,
  line: 1,
  text,
  ...(title === undefined ? {} : { title }),
});
/** A token is a word. */
const countTokens = (text: string) => text.match(/\S+/g)?.length ?? 0;
const pack = (budget: number, texts: readonly string[], leastWords = 3) =>
  packPassages(
    texts.map((text) => passage(text)),
    { budget, countTokens, leastWords },
  );

describe('packPassages', () => {
  it('takes the best first, and later ones that still fit', async () => {
    const packed = await pack(8, ['a b c d e', 'f g h i j k', 'l m', 'n', 'o'], Number.POSITIVE_INFINITY);
    expect(packed.passages.map(({ text }) => text)).toEqual(['a b c d e', 'l m', 'n']);
    expect(packed).toMatchObject({ text: 'a b c d e\n\nl m\n\nn', tokens: 8 });
  });

  it('cuts the first that does not fit to what is left, if enough of it stays', async () => {
    expect(await pack(9, ['a b c d', 'e f g h i j'])).toMatchObject({ text: 'a b c d\n\ne f g h …', tokens: 9 });
    expect(await pack(6, ['a b c d', 'e f g h i j'])).toMatchObject({ text: 'a b c d', tokens: 4 });
    expect(await pack(5, ['a b c d e f g'])).toMatchObject({ text: 'a b c d …', tokens: 5 });
    expect(await pack(2, ['a b c d e f g'])).toMatchObject({ passages: [], text: '', tokens: 0 });
  });

  it('takes the same text once', async () => {
    expect(await pack(9, ['a b', 'a b', 'c'])).toMatchObject({ text: 'a b\n\nc' });
  });

  it('renders titles and numbers, and counts them', async () => {
    const passages = [passage('a b', 'T'), passage('c')];
    expect(await packPassages(passages, { budget: 9, countTokens })).toMatchObject({ text: 'T\na b\n\nc', tokens: 4 });
    const render = ({ text }: { text: string }, number: number) => `[${number}] ${text}`;
    const packed = await packPassages(passages, { budget: 4, countTokens: async (text) => countTokens(text), render });
    expect(packed).toMatchObject({ text: '[1] a b', tokens: 3 });
  });

  it.each([-1, 1.5, Number.NaN])('refuses a budget of %d', async (budget) => {
    await expect(pack(budget, ['a'])).rejects.toMatchObject({ code: 'usage' });
  });
});
