import { type BlockFormat, blockFormatOf, blockFormats } from '../../contract/index.js';
import { apply } from '../apply.js';
import { f32, type OpRules } from '../rule.js';
import { shapeError } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const dequantizeRules: OpRules<'dequantize'> = {
  shape: ({ blocks }, { format = -1 }) => {
    const name = blockFormatOf(format);
    if (name === undefined) return shapeError('dequantize', 'format', 'the number of a block format', `${format}`);
    const { blockValues, blockBytes } = blockFormats[name];
    if (blocks.size % blockBytes !== 0) {
      shapeError('dequantize', 'blocks', `whole blocks of ${blockBytes} bytes`, `${blocks.size}`);
    }
    const count = (blocks.size / blockBytes) * blockValues;
    return { outputs: { out: f32([count]) }, numbers: { count, format } };
  },
  backward: null,
  dtypes: { blocks: ['i8'] },
};

/** The values (n) of whole blocks of a format, whose bytes are an i8 tensor. Has no gradient. */
export const dequantize = (blocks: Tensor, format: BlockFormat): Tensor =>
  apply('dequantize', dequantizeRules, { blocks }, { format: blockFormats[format].code }).out;
