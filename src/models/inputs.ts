import { JambalayaError } from '../errors/index.js';
import type { Embedding, Segments } from '../nn/index.js';
import { gatherRows, Tensor } from '../tensor/index.js';
import type { ForwardOptions, ModelDescription, ModelInput } from './model.js';

/** The first hidden states (T, D): the embeddings of checked ids, or the caller's own. */
export function embedTokens(input: ModelInput, embedding: Embedding, description: ModelDescription): Tensor {
  const { segments } = input;
  const { vocabularySize, hiddenSize } = description;
  if (input.embeddings !== undefined) {
    const { shape } = input.embeddings;
    if (shape.length !== 2 || shape[0] !== segments.rows || shape[1] !== hiddenSize) {
      throw new JambalayaError('shape', {
        op: 'forward',
        operand: 'embeddings',
        expected: `(${segments.rows}, ${hiddenSize})`,
        found: `(${shape.join(', ')})`,
      });
    }
    return input.embeddings;
  }
  const { ids } = input;
  if (ids === undefined) {
    throw new JambalayaError('usage', { argument: 'input', expected: 'ids or embeddings', found: 'neither' });
  }
  if (!(ids instanceof Tensor)) checkCount('ids', ids, segments.rows);
  return embedIds(ids, embedding, vocabularySize);
}

/** Embeddings (T, D) of ids; those of a tensor are taken as they are. */
export function embedIds(ids: ArrayLike<number> | Tensor, embedding: Embedding, vocabularySize: number): Tensor {
  if (ids instanceof Tensor) return embedding.forward(ids);
  const checked = checkedIds('ids', ids, ids.length, vocabularySize);
  return embedding.forward(Tensor.from(embedding.table.values.device, [checked.length], checked));
}

/** Of x (T, D) the rows that are to get logits; undefined for none at all. */
export function rowsWithLogits(
  x: Tensor,
  wanted: NonNullable<ForwardOptions['logits']>,
  segments: Segments,
): Tensor | undefined {
  if (wanted === 'none') return undefined;
  if (wanted === 'all') return x;
  const rows = wanted === 'last' ? segments.lastRows : wanted;
  return gatherRows(x, Tensor.from(x.device, [rows.length], checkedIds('logits', rows, rows.length, segments.rows)));
}

/** Ids as i32, each within the table that it points into. */
export function checkedIds(argument: string, ids: ArrayLike<number>, count: number, below: number): Int32Array {
  checkCount(argument, ids, count);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!Number.isInteger(id) || id < 0 || id >= below) {
      throw new JambalayaError('usage', {
        argument,
        expected: `whole numbers from 0 to ${below - 1}`,
        found: `${id} at position ${i}`,
      });
    }
  }
  return Int32Array.from(ids);
}

function checkCount(argument: string, ids: ArrayLike<number>, count: number): void {
  if (ids.length === count) return;
  throw new JambalayaError('usage', { argument, expected: `${count} ids, one per row`, found: `${ids.length}` });
}

/** A padded batch as a ragged one: the rows that the mask keeps, which must be together in each sequence. */
export function withoutPadding(
  mask: ArrayLike<number>,
  batch: number,
  length: number,
): { lengths: number[]; rows: Int32Array; positions: Int32Array } {
  const lengths: number[] = [];
  const rows: number[] = [];
  for (let b = 0; b < batch; b++) {
    const kept: number[] = [];
    for (let t = 0; t < length; t++) if (mask[b * length + t]) kept.push(b * length + t);
    if (kept.length > 0 && kept[kept.length - 1]! - kept[0]! + 1 !== kept.length) {
      const found = `a hole in sequence ${b}`;
      throw new JambalayaError('usage', { argument: 'mask', expected: 'padding on the left or the right', found });
    }
    lengths.push(kept.length);
    rows.push(...kept);
  }
  return { lengths, rows: Int32Array.from(rows), positions: Int32Array.from(rows, (row) => row % length) };
}
