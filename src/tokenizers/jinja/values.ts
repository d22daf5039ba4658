/**
 * Python's values, as far as templates meet them: `int` is a bigint, `float` a number, `str` a string, `list` an array, `None`
 * null; the rest are the classes below. No value leads to an object of JavaScript that is not made here.
 */

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Tuple
  | Dict
  | Lazy
  | Undefined
  | Namespace
  | Callable
  | Attributes;

/** Keyword arguments of a call. */
export type Keywords = ReadonlyMap<string, Value>;

export class Tuple {
  /** `fields` are names of the items, as a named tuple has them. */
  constructor(
    readonly items: readonly Value[],
    readonly fields: readonly string[] = [],
  ) {}
}

/** What can be run over but is no list: a generator, a range, a view of a map. */
export class Lazy {
  constructor(
    readonly kind: 'generator' | 'range' | 'dict_items' | 'dict_keys' | 'dict_values',
    readonly items: readonly Value[],
    /** How Python writes it, where that does not follow from the items. */
    readonly text?: string,
  ) {}
}

type Key = string | bigint | number | null | symbol | object;

/** A map that keeps its order; 1, 1.0 and True are one key, as in Python. */
export class Dict {
  readonly #entries = new Map<Key, readonly [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: Value): boolean {
    return this.#entries.has(keyOf(key));
  }

  set(key: Value, value: Value): void {
    const known = keyOf(key);
    this.#entries.set(known, [this.#entries.get(known)?.[0] ?? key, value]);
  }

  keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }

  values(): Value[] {
    return [...this.#entries.values()].map(([, value]) => value);
  }

  entries(): IterableIterator<readonly [Value, Value]> {
    return this.#entries.values();
  }
}

function keyOf(value: Value): Key {
  if (typeof value === 'boolean') return BigInt(value);
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (value instanceof Tuple) return Symbol.for(JSON.stringify(value.items.map((item) => tagged(keyOf(item)))));
  if (value instanceof Undefined) return Symbol.for('undefined');
  if (Array.isArray(value) || value instanceof Dict) throw new Error(`unhashable type: '${typeName(value)}'`);
  return value;
}

const tagged = (key: Key): string => `${typeof key} ${typeof key === 'symbol' ? key.description : String(key)}`;

/** What a name, an attribute or a key stands for that is not there. Prints as nothing; any use of it is an error. */
export class Undefined {
  constructor(readonly what: string) {}

  fail(): never {
    throw new Error(`${this.what} is undefined`);
  }
}

export class Namespace {
  readonly fields = new Map<string, Value>();
}

export class Callable {
  constructor(
    readonly name: string,
    readonly call: (args: readonly Value[], keywords: Keywords) => Value,
    readonly kind = 'function',
  ) {}
}

/** An object of Jinja's with attributes, such as `loop`. */
export class Attributes {
  constructor(
    readonly name: string,
    readonly get: (attribute: string) => Value | undefined,
  ) {}
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'str';
  }
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Dict) return 'dict';
  if (value instanceof Lazy) return value.kind;
  if (value instanceof Callable) return value.kind;
  if (value instanceof Attributes) return value.name;
  return value instanceof Namespace ? 'Namespace' : 'Undefined';
}

/** What there is, or else what stands for it. None is a value, which `??` would pass over. */
export const orElse = (value: Value | undefined, instead: Value): Value => (value === undefined ? instead : value);

/** Whether Python takes the value for true. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value instanceof Lazy) return value.kind === 'generator' || value.items.length > 0;
  return !(value instanceof Undefined);
}

export const isInteger = (value: Value): value is bigint | boolean =>
  typeof value === 'bigint' || typeof value === 'boolean';

export const isNumber = (value: Value): value is bigint | number | boolean =>
  isInteger(value) || typeof value === 'number';

/** The integer that an argument has to be, as a number of JavaScript; larger ones than it holds become the largest. */
export function toIndex(value: Value, what = 'value'): number {
  if (value instanceof Undefined) value.fail();
  if (!isInteger(value)) throw new Error(`${what}: expected an integer, found '${typeName(value)}'`);
  const number = Number(value);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}

/** What a loop, a filter or a list runs over. */
export function itemsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (value instanceof Tuple || value instanceof Lazy) return value.items;
  if (value instanceof Dict) return value.keys();
  if (value instanceof Undefined) return [];
  throw new Error(`'${typeName(value)}' object is not iterable`);
}

/** Characters of a string as Python counts them; items of the rest. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return characters(value);
  if (value instanceof Dict) return value.size;
  if (Array.isArray(value) || value instanceof Tuple || value instanceof Undefined) return itemsOf(value).length;
  if (value instanceof Lazy && value.kind !== 'generator') return value.items.length;
  throw new Error(`object of type '${typeName(value)}' has no len()`);
}

const surrogate = /[\ud800-\udfff]/;

/** Whether each UTF-16 unit is a character of its own. */
export const isPlane = (text: string): boolean => !surrogate.test(text);

export function characters(text: string): number {
  if (isPlane(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
