/** Tensors that a file has in blocks, decoded where they are needed. */
import { type Device, panelColumns } from '../contract/index.js';
import type { StoredBlocks } from '../formats/index.js';
import { copy, dequantize, panelShape, Tensor, unscoped } from '../tensor/index.js';
import type { Matrix } from './weights.js';

/** Bytes that are copied at a time where the device cannot map the file. */
const pieceBytes = 2 ** 22;

/** The values of blocks as an f32 tensor of that shape; the blocks are read where they lie, if the device can and `mapped` says so. */
export async function decodedTensor(
  device: Device,
  blocks: StoredBlocks,
  shape: readonly number[],
  mapped: boolean,
): Promise<Tensor> {
  using bytes = await placedBytes(device, blocks, mapped);
  return unscoped(() => {
    using values = dequantize(bytes, blocks.format);
    return values.reshape(shape);
  });
}

/** The blocks' bytes on the device: a view of the file if the device maps it, else a copy. */
async function placedBytes(
  device: Device,
  { source, offset, byteLength }: StoredBlocks,
  mapped: boolean,
): Promise<Tensor> {
  if (mapped && device.map !== undefined && source.path !== undefined && byteLength > 0) {
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

/** Values that are decoded at a time: as floats they stay in a core's cache. */
const pieceValues = 2 ** 18;

/**
 * A matrix in blocks in the form that `form` gives its rows, some whole panels of them at a time; undefined if it leaves the
 * matrix as it is.
 */
export async function formedMatrix(
  device: Device,
  blocks: StoredBlocks,
  { rows, columns, mapped = true }: { readonly rows: number; readonly columns: number; readonly mapped?: boolean },
  form: (values: Tensor) => Matrix | undefined,
): Promise<Matrix | undefined> {
  const step = panelColumns * Math.max(1, Math.floor(pieceValues / (panelColumns * Math.max(1, columns))));
  const rowBytes = blocks.byteLength / Math.max(1, rows);
  let whole: Matrix | undefined;
  try {
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      const piece = { ...blocks, offset: blocks.offset + first * rowBytes, byteLength: count * rowBytes };
      using values = await decodedTensor(device, piece, [count, columns], mapped);
      const made = unscoped(() => form(values));
      if (made === undefined || made.values === values) return undefined;
      whole ??= roomFor(made, rows, columns);
      place(made.values, whole.values, first);
      if (made.scale !== undefined) place(made.scale, whole.scale!, first);
    }
    return whole;
  } catch (error) {
    whole?.values.dispose();
    whole?.scale?.dispose();
    throw error;
  }
}

/** The matrix of which one with fewer rows was made, not yet filled. */
function roomFor(made: Matrix, rows: number, columns: number): Matrix {
  const { values, scale } = made;
  const height = made.activations === 'int8' ? panelShape(rows, columns)[0] : rows;
  return unscoped(() => ({
    ...made,
    values: Tensor.empty(values.device, [height, values.shape[1]!], values.dtype),
    scale: scale && Tensor.empty(scale.device, [rows], scale.dtype),
  }));
}

/** Moves rows into their place from row `first` on. */
function place(piece: Tensor, whole: Tensor, first: number): void {
  using room = unscoped(() => whole.range(first, first + piece.shape[0]!));
  copy(room, piece);
  piece.dispose();
}
