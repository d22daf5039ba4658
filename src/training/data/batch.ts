/** What the data pipeline hands to a trainer: ragged batches, and a place in their order that can be written down. */

/** Flat tokens of S segments that do not see each other; the form that `Segments` and `Model.forward` take. */
export interface Batch {
  /** (T) */
  readonly ids: Int32Array;
  /**
   * (T) What each row is to predict, already moved: the token after it in its document, also where that token is the first
   * of another batch; `ignoredLabel` at the end of a document, and where the loss is masked.
   */
  readonly labels: Int32Array;
  /** Tokens of each of the S segments. Where documents do not reset the state, every row of a batch is one segment. */
  readonly lengths: readonly number[];
  /** (S + 1) Where the segments begin, and T. */
  readonly offsets: Int32Array;
  /** How many labels count. */
  readonly countedLabels: number;
  /** UTF-8 bytes of the text of those labels (special tokens have none), for bits per byte. */
  readonly bytes: number;
}

/** Where one source of a mixture stands. */
export interface SourceCursor {
  /** Passes over the source that are complete. */
  readonly epoch: number;
  /** Pieces of this pass that have been given whole. */
  readonly piece: number;
  /** Tokens of the next piece that have been given. */
  readonly offset: number;
  /** Tokens that the mixture has taken from this source since the beginning. */
  readonly tokens: number;
}

/** Where a {@link BatchStream} stands between two batches: plain JSON, a few numbers. */
export interface DataCursor {
  readonly version: 1;
  /** Of the token files and of every option that decides about the batches. */
  readonly fingerprint: string;
  /** Batches given since the beginning. */
  readonly batches: number;
  /** In the order of the mixture. */
  readonly sources: readonly SourceCursor[];
  /** The source whose piece is not finished, where a batch ended within it. */
  readonly open?: number;
}

/**
 * Batches without end, the same for the same data, options and seed. After `seek(cursor)` the next batch is the one that
 * followed when `cursor` was taken.
 */
export interface BatchStream {
  /** The next batch; its arrays belong to the caller. */
  next(): Batch;
  readonly cursor: DataCursor;
  /** @throws `state` if the cursor belongs to other data or options */
  seek(cursor: DataCursor): void;
}
