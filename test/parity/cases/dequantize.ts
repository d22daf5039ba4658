import { type BlockFormat, blockFormats } from '../../../src/contract/index.js';
import { type ParityCase, random } from '../harness.js';

/** Random bytes: among the halves there are infinities, NaN and subnormals. All formats are exact. */
export const dequantize: ParityCase[] = (Object.keys(blockFormats) as BlockFormat[]).flatMap((format) =>
  [0, 1, 3, 700].map((blocks): ParityCase => {
    const { code, blockValues, blockBytes } = blockFormats[format];
    const { integer } = random(code + blocks);
    const data = Int8Array.from({ length: blocks * blockBytes }, () => integer(256));
    const count = blocks * blockValues;
    return {
      title: `${format} ${blocks} blocks`,
      inputs: { blocks: { dtype: 'i8', data } },
      outputs: { out: { dtype: 'f32', length: count } },
      numbers: { count, format: code },
      tolerance: 0,
    };
  }),
);
