/**
 * What Python's strings take for white space and for the end of a line: U+FEFF is none, U+0085 and U+001C to U+001F are.
 */

/** For a class of a regular expression. */
export const spaces = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${spaces}]+`);
const space = new RegExp(`[${spaces}]`);

/** Without the characters of the set (white space if there is none) at its beginning. */
export function trimStart(text: string, set?: string): string {
  if (set === undefined) return text.replace(leading, '');
  const members = new Set(set);
  let start = 0;
  for (const char of text) {
    if (!members.has(char)) break;
    start += char.length;
  }
  return text.slice(start);
}

/** The same at its end. */
export function trimEnd(text: string, set?: string): string {
  const members = set === undefined ? undefined : new Set(set);
  let end = text.length;
  while (end > 0) {
    const low = text.charCodeAt(end - 1);
    const isPair = low >= 0xdc00 && low < 0xe000 && end > 1 && (text.charCodeAt(end - 2) & 0xfc00) === 0xd800;
    const char = text.slice(end - (isPair ? 2 : 1), end);
    if (members === undefined ? !space.test(char) : !members.has(char)) break;
    end -= char.length;
  }
  return text.slice(0, end);
}

export const isSpace = (char: string): boolean => space.test(char);

// biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines there
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Lines of a text, without their ends unless `keep`. */
export function splitLines(text: string, keep = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const match of text.matchAll(lineEnd)) {
    const end = match.index + match[0].length;
    lines.push(text.slice(start, keep ? end : match.index));
    start = end;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}
