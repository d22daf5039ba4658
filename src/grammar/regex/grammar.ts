/** A regular expression as a grammar of its own: the texts that it matches as a whole. */
import type { Grammar } from '../automaton.js';
import { GrammarBuilder } from '../builder.js';
import { addPlain } from '../json/text.js';
import { compileRegex } from './compile.js';

/** @throws `grammar` for what no finite automaton can do, and for an expression that is too large */
export function compileRegexGrammar(source: string): Grammar {
  const builder = new GrammarBuilder('regular expression');
  const nfa = builder.nfa();
  const [start, end] = [nfa.state(), nfa.state()];
  addPlain(nfa, start, compileRegex(source, { full: true }), end);
  return builder.build(builder.add(nfa.determinize(start, end, builder.deadline)));
}
