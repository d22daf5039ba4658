import { allDTypes, type ParityCase, paritySizes } from '../harness.js';

export const fill: ParityCase[] = [...paritySizes, 40_003].flatMap((count) =>
  allDTypes.flatMap((dtype) =>
    (dtype === 'i8' || dtype === 'i32' ? [0, -128, 127] : [0, 1.00390625, -2049, 1e-7, Number.NEGATIVE_INFINITY]).map(
      (value) => ({
        title: `${count} ${dtype} ${value}`,
        inputs: {},
        outputs: { out: { dtype, length: count } },
        numbers: { count, value },
      }),
    ),
  ),
);
