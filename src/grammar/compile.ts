/** A grammar as it is described in a request, compiled; the same text is compiled once. */
import type { Grammar } from './automaton.js';
import { compileGbnf } from './gbnf.js';
import { compileRegexGrammar } from './regex/grammar.js';
import { compileSchema } from './schema/compile.js';
import type { Schema } from './schema/document.js';

export type GrammarDescription =
  | { readonly kind: 'schema'; readonly schema: boolean | Readonly<Record<string, unknown>> }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'gbnf'; readonly text: string };

const kept = 64;
const compiled = new Map<string, Grammar>();

/** @throws `grammar` naming what is wrong or not supported, and where */
export function compileGrammar(description: GrammarDescription): Grammar {
  const key = JSON.stringify(description);
  let grammar = compiled.get(key);
  if (grammar === undefined) {
    grammar = compileNew(description);
    if (compiled.size >= kept) compiled.delete(compiled.keys().next().value!);
    compiled.set(key, grammar);
  }
  return grammar;
}

function compileNew(description: GrammarDescription): Grammar {
  if (description.kind === 'regex') return compileRegexGrammar(description.pattern);
  if (description.kind === 'gbnf') return compileGbnf(description.text);
  // What is asked for is JSON, also where it did not come as text.
  return compileSchema(JSON.parse(JSON.stringify(description.schema)) as Schema);
}
