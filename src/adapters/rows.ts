/** Rows of a task: what a model reads, and what it is to say. */
import { JambalayaError } from '../errors/index.js';
import { isJsonObject, openFile, parseJson } from '../formats/index.js';
import type { Tokenizer } from '../tokenizers/index.js';

export interface TaskRow {
  readonly prompt: string;
  readonly completion: string;
}

/**
 * Rows `{"prompt", "completion"}` of a JSON Lines file; other fields are passed over.
 *
 * @throws `format` with the line that is none; `file` if it cannot be read
 */
export async function readRows(file: string): Promise<TaskRow[]> {
  const source = await openFile(file);
  let text: string;
  try {
    text = new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
  const rows: TaskRow[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const refuse = (expected: string, found: string): never => {
      throw new JambalayaError('format', { file, line: i + 1, expected, found });
    };
    const row = parseRow(line) ?? refuse('one JSON object', line.slice(0, 60));
    const { prompt, completion } = row;
    if (typeof prompt !== 'string') return refuse('a text as "prompt"', JSON.stringify(prompt) ?? 'nothing');
    if (typeof completion !== 'string' || completion === '') {
      return refuse('a text as "completion", not empty', JSON.stringify(completion) ?? 'nothing');
    }
    rows.push({ prompt, completion });
  }
  if (rows.length > 0) return rows;
  throw new JambalayaError('format', { file, expected: 'at least one row {"prompt", "completion"}', found: 'none' });
}

function parseRow(line: string) {
  try {
    const value = parseJson('row', line, { maxBytes: 1 << 24 });
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether answers end with their line: then nothing else ends them, and nothing else is learned to. */
export const endInLines = (rows: readonly TaskRow[]): boolean =>
  rows.every(({ completion }) => completion.endsWith('\n'));

export interface EncodedRow {
  /** The prompt as it is written. */
  readonly text: string;
  readonly prompt: readonly number[];
  /** With the token that ends it, if its line does not. */
  readonly completion: readonly number[];
  /** UTF-8 bytes of the completion's text. */
  readonly bytes: number;
}

/** A prompt as `complete` reads it: raw, with the special tokens that the tokenizer puts around a text. */
export const promptIds = (tokenizer: Tokenizer, prompt: string): number[] =>
  tokenizer.encode(prompt, { addSpecialTokens: true });

/** Prompts and completions are encoded apart, as they meet when a prompt is answered. */
export function encodeRows(
  rows: readonly TaskRow[],
  tokenizer: Tokenizer,
  endIds: readonly number[],
  limit = Number.POSITIVE_INFINITY,
): EncodedRow[] {
  const end = endInLines(rows) ? [] : endIds.slice(0, 1);
  return rows.map(({ prompt, completion }, i) => {
    const row = {
      text: prompt,
      prompt: promptIds(tokenizer, prompt),
      completion: [...tokenizer.encode(completion, { parseSpecial: false }), ...end],
      bytes: new TextEncoder().encode(completion).length,
    };
    const found = row.prompt.length + row.completion.length;
    if (found > limit) throw new JambalayaError('limit', { what: `tokens of row ${i + 1}`, limit, found });
    return row;
  });
}
