import { describe, expect, it } from 'vitest';
import { Tokenizer, trainWordPiece } from '../tokenizers/index.js';
import { PieceReader } from './pieces.js';
import { defaultNormalisation } from './words.js';

const { json, config } = await trainWordPiece(
  ['it is 15 °c in kuala lumpur, isn’t it? well-known facts', 'it is cold in kuala', 'c c c °c °c'],
  { vocabularySize: 80 },
);
const tokenizer = Tokenizer.create({ name: 'wordpiece', tokenizer: json, config });
const reader = new PieceReader(tokenizer, defaultNormalisation);

/** Each word with its tokens. */
const wordsIn = (text: string) => {
  const { ids, words } = reader.read(text);
  return words.map(({ text: word, start, end }) => {
    const tokens = Array.from(ids.subarray(start, end), (id) => tokenizer.tokenText(id).replace('##', ''));
    return `${word}=${tokens.join('')}`;
  });
};

describe('a text in pieces', () => {
  it('has the ids of its tokenizer, and for each word the tokens that it is made of', () => {
    const text = 'It is in Kuala Lumpur, isn’t it?';
    const { ids, isSpecial } = reader.read(text);
    expect([...ids]).toEqual(tokenizer.encode(text, { addSpecialTokens: true }));
    expect([isSpecial[0], isSpecial[1], isSpecial[isSpecial.length - 1]]).toEqual([1, 0, 1]);
    expect(wordsIn(text)).toEqual(['it=it', 'is=is', 'in=in', 'kuala=kuala', 'lumpur=lumpur', "isn't=isn’t", 'it=it']);
  });

  it('where a token lies over the end of a word, takes what stands between white space as one', () => {
    expect(wordsIn('15 °C well-known')).toEqual(['15=15', 'c=°c', 'well=well', 'known=known']);
    expect(reader.read('15 °C well-known').words.map(({ afterBoundary }) => afterBoundary)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});
