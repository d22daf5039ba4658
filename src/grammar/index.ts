/**
 * From a JSON schema, a regular expression or a GBNF grammar to a mask of the tokens that may come next.
 *
 * It knows no model and no sampler: a {@link Vocabulary} is made of tokens' bytes, and a {@link GrammarMatcher} says what is
 * allowed and reads what was chosen. It refuses what it cannot hold a model to, and never ignores it. Start reading at
 * `automaton.ts` (the one form that all three become), then `matcher.ts`.
 */
export type { Grammar } from './automaton.js';
export { compileGrammar, type GrammarDescription } from './compile.js';
export { compileGbnf } from './gbnf.js';
export { type GrammarMatcher, TokenGrammar } from './matcher.js';
export { compileRegexGrammar } from './regex/grammar.js';
export { compileSchema } from './schema/compile.js';
export type { Schema } from './schema/document.js';
export { Vocabulary } from './vocabulary.js';
