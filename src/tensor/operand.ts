/** What an op's rules see as an operand: a tensor, a list of them, or nothing. */
import { type OpName, type OpSchema, ops } from '../contract/index.js';
import { Tensor } from './tensor.js';

export type Operand = Tensor | readonly Tensor[] | undefined;
export type Operands = Readonly<Record<string, Operand>>;

export const tensorsOf = (operand: Operand): readonly Tensor[] =>
  operand === undefined ? [] : operand instanceof Tensor ? [operand] : operand;

export function isInPlace(name: OpName, operand: string): boolean {
  const schema: OpSchema = ops[name];
  return schema.tensors[operand]?.startsWith('inout') ?? false;
}
