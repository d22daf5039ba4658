/**
 * PMI-Masking (arXiv 2010.01825): word n-grams counted exactly at corpus scale, their scores, vocabularies of those that
 * belong together, and the units that a masked language model hides at once. It knows texts and words, not models.
 *
 * Start with `words.ts` (what a word is), then `reference.ts` (what is counted), then `counting/count.host.node.ts`.
 */
export { countFiles } from '#pmi/host';
export type { CountFilesOptions, CountResult } from './counting/options.js';
export type { CountsManifest } from './countsFile.js';
export type { Kernels } from './kernels.js';
export { type CountOptions, countInMemory, longestNgram, type NgramCounts } from './reference.js';
export { defaultNormalisation, type Normalisation, type Word, wordsOf } from './words.js';
