/**
 * Retrieval: the passages of a folder that fit a question best, and as many of them as fit into a prompt.
 *
 * A BM25 index on disk, kept up to date file by file, in memory that does not grow with the folder. It knows texts and words,
 * and no model.
 *
 * Start with `terms.ts` (what is compared), `bm25.ts` (the score), `segments/layout.ts` (what is on disk), then
 * `build.host.node.ts` and `search.host.node.ts`.
 */
export { indexFolder, openIndex } from '#retrieval/host';
export { type Bm25Options, bm25Defaults } from './bm25.js';
export type { RowFields } from './documents/jsonLines.js';
export type { Hit, IndexOptions, IndexProgress, IndexReport, PassageIndex, SearchOptions } from './options.js';
export { type Packed, type PackOptions, packPassages } from './pack.js';
export { type DocumentPart, type Passage, searchedText } from './passage.js';
export { termsOf } from './terms.js';
