/**
 * The one form in which work reaches a device: a flat array of 32-bit integers, one command after the other.
 *
 *     opcode, words, (handle, offset)·tensors, ints, floats as bits, (count, (handle, offset)·count)·lists
 *
 * in the order of the op's schema; `words` counts the whole command, offsets are in elements of the buffer's dtype,
 * handle 0 stands for an absent operand. Eager code submits one command, a captured step all of its commands at once.
 */
import { type OpName, type OpSchema, opNames, ops, type Schema } from './ops.js';

/** A place in a device buffer; handles start at 1. */
export interface Ref {
  readonly handle: number;
  /** In elements of the buffer's dtype. */
  readonly offset: number;
}

type Optional<T> = { [P in keyof T]: T[P] extends `${string}?` ? P : never }[keyof T];
type TensorArguments<T> = { [P in Exclude<keyof T, Optional<T>>]: Ref } & { [P in Optional<T>]?: Ref | undefined };
// An op declared without lists has the constraint's index signature here; it takes none.
type ListArguments<L> = string extends keyof L
  ? unknown
  : { [P in Exclude<keyof L, Optional<L>>]: readonly Ref[] } & {
      [P in Optional<L>]?: readonly Ref[] | undefined;
    };
type NumberArguments<A> = A extends readonly (infer P extends string)[] ? { [Q in P]: number } : never;

/** The arguments of one op, typed from its schema. */
export type OpArguments<N extends OpName> = TensorArguments<Schema<N>['tensors']> &
  ListArguments<Schema<N>['lists']> &
  NumberArguments<Schema<N>['ints']> &
  NumberArguments<Schema<N>['floats']>;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** The fields of an op's command in their order, listed once. */
interface Layout {
  readonly opcode: number;
  readonly tensors: readonly string[];
  readonly ints: readonly string[];
  readonly floats: readonly string[];
  readonly lists: readonly string[];
  /** Of a command whose lists are empty. */
  readonly words: number;
}
const layouts = Object.fromEntries(
  Object.entries(ops as Readonly<Record<string, OpSchema>>).map(([name, { opcode, ints, floats, ...schema }]) => {
    const [tensors, lists] = [Object.keys(schema.tensors), Object.keys(schema.lists)];
    const words = 2 + 2 * tensors.length + ints.length + floats.length + lists.length;
    return [name, { opcode, tensors, ints, floats, lists, words }];
  }),
) as unknown as Readonly<Record<OpName, Layout>>;

/** Where the next command goes: small arrays of their own cost more than what is written into them. */
let block = new Int32Array(1 << 14);
let used = 0;

function take(length: number): Int32Array {
  if (used + length > block.length) {
    block = new Int32Array(Math.max(block.length, length));
    used = 0;
  }
  used += length;
  return block.subarray(used - length, used);
}

/** One op and its arguments as command words. */
export function encodeCommand<N extends OpName>(name: N, args: OpArguments<N>): Int32Array {
  const layout = layouts[name];
  const values = args as Readonly<Record<string, number | Ref | readonly Ref[] | undefined>>;
  let length = layout.words;
  for (const field of layout.lists) length += 2 * ((values[field] as readonly Ref[] | undefined)?.length ?? 0);
  const words = take(length);
  words[0] = layout.opcode;
  words[1] = length;
  let at = 2;
  const push = (ref: Ref | undefined) => {
    words[at++] = ref?.handle ?? 0;
    words[at++] = ref?.offset ?? 0;
  };
  for (const operand of layout.tensors) push(values[operand] as Ref | undefined);
  for (const field of layout.ints) words[at++] = values[field] as number;
  for (const field of layout.floats) {
    float[0] = values[field] as number;
    words[at++] = bits[0]!;
  }
  for (const field of layout.lists) {
    const list = (values[field] ?? []) as readonly Ref[];
    words[at++] = list.length;
    list.forEach(push);
  }
  return words;
}

/** How many commands well-formed words hold. */
export function countCommands(words: Int32Array): number {
  let count = 0;
  for (let at = 0; at < words.length; at += Math.max(2, words[at + 1] ?? 0)) count++;
  return count;
}

const nameOf = new Map<number, OpName>(opNames.map((name) => [ops[name].opcode, name]));

/** A decoded command: the op's name and its arguments, with absent operands `undefined`. */
export type Command = { [N in OpName]: { readonly name: N; readonly args: OpArguments<N> } }[OpName];

/** Decodes all commands of a submission; a device that does not read the words itself starts here. */
export function decodeCommands(words: Int32Array): Command[] {
  const commands: Command[] = [];
  let at = 0;
  while (at < words.length) {
    const name = nameOf.get(words[at]!);
    const end = at + words[at + 1]!;
    if (name === undefined || end > words.length || end <= at) throw new RangeError(`malformed command at word ${at}`);
    const schema: OpSchema = ops[name];
    const args: Record<string, number | Ref | Ref[] | undefined> = {};
    let cursor = at + 2;
    const next = (): Ref | undefined => {
      const handle = words[cursor++]!;
      const offset = words[cursor++]!;
      return handle === 0 ? undefined : { handle, offset };
    };
    for (const operand of Object.keys(schema.tensors)) args[operand] = next();
    for (const field of schema.ints) args[field] = words[cursor++]!;
    for (const field of schema.floats) {
      bits[0] = words[cursor++]!;
      args[field] = float[0]!;
    }
    for (const [field, direction] of Object.entries(schema.lists)) {
      const count = words[cursor++]!;
      if (count < 0 || cursor + 2 * count > end) throw new RangeError(`malformed list in ${name} at word ${at}`);
      const list = Array.from({ length: count }, () => next()!);
      args[field] = count === 0 && direction.endsWith('?') ? undefined : list;
    }
    if (cursor !== end) throw new RangeError(`${name} has ${end - at} words, expected ${cursor - at}`);
    commands.push({ name, args } as unknown as Command);
    at = end;
  }
  return commands;
}
