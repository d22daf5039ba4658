/** Tensors that a file has in blocks, decoded where they are needed. */
import type { Device } from '../contract/index.js';
import type { StoredBlocks } from '../formats/index.js';
import { dequantize, Tensor, unscoped } from '../tensor/index.js';

/** Bytes that are copied at a time where the device cannot map the file. */
const pieceBytes = 2 ** 22;

/** The values of blocks as an f32 tensor of that shape. */
export async function decodedTensor(device: Device, blocks: StoredBlocks, shape: readonly number[]): Promise<Tensor> {
  using bytes = await placedBytes(device, blocks);
  return unscoped(() => {
    using values = dequantize(bytes, blocks.format);
    return values.reshape(shape);
  });
}

/** The blocks' bytes on the device: a view of the file if the device maps it, else a copy. */
async function placedBytes(device: Device, { source, offset, byteLength }: StoredBlocks): Promise<Tensor> {
  if (device.map !== undefined && source.path !== undefined && byteLength > 0) {
    const handle = device.map(source.path, offset, 'i8', byteLength);
    return unscoped(() => Tensor.adopt(device, handle, [byteLength], 'i8'));
  }
  const tensor = unscoped(() => Tensor.empty(device, [byteLength], 'i8'));
  try {
    for (let start = 0; start < byteLength; start += pieceBytes) {
      const length = Math.min(pieceBytes, byteLength - start);
      const piece = await source.read(offset + start, length);
      using part = unscoped(() => tensor.range(start, start + length));
      part.write(new Int8Array(piece.buffer, piece.byteOffset, length));
    }
    return tensor;
  } catch (error) {
    tensor.dispose();
    throw error;
  }
}
