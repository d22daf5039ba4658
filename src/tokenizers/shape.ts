/**
 * Reading fields out of JSON that nobody has checked yet.
 */
import { JambalayaError } from '../errors/index.js';

export type JsonObject = { readonly [key: string]: unknown };

/** Takes values apart under a file's name; whatever is not as it should be is a `tokenizer` error that says where. */
export class Shape {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** The error for a file that is what it claims to be, but of no use to us. */
  fail(reason: string, hint = 'The file is damaged or of another format: fetch it again, or save it anew.'): never {
    throw new JambalayaError('tokenizer', { file: this.file, reason }, { hint });
  }

  #expected(where: string, expected: string, value: unknown): never {
    return this.fail(`${where}: expected ${expected}, found ${describe(value)}`);
  }

  object(value: unknown, where: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#expected(where, 'an object', value);
    }
    return value as JsonObject;
  }

  array(value: unknown, where: string, maxLength: number): readonly unknown[] {
    if (!Array.isArray(value)) return this.#expected(where, 'a list', value);
    if (value.length > maxLength) this.fail(`${where}: at most ${maxLength} entries, found ${value.length}`);
    return value;
  }

  string(value: unknown, where: string, maxLength: number): string {
    if (typeof value !== 'string') return this.#expected(where, 'a string', value);
    if (value.length > maxLength) this.fail(`${where}: at most ${maxLength} characters, found ${value.length}`);
    return value;
  }

  /** A string, or nothing where the field is absent or null. */
  optionalString(value: unknown, where: string, maxLength: number): string | undefined {
    return value === undefined || value === null ? undefined : this.string(value, where, maxLength);
  }

  boolean(value: unknown, where: string, whenAbsent: boolean): boolean {
    if (value === undefined || value === null) return whenAbsent;
    return typeof value === 'boolean' ? value : this.#expected(where, 'true or false', value);
  }

  /** An integer with `least <= value <= most`. */
  integer(value: unknown, where: string, least: number, most: number): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      return this.#expected(where, `an integer from ${least} to ${most}`, value);
    }
    return value;
  }

  /** The value of a JSON text of at most `maxLength` UTF-16 units. */
  parse(text: string, maxLength: number): unknown {
    if (text.length > maxLength) this.fail(`at most ${maxLength} characters, found ${text.length}`);
    try {
      // PowerShell and Notepad write a byte order mark.
      return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
    } catch (cause) {
      const isPointer = text.startsWith('version https://git-lfs.');
      const why = isPointer ? 'a Git LFS pointer instead of the file' : (cause as Error).message;
      const hint = isPointer ? 'Run git lfs pull in that folder.' : 'Fetch the file again.';
      throw new JambalayaError('tokenizer', { file: this.file, reason: `not JSON: ${why}` }, { hint, cause });
    }
  }
}

/** A value of a foreign file in a few words, never long. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
