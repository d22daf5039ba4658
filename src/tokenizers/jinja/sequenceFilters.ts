/**
 * Filters over lists and maps: sorting, grouping, choosing, joining.
 */
import { itemOf, pairs } from './access.js';
import type { Arguments, Filter } from './arguments.js';
import type { Budget } from './budget.js';
import { compare, equals } from './comparison.js';
import { calculate } from './operators.js';
import { str } from './show.js';
import { joinTexts, joinValues, reversed } from './strings.js';
import { passes } from './tests.js';
import {
  Dict,
  isInteger,
  isNumber,
  isTrue,
  itemsOf,
  type Keywords,
  Lazy,
  orElse,
  Tuple,
  toIndex,
  typeName,
  Undefined,
  type Value,
} from './values.js';

type ApplyFilter = (name: string, value: Value, args: readonly Value[], keywords: Keywords, budget: Budget) => Value;
type Getter = (item: Value) => Value;

/** What an item is sorted or chosen by: itself, or what lies at a path such as `a.0.b`. */
function getter(
  attribute: Value | undefined,
  budget: Budget,
  whenAbsent?: Value,
  change: Getter = (value) => value,
): Getter {
  if (attribute === undefined || attribute === null) return change;
  const path: Value[] = isInteger(attribute)
    ? [BigInt(attribute)]
    : str(attribute, budget)
        .split('.')
        .map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
  return (item) => {
    let value = item;
    for (const step of path) {
      value = itemOf(value, step, budget);
      if (value instanceof Undefined && whenAbsent !== undefined) value = whenAbsent;
    }
    return change(value);
  };
}

const ignoreCase = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);
const caseOf = (sensitive: boolean): Getter => (sensitive ? (value) => value : ignoreCase);

interface Keyed {
  readonly item: Value;
  readonly keys: readonly Value[];
}

