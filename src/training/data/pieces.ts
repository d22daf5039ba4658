/** Documents cut into pieces that fit a sequence, in the order of one pass over a source. */
import type { Random } from '../random.js';
import type { TokenFile } from './tokenFile.js';

/** A part of a document that is no longer than a sequence. */
export interface Piece {
  /** Position of its first token in the token file. */
  readonly start: number;
  readonly length: number;
  /** Position after the document's last token. */
  readonly documentEnd: number;
}

/** The documents of a token file for training, and those that are held out, by their hashes. */
export function splitDocuments(file: TokenFile, heldOut: number): { train: Uint32Array; heldOut: Uint32Array } {
  const all = Array.from({ length: file.documents }, (_, document) => document);
  const isHeldOut = (document: number) => file.hashes[document]! < heldOut * 2 ** 32;
  return {
    train: Uint32Array.from(all.filter((document) => !isHeldOut(document))),
    heldOut: Uint32Array.from(all.filter(isHeldOut)),
  };
}

/** Pieces of some documents in an order. */
export class PieceOrder {
  readonly length: number;
  readonly #starts: Float64Array;
  readonly #lengths: Uint32Array;
  readonly #documentEnds: Float64Array;
  readonly #order: Uint32Array;

  /**
   * @param documents of `file`
   * @param tokens of the longest piece
   * @param firstCut for a document that is longer, the length of its first piece, 1 to `tokens`; asked once for each
   * @param random puts the pieces into a random order
   */
  constructor(file: TokenFile, documents: Uint32Array, tokens: number, firstCut: () => number, random: Random) {
    const starts: number[] = [];
    const lengths: number[] = [];
    const ends: number[] = [];
    for (const document of documents) {
      const begin = file.starts[document]!;
      const end = file.starts[document + 1]!;
      let cut = end - begin > tokens ? begin + firstCut() : end;
      for (let start = begin; start < end; start = cut, cut = Math.min(cut + tokens, end)) {
        starts.push(start);
        lengths.push(cut - start);
        ends.push(end);
      }
    }
    this.length = starts.length;
    this.#starts = Float64Array.from(starts);
    this.#lengths = Uint32Array.from(lengths);
    this.#documentEnds = Float64Array.from(ends);
    this.#order = shuffled(this.length, random);
  }

  /** The piece at a place of the order. */
  at(place: number): Piece {
    const piece = this.#order[place]!;
    return {
      start: this.#starts[piece]!,
      length: this.#lengths[piece]!,
      documentEnd: this.#documentEnds[piece]!,
    };
  }
}

/** The numbers below `length` in a random order (Fisher and Yates). */
function shuffled(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
