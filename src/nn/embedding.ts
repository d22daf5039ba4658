import { gatherRows, matmul, type Tensor } from '../tensor/index.js';
import { activationsFor, quantizedProduct } from './linear.js';
import type { Matrix, WeightSource } from './weights.js';

/** Rows of a table (V, D) by token id; the same table can serve as a tied output head. */
export class Embedding {
  constructor(readonly table: Matrix) {}

  static async load(weights: WeightSource, name: string, rows: number, columns: number): Promise<Embedding> {
    return new Embedding(await weights.matrix(`${name}.weight`, rows, columns, 'embedding'));
  }

  /** ids (T) i32 to (T, D) f32. */
  forward(ids: Tensor): Tensor {
    return gatherRows(this.table.values, ids, this.table.scale);
  }

  /** Logits of x (T, D) with the table as the head: (T, V). */
  logits(x: Tensor, bias?: Tensor): Tensor {
    const { values, scale, activations } = this.table;
    if (scale === undefined) return matmul(activationsFor(this.table, x), values, { bias });
    return quantizedProduct(x, { values, scale, activations }, bias);
  }
}
