/** Strings of JSON: any, of a length, or of a language of their characters. */
import { type Automaton, CountedAutomaton, ExcludingAutomaton, type TableAutomaton } from '../automaton.js';
import type { GrammarBuilder } from '../builder.js';
import { type CharSet, charRange, charsOf, subtract, union } from '../charSet.js';
import { anyTextDfa, type Dfa, dead } from '../regex/dfa.js';
import type { RuleNfa } from '../ruleNfa.js';

const controls = charRange(0, 0x1f);
const special = union(controls, charsOf('"\\'));
const plain = subtract(
  [
    { lo: 0, hi: 0xd7ff },
    { lo: 0xe000, hi: 0x10ffff },
  ],
  special,
);
const shortEscapes: Readonly<Record<string, string>> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' };

/** A character as it stands in a string of JSON; of those that need an escape, the one that everybody writes. */
export function escaped(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`;
  const short = shortEscapes[char];
  if (short !== undefined) return `\\${short}`;
  return char < ' ' ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char;
}

/** The rule of any string, with every escape that JSON has. */
export const anyString = (builder: GrammarBuilder): number =>
  builder.shared('text', () => stringTable(builder, 'text'));

/** The rule of strings of `min` to `max` characters. */
export function stringOfLength(builder: GrammarBuilder, min: number, max: number): number {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return anyString(builder);
  countedTable ??= stringTable(builder);
  const table = countedTable;
  return builder.once(`string ${min} ${max}`, () => new CountedAutomaton(table, min, max));
}

/** The rule of strings other than some, which have to be written as everybody writes them. */
export function otherStrings(builder: GrammarBuilder, excluded: readonly string[]): number {
  return builder.once(`other ${JSON.stringify(excluded)}`, () => {
    plainTable ??= languageTable(builder, anyTextDfa, 'plain text');
    const table = plainTable;
    const encoder = new TextEncoder();
    return new ExcludingAutomaton(
      table,
      excluded.map((text) => encoder.encode(quoted(text))),
    );
  });
}

let countedTable: TableAutomaton | undefined;
let plainTable: TableAutomaton | undefined;

/** A string of JSON as everybody writes it. */
export const quoted = (text: string): string => `"${[...text].map(escaped).join('')}"`;

function stringTable(builder: GrammarBuilder, shared?: string): TableAutomaton {
  const nfa = builder.nfa();
  const [start, end] = [nfa.state(), nfa.state()];
  const between = nfa.text(start, '"');
  nfa.text(between, '"', end);
  nfa.chars(between, plain, between);
  const backslash = nfa.text(between, '\\');
  nfa.chars(backslash, charsOf('"\\/bfnrt'), between);
  const unicode = nfa.text(backslash, 'u');
  const hex = charsOf('0123456789abcdefABCDEF');
  // Not a surrogate, or a whole pair of them: four digits whose first two are d8 to df are one of a pair.
  const d = nfa.chars(unicode, charsOf('dD'));
  nfa.chars(nfa.chars(nfa.chars(d, charsOf('01234567')), hex), hex, between);
  nfa.chars(nfa.chars(nfa.chars(nfa.chars(unicode, subtract(hex, charsOf('dD'))), hex), hex), hex, between);
  const high = nfa.chars(nfa.chars(nfa.chars(d, charsOf('89abAB')), hex), hex);
  const low = nfa.chars(nfa.chars(nfa.text(high, '\\u'), charsOf('dD')), charsOf('cdefCDEF'));
  nfa.chars(nfa.chars(low, hex), hex, between);
  return nfa.determinize(start, end, builder.deadline, shared);
}

/** The rule of strings whose characters are of a language. */
export const stringOf = (builder: GrammarBuilder, language: Dfa): Automaton => languageTable(builder, language);

function languageTable(builder: GrammarBuilder, language: Dfa, shared?: string): TableAutomaton {
  const nfa = builder.nfa();
  const [start, end] = [nfa.state(), nfa.state()];
  addString(nfa, start, language, end);
  return nfa.determinize(start, end, builder.deadline, shared);
}

/** Reads a string of the language, quotes included, from one state to another. */
export function addString(nfa: RuleNfa, from: number, language: Dfa, to: number): void {
  const places = addLanguage(nfa, language, (state, set, target) => {
    nfa.chars(state, subtract(set, special), target);
    for (const { lo, hi } of set) {
      for (let char = lo; char <= Math.min(hi, 0x5c); char++) {
        const text = String.fromCharCode(char);
        if (escaped(text) !== text) nfa.text(state, escaped(text), target);
      }
    }
  });
  nfa.text(from, '"', places[language.start]!);
  language.accepting.forEach((accepting, state) => {
    if (accepting) nfa.text(places[state]!, '"', to);
  });
}

/** Reads a text of the language as it is. */
export function addPlain(nfa: RuleNfa, from: number, language: Dfa, to: number): void {
  const places = addLanguage(nfa, language, (state, set, target) => nfa.chars(state, set, target));
  nfa.skip(from, places[language.start]!);
  language.accepting.forEach((accepting, state) => {
    if (accepting) nfa.skip(places[state]!, to);
  });
}

/** A state for each of the language's, and what leads from one to another. */
function addLanguage(
  nfa: RuleNfa,
  { states, classes, next, bounds, classOf }: Dfa,
  edge: (from: number, set: CharSet, to: number) => void,
): number[] {
  const places = Array.from({ length: states }, () => nfa.state());
  for (let state = 0; state < states; state++) {
    const byTarget = new Map<number, CharSet[]>();
    bounds.forEach((lo, i) => {
      const to = next[state * classes + classOf[i]!]!;
      if (to === dead) return;
      if (!byTarget.has(to)) byTarget.set(to, []);
      byTarget.get(to)!.push(charRange(lo, (bounds[i + 1] ?? 0x110000) - 1));
    });
    for (const [to, sets] of byTarget) edge(places[state]!, union(...sets), places[to]!);
  }
  return places;
}
