/**
 * Words for error messages that quote a file. What a file says is untrusted: it may be endless, or hold characters that
 * move a terminal's cursor, so it is cut and escaped before it is quoted.
 */

const longest = 120;

/** Control characters, and marks that are invisible or turn the direction of the text. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function clean(text: string): string {
  const head = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return head.replace(invisible, escaped);
}

/** A value out of a JSON file as a short phrase: scalars as they are written, containers by kind and size. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${clean(value)}"`;
  if (Array.isArray(value)) {
    const short = value.length <= 8 && value.every((item) => typeof item !== 'object' || item === null);
    return short ? `[${value.map(shown).join(', ')}]` : `an array of ${value.length}`;
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A name or a message out of a file, unquoted; unchanged unless it is long or has invisible characters. */
export function shownName(name: string): string {
  return clean(name);
}

/** `1 byte`, `20 bytes`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
