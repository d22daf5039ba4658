/** GGUF files on disk. */
import { replaceFile } from '../files/host.node.js';
import { checkedPieces, type GgufTensorToWrite, layOutGguf } from './encode.js';
import type { GgufMetadata } from './types.js';

/**
 * Writes a GGUF file piece by piece; whoever reads `path` meanwhile sees the old file or the new one, whole.
 *
 * @throws `usage` for tensors or values that cannot be stored, `file` if the disk refuses
 */
export async function writeGguf(
  path: string,
  tensors: readonly GgufTensorToWrite[],
  metadata: GgufMetadata,
): Promise<void> {
  const layout = layOutGguf(tensors, metadata);
  await replaceFile(path, async (handle) => {
    await handle.writeFile(layout.head);
    for (const { tensor, byteLength, padding } of layout.tensors) {
      for await (const piece of checkedPieces(tensor, byteLength)) await handle.writeFile(piece);
      await handle.writeFile(new Uint8Array(padding));
    }
  });
}
