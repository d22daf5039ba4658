/** What a source of training data is: files, and what a document in them is. */
import { JambalayaError } from '../../errors/index.js';

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
  /** Text: a line that is this and nothing else stands between documents. Without it a file is one document. */
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

const known: Readonly<Record<keyof DataSource, true>> = {
  name: true,
  files: true,
  format: true,
  separator: true,
  fields: true,
  heldOutBy: true,
};

/**
 * Checks a source that came out of a recipe.
 *
 * @throws `config` with the field's place, e.g. `data.sources[0].files`
 */
export function checkSource(value: unknown, file: string, where: string): DataSource {
  const fail = (field: string, expected: string, found: unknown): never => {
    const shown = JSON.stringify(found) ?? 'nothing';
    throw new JambalayaError('config', { file, field: `${where}.${field}`, expected, found: shown.slice(0, 200) });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = JSON.stringify(value) ?? 'nothing';
    throw new JambalayaError('config', { file, field: where, expected: 'an object', found });
  }
  const source = value as Record<string, unknown>;
  for (const key of Object.keys(source)) {
    if (!Object.hasOwn(known, key)) fail(key, `one of the fields ${Object.keys(known).join(', ')}`, key);
  }
  const isText = (text: unknown): text is string => typeof text === 'string' && text !== '';
  if (!isText(source.name)) fail('name', 'a name', source.name);
  const isList = (list: unknown): boolean => Array.isArray(list) && list.length > 0 && list.every(isText);
  if (!isList(source.files)) fail('files', 'a list of paths', source.files);
  if (source.format !== undefined && source.format !== 'text' && source.format !== 'jsonl') {
    fail('format', '"text" or "jsonl"', source.format);
  }
  for (const field of ['separator', 'heldOutBy']) {
    if (source[field] !== undefined && !isText(source[field])) fail(field, 'a text', source[field]);
  }
  if (source.fields !== undefined) {
    const fields: unknown = source.fields;
    const expected = '{text}, {prompt, completion} or {messages}, each the name of a field';
    if (typeof fields !== 'object' || fields === null) return fail('fields', expected, fields);
    const entries = Object.entries(fields);
    const keys = entries.map(([key]) => key).sort();
    const isKnown = ['text', 'completion,prompt', 'messages'].includes(keys.join());
    const areNames = entries.every(([key, name]) => isText(name) || (key === 'text' && isList(name)));
    if (!isKnown || !areNames) fail('fields', expected, fields);
  }
  return source as unknown as DataSource;
}
