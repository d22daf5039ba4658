import { magnitudeBlock } from '../../../src/contract/index.js';
import { floats, type Operand, type ParityCase, paritySizes } from '../harness.js';

const single = (title: string, x: Operand): ParityCase => {
  const count = x.data.length;
  const blocks = { dtype: 'f32' as const, length: Math.ceil(count / magnitudeBlock) };
  return {
    title: `${title} ${count}`,
    inputs: { x },
    outputs: { squares: blocks, largest: blocks },
    numbers: { count },
  };
};

const values = (...data: number[]) => single('', { dtype: 'f32', data: Float32Array.from(data) });

export const magnitudes: ParityCase[] = [
  ...[...paritySizes, magnitudeBlock - 1, magnitudeBlock, magnitudeBlock + 1, 10 * magnitudeBlock + 3].map((count) =>
    single('', floats(count, 1, 3)),
  ),
  values(-0, 0),
  values(1, -1e19, 3),
  values(2, Number.NaN, -3),
  values(2, Number.NEGATIVE_INFINITY, -3),
];
