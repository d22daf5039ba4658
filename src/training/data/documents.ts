/** Documents of text files and of JSON lines, as a stream. */
import { readBytes } from '#training/host';
import { JambalayaError } from '../../errors/index.js';
import type { DocumentContent } from './content.js';
import { JsonLine } from './jsonLine.js';
import { type Line, linesOf } from './lines.js';
import { type DataSource, formatOf } from './source.js';

export type DocumentPiece = DocumentContent & {
  readonly file: string;
  /** Where it begins. */
  readonly line: number;
  /** What decides whether the document is held out, if not its content. */
  readonly splitKey?: string;
};

/**
 * UTF-16 units of a text from which on a piece ends at the next line that does not begin with white space. Tokens do not
 * reach over such a place.
 */
const pieceLength = 2 ** 18;

/**
 * The documents of a file. Texts without a character that is not white space are no documents.
 *
 * @throws `format` for a damaged file, a line that is no JSON object, or one without the field; all with
 *   the line; `format` also if the file has no document; `file` if it cannot be read
 */
export async function* documentsOf(
  file: string,
  source: Omit<DataSource, 'name' | 'files'>,
  onRead?: (bytes: number) => void,
): AsyncGenerator<DocumentPiece> {
  const lines = linesOf(file, readBytes(file, onRead));
  const documents =
    formatOf(source, file) === 'jsonl' ? jsonDocuments(file, lines, source) : textDocuments(file, lines, source);
  let some = false;
  for await (const document of documents) {
    some = true;
    yield document;
  }
  if (!some) {
    throw new JambalayaError(
      'format',
      { file, expected: 'at least one document', found: 'none' },
      { hint: 'The file is empty, or has white space only; take it out of the list.' },
    );
  }
}

async function* textDocuments(
  file: string,
  lines: AsyncIterable<Line>,
  { separator }: Pick<DataSource, 'separator'>,
): AsyncGenerator<DocumentPiece> {
  let parts: string[] = [];
  let length = 0;
  let first = 1;
  let isBlank = true;
  const piece = (ends: boolean): DocumentPiece => {
    // The line end before a separator belongs to it; a file's last document ends like the others.
    const joined = parts.join('');
    const text = ends && separator !== undefined ? joined.replace(/\r?\n$/, '') : joined;
    parts = [];
    length = 0;
    return { kind: 'text', file, line: first, text, ends };
  };
  let isOpen = false;
  for await (const { text, number, ended } of lines) {
    if (separator !== undefined && text.trimEnd() === separator) {
      if (isOpen || !isBlank) yield piece(true);
      parts = [];
      length = 0;
      isOpen = false;
      isBlank = true;
      first = number + 1;
      continue;
    }
    if (length >= pieceLength && /^\P{White_Space}/u.test(text)) {
      yield piece(false);
      isOpen = true;
    }
    isBlank &&= text.trim() === '';
    parts.push(ended ? `${text}\n` : text);
    length += text.length + 1;
  }
  if (isOpen || !isBlank) yield piece(true);
}

async function* jsonDocuments(
  file: string,
  lines: AsyncIterable<Line>,
  { fields = { text: 'text' }, heldOutBy }: Pick<DataSource, 'fields' | 'heldOutBy'>,
): AsyncGenerator<DocumentPiece> {
  for await (const { text, number } of lines) {
    if (text.trim() === '') continue;
    const record = new JsonLine(file, number, text);
    const content = record.content(fields);
    if (content === undefined) continue;
    const splitKey = heldOutBy === undefined ? undefined : record.key(heldOutBy);
    yield { ...content, file, line: number, ...(splitKey === undefined ? {} : { splitKey }) };
  }
}
