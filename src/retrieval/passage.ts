/** A passage: what is found, with the place that it comes from. */

/** Text of a part of a document, before it is in an index. */
export interface DocumentPart {
  /** Bytes [begin, end) of the file. Of a row of JSON lines the whole row. */
  readonly begin: number;
  readonly end: number;
  /** The first line, from 1. */
  readonly line: number;
  /** The headings that it stands under, or the row's title. */
  readonly title?: string;
  /** The row's own name. */
  readonly id?: string;
  readonly text: string;
}

export interface Passage extends DocumentPart {
  /** The file, relative to the folder, with forward slashes. */
  readonly source: string;
}

/** What of a passage is searched: a title's words are among those of its text. */
export const searchedText = ({ title, text }: DocumentPart): string =>
  title === undefined ? text : `${title}\n${text}`;
