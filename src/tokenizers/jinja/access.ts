/**
 * Attributes and items: `value.name` looks for a method first and then for a key, `value['name']` the other way round.
 */
import { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { equals } from './comparison.js';
import { repr } from './show.js';
import { textMethod } from './strings.js';
import {
  Attributes,
  Callable,
  Dict,
  isInteger,
  isPlane,
  itemsOf,
  Lazy,
  Namespace,
  orElse,
  Tuple,
  toIndex,
  typeName,
  Undefined,
  type Value,
} from './values.js';

/** `value.name` */
export function attributeOf(value: Value, name: string, budget: Budget): Value {
  if (value instanceof Undefined) return name.startsWith('__') ? missing(value, name) : value.fail();
  const found = ownAttribute(value, name, budget);
  return found === undefined ? orElse(keyed(value, name), missing(value, name)) : found;
}

/** `value[key]` */
export function itemOf(value: Value, key: Value, budget: Budget): Value {
  if (value instanceof Undefined) value.fail();
  const found = keyed(value, key);
  if (found !== undefined) return found;
  if (typeof key === 'string') return orElse(ownAttribute(value, key, budget), missing(value, key));
  return missing(value, repr(key, budget));
}

/** The attribute alone, as the filter `attr` wants it. */
export function ownAttribute(value: Value, name: string, budget: Budget): Value | undefined {
  if (name.startsWith('__')) return undefined;
  if (typeof value === 'string') {
    const access = {
      attribute: (of: Value, attribute: string) => attributeOf(of, attribute, budget),
      item: (of: Value, key: Value) => itemOf(of, key, budget),
    };
    return textMethod(value, name, access, budget);
  }
  if (value instanceof Dict) return dictMethod(value, name, budget);
  if (value instanceof Namespace) return value.fields.get(name);
  if (value instanceof Attributes) return value.get(name);
  if (Array.isArray(value)) return listMethod(value, name, budget);
  if (value instanceof Tuple) {
    const field = value.fields.indexOf(name);
    return field >= 0 ? value.items[field] : name === 'copy' ? undefined : sequenceMethod(value.items, name, budget);
  }
  if (value instanceof Callable) return name === 'name' ? value.name : undefined;
  return undefined;
}

function keyed(value: Value, key: Value): Value | undefined {
  if (value instanceof Dict) return value.get(key);
  if (!isInteger(key)) return undefined;
  const index = toIndex(key);
  if (typeof value === 'string') return isPlane(value) ? value.at(index) : [...value].at(index);
  if (Array.isArray(value) || value instanceof Tuple) return itemsOf(value).at(index);
  return value instanceof Lazy && value.kind === 'range' ? value.items.at(index) : undefined;
}

function missing(value: Value, name: string): Undefined {
  if (value instanceof Dict) return new Undefined(`'dict object' has no attribute '${name}': it`);
  return new Undefined(`'${typeName(value)} object' has no attribute '${name}': it`);
}

/** Methods that change their object: Transformers' sandbox refuses them, and so they are undefined until they are called. */
const changing: Readonly<Record<'list' | 'dict', ReadonlySet<string>>> = {
  list: new Set(['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort']),
  dict: new Set(['clear', 'pop', 'popitem', 'setdefault', 'update']),
};

const unsafe = (type: 'list' | 'dict', name: string) =>
  new Undefined(`access to attribute '${name}' of '${type}' object is unsafe: templates change no data; it`);

function listMethod(items: Value[], name: string, budget: Budget): Value | undefined {
  if (changing.list.has(name)) return unsafe('list', name);
  return sequenceMethod(items, name, budget);
}

function sequenceMethod(items: readonly Value[], name: string, budget: Budget): Value | undefined {
  const method = (call: (given: Arguments) => Value) =>
    new Callable(name, (args, keywords) => {
      const given = new Arguments(name, args, keywords);
      budget.items(items.length);
      const result = call(given);
      given.end();
      return result;
    });
  switch (name) {
    case 'count':
      return method((given) => {
        const item = given.need('value');
        return BigInt(items.filter((other) => equals(item, other, budget)).length);
      });
    case 'index':
      return method((given) => {
        const item = given.need('value');
        const index = items.findIndex((other) => equals(item, other, budget));
        if (index < 0) throw new Error(`${repr(item, budget)} is not in list`);
        return BigInt(index);
      });
    case 'copy':
      return method(() => [...items]);
  }
  return undefined;
}

function dictMethod(dict: Dict, name: string, budget: Budget): Value | undefined {
  if (changing.dict.has(name)) return unsafe('dict', name);
  const method = (call: (given: Arguments) => Value) =>
    new Callable(name, (args, keywords) => {
      const given = new Arguments(name, args, keywords);
      const result = call(given);
      given.end();
      return result;
    });
  const paid = <T>(make: () => T): T => {
    budget.items(dict.size);
    return make();
  };
  switch (name) {
    case 'get':
      return method((given) => {
        const found = dict.get(given.need('key'));
        const instead = orElse(given.take('default'), null);
        return orElse(found, instead);
      });
    case 'items':
      return method(() => paid(() => new Lazy('dict_items', pairs(dict))));
    case 'keys':
      return method(() => paid(() => new Lazy('dict_keys', dict.keys())));
    case 'values':
      return method(() => paid(() => new Lazy('dict_values', dict.values())));
    case 'copy':
      return method(() => paid(() => new Dict(dict.entries())));
  }
  return undefined;
}

export const pairs = (dict: Dict): Tuple[] => [...dict.entries()].map((pair) => new Tuple(pair));

/** `value[start:stop:step]` */
export function sliceOf(value: Value, bounds: readonly (Value | undefined)[], budget: Budget): Value {
  if (value instanceof Undefined) value.fail();
  const isRange = value instanceof Lazy && value.kind === 'range';
  if (typeof value !== 'string' && !Array.isArray(value) && !(value instanceof Tuple) && !isRange) {
    return missing(value, 'slice');
  }
  const [start, stop, step] = bounds.map((bound) =>
    bound === undefined || bound === null ? undefined : toIndex(bound, 'slice indices'),
  );
  if (typeof value === 'string') {
    budget.text(value.length);
    if (isPlane(value) && (step ?? 1) === 1) return value.slice(start ?? 0, stop);
    return picked([...value], start, stop, step).join('');
  }
  const items = picked(itemsOf(value), start, stop, step);
  budget.items(items.length);
  if (value instanceof Tuple) return new Tuple(items);
  return isRange ? new Lazy('range', items) : items;
}

function picked<T>(items: readonly T[], start?: number, stop?: number, step = 1): T[] {
  if (step === 0) throw new Error('slice step cannot be zero');
  if (step === 1) return items.slice(start ?? 0, stop);
  const { length } = items;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (index: number) => Math.max(low, Math.min(high, index < 0 ? index + length : index));
  const from = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const to = stop === undefined ? (step > 0 ? high : low) : clamp(stop);
  const out: T[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(items[i]!);
  return out;
}
