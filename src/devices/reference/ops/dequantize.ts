import { blockFormatOf, blockFormats, decodeBlocks } from '../../../contract/index.js';
import { JambalayaError } from '../../../errors/index.js';
import type { Kernel } from '../operands.js';

export const dequantize: Kernel<'dequantize'> = ({ blocks, out, count, format }) => {
  const name = blockFormatOf(format);
  if (name === undefined || count % blockFormats[name].blockValues !== 0) {
    const reason = `dequantize: no blocks of format ${format} hold ${count} values`;
    throw new JambalayaError('device', { device: 'reference', reason });
  }
  const { blockValues, blockBytes } = blockFormats[name];
  const bytes = Uint8Array.from(blocks.subarray(0, (count / blockValues) * blockBytes));
  out.set(decodeBlocks(name, bytes));
};
