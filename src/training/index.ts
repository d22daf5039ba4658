/**
 * Training: data, optimizers, trainer.
 *
 * Start with `data/batch.ts`, what a training step is made of, and `data/source.ts`, where it comes from.
 */
export { expandFiles } from '#training/host';
export type { Batch, BatchStream, DataCursor, SourceCursor } from './data/batch.js';
export { type Chat, type DocumentContent, textsOf } from './data/content.js';
export { type DocumentPiece, documentsOf } from './data/documents.js';
export { checkSource, type DataFormat, type DataSource, formatOf, type JsonFields } from './data/source.js';
