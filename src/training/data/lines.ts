/** Lines of text files, as a stream. */
import { JambalayaError } from '../../errors/index.js';

export interface Line {
  /** Without its line end; a carriage return before it stays. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether a line end follows; it may be missing after the last line of a file. */
  readonly ended: boolean;
}

/** UTF-16 units: a line is held as one string. */
const longestLine = 2 ** 26;

/**
 * Lines of UTF-8 bytes; a byte order mark at the beginning is left out.
 *
 * @throws `format` for bytes that are not UTF-8, `limit` for a line that is too long, both with the line's number; and
 *   whatever reading throws
 */
export async function* linesOf(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  limit = longestLine,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let open: string[] = [];
  let length = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      const line = number + lineEndsBeforeDamage(chunk ?? new Uint8Array());
      throw new JambalayaError(
        'format',
        { file, line, expected: 'text in UTF-8', found: 'other bytes' },
        { hint: 'Convert the file to UTF-8, or unpack it if it is an archive.', cause },
      );
    }
  };
  const extend = (text: string): void => {
    open.push(text);
    length += text.length;
    if (length > limit) {
      throw new JambalayaError('limit', { what: `${file}:${number}: characters of a line`, limit, found: length });
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      extend(text.slice(start, end));
      yield { text: open.length === 1 ? open[0]! : open.join(''), number, ended: true };
      open = [];
      length = 0;
      number++;
      start = end + 1;
    }
    if (start < text.length) extend(text.slice(start));
  }
  const rest = decode();
  if (rest.length > 0) extend(rest);
  if (length > 0) yield { text: open.join(''), number, ended: false };
}

/** Line ends of a chunk up to the first bytes in it that are not UTF-8, as far as the chunk alone can tell. */
function lineEndsBeforeDamage(chunk: Uint8Array): number {
  const whole = new TextDecoder().decode(chunk);
  const damage = whole.indexOf('\uFFFD', 1);
  return whole.slice(0, damage < 0 ? 0 : damage).split('\n').length - 1;
}
