/**
 * Seeded damage to valid files: to their bytes, to the text of their JSON, and to its structure. Structured damage
 * comes out as a well-formed file again, so that it gets past the first checks of a reader.
 */

export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The same numbers for the same seed (the generator is mulberry32). */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: (items) => items[below(items.length)]! };
}

type Mutation<T> = (value: T, random: Random) => T;

function times<T>(value: T, random: Random, mutations: readonly Mutation<T>[]): T {
  for (let left = 1 + random.below(3); left > 0; left--) value = random.pick(mutations)(value, random);
  return value;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const byteMutations: readonly Mutation<Uint8Array>[] = [
  function flipBits(bytes, random) {
    const flipped = bytes.slice();
    for (let left = 1 + random.below(8); left > 0 && bytes.length > 0; left--) {
      flipped[random.below(bytes.length)]! ^= 1 << random.below(8);
    }
    return flipped;
  },
  function setBytes(bytes, random) {
    const set = bytes.slice();
    const start = random.below(bytes.length + 1);
    return set.fill(random.pick([0, 0xff, 0x7b, 0x5b, 0x22, 0x5c, 0x80]), start, start + 1 + random.below(8));
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => concat(bytes, new Uint8Array(1 + random.below(100)).fill(random.below(256))),
  function cutOut(bytes, random) {
    const start = random.below(bytes.length + 1);
    return concat(bytes.subarray(0, start), bytes.subarray(start + 1 + random.below(16)));
  },
  function repeat(bytes, random) {
    const start = random.below(bytes.length + 1);
    return concat(bytes.subarray(0, start + random.below(64)), bytes.subarray(start));
  },
];

/** Flips, cuts, repeats and appends bytes. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  return times(bytes, random, byteMutations);
}

/** JSON as written: members keep their order and may repeat, scalars are their source text. */
type Tree = { members: [string, Tree][] } | { items: Tree[] } | { text: string };

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(toTree) };
  if (typeof value !== 'object' || value === null) return { text: JSON.stringify(value) };
  return { members: Object.entries(value).map(([key, member]) => [JSON.stringify(key), toTree(member)]) };
}

function print(tree: Tree): string {
  if ('text' in tree) return tree.text;
  if ('items' in tree) return `[${tree.items.map(print).join(',')}]`;
  return `{${tree.members.map(([key, member]) => `${key}:${print(member)}`).join(',')}}`;
}

function containers(tree: Tree): Exclude<Tree, { text: string }>[] {
  if ('text' in tree) return [];
  const children = 'items' in tree ? tree.items : tree.members.map(([, member]) => member);
  return [tree, ...children.flatMap(containers)];
}

const scalars = [
  ...'0 -0 1 -1 2 3 1.5 1e3 1e999 -1e999 1e-400 4294967296 2147483648 1152921504606846976'.split(' '),
  ...'9007199254740991 9007199254740992 9007199254740993 18446744073709551616 00 +1 NaN'.split(' '),
  ...'null true false undefined "" "x" "F32" "F64" "F4" "BOOL" "I64" "F128" "__proto__"'.split(' '),
  ...['"../../etc/passwd"', '"/etc/passwd"', '"config.json"', '"\\ud800"', '"\\u0000"', '"\u001b[2J"', ''],
];
const keys = '"__proto__" "constructor" "__metadata__" "dtype" "shape" "data_offsets" "weight_map" ""'.split(' ');

function oddValue(random: Random): Tree {
  const depth = random.pick([1, 10, 63, 64, 65, 500, 20_000]);
  const deep = () => ({ text: '['.repeat(depth) + ']'.repeat(random.pick([depth, depth, depth - 1])) });
  const wide = () => ({
    text: `[${Array(random.pick([0, 33, 5000]))
      .fill(random.pick(scalars))
      .join(',')}]`,
  });
  const long = () => ({ text: JSON.stringify('\u0007'.repeat(random.pick([100, 10_000]))) });
  const scalar = () => ({ text: random.pick(scalars) });
  return random.pick([scalar, scalar, scalar, scalar, deep, wide, long, () => ({ members: [] })])();
}

