/** A checkpoint whose int8 matrices read as the numbers that they stand for: what can be trained on. */
import { bytesSource, type Checkpoint, type TensorEntry } from '../../formats/index.js';
import { type PlainTensor, plainTensors } from './plainTensors.js';

/** Nothing is widened before it is read, and one matrix at a time is kept. */
export function floatCheckpoint(checkpoint: Checkpoint): Checkpoint {
  if (![...checkpoint.tensors.values()].some(({ dtype }) => dtype === 'I8')) return checkpoint;
  const { quantization_config: _, ...config } = checkpoint.config;
  let newest: { name: string; bytes: Promise<Uint8Array> } | undefined;
  const bytesOf = ({ name, floats }: PlainTensor) => {
    if (newest?.name !== name) newest = { name, bytes: floats!().then(({ buffer }) => new Uint8Array(buffer)) };
    return newest.bytes;
  };
  const tensors = new Map<string, TensorEntry>();
  for (const tensor of plainTensors(checkpoint).values()) {
    const byteLength = 4 * tensor.shape.reduce((product, size) => product * size, 1);
    const name = `${tensor.name} of ${checkpoint.folder.name}`;
    const source = {
      name,
      size: byteLength,
      read: async (offset: number, length: number) => bytesSource(name, await bytesOf(tensor)).read(offset, length),
      close: async () => {},
    };
    const computed = { name: tensor.name, dtype: 'F32', shape: tensor.shape, offset: 0, byteLength, source } as const;
    tensors.set(tensor.name, tensor.entry ?? computed);
  }
  return { ...checkpoint, config, tensors };
}
