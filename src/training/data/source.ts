/** What a source of training data is: files, and what a document in them is. */
/** Which fields of a JSON line are learned. */
export type JsonFields =
  /** A text; of several fields, those that a line has, with an empty line between them. */
  | { readonly text: string | readonly string[] }
  /** Two texts; only the second is learned. */
  | { readonly prompt: string; readonly completion: string }
  /** Chat messages, rendered by the chat template with `tools`, `documents` and `knobs` if a line has them; only what the assistant says is learned. */
  | { readonly messages: string };

export interface DataSource {
  /** For reports and messages. */
  readonly name: string;
  /** Paths; `*` in the last part stands for any characters. */
  readonly files: readonly string[];
  /** By the names of the files unless told: `.jsonl` and `.ndjson`, with or without `.gz`, are JSON lines. */
  readonly format?: 'text' | 'jsonl' | undefined;
  /**
   * Text: a line that is this and nothing else stands between documents; '' is an empty line. Without it a file is one
   * document.
   */
  readonly separator?: string | undefined;
  /** JSON lines: `{ text: 'text' }` unless told. */
  readonly fields?: JsonFields | undefined;
  /**
   * JSON lines: the field whose hash decides whether a document is held out, such as the title of an article that many
   * questions share. The document's own text unless told.
   */
  readonly heldOutBy?: string | undefined;
}

export type DataFormat = 'text' | 'jsonl';

/** The format of a file of this source. */
export const formatOf = (source: Pick<DataSource, 'format'>, file: string): DataFormat =>
  source.format ?? (/\.(jsonl|ndjson)(\.gz)?$/i.test(file) ? 'jsonl' : 'text');
