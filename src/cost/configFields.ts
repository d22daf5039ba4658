/** Reads the fields of a `config.json`, one by one, with errors that name the file, the field and both sides. */
import { JambalayaError } from '../errors/index.js';

/** Layers of one stack, a hundred times those of the deepest models: each is planned for itself. */
const mostLayers = 10_000;
/** Experts of one layer: each has its own tensors. */
const mostExperts = 65_536;

/** A parsed `config.json`. */
export type ConfigObject = Readonly<Record<string, unknown>>;

/** Sizes above this are a mistake or an attack: no tensor of such a model could be addressed. */
const largestSize = 2 ** 24;

export class ConfigFields {
  private readonly read = new Set<string>();
  private readonly defaults = new Map<string, unknown>();

  constructor(
    private readonly config: ConfigObject,
    readonly file: string,
    /** What comes before the fields' names in messages. */
    private readonly prefix = '',
  ) {}

  /** The fields of an object that is a field; undefined where it is missing or null. */
  within(field: string): ConfigFields | undefined {
    if (!this.has(field)) return undefined;
    const value = this.config[field];
    if (typeof value !== 'object' || Array.isArray(value)) return this.fail(field, 'an object or null', value);
    return new ConfigFields(value as ConfigObject, this.file, `${this.prefix}${field}.`);
  }

  /** Keys that nobody asked for: they have no effect. */
  get ignored(): string[] {
    return Object.keys(this.config)
      .filter((key) => !this.read.has(key))
      .sort();
  }

  /** Sizes and names that were missing, and what was taken in their place. */
  get assumed(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.defaults);
  }

  /** Keys that were asked for, whether there or not. */
  get known(): string[] {
    return [...this.read];
  }

  has(field: string): boolean {
    this.read.add(field);
    const value = this.config[field];
    return value !== undefined && value !== null;
  }

  /** Whether the field has this value, or is missing and would have it by default. */
  is(field: string, value: string): boolean {
    return this.value(field, value) === value;
  }

  size(field: string, fallback?: number): number {
    return this.number(field, fallback, `a whole number from 1 to ${largestSize}`, (value) => {
      return Number.isInteger(value) && value >= 1 && value <= largestSize;
    });
  }

  /** Layers of a stack. */
  layers(field: string, fallback?: number): number {
    return this.count(field, mostLayers, fallback);
  }

  /** Experts of a layer, or those of a token. */
  experts(field: string, fallback?: number): number {
    return this.count(field, mostExperts, fallback);
  }

  private count(field: string, most: number, fallback?: number): number {
    return this.number(field, fallback, `a whole number from 1 to ${most}`, (value) => {
      return Number.isInteger(value) && value >= 1 && value <= most;
    });
  }

  /** A whole number from 0. */
  index(field: string, fallback?: number): number {
    return this.number(field, fallback, `a whole number from 0 to ${largestSize}`, (value) => {
      return Number.isInteger(value) && value >= 0 && value <= largestSize;
    });
  }

  positive(field: string, fallback?: number): number {
    return this.number(field, fallback, 'a positive number', (value) => value > 0 && Number.isFinite(value));
  }

  flag(field: string, fallback: boolean): boolean {
    const value = this.value(field, fallback);
    return typeof value === 'boolean' ? value : this.fail(field, 'true or false', value);
  }

  /** One of the values that this build understands. */
  oneOf<T extends string>(field: string, allowed: readonly T[], fallback?: T): T {
    const value = this.value(field, fallback);
    if (typeof value === 'string' && (allowed as readonly string[]).includes(value)) return value as T;
    return this.fail(field, allowed.map((name) => `"${name}"`).join(' or '), value);
  }

  /** A token id, a list of them, or none. */
  tokenIds(field: string, vocabularySize: number): number[] {
    this.read.add(field);
    const value = this.config[field];
    if (value === undefined || value === null) return [];
    const ids = Array.isArray(value) ? value : [value];
    const valid = (id: unknown) => typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabularySize;
    return ids.every(valid) ? (ids as number[]) : this.fail(field, `token ids below ${vocabularySize}`, value);
  }

  /** Positive numbers, as many as said. */
  positives(field: string, count: number): number[] {
    const value = this.value(field, undefined);
    const positive = (item: unknown) => typeof item === 'number' && item > 0 && Number.isFinite(item);
    const valid = Array.isArray(value) && value.length === count && value.every(positive);
    return valid ? (value as number[]) : this.fail(field, `${count} positive numbers`, value);
  }

  /** Fields that are understood and change nothing in a forward pass. */
  withoutEffect(...fields: string[]): void {
    for (const field of fields) this.read.add(field);
  }

  fail(field: string, expected: string, found: unknown): never {
    const text = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? 'nothing');
    throw new JambalayaError('config', {
      file: this.file,
      field: this.prefix + field,
      expected,
      found: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    });
  }

  private number(
    field: string,
    fallback: number | undefined,
    expected: string,
    valid: (value: number) => boolean,
  ): number {
    const value = this.value(field, fallback);
    return typeof value === 'number' && valid(value) ? value : this.fail(field, expected, value);
  }

  private value(field: string, fallback: unknown): unknown {
    this.read.add(field);
    const value = this.config[field];
    if (value !== undefined && value !== null) return value;
    if (typeof fallback === 'number' || typeof fallback === 'string') this.defaults.set(field, fallback);
    return fallback;
  }
}
