/** Pieces of documents, put one after another into a batch. */
import { ignoredLabel } from '../../nn/index.js';
import type { Batch } from './batch.js';
import type { Piece } from './pieces.js';
import type { TokenFile } from './tokenFile.js';

export interface BatchShape {
  /** Of one sequence; no segment is longer. */
  readonly tokens: number;
  readonly sequences: number;
  /**
   * Whether every piece is a segment of its own, so that scan, convolution and attention begin anew with it. Otherwise a
   * sequence is one segment, whatever it consists of. The tokens and the labels are the same.
   */
  readonly resetAtDocuments: boolean;
}

/** A batch in the making. */
export class Packer {
  readonly #ids: Int32Array;
  readonly #labels: Int32Array;
  readonly #pieces: number[] = [];
  #filled = 0;
  #counted = 0;
  #bytes = 0;

  constructor(readonly shape: BatchShape) {
    const capacity = shape.tokens * shape.sequences;
    this.#ids = new Int32Array(capacity);
    this.#labels = new Int32Array(capacity).fill(ignoredLabel);
  }

  get room(): number {
    return this.#ids.length - this.#filled;
  }

  get isEmpty(): boolean {
    return this.#filled === 0;
  }

  /** Adds `length` tokens from `offset` within the piece; there is room for them. */
  add(file: TokenFile, { start, documentEnd }: Piece, offset: number, length: number): void {
    const from = start + offset;
    // One more, unless the document ends: the last row's label.
    const tokens = new Int32Array(Math.min(length + 1, documentEnd - from));
    file.read(from, tokens);
    const at = this.#filled;
    this.#ids.set(tokens.subarray(0, length), at);
    file.eachLearned(from + 1, from + tokens.length, (begin, end) => {
      for (let position = begin; position < end; position++) {
        const token = tokens[position - from]!;
        this.#labels[at + position - from - 1] = token;
        this.#bytes += file.tokenBytes[token]!;
      }
      this.#counted += end - begin;
    });
    this.#filled += length;
    this.#pieces.push(length);
  }

  finish(): Batch {
    const { tokens, resetAtDocuments } = this.shape;
    const filled = this.#filled;
    const rows = Math.ceil(filled / tokens);
    const lengths = resetAtDocuments
      ? this.#pieces
      : Array.from({ length: rows }, (_, row) => Math.min(tokens, filled - row * tokens));
    const offsets = new Int32Array(lengths.length + 1);
    for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i]! + length;
    return {
      ids: this.#ids.slice(0, filled),
      labels: this.#labels.slice(0, filled),
      lengths,
      offsets,
      countedLabels: this.#counted,
      bytes: this.#bytes,
    };
  }
}
