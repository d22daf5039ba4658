/** The grammar of all experts, and the plans that a question can mean, cheapest reading first. */

import { forPeople } from './exact/format.js';
import { addAtoms } from './experts/calculator/english/atoms.js';
import { addConversions } from './experts/calculator/english/conversions.js';
import { addLevels } from './experts/calculator/english/levels.js';
import { addPhrases } from './experts/calculator/english/phrases.js';
import { addQuestions } from './experts/calculator/english/questions.js';
import { addCountries } from './experts/countries/english.js';
import { addCurrency } from './experts/currency/english.js';
import { addDateWords } from './experts/dates/english.js';
import { addDateQuestions } from './experts/dates/questions.js';
import { Grammar, Input } from './grammar/grammar.js';
import { readNumeral } from './grammar/numerals.js';
import { beginnings, endings, politeWords } from './grammar/politeness.js';
import { type Correction, correct } from './grammar/spelling.js';
import { type Token, tokenize } from './grammar/tokens.js';
import type { AskGrammar, Types } from './grammar/types.js';
import { planJson, type Step } from './plan.js';

export interface Reading {
  readonly step: Step;
  readonly cost: number;
}

export interface Understanding {
  /** Cheapest first; empty if nothing was understood. */
  readonly readings: readonly Reading[];
  readonly corrections: readonly Correction[];
  /** A numeral that means one of two numbers. */
  readonly unclear?: { readonly numeral: string; readonly meanings: readonly [string, string] };
  readonly tokens: readonly Token[];
}

/** Readings that are handed on. */
const maximumReadings = 12;

let shared: AskGrammar | undefined;

/** Built once: a grammar has no state of its own. */
export function askGrammar(): AskGrammar {
  if (shared === undefined) {
    const grammar: AskGrammar = new Grammar<Types>();
    addAtoms(grammar);
    addLevels(grammar);
    addPhrases(grammar);
    addConversions(grammar);
    addQuestions(grammar);
    addCurrency(grammar);
    addDateWords(grammar);
    addDateQuestions(grammar);
    addCountries(grammar);
    grammar.know(politeWords);
    shared = grammar;
  }
  return shared;
}

export function understand(question: string, locale: string): Understanding {
  const grammar = askGrammar();
  const written = tokenize(question);
  const { tokens, corrections } = correct(written, grammar.vocabulary);
  const input = new Input(tokens, locale);
  const ends = new Map(endings((at) => input.text(at), input.length).map((at) => [at, input.length - at]));
  const readings = new Map<string, Reading>();
  for (const start of beginnings((at) => input.text(at))) {
    for (const { end, value, cost } of grammar.read('question', input, start)) {
      const rest = ends.get(end);
      if (rest === undefined) continue;
      const key = JSON.stringify(planJson(value));
      const known = readings.get(key);
      if (known === undefined || known.cost > cost) readings.set(key, { step: value, cost });
    }
  }
  const sorted = [...readings.values()].sort((a, b) => a.cost - b.cost).slice(0, maximumReadings);
  const unclear = unclearNumeral(tokens, locale);
  return { readings: sorted, corrections, tokens, ...(unclear !== undefined && { unclear }) };
}

function unclearNumeral(tokens: readonly Token[], locale: string): Understanding['unclear'] {
  const numerals = tokens.filter(({ kind }) => kind === 'number');
  for (const token of numerals) {
    const others = numerals.filter((other) => other !== token).map(({ raw }) => raw);
    const read = readNumeral(token.raw, locale, others);
    if (read?.otherwise !== undefined) {
      return { numeral: token.raw, meanings: [forPeople(read.value), forPeople(read.otherwise)] };
    }
  }
  return undefined;
}
