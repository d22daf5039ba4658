/** The seam between requests and grammars: who compiles a description to a mask of tokens, in the worker. */
import { JambalayaError } from '../errors/index.js';
import type { TokenMask } from '../generation/index.js';
import type { Grammar } from './languageModel.js';

/** What a grammar has to know of a model. */
export interface MaskVocabulary {
  readonly vocabularySize: number;
  /** Bytes of each id; empty for ids that are no text: special tokens, and rows without a token. */
  readonly bytes: readonly Uint8Array[];
  /** May come where the answer may end. */
  readonly endIds: readonly number[];
}

/** Compiles a grammar for one vocabulary; a mask of its own for each answer is cloned from what it gives. */
export type MaskFactory = (grammar: Grammar, vocabulary: MaskVocabulary) => TokenMask;

/** Set by whoever brings grammars; a session asks it. */
export const grammarMasks: { factory: MaskFactory | undefined } = { factory: undefined };

/** @throws `unavailable` if nobody compiles grammars, and whatever the compiler refuses */
export function maskOf(grammar: Grammar, vocabulary: () => MaskVocabulary): TokenMask {
  const { factory } = grammarMasks;
  if (factory !== undefined) return factory(grammar, vocabulary());
  throw new JambalayaError('unavailable', { what: `a grammar (${grammar.kind})`, reason: 'no grammars were built in' });
}
