import { type DType, matmulModes, numberToBf16, numberToF16 } from '../../../src/contract/index.js';
import { floats, type Operand, type ParityCase, random } from '../harness.js';

/** A weight matrix of a dtype, with row scales for int8. */
export function weights(dtype: DType, rows: number, columns: number, seed: number): { b: Operand; bScale?: Operand } {
  const values = floats(rows * columns, seed);
  if (dtype === 'f32') return { b: values };
  if (dtype === 'i8') {
    const { integer } = random(seed);
    const b: Operand = { dtype, data: Int8Array.from({ length: rows * columns }, () => integer(255) - 127) };
    return {
      b,
      bScale: { dtype: 'f32', data: Float32Array.from({ length: rows }, (_, r) => (r === 2 ? 0 : 0.001 * (r + 1))) },
    };
  }
  const narrow = dtype === 'bf16' ? numberToBf16 : numberToF16;
  return { b: { dtype, data: Uint16Array.from(values.data, narrow) } };
}

const sizes = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 65],
  [1, 1000, 63],
  [4, 64, 4],
  [5, 63, 7],
  [7, 65, 257],
  [64, 33, 64],
  [130, 17, 65],
  [140, 9, 520],
  [70, 130, 150],
] as const;

/** bf16 on both sides: products are exact in f32, so only the order of the sum differs. */
const narrow: ParityCase[] = (['nt', 'nn', 'tn'] as const).flatMap((mode) =>
  [...sizes, [9, 1001, 33] as const, [65, 130, 70] as const, [150, 97, 290] as const].map(
    ([rows, inner, columns]): ParityCase => ({
      title: `${mode} bf16 both ${rows}x${inner}x${columns}`,
      inputs: {
        a: weights('bf16', rows, inner, 1).b,
        b: weights('bf16', inner, columns, 2).b,
        ...(mode === 'nt' && columns > 60 ? { bias: floats(columns, 3) } : {}),
      },
      outputs: { out: { dtype: 'f32', length: rows * columns } },
      numbers: { rows, inner, columns, mode: matmulModes[mode] },
    }),
  ),
);

export const matmul: ParityCase[] = [
  ...narrow,
  ...(['nt', 'nn', 'tn'] as const).flatMap((mode) =>
    (['f32', 'bf16', 'f16', 'i8'] as const).flatMap((dtype) =>
      sizes.flatMap(([rows, inner, columns]) =>
        [false, true]
          .filter((bias) => !bias || mode === 'nt')
          .map(
            (bias): ParityCase => ({
              title: `${mode} ${dtype} ${rows}x${inner}x${columns}${bias ? ' bias' : ''}`,
              inputs: {
                a: floats(rows * inner, 1),
                ...weights(dtype, mode === 'nt' ? columns : inner, mode === 'nt' ? inner : columns, 2),
                ...(bias ? { bias: floats(columns, 3) } : {}),
              },
              outputs: { out: { dtype: 'f32', length: rows * columns } },
              numbers: { rows, inner, columns, mode: matmulModes[mode] },
            }),
          ),
      ),
    ),
  ),
];
