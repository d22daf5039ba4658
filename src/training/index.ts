/**
 * Training: data, optimizers, trainer.
 *
 * Start with `data/batch.ts`, what a training step is made of.
 */
export type { Batch, BatchStream, DataCursor, SourceCursor } from './data/batch.js';
