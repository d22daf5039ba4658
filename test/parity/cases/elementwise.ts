import { type Operand, type ParityCase, paritySizes } from '../harness.js';

/** Cases of every parity size of an op that maps `inputs` to `output`, element by element. */
export function elementwise(
  inputs: (count: number) => Readonly<Record<string, Operand>>,
  output: string,
  numbers: Readonly<Record<string, number>> = {},
  // Beyond one piece of work, so that threads share it.
  sizes: readonly number[] = [...paritySizes, 40_003],
): ParityCase[] {
  return sizes.map((count) => ({
    title: [count, ...Object.values(numbers)].join(' '),
    inputs: inputs(count),
    outputs: output === '' ? {} : { [output]: { dtype: 'f32', length: count } },
    numbers: { count, ...numbers },
  }));
}
