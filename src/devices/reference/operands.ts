import type { OpArguments, OpName, Ref } from '../../contract/index.js';

/** A buffer from an operand's offset on: float64 for every float type, integers as they are. */
export type Values = Float64Array | Int32Array | Int8Array;

/** An op's arguments with its operands resolved to values. Outputs are written in place. */
export type KernelArguments<N extends OpName> = {
  [P in keyof OpArguments<N>]: OpArguments<N>[P] extends number
    ? number
    : OpArguments<N>[P] extends Ref
      ? Values
      : OpArguments<N>[P] extends Ref | undefined
        ? Values | undefined
        : OpArguments<N>[P] extends readonly Ref[]
          ? readonly Values[]
          : readonly Values[] | undefined;
};

export type Kernel<N extends OpName> = (args: KernelArguments<N>) => void;
