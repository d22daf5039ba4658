/** The batches on which a run is measured. */
import { Random } from '../random.js';
import type { Batch } from './batch.js';
import { type BatchShape, Packer } from './packer.js';
import { PieceOrder } from './pieces.js';
import type { TokenFile } from './tokenFile.js';

/**
 * Pieces of held-out documents, at most `mostTokens` of them in a random order that is always the same, whatever the seed of
 * a run. Documents are cut at multiples of a sequence; of a piece nothing is left out.
 */
export function heldOutBatches(
  file: TokenFile,
  documents: Uint32Array,
  mostTokens: number,
  shape: BatchShape,
): Batch[] {
  const random = new Random(0, 'held out');
  const order = new PieceOrder(file, documents, shape.tokens, () => shape.tokens, random);
  const batches: Batch[] = [];
  let packer = new Packer(shape);
  let left = mostTokens;
  for (let place = 0; place < order.length && left > 0; place++) {
    const piece = order.at(place);
    if (piece.length > packer.room) {
      batches.push(packer.finish());
      packer = new Packer(shape);
    }
    packer.add(file, piece, 0, piece.length);
    left -= piece.length;
  }
  if (!packer.isEmpty) batches.push(packer.finish());
  return batches;
}
