import { gatherPanels, gatherRows, matmul, type Tensor } from '../tensor/index.js';
import { activationsFor, quantizedProduct } from './linear.js';
import type { Matrix, WeightSource } from './weights.js';

/** Rows of a table (V, D) by token id; the same table can serve as a tied output head. */
export class Embedding {
  constructor(
    readonly table: Matrix,
    /** D */
    readonly columns: number,
  ) {}

  static async load(weights: WeightSource, name: string, rows: number, columns: number): Promise<Embedding> {
    return new Embedding(await weights.matrix(`${name}.weight`, rows, columns, 'embedding'), columns);
  }

  /** ids (T) i32 to (T, D) f32. */
  forward(ids: Tensor): Tensor {
    const { values, scale, activations } = this.table;
    if (activations === 'int8' && scale !== undefined) return gatherPanels(values, scale, ids, this.columns);
    return gatherRows(values, ids, scale);
  }

  /** Logits of x (T, D) with the table as the head: (T, V). */
  logits(x: Tensor, bias?: Tensor): Tensor {
    const { values, scale } = this.table;
    if (scale === undefined) return matmul(activationsFor(this.table, x), values, { bias });
    return quantizedProduct(x, { ...this.table, scale }, bias);
  }
}
