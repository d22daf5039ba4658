import { matmulModes } from '../../../src/contract/index.js';
import { floats, type Operand, type ParityCase } from '../harness.js';
import { weights } from './matmul.js';
import { filled, offsetsOf, total } from './segments.js';

/** Rows of each expert: none at all, some experts without rows, one row, all rows at one expert, around a tile. */
const loads: readonly (readonly number[])[] = [[], [0, 0], [1, 0, 2], [0, 9, 0], [5, 4, 3, 63], [65, 1]];
const shapes = [
  [0, 3],
  [3, 0],
  [1, 1],
  [7, 65],
  [63, 7],
  [33, 64],
  [257, 33],
] as const;

export const groupedMatmul: ParityCase[] = (['nt', 'nn'] as const).flatMap((mode) =>
  (['f32', 'bf16', 'f16', 'i8', 'bf16 both'] as const).flatMap((kind) => {
    const dtype = kind === 'bf16 both' ? 'bf16' : kind;
    return loads.flatMap((counts) =>
      (dtype === 'f32' ? shapes : shapes.filter(([inner]) => inner === 7 || inner === 33)).map(
        ([inner, columns]): ParityCase => {
          const rows = total(counts);
          const experts = counts.map((_, e) =>
            weights(dtype, mode === 'nt' ? columns : inner, mode === 'nt' ? inner : columns, 2 + e),
          );
          const scales = experts
            .map((expert) => expert.bScale)
            .filter((scale): scale is Operand => scale !== undefined);
          return {
            title: `${mode} ${kind} [${counts}] ${inner}x${columns}`,
            inputs: {
              a: kind === dtype ? floats(rows * inner, 1) : weights('bf16', rows, inner, 1).b,
              offsets: offsetsOf(counts),
              b: experts.map((expert) => expert.b),
              ...(dtype === 'i8' ? { bScale: scales } : {}),
            },
            outputs: { out: filled(rows * columns) },
            numbers: { rows, inner, columns, experts: counts.length, mode: matmulModes[mode] },
          };
        },
      ),
    );
  }),
);

export const groupedWeightGrad: ParityCase[] = (['f32', 'bf16'] as const).flatMap((dtype) =>
  loads.flatMap((counts) =>
    shapes.map(([inner, columns]): ParityCase => {
      const rows = total(counts);
      const a = weights(dtype, rows, inner, 1).b;
      const dOut = weights(dtype, rows, columns, 2).b;
      return {
        title: `${dtype} [${counts}] ${inner}x${columns}`,
        inputs: { a, dOut, offsets: offsetsOf(counts) },
        outputs: { out: counts.map(() => filled(columns * inner)) },
        numbers: { rows, inner, columns, experts: counts.length },
      };
    }),
  ),
);