function sorted(items: readonly Value[], getters: readonly Getter[], reverse: boolean, budget: Budget): Value[] {
  budget.items(items.length);
  const rows = items.map((item): Keyed => ({ item, keys: getters.map((get) => get(item)) }));
  const sign = reverse ? -1 : 1;
  rows.sort((a, b) => {
    for (const [index, key] of a.keys.entries()) {
      if (equals(key, b.keys[index]!, budget)) continue;
      return sign * (compare(key, b.keys[index]!, '<', budget) || 0);
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}

/** Groups of equal keys, in the order of the first of each. */
function uniqueBy(items: readonly Value[], get: Getter, budget: Budget): Value[] {
  budget.items(items.length);
  const seen = new Dict();
  return items.filter((item) => {
    const key = get(item);
    if (seen.has(key)) return false;
    seen.set(key, null);
    return true;
  });
}

function extreme(value: Value, given: Arguments, operator: '<' | '>', budget: Budget): Value {
  const isSensitive = given.flag('case_sensitive', false);
  const get = getter(given.take('attribute'), budget, undefined, caseOf(isSensitive));
  const [first, ...rest] = itemsOf(value);
  if (first === undefined) return new Undefined('No aggregated item, sequence was empty: it');
  let best = first;
  for (const item of rest) {
    const order = compare(get(item), get(best), operator, budget);
    if (operator === '<' ? order < 0 : order > 0) best = item;
  }
  return best;
}

/** `select`, `reject` and their forms for attributes. */
function choose(isWanted: boolean, byAttribute: boolean): Filter {
  return (value, given, budget) => {
    // None and 0 are taken for an empty list here, as in Jinja.
    if (!isTrue(value)) return new Lazy('generator', []);
    const get = byAttribute ? getter(given.need('attribute'), budget) : (item: Value) => item;
    const [name, ...args] = given.rest();
    if (name !== undefined && typeof name !== 'string') throw new Error(`${given.name}(): a test is named by a string`);
    const items = itemsOf(value);
    budget.items(items.length);
    return new Lazy(
      'generator',
      items.filter((item) => passes(name, get(item), args, budget) === isWanted),
    );
  };
}

function map(applyFilter: ApplyFilter): Filter {
  return (value, given, budget) => {
    // None and 0 are taken for an empty list here, as in Jinja.
    if (!isTrue(value)) return new Lazy('generator', []);
    const { positional, keywords } = given;
    const items = itemsOf(value);
    budget.items(items.length);
    if (positional.length === 0 && keywords.has('attribute')) {
      const get = getter(keywords.get('attribute'), budget, keywords.get('default'));
      for (const name of keywords.keys()) {
        if (name !== 'attribute' && name !== 'default') throw new Error(`Unexpected keyword argument '${name}'`);
      }
      return new Lazy('generator', items.map(get));
    }
    const [name, ...args] = positional;
    if (typeof name !== 'string') throw new Error('map requires a filter argument');
    return new Lazy(
      'generator',
      items.map((item) => applyFilter(name, item, args, keywords, budget)),
    );
  };
}

function groupBy(value: Value, given: Arguments, budget: Budget): Value {
  const attribute = given.need('attribute');
  const whenAbsent = given.take('default');
  const isSensitive = given.flag('case_sensitive', false);
  const exact = getter(attribute, budget, whenAbsent);
  const get = getter(attribute, budget, whenAbsent, caseOf(isSensitive));
  const groups: { key: Value; shown: Value; items: Value[] }[] = [];
  for (const item of sorted(itemsOf(value), [get], false, budget)) {
    const key = get(item);
    if (key instanceof Undefined && itemsOf(value).length > 1) key.fail();
    const last = groups.at(-1);
    if (last !== undefined && equals(last.key, key, budget)) last.items.push(item);
    else groups.push({ key, shown: exact(item), items: [item] });
  }
  return groups.map(({ shown, items }) => new Tuple([shown, items], ['grouper', 'list']));
}

/** Rows of so many items, the last filled up. */
function batch(value: Value, given: Arguments, budget: Budget): Value {
  const count = given.index('linecount', 0);
  const fill = orElse(given.take('fill_with'), null);
  if (count < 1) throw new Error('batch(): linecount must be at least 1');
  const items = itemsOf(value);
  budget.items(items.length + (fill === null ? 0 : count));
  const rows: Value[][] = [];
  for (let at = 0; at < items.length; at += count) rows.push(items.slice(at, at + count));
  const last = rows.at(-1);
  if (last !== undefined && fill !== null) while (last.length < count) last.push(fill);
  return new Lazy('generator', rows);
}

/** So many columns, the longer ones first. */
function slice(value: Value, given: Arguments, budget: Budget): Value {
  const count = given.index('slices', 0);
  const fill = orElse(given.take('fill_with'), null);
  if (count < 1) throw new Error('slice(): slices must be at least 1');
  const items = itemsOf(value);
  budget.items(items.length + count);
  const short = Math.floor(items.length / count);
  const longer = items.length % count;
  const columns: Value[][] = [];
  for (let column = 0, at = 0; column < count; column++) {
    const size = short + (column < longer ? 1 : 0);
    const part = items.slice(at, at + size);
    if (fill !== null && column >= longer) part.push(fill);
    columns.push(part);
    at += size;
  }
  return new Lazy('generator', columns);
}

export const sequenceFilters = (applyFilter: ApplyFilter): Readonly<Record<string, Filter>> => ({
  batch,
  slice,
  map: map(applyFilter),
  select: choose(true, false),
  reject: choose(false, false),
  selectattr: choose(true, true),
  rejectattr: choose(false, true),
  groupby: groupBy,
  max: (value, given, budget) => extreme(value, given, '>', budget),
  min: (value, given, budget) => extreme(value, given, '<', budget),
  first: (value) => orElse(itemsOf(value)[0], new Undefined('No first item, sequence was empty: it')),
  last: (value) => {
    if (value instanceof Lazy && value.kind === 'generator') throw new Error("'generator' object is not reversible");
    return orElse(itemsOf(value).at(-1), new Undefined('No last item, sequence was empty: it'));
  },
  list: (value, _, budget) => {
    const items = itemsOf(value);
    budget.items(items.length);
    return [...items];
  },
  reverse: (value, _, budget) => {
    if (value === null || isNumber(value)) throw new Error('argument must be iterable');
    budget.items(itemsOf(value).length);
    return reversed(value);
  },
  join: (value, given, budget) => {
    const separator = str(orElse(given.take('d'), ''), budget);
    const get = getter(given.take('attribute'), budget);
    if (typeof value === 'string') return joinTexts([...value], separator, budget);
    return joinValues(itemsOf(value).map(get), separator, budget);
  },
  sort: (value, given, budget) => {
    const reverse = given.flag('reverse', false);
    const isSensitive = given.flag('case_sensitive', false);
    const attribute = orElse(given.take('attribute'), null);
    const paths = typeof attribute === 'string' ? attribute.split(',') : [attribute];
    const getters = paths.map((path) => getter(path, budget, undefined, caseOf(isSensitive)));
    return sorted(itemsOf(value), getters, reverse, budget);
  },
  dictsort: (value, given, budget) => {
    const isSensitive = given.flag('case_sensitive', false);
    const by = given.optionalText('by') ?? 'key';
    const reverse = given.flag('reverse', false);
    if (by !== 'key' && by !== 'value') throw new Error("You can only sort by either 'key' or 'value'");
    if (!(value instanceof Dict)) throw new Error(`'${typeName(value)}' object has no attribute 'items'`);
    const change = caseOf(isSensitive);
    return sorted(pairs(value), [(pair) => change((pair as Tuple).items[by === 'key' ? 0 : 1]!)], reverse, budget);
  },
  sum: (value, given, budget) => {
    const get = getter(given.take('attribute'), budget);
    const start = orElse(given.take('start'), 0n);
    return itemsOf(value).reduce<Value>((sum, item) => calculate(sum, '+', get(item), budget), start);
  },
  unique: (value, given, budget) => {
    const isSensitive = given.flag('case_sensitive', false);
    const get = getter(given.take('attribute'), budget, undefined, caseOf(isSensitive));
    return new Lazy('generator', uniqueBy(itemsOf(value), get, budget));
  },
});

/** The whole numbers of Python's `range`. */
export const maxRange = 100_000;

export function range(given: Arguments, budget: Budget): Lazy {
  const [first, second, third, ...others] = given.rest().map((bound) => toIndex(bound, 'range()'));
  if (first === undefined || others.length > 0) throw new Error('range expected 1 to 3 arguments');
  const [start, stop, step = 1] = second === undefined ? [0, first] : [first, second, third];
  if (step === 0) throw new Error('range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > maxRange) throw new Error(`range() of ${length} numbers: at most ${maxRange} are allowed`);
  budget.items(length);
  const items = Array.from({ length }, (_, index) => BigInt(start + index * step));
  return new Lazy('range', items, `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`);
}
