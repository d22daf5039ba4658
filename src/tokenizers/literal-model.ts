/**
 * A vocabulary in which special tokens are out of reach of any text.
 */
import type { AddedToken, Model } from './definition.js';

/** Stands where a special token's name was: half a surrogate pair, which no well-formed text contains. */
const unreachable = (id: number) => `\uD800${id}`;

/**
 * The model with its special tokens renamed, ids kept, and without the merges that would put one together. With it,
 * `<|endoftext|>` in a text of a stranger is a string of characters like any other.
 */
export function literalModel(model: Model, addedTokens: readonly AddedToken[]): Model {
  const special = new Map(
    addedTokens.filter((token) => token.special).map(({ content, id }) => [content, unreachable(id)]),
  );
  const hide = (token: string) => special.get(token) ?? token;
  const hideKeys = (vocab: object) =>
    Object.fromEntries(Object.entries(vocab).map(([token, id]): [string, unknown] => [hide(token), id]));
  switch (model.type) {
    case 'BPE':
      return {
        ...model,
        vocab: hideKeys(model.vocab),
        merges: model.merges.filter(
          ([left, right]) => ![left, right, left + right].some((token) => special.has(token)),
        ),
        unk_token: model.unk_token === null ? null : hide(model.unk_token),
      };
    case 'WordPiece':
      return { ...model, vocab: hideKeys(model.vocab), unk_token: hide(model.unk_token) };
    case 'Unigram':
      return { ...model, vocab: model.vocab.map(([piece, score]) => [hide(piece), score] as const) };
  }
}
