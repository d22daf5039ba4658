/** Texts of files in blocks of bytes that end between words: plain text and JSON lines, each also in gzip. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';

export interface TextOptions {
  /** In plain files, a line that stands between texts; without it each line is a text. */
  readonly separator?: string | undefined;
  /** Of JSON lines, the field with the text. */
  readonly field?: string | undefined;
}

export interface TextBlock {
  /** UTF-8; the byte 0xff is the end of a text. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether a line feed ends a text. */
  readonly linesAreTexts: boolean;
  /** The block's end, in bytes of the unpacked file. */
  readonly offset: number;
}

/** Bytes of a block, about. */
export const blockBytes = 2 ** 20;
const readSize = 2 ** 18;
/** A line of JSON, or a text without white space, that is longer than this is no text. */
const longestLine = 2 ** 28;
const end = Uint8Array.of(0xff);
const lineFeed = 10;

export const isJsonLines = (file: string): boolean => /\.(jsonl|ndjson)(\.gz)?$/i.test(file);

/**
 * The blocks of a file from an offset on, which is the end of an earlier block.
 *
 * @param onRead told how many bytes of the file were read
 */
export async function* blocksOf(
  file: string,
  from: number,
  options: TextOptions,
  onRead: (bytes: number) => void,
): AsyncGenerator<TextBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  const isJson = isJsonLines(file);
  const linesAreTexts = !isJson && options.separator === undefined;
  let line = 1;
  const block = (bytes: Buffer): TextBlock => {
    offset += bytes.length;
    if (isJson) {
      const texts = jsonTexts(file, bytes, line, from > 0, options.field ?? 'text');
      for (const byte of bytes) if (byte === lineFeed) line++;
      return { bytes: texts, linesAreTexts, offset };
    }
    return { bytes: plainText(bytes, options.separator), linesAreTexts, offset };
  };
  for await (const chunk of unpacked(file, from, onRead)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (rest.length < blockBytes) continue;
    let cut = rest.lastIndexOf(lineFeed) + 1;
    // A long text is cut between two words, but not one that may hold a separator, nor JSON.
    if (cut === 0 && linesAreTexts) cut = rest.lastIndexOf(32) + 1;
    if (cut === 0 && rest.length > longestLine) {
      throw new JambalayaError(
        'format',
        { file, expected: 'lines', found: `${rest.length} bytes without an end of a line` },
        { hint: 'Put each text on a line of its own, or into a row of JSON lines.' },
      );
    }
    if (cut === 0) continue;
    yield block(rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
  yield block(rest);
  yield { bytes: end, linesAreTexts, offset };
}

async function* unpacked(file: string, from: number, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: readSize });
  try {
    const chunks = raw[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
    const first = await chunks.next();
    if (first.done) return;
    const all = async function* () {
      onRead(first.value.length);
      yield first.value;
      for await (const chunk of chunks) {
        onRead(chunk.length);
        yield chunk;
      }
    };
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    if (!isGzip && file.endsWith('.gz')) {
      throw new JambalayaError('format', { file, expected: 'a gzip file', found: 'other first bytes' });
    }
    let skip = from;
    const stream: AsyncIterable<Buffer> = isGzip
      ? pipeline(all(), createGunzip({ chunkSize: readSize }), () => {})
      : all();
    for await (const chunk of stream) {
      if (skip >= chunk.length) skip -= chunk.length;
      else {
        yield chunk.subarray(skip);
        skip = 0;
      }
    }
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (!code.startsWith('Z_')) throw fileError(file, 'read', error);
    const found = code === 'Z_BUF_ERROR' ? 'a file that ends before its data does' : (error as Error).message;
    throw new JambalayaError(
      'format',
      { file, expected: 'a whole gzip file', found },
      { hint: 'Download or copy the file again.', cause: error },
    );
  } finally {
    raw.destroy();
  }
}

/** Lines that are the separator become ends of texts. A stray 0xff is no UTF-8, and must not look like one. */
function plainText(bytes: Buffer, separator: string | undefined): Uint8Array<ArrayBuffer> {
  const text = bytes.includes(0xff)
    ? Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    : Buffer.from(bytes);
  if (separator === undefined) return text as Uint8Array<ArrayBuffer>;
  const wanted = Buffer.from(separator);
  for (let begin = 0; begin < text.length; ) {
    const found = text.indexOf(lineFeed, begin);
    const last = found < 0 ? text.length : found;
    const isCandidate =
      last - begin >= wanted.length && text.compare(wanted, 0, wanted.length, begin, begin + wanted.length) === 0;
    if (isCandidate && text.subarray(begin, last).toString().trimEnd() === separator) text.fill(0xff, begin, last);
    if (separator === '' && text.subarray(begin, last).toString().trim() === '')
      text.fill(0xff, begin, Math.min(text.length, last + 1));
    begin = last + 1;
  }
  return text as Uint8Array<ArrayBuffer>;
}

function jsonTexts(
  file: string,
  bytes: Buffer,
  first: number,
  resumed: boolean,
  field: string,
): Uint8Array<ArrayBuffer> {
  const parts: string[] = [];
  const rows = bytes.toString('utf8').split('\n');
  for (const [i, row] of rows.entries()) {
    if (row.trim() === '') continue;
    // After a resumption the number of the line is not known.
    const place = resumed ? {} : { line: first + i };
    const fail = (expected: string, found: string) => new JambalayaError('format', { file, ...place, expected, found });
    let value: unknown;
    try {
      value = JSON.parse(row);
    } catch {
      throw fail('a JSON object', row.length > 60 ? `${row.slice(0, 60)}…` : row);
    }
    const text = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
    if (typeof text !== 'string')
      throw fail(`an object with a text in "${field}"`, text === undefined ? 'none' : typeof text);
    parts.push(text);
  }
  const encoded = parts.map((text) => Buffer.from(text));
  return Buffer.concat(encoded.flatMap((text) => [text, end])) as Uint8Array<ArrayBuffer>;
}

export interface SourceFile {
  readonly file: string;
  readonly bytes: number;
  readonly modified: number;
}

/** The files as they are now, to tell whether they are the same when a count goes on. */
export async function describeFiles(files: readonly string[]): Promise<SourceFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const stats = await stat(file).catch((error: unknown) => {
        throw fileError(file, 'read', error);
      });
      return { file, bytes: stats.size, modified: Math.floor(stats.mtimeMs) };
    }),
  );
}
