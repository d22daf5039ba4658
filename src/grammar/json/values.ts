/** Parts of JSON that every schema's rules share: white space, literal values, a value of any kind. */
import type { GrammarBuilder } from '../builder.js';
import type { RuleNfa } from '../ruleNfa.js';
import { anyNumber } from './number.js';
import { addPlain, anyString, quoted } from './text.js';

/** Characters of an indentation at most: a model cannot fill its budget with white space. */
const longestIndentation = 40;

/** The rule of what may stand between parts: nothing, a space, or a line end and an indentation. */
export function whitespace(builder: GrammarBuilder): number {
  return builder.shared('white space', () => {
    const nfa = builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    nfa.skip(start, end);
    nfa.text(start, ' ', end);
    let state = nfa.text(start, '\n');
    for (let i = 0; i < longestIndentation; i++) {
      nfa.skip(state, end);
      const next = nfa.text(state, ' ');
      nfa.text(state, '\t', next);
      state = next;
    }
    nfa.skip(state, end);
    return nfa.determinize(start, end, builder.deadline, 'white space');
  });
}

/** Reads a value as it is, with white space where it may be. */
export function addLiteral(nfa: RuleNfa, builder: GrammarBuilder, from: number, value: unknown, to: number): void {
  const space = whitespace(builder);
  if (Array.isArray(value)) {
    let state = nfa.text(from, '[');
    value.forEach((item, i) => {
      const next = nfa.state();
      addLiteral(nfa, builder, nfa.call(i === 0 ? state : nfa.text(state, ','), space), item, next);
      state = next;
    });
    nfa.text(nfa.call(state, space), ']', to);
  } else if (typeof value === 'object' && value !== null) {
    let state = nfa.text(from, '{');
    Object.entries(value).forEach(([key, item], i) => {
      const next = nfa.state();
      const before = nfa.call(i === 0 ? state : nfa.text(state, ','), space);
      addLiteral(nfa, builder, nfa.call(nfa.text(before, `${quoted(key)}:`), space), item, next);
      state = next;
    });
    nfa.text(nfa.call(state, space), '}', to);
  } else nfa.text(from, typeof value === 'string' ? quoted(value) : JSON.stringify(value), to);
}

/** The rule of numbers, shared by all grammars. */
export function numberRule(builder: GrammarBuilder): number {
  return builder.shared('number', () => {
    const nfa = builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    addPlain(nfa, start, anyNumber(), end);
    return nfa.determinize(start, end, builder.deadline, 'number');
  });
}

/** The rule of a value of any kind. */
export function anyValue(builder: GrammarBuilder): number {
  return builder.once('value', () => {
    const nfa = builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    for (const word of ['null', 'true', 'false']) nfa.text(start, word, end);
    nfa.call(start, numberRule(builder), end);
    nfa.call(start, anyString(builder), end);
    nfa.call(start, anyObject(builder), end);
    nfa.call(start, anyArray(builder), end);
    return nfa.determinize(start, end, builder.deadline);
  });
}

function anyObject(builder: GrammarBuilder): number {
  return builder.once('object', () => {
    const nfa = builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    const space = whitespace(builder);
    const [key, after] = [nfa.state(), nfa.state()];
    const open = nfa.call(nfa.text(start, '{'), space);
    nfa.text(open, '}', end);
    nfa.skip(open, key);
    nfa.call(nfa.call(nfa.text(nfa.call(key, anyString(builder)), ':'), space), anyValue(builder), after);
    nfa.call(nfa.text(after, ','), space, key);
    nfa.text(nfa.call(after, space), '}', end);
    return nfa.determinize(start, end, builder.deadline);
  });
}

function anyArray(builder: GrammarBuilder): number {
  return builder.once('array', () => {
    const nfa = builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    const space = whitespace(builder);
    const [item, after] = [nfa.state(), nfa.state()];
    const open = nfa.call(nfa.text(start, '['), space);
    nfa.text(open, ']', end);
    nfa.skip(open, item);
    nfa.call(item, anyValue(builder), after);
    nfa.call(nfa.text(after, ','), space, item);
    nfa.text(nfa.call(after, space), ']', end);
    return nfa.determinize(start, end, builder.deadline);
  });
}
