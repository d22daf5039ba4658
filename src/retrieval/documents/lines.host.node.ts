/** Lines of a text file with their places, without the file being in memory. */
import { createReadStream } from 'node:fs';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../../formats/index.js';
import type { Piece } from '../split.js';

const chunkBytes = 1 << 20;
/** A line that is longer is no text that anybody wrote. */
export const longestLine = 64 << 20;

/**
 * @param onRead told how many bytes have been read since it was last told
 * @throws `file` if it cannot be read, `limit` for a line of more than 64 MiB, `format` for what is no UTF-8 text
 */
export async function* linesOf(file: string, onRead: (bytes: number) => void): AsyncGenerator<Piece> {
  const decoder = new TextDecoder();
  let rest: Buffer[] = [];
  let restBytes = 0;
  let begin = 0;
  let line = 1;
  const piece = (bytes: Buffer): Piece => {
    const text = decoder.decode(bytes);
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, begin, end: begin + bytes.length, line };
  };
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
      if (chunk.includes(0)) throw notText(file);
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        const own = chunk.subarray(from, at);
        const bytes = restBytes === 0 ? own : Buffer.concat([...rest, own]);
        yield piece(bytes);
        begin += bytes.length + 1;
        line++;
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
      restBytes += chunk.length - from;
      if (restBytes > longestLine) {
        throw new JambalayaError('limit', {
          what: `${file}:${line}: bytes of a line`,
          limit: longestLine,
          found: restBytes,
        });
      }
      onRead(chunk.length);
    }
  } catch (error) {
    throw fileError(file, 'read', error);
  }
  if (restBytes > 0) yield piece(Buffer.concat(rest));
}

export const notText = (file: string): JambalayaError<'format'> =>
  new JambalayaError('format', {
    file,
    expected: 'text in UTF-8',
    found: 'zero bytes, as in UTF-16 or no text at all',
  });
