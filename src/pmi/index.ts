/**
 * PMI-Masking (arXiv 2010.01825): word n-grams counted exactly at corpus scale, their scores, vocabularies of those that
 * belong together, and the units that a masked language model hides at once. It knows texts and words, not models.
 *
 * Start with `words.ts` (what a word is), then `reference.ts` (what is counted), then `counting/count.host.node.ts`.
 */
export { countFiles, openCounts, readList, writeList } from '#pmi/host';
export type { CountFilesOptions, CountResult } from './counting/options.js';
export { Counts, NgramRows } from './counts.js';
export type { CountsManifest } from './countsFile.js';
export {
  type CoveragePoint,
  coverageBySize,
  inspectCounts,
  type LengthInspection,
} from './inspection.js';
export type { Kernels } from './kernels.js';
export { detailsName, listFiles, type MaskingList, parseList, scoresName } from './list.js';
export {
  drawsOf,
  type MaskedText,
  type MaskingOptions,
  maskingBudget,
  maskText,
  uncountedLabel,
} from './masking.js';
export { type Match, Matcher } from './matcher.js';
export { type PiecedText, PieceReader, type PieceWord, type TokenRange, WordPieceReader } from './pieces.js';
export { type CountOptions, countInMemory, longestNgram, type NgramCounts } from './reference.js';
export {
  type DrawnUnits,
  defaultSpans,
  drawSpanLength,
  listScheme,
  type MaskingScheme,
  meanSpanLength,
  randomSpan,
  randomToken,
  type SchemeName,
  type SpanLengths,
  schemeNames,
  wholeWord,
} from './schemes.js';
export { lookUp, type NgramScore, type ScoreKind, scoreAll, scoreKinds, segmentations } from './scores.js';
export { coverage, type Draw, maskingUnits } from './units.js';
export {
  composition,
  type PmiVocabulary,
  pmiVocabulary,
  shortages,
  type VocabularyEntry,
  type VocabularyOptions,
} from './vocabulary.js';
export { defaultNormalisation, type Normalisation, type Word, wordsOf } from './words.js';
