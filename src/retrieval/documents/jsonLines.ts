/** JSON lines: a row is a passage, or several if it is too long. */
import type { DocumentPart } from '../passage.js';
import { cutText, type Piece, wordsIn } from '../split.js';

/** Names of fields, the first that a row has. */
export interface RowFields {
  readonly text: readonly string[];
  readonly title: readonly string[];
  readonly id: readonly string[];
}

export const usualFields: RowFields = {
  text: ['text', 'content', 'contents', 'body', 'passage', 'context', 'document'],
  title: ['title', 'heading'],
  id: ['id', '_id', 'docid', 'doc_id'],
};

/** @param onSkipped told the line of each row that has no text */
export async function* jsonLineParts(
  lines: AsyncIterable<Piece>,
  most: number,
  fields: RowFields,
  onSkipped: (line: number, reason: string) => void,
): AsyncGenerator<DocumentPart> {
  for await (const { text: line, ...place } of lines) {
    if (line.trim() === '') continue;
    const row = rowOf(line);
    const text = typeof row === 'string' ? undefined : first(row, fields.text);
    if (typeof row === 'string' || text === undefined || text.trim() === '') {
      onSkipped(place.line, typeof row === 'string' ? row : `none of the fields ${fields.text.join(', ')} is a text`);
      continue;
    }
    const [title, id] = [first(row, fields.title), first(row, fields.id)];
    const common = { ...place, ...(title ? { title } : {}), ...(id ? { id } : {}) };
    const parts = wordsIn(text) > most ? cutText(text, most) : [text];
    for (const part of parts) if (part.trim() !== '') yield { ...common, text: part.trim() };
  }
}

type Row = Readonly<Record<string, unknown>>;

/** A row, or why it is none. */
function rowOf(line: string): Row | string {
  try {
    const row = JSON.parse(line) as unknown;
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Row) : 'it is no JSON object';
  } catch {
    return 'it is no JSON';
  }
}

function first(row: Row, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}
