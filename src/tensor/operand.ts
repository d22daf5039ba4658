/** What an op's rules see as an operand: a tensor, a list of them, or nothing. */
import { type OpName, type OpSchema, ops } from '../contract/index.js';
import { Tensor } from './tensor.js';

export type Operand = Tensor | readonly Tensor[] | undefined;
export type Operands = Readonly<Record<string, Operand>>;

export const tensorsOf = (operand: Operand): readonly Tensor[] =>
  operand === undefined ? [] : operand instanceof Tensor ? [operand] : operand;

/** Operands that an op changes. */
const changed = Object.fromEntries(
  Object.entries(ops as Readonly<Record<string, OpSchema>>).map(([name, { tensors }]) => [
    name,
    Object.keys(tensors).filter((operand) => tensors[operand]!.startsWith('inout')),
  ]),
) as unknown as Readonly<Record<OpName, readonly string[]>>;

export const isInPlace = (name: OpName, operand: string): boolean => changed[name].includes(operand);
