/** Batches from a mixture of sources, shuffled by seed, from any place on. */
import { JambalayaError } from '../../errors/index.js';
import { Random } from '../random.js';
import type { Batch, BatchStream, DataCursor, SourceCursor } from './batch.js';
import { type BatchShape, Packer } from './packer.js';
import { PieceOrder } from './pieces.js';
import type { TokenFile } from './tokenFile.js';

export interface MixedSource {
  readonly name: string;
  /** Over 0; shares of tokens are in proportion to it. */
  readonly weight: number;
  readonly file: TokenFile;
  /** The documents of `file` that are trained on; at least one with a token. */
  readonly documents: Uint32Array;
}

export interface MixedStreamOptions extends BatchShape {
  readonly seed: number;
  readonly sources: readonly MixedSource[];
  /** Of the token files and whatever else decides about the batches. */
  readonly fingerprint: string;
}

/**
 * Every source is read pass after pass. In each pass its documents are cut into pieces of at most a sequence, long ones at
 * another place each time, and the pieces are shuffled. The next piece always comes from the source that is furthest behind
 * its share of the tokens so far, the first of the mixture if several are.
 *
 * A piece that does not fit is continued in the next batch, where it begins anew. Of documents that are learned in part
 * (completions, chats) no piece is cut: the batch ends early instead.
 */
export class MixedStream implements BatchStream {
  readonly #readers: SourceReader[];
  #batches = 0;
  #open: number | undefined;

  constructor(private readonly options: MixedStreamOptions) {
    this.#readers = options.sources.map((source) => new SourceReader(source, options));
  }

  get cursor(): DataCursor {
    return {
      version: 1,
      fingerprint: this.options.fingerprint,
      batches: this.#batches,
      sources: this.#readers.map(({ cursor }) => ({ ...cursor })),
      ...(this.#open === undefined ? {} : { open: this.#open }),
    };
  }

  next(): Batch {
    const packer = new Packer(this.options);
    while (packer.room > 0) {
      const index = this.#open ?? this.#furthestBehind();
      const reader = this.#readers[index]!;
      const { piece, file } = reader;
      const { offset } = reader.cursor;
      const rest = piece.length - offset;
      if (rest > packer.room && file.isPartlyLearned && !packer.isEmpty) break;
      const length = Math.min(rest, packer.room);
      packer.add(file, piece, offset, length);
      this.#open = reader.advance(length) ? undefined : index;
    }
    this.#batches++;
    return packer.finish();
  }

  seek(cursor: DataCursor): void {
    const fail = (reason: string) =>
      new JambalayaError('state', { reason }, { hint: 'Continue with the data and options that the run began with.' });
    if (cursor.version !== 1 || !Array.isArray(cursor.sources)) throw fail('it is no place in training data');
    if (cursor.fingerprint !== this.options.fingerprint || cursor.sources.length !== this.#readers.length) {
      throw fail('the place in the training data is one in other data, or in other batches of it');
    }
    for (const [index, reader] of this.#readers.entries()) {
      if (!reader.seek(cursor.sources[index]!)) throw fail(`the place in ${reader.name} is outside of it`);
    }
    this.#batches = cursor.batches;
    this.#open = cursor.open;
  }

  #furthestBehind(): number {
    let best = 0;
    for (const [index, reader] of this.#readers.entries()) if (reader.share < this.#readers[best]!.share) best = index;
    return best;
  }
}

/** One source of a mixture and where it stands. */
class SourceReader {
  readonly name: string;
  readonly file: TokenFile;
  cursor: SourceCursor = { epoch: 0, piece: 0, offset: 0, tokens: 0 };
  #order: PieceOrder;
  #epochOfOrder = 0;

  constructor(
    private readonly source: MixedSource,
    private readonly options: MixedStreamOptions,
  ) {
    this.name = source.name;
    this.file = source.file;
    this.#order = this.#orderOf(0);
  }

  /** Tokens so far, over the weight. */
  get share(): number {
    return this.cursor.tokens / this.source.weight;
  }

  get piece() {
    if (this.#epochOfOrder !== this.cursor.epoch) {
      this.#order = this.#orderOf(this.cursor.epoch);
      this.#epochOfOrder = this.cursor.epoch;
    }
    return this.#order.at(this.cursor.piece);
  }

  /** Moves on by tokens of the piece; true if it is finished. */
  advance(tokens: number): boolean {
    const { length } = this.piece;
    const { epoch, piece, offset } = this.cursor;
    const isFinished = offset + tokens === length;
    const isLast = isFinished && piece + 1 === this.#order.length;
    this.cursor = {
      epoch: isLast ? epoch + 1 : epoch,
      piece: isLast ? 0 : isFinished ? piece + 1 : piece,
      offset: isFinished ? 0 : offset + tokens,
      tokens: this.cursor.tokens + tokens,
    };
    return isFinished;
  }

  /** False if there is no such place. */
  seek(cursor: SourceCursor): boolean {
    const { epoch, piece, offset, tokens } = cursor;
    if (![epoch, piece, offset, tokens].every((number) => Number.isSafeInteger(number) && number >= 0)) return false;
    const order = epoch === this.#epochOfOrder ? this.#order : this.#orderOf(epoch);
    if (piece >= order.length || offset >= order.at(piece).length) return false;
    this.#order = order;
    this.#epochOfOrder = epoch;
    this.cursor = { epoch, piece, offset, tokens };
    return true;
  }

  #orderOf(epoch: number): PieceOrder {
    const { seed, tokens } = this.options;
    const random = new Random(seed, `data ${this.name} ${epoch}`);
    const firstCut = () => 1 + Math.floor(random.uniform() * tokens);
    return new PieceOrder(this.file, this.source.documents, tokens, firstCut, random);
  }
}
