/** What indexing and searching are asked, and what they answer. */
import type { Bm25Options } from './bm25.js';
import type { RowFields } from './documents/jsonLines.js';
import type { Passage } from './passage.js';

export interface IndexProgress {
  /** The file that is being read. */
  readonly file: string;
  /** Bytes read so far, and of all files that are read. */
  readonly done: number;
  readonly total: number;
  readonly filesDone: number;
  readonly files: number;
  /** Passages made so far. */
  readonly passages: number;
}

export interface IndexOptions {
  /** Where the index is kept; `.jambalaya-index` in the folder unless told. */
  readonly index?: string | undefined;
  /** Words of a passage at most; 200 unless told. */
  readonly passageWords?: number | undefined;
  /** Names of fields of JSON lines. */
  readonly fields?: Partial<RowFields> | undefined;
  /** About what is held in memory before a segment is written; 96 MiB unless told. */
  readonly memoryBytes?: number | undefined;
  readonly onProgress?: ((progress: IndexProgress) => void) | undefined;
  /** Something that a person should know, such as a file that was passed over. */
  readonly onNote?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface IndexReport {
  readonly index: string;
  /** In the index now. */
  readonly files: number;
  readonly passages: number;
  /** Files that were read, that had not changed, that are gone, that could not be read. */
  readonly read: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly skipped: number;
  readonly segments: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface SearchOptions extends Bm25Options {
  /** Passages at most; 10 unless told. */
  readonly limit?: number | undefined;
}

export interface Hit {
  readonly passage: Passage;
  readonly score: number;
}

/** An index that is open. */
export interface PassageIndex extends AsyncDisposable {
  readonly path: string;
  readonly files: number;
  readonly passages: number;
  /** Mean number of terms of a passage. */
  readonly meanLength: number;
  /**
   * The passages that fit the query best, by falling score, of equal scores by source and place. Only those that have one of
   * its terms.
   */
  search(query: string, options?: SearchOptions): Promise<readonly Hit[]>;
  close(): Promise<void>;
}
