/** Reads the fields of a recipe one by one; what nobody asked for is an error that names the nearest known key. */
import { JambalayaError } from '../errors/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../formats/index.js';

export class RecipeFields {
  private readonly known = new Set<string>();

  constructor(
    private readonly json: JsonObject,
    readonly file: string,
    private readonly path = '',
  ) {}

  number(
    key: string,
    fallback: number | undefined,
    { from = 0, to = Number.MAX_VALUE, below = Number.POSITIVE_INFINITY } = {},
  ): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number' && value >= from && value <= to && value < below) return value;
    const end = below < Number.POSITIVE_INFINITY ? ` to below ${below}` : to < Number.MAX_VALUE ? ` to ${to}` : '';
    return this.fail(key, `a number from ${from}${end}`, value);
  }

  /** A number from 0, or none. */
  optional(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key, undefined);
  }

  /** A number from 0 to 1, or none. */
  share(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key, undefined, { to: 1 });
  }

  whole(key: string, fallback: number | undefined, from = 1): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from) return value;
    return this.fail(key, `a whole number from ${from}`, value);
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false', value);
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    return value === undefined || typeof value === 'string' ? value : this.fail(key, 'a text', value);
  }

  /** A list of texts, none of them empty. */
  texts(key: string): string[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const isText = (item: JsonValue): item is string => typeof item === 'string' && item !== '';
    if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
    return this.fail(key, 'a list of texts', value);
  }

  textOrTexts(key: string): string | string[] | undefined {
    return Array.isArray(this.value(key)) ? this.texts(key) : this.text(key);
  }

  textOrObject(key: string): string | JsonObject | undefined {
    const value = this.value(key);
    return isJsonObject(value) ? value : this.text(key);
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
    const value = this.value(key) ?? fallback;
    if ((allowed as readonly JsonValue[]).includes(value)) return value as T;
    return this.fail(key, allowed.map((name) => `"${name}"`).join(' | '), value);
  }

  /** A part of the recipe that others read. */
  object(key: string): JsonObject | undefined {
    const value = this.value(key);
    return value === undefined || isJsonObject(value) ? value : this.fail(key, 'an object', value);
  }

  /** A part of the recipe with fields of its own; empty if it is left out. */
  part<T>(key: string, read: (fields: RecipeFields) => T): T {
    const fields = new RecipeFields(this.object(key) ?? {}, this.file, this.place(key));
    const result = read(fields);
    fields.finish();
    return result;
  }

  /** A list of such parts, at least one. */
  parts<T>(key: string, read: (fields: RecipeFields) => T): T[] {
    const value = this.value(key);
    if (!Array.isArray(value) || value.length === 0) return this.fail(key, 'a list with at least one entry', value);
    return value.map((item: JsonValue, index) => {
      if (!isJsonObject(item)) return this.fail(`${key}[${index}]`, 'an object', item);
      const fields = new RecipeFields(item, this.file, this.place(`${key}[${index}]`));
      const result = read(fields);
      fields.finish();
      return result;
    });
  }

  /** Refuses the keys that nobody asked for. */
  finish(): void {
    for (const key of Object.keys(this.json)) {
      if (!this.known.has(key)) throw unknownKey(this.file, this.place(key), key, [...this.known]);
    }
  }

  fail(key: string, expected: string, found: JsonValue | undefined): never {
    const text = found === undefined ? 'nothing' : JSON.stringify(found);
    throw new JambalayaError('config', {
      file: this.file,
      field: this.place(key),
      expected,
      found: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    });
  }

  private value(key: string): JsonValue | undefined {
    this.known.add(key);
    return Object.hasOwn(this.json, key) ? (this.json[key] ?? undefined) : undefined;
  }

  private place(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

/** The error of a key that means nothing, with the known one that is nearest to it. */
export function unknownKey(
  file: string,
  place: string,
  key: string,
  known: readonly string[],
): JambalayaError<'config'> {
  const nearest = known.toSorted((a, b) => distance(key, a) - distance(key, b))[0];
  return new JambalayaError(
    'config',
    { file, field: place, expected: 'a known key', found: `"${key}"` },
    { hint: `did you mean "${nearest}"? The known keys here are ${known.toSorted().join(', ')}.` },
  );
}

/** Changes of single characters that take a to b (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