const treeMutations: readonly Mutation<Tree>[] = [
  function replaceValue(tree, random) {
    const place = random.pick(containers(tree));
    if ('items' in place) place.items.splice(random.below(place.items.length + 1), 1, oddValue(random));
    else if (place.members.length > 0) random.pick(place.members)[1] = oddValue(random);
    return tree;
  },
  function remove(tree, random) {
    const place = random.pick(containers(tree));
    if ('items' in place) place.items.splice(random.below(place.items.length), 1);
    else place.members.splice(random.below(place.members.length), 1);
    return tree;
  },
  function repeat(tree, random) {
    const place = random.pick(containers(tree));
    if ('items' in place) place.items.push(...place.items.slice(0, 1 + random.below(3)));
    else if (place.members.length > 0) place.members.push(random.pick(place.members));
    return tree;
  },
  function rename(tree, random) {
    const place = random.pick(containers(tree));
    if ('members' in place && place.members.length > 0) {
      random.pick(place.members)[0] = random.pick([...keys, random.pick(place.members)[0]]);
    }
    return tree;
  },
  function swapValues(tree, random) {
    // Of two containers with members: mostly two tensors, or two shards.
    const objects = containers(tree).filter((place) => 'members' in place && place.members.length > 0);
    if (objects.length === 0) return tree;
    const [a, b] = [random.pick(objects), random.pick(objects)] as { members: [string, Tree][] }[];
    const index = random.below(Math.min(a!.members.length, b!.members.length));
    const [left, right] = [a!.members[index]!, b!.members[index]!];
    // Copies: one value may lie within the other.
    [left[1], right[1]] = [structuredClone(right[1]), structuredClone(left[1])];
    return tree;
  },
  function addAlias(tree, random) {
    const place = random.pick(containers(tree));
    if ('members' in place && place.members.length > 0) {
      place.members.push(['"alias"', structuredClone(random.pick(place.members)[1])]);
    }
    return tree;
  },
  function shiftPair(tree, random) {
    // Both data_offsets of a tensor, so that its length stays right.
    const pairs = containers(tree).filter((place) => 'items' in place && place.items.length === 2);
    if (pairs.length === 0) return tree;
    const distance = random.pick([-8, -4, -1, 1, 4, 8, 2 ** 31, 2 ** 53]);
    const pair = random.pick(pairs) as { items: Tree[] };
    pair.items = pair.items.map((item) => {
      return 'text' in item && /^-?\d+$/.test(item.text) ? { text: String(Number(item.text) + distance) } : item;
    });
    return tree;
  },
  function nudgeNumber(tree, random) {
    const place = random.pick(containers(tree));
    const values = 'items' in place ? place.items : place.members.map(([, member]) => member);
    const value = values.length > 0 ? random.pick(values) : undefined;
    if (value && 'text' in value && /^-?\d+$/.test(value.text))
      value.text = String(Number(value.text) + random.pick([-1, 1, 4, -4]));
    return tree;
  },
];

/** Damages the structure of a JSON text: odd values, repeated, renamed, swapped and missing ones. */
export function mutateJson(text: string, random: Random): string {
  return print(times(toTree(JSON.parse(text)), random, treeMutations));
}

/** A safetensors file of this header and data; the length field says what is true unless `length` is given. */
function assemble(header: string, data: Uint8Array, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  return concat(field, json, data);
}

/** Damages a valid safetensors file: its bytes, its header's text or structure, its length field, or its data. */
export function mutateSafetensors(file: Uint8Array, random: Random): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const headerBytes = file.subarray(8, 8 + length);
  const header = new TextDecoder().decode(headerBytes);
  const data = file.subarray(8 + length);
  const near = BigInt(Math.max(0, length + random.pick([-8, -2, -1, 1, 2, 8])));
  const large = [99_999_999n, 100_000_001n, ...[31n, 32n, 53n, 63n].map((bits) => 2n ** bits), 2n ** 64n - 1n];
  const lengths = [0n, 1n, 2n, near, ...large];
  const mutations: (() => Uint8Array)[] = [
    () => mutateBytes(file, random),
    () => concat(mutateBytes(file.subarray(0, 8 + length), random), data),
    () => assemble(new TextDecoder().decode(mutateBytes(headerBytes, random)), data),
    () => assemble(mutateJson(header, random), data),
    () => assemble(mutateJson(header, random), data),
    () => assemble(mutateJson(header, random), data),
    () => assemble(header, data, random.pick(lengths)),
    () => assemble(header, mutateBytes(data, random)),
    () => assemble(`${header}${random.pick([' ', '\0', '}', '{}', '\n'])}`, data),
  ];
  return random.pick(mutations)();
}
