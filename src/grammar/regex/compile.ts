/** From the tree of a regular expression to its automaton. */
import { anyChar } from '../charSet.js';
import { fail, limits } from '../failure.js';
import { and, type Dfa, minus, Nfa } from './dfa.js';
import { parseRegex, type RegexNode } from './parse.js';

/** The texts that an expression matches as a whole (`full`), or in which it is found, as JSON schema's `pattern` is. */
export function compileRegex(source: string, { full = false }: { readonly full?: boolean } = {}): Dfa {
  const key = `${full ? 'full' : 'found'} ${source}`;
  let dfa = compiled.get(key);
  if (dfa === undefined) {
    if (compiled.size > 500) compiled.clear();
    dfa = compileNode(parseRegex(source), full, source);
    compiled.set(key, dfa);
  }
  return dfa;
}
const compiled = new Map<string, Dfa>();

function compileNode(node: RegexNode, full: boolean, source: string): Dfa {
  const { assertions, rest } = leadingAssertions(node);
  // (?!x) at the beginning of ^… takes the texts that begin with x out of the language, (?=x) all others.
  let dfa = languageOf(rest, full, source);
  for (const { item, negative } of assertions) {
    const begins: RegexNode = { type: 'sequence', items: [{ type: 'start' }, item] };
    const other = compileNode(begins, false, source);
    dfa = negative ? minus(dfa, other) : and(dfa, other);
  }
  return dfa;
}

function languageOf(node: RegexNode, full: boolean, source: string): Dfa {
  const nfa = new Nfa();
  const start = nfa.state();
  const end = addNode(nfa, node, start, source);
  if (full) return nfa.determinize(start, end);
  nfa.read(start, anyChar, start);
  const accept = nfa.state();
  nfa.empty[end]!.push(accept);
  const after = nfa.read(end, anyChar);
  nfa.read(after, anyChar, after);
  nfa.empty[after]!.push(accept);
  return nfa.determinize(start, accept);
}

type Assertion = Extract<RegexNode, { type: 'ahead' }>;

/** Looks ahead that stand right after a `^` at the beginning, and the expression without them. */
function leadingAssertions(node: RegexNode): { assertions: Assertion[]; rest: RegexNode } {
  if (node.type !== 'sequence' || node.items[0]?.type !== 'start') return { assertions: [], rest: node };
  const assertions: Assertion[] = [];
  let at = 1;
  for (; node.items[at]?.type === 'ahead'; at++) assertions.push(node.items[at] as Assertion);
  const rest: RegexNode = { type: 'sequence', items: [node.items[0], ...node.items.slice(at)] };
  return { assertions, rest };
}

/** Adds a part behind `from`; the state behind it. */
function addNode(nfa: Nfa, node: RegexNode, from: number, source: string): number {
  switch (node.type) {
    case 'chars':
      return nfa.read(from, node.set);
    case 'sequence':
      return node.items.reduce((state, item) => addNode(nfa, item, state, source), from);
    case 'choice': {
      const end = nfa.state();
      for (const item of node.items) nfa.empty[addNode(nfa, item, from, source)]!.push(end);
      return end;
    }
    case 'repeat':
      return addRepeat(nfa, node, from, source);
    case 'start':
    case 'end': {
      const to = nfa.state();
      (node.type === 'start' ? nfa.atStart : nfa.atEnd)[from]!.push(to);
      return to;
    }
    case 'ahead':
      return fail(
        'regular expression',
        JSON.stringify(source),
        'looking ahead is supported right after a leading ^ only',
      );
  }
}

function addRepeat(
  nfa: Nfa,
  { item, min, max }: Extract<RegexNode, { type: 'repeat' }>,
  from: number,
  source: string,
): number {
  if (min > limits.states || (max !== Number.POSITIVE_INFINITY && max > limits.states)) {
    fail('regular expression', JSON.stringify(source), `a count over ${limits.states}`);
  }
  let state = from;
  for (let i = 0; i < min; i++) state = addNode(nfa, item, state, source);
  if (max === Number.POSITIVE_INFINITY) {
    // A state of its own, so that what comes before is not repeated.
    const loop = nfa.state();
    nfa.empty[state]!.push(loop);
    nfa.empty[addNode(nfa, item, loop, source)]!.push(loop);
    return loop;
  }
  const end = nfa.state();
  nfa.empty[state]!.push(end);
  for (let i = min; i < max; i++) {
    state = addNode(nfa, item, state, source);
    nfa.empty[state]!.push(end);
  }
  return end;
}
