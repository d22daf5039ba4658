import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../index.js';
import { bertWords, trainWordPiece, wordPieceSpecialTokens } from './wordpiece.js';

const texts = [
  'the cat sat on the mat, and the cats sat on mats',
  'Naïve cats: the café’s mat isn’t a hat',
  'a hat that sat on a flat mat; that is that',
];

describe('WordPiece', () => {
  it('cuts words as BERT does', () => {
    expect(bertWords("It's Ünïcode\u0301, 日本!", true)).toEqual(['it', "'", 's', 'unicode', ',', '日', '本', '!']);
    expect(bertWords('A\u0000b\tÉ', false)).toEqual(['Ab', 'É']);
  });

  it('learns the vocabulary that Python’s tokenizers 0.21 learns, but for the order of ties', async () => {
    // BertNormalizer, BertPreTokenizer, WordPieceTrainer(vocab_size=70, min_frequency=2, limit_alphabet=1000).
    const [first, inner, merges] = [
      ', : ; a c d e f h i l m n o s t v ’',
      'n a t f e s h l i v d',
      '##at th mat the cat on sat that hat is cats',
    ];
    const wanted = [...first.split(' '), ...inner.split(' ').map((letter) => `##${letter}`), ...merges.split(' ')];
    const { json } = await trainWordPiece(texts, { vocabularySize: 70 });
    const vocabulary = Object.keys(JSON.parse(json).model.vocab);
    expect(vocabulary.slice(0, 5)).toEqual([...wordPieceSpecialTokens]);
    expect(vocabulary.slice(5).sort()).toEqual(wanted.sort());
  });

  it('gives a tokenizer that encodes what it was trained on', async () => {
    const { json, config } = await trainWordPiece(texts, { vocabularySize: 60 });
    const tokenizer = Tokenizer.create({ name: 'wordpiece', tokenizer: json, config });
    const ids = tokenizer.encode('The cats [MASK]', { addSpecialTokens: true });
    const tokens = ids.map((id) => tokenizer.tokenText(id));
    expect(tokens[0]).toBe('[CLS]');
    expect(tokens.slice(-2)).toEqual(['[MASK]', '[SEP]']);
    expect(tokens).not.toContain('[UNK]');
  });

  it('refuses what cannot be', async () => {
    await expect(trainWordPiece([' '], { vocabularySize: 50 })).rejects.toMatchObject({ code: 'tokenizer' });
    await expect(trainWordPiece(texts, { vocabularySize: 10 })).rejects.toMatchObject({ code: 'usage' });
  });
});
