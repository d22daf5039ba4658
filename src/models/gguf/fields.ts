/** Reads the metadata of a GGUF by key, with errors that name the file, the key and both sides. */
import { JambalayaError } from '../../errors/index.js';
import type { GgufFile, GgufScalar } from '../../formats/index.js';

export class GgufFields {
  constructor(private readonly gguf: GgufFile) {}

  has(key: string): boolean {
    return this.gguf.metadata.has(key);
  }

  /** A whole number from 0 of any width. */
  whole(key: string): number {
    return this.optionalWhole(key) ?? this.fail(key, 'a whole number', 'nothing');
  }

  optionalWhole(key: string): number | undefined {
    const value = this.gguf.metadata.get(key)?.value;
    if (value === undefined) return undefined;
    const number = wholeOf(value);
    return number ?? this.fail(key, 'a whole number from 0', describe(value));
  }

  /** As many whole numbers as there are layers; one number stands for all of them. */
  wholePerLayer(key: string, layers: number): number[] {
    const value = this.gguf.metadata.get(key)?.value;
    if (!Array.isArray(value)) return new Array<number>(layers).fill(this.whole(key));
    const numbers = value.map(wholeOf);
    const valid = numbers.length === layers && numbers.every((number) => number !== undefined);
    return valid ? (numbers as number[]) : this.fail(key, `${layers} whole numbers from 0`, describe(value));
  }

  number(key: string): number {
    const value = this.gguf.metadata.get(key)?.value;
    return typeof value === 'number' ? value : this.fail(key, 'a number', describe(value));
  }

  /** So many numbers. */
  numbers(key: string, count: number): readonly number[] {
    const value = this.gguf.metadata.get(key)?.value;
    const valid = Array.isArray(value) && value.length === count && value.every((item) => typeof item === 'number');
    return valid ? (value as readonly number[]) : this.fail(key, `${count} numbers`, describe(value));
  }

  text(key: string): string | undefined {
    const value = this.gguf.metadata.get(key)?.value;
    return value === undefined || typeof value === 'string' ? value : this.fail(key, 'a text', describe(value));
  }

  flag(key: string): boolean | undefined {
    const value = this.gguf.metadata.get(key)?.value;
    return value === undefined || typeof value === 'boolean' ? value : this.fail(key, 'true or false', describe(value));
  }

  texts(key: string): readonly string[] {
    const value = this.gguf.metadata.get(key)?.value;
    const valid = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return valid ? (value as readonly string[]) : this.fail(key, 'an array of texts', describe(value));
  }

  fail(key: string, expected: string, found: string): never {
    throw new JambalayaError('config', { file: this.gguf.name, field: key, expected, found });
  }
}

function wholeOf(value: GgufScalar | readonly GgufScalar[]): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function describe(value: GgufScalar | readonly GgufScalar[] | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object') return `an array of ${value.length}`;
  return typeof value === 'string' ? 'a text' : String(value);
}
