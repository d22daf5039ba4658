/** The passages of a file, by what its name says that it is. */
import { readFile, stat } from 'node:fs/promises';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';
import type { DocumentPart } from '../passage.js';
import { htmlParts } from './html.js';
import { jsonLineParts, type RowFields } from './jsonLines.js';
import { linesOf, notText } from './lines.host.node.js';
import { markdownParts, textParts } from './text.js';

export type DocumentKind = 'text' | 'markdown' | 'html' | 'jsonl';

const kinds: Readonly<Record<string, DocumentKind>> = {
  txt: 'text',
  text: 'text',
  rst: 'text',
  md: 'markdown',
  markdown: 'markdown',
  mdx: 'markdown',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

/** What kind of document a file is by the ending of its name, if it is one that is read. */
export function documentKind(name: string): DocumentKind | undefined {
  const ending = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(kinds, ending) ? kinds[ending] : undefined;
}

/** Read whole. */
const largestHtml = 64 << 20;

export interface ReadOptions {
  /** Words of a passage at most. */
  readonly passageWords: number;
  readonly fields: RowFields;
  readonly onRead: (bytes: number) => void;
  readonly onSkipped: (line: number, reason: string) => void;
}

export async function* partsOf(
  file: string,
  kind: DocumentKind,
  { passageWords, fields, onRead, onSkipped }: ReadOptions,
): AsyncGenerator<DocumentPart> {
  if (kind === 'text') yield* textParts(linesOf(file, onRead), passageWords);
  else if (kind === 'markdown') yield* markdownParts(linesOf(file, onRead), passageWords);
  else if (kind === 'jsonl') yield* jsonLineParts(linesOf(file, onRead), passageWords, fields, onSkipped);
  else {
    const bytes = await readHtml(file);
    onRead(bytes.length);
    yield* htmlParts(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), passageWords);
  }
}

async function readHtml(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > largestHtml)
      throw new JambalayaError('limit', { what: `${file}: bytes`, limit: largestHtml, found: size });
    const bytes = await readFile(file);
    if (bytes.includes(0)) throw notText(file);
    return bytes;
  } catch (error) {
    throw fileError(file, 'read', error);
  }
}
