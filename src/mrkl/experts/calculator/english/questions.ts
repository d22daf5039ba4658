/** Whole questions for the calculator. */
import type { AskGrammar } from '../../../grammar/types.js';
import { binary, call, type Expression, numberOf } from '../expression.js';
import type { Form } from '../forms.js';
import { isBareUnit } from './atoms.js';
import { calculatorStep, onlyStep } from './step.js';

const formWords: readonly [string, Form][] = [
  ['(words|word form|english words|english|written form|letters)', 'words'],
  [
    '(a|an|the)? (simplified|simple|proper|improper|reduced)? (fraction|fractions|simplest form|lowest terms|fraction form)',
    'fraction',
  ],
  ['(a|the)? (decimal|decimals|decimal number|decimal form)', 'decimal'],
  ['(a|the)? (percent|percentage|percents|%)', 'percent'],
  ['(binary|base 2|base two)', 'binary'],
  ['(octal|base 8|base eight)', 'octal'],
  ['(hexadecimal|hex|base 16|base sixteen)', 'hexadecimal'],
  ['(roman numerals|roman numeral|roman numbers|roman)', 'roman'],
  ['(scientific notation|standard form|exponential notation)', 'scientific'],
];

export function addQuestions(g: AskGrammar): void {
  for (const [words, form] of formWords) g.add('form', words, () => form);

  const ask = (x: Expression, form?: Form) => {
    const step = form === undefined ? onlyStep(x) : undefined;
    if (form === 'percent') return calculatorStep(x.kind === 'percent' ? x : call('percentage', x));
    return step ?? calculatorStep(x, form);
  };
  g.add('question', '{x:value}', ({ x }) => (isBareUnit(x) ? undefined : ask(x)));
  g.add(
    'question',
    '{x:value} (=|equals|equal|is|is equal to|are|makes|comes to|gives|is what|equals what|is how much|equals to what|gives what|makes what|= what|adds up to what)',
    ({ x }) => ask(x),
    0.05,
  );
  g.add(
    'question',
    '(what do|what would|what will) (you|i|we) (get|have) (if|when|from) (you|i|we)? {x:value}',
    ({ x }) => ask(x),
  );
  g.add(
    'question',
    '(if|when) (you|i|we) {x:value} (what|how much) (do|would|will|does|is) (you|i|we|it|that|the answer|the result)? (get|have|be|make|equal)?',
    ({ x }) => ask(x),
  );
  g.add(
    'question',
    '(what|how much) (does|do|would|will) {x:value} (equal|equals|make|come to|come out to|give|be|add up to|cost|leave|yield|get|get me|get you|amount to)',
    ({ x }) => ask(x),
  );
  g.add(
    'question',
    '(the)? (result|answer|value|solution|total|outcome|equation|math|problem) (of|to|for|is|:)? {x:value}',
    ({ x }) => ask(x),
    0.1,
  );

  // In another form
  g.add(
    'question',
    '(write|express|convert|spell|spell out|put|show|give|say|change|turn)? (the number|the value)? {x:value} (in|as|to|into|out in|using) {form:form}',
    ({ x, form }) => ask(x, form),
  );
  g.add(
    'question',
    '(what|how) (is|do you write|do i write|do you say|do you spell|would you write|would you say) (the number)? {x:value} (in|as|using) {form:form}',
    ({ x, form }) => ask(x, form),
  );
  g.add(
    'question',
    '(simplify|reduce) {x:value} (to|into)? (the|its)? (simplest form|lowest terms|a simple fraction)?',
    ({ x }) => ask(x, 'fraction'),
  );
  g.add(
    'question',
    '(how (do|would) (you|i)|can you|please)? (spell|spell out|write out) {x:value} (out)? (in words)?',
    ({ x }) => ask(x, 'words'),
    0.2,
  );

  g.add('question', '(what|which) fraction (is|equals) {x:value}', ({ x }) => ask(x, 'fraction'), 0.1);
  g.add(
    'question',
    '(convert|change|write)? (the roman numeral|roman numeral)? {n:roman} (in|to|as|into) (numbers|digits|a number|arabic numerals|decimal|regular numbers|arabic)',
    ({ n }) => ask(numberOf(n)),
  );
  g.add(
    'question',
    '(what number is|what is) (the)? (roman numeral)? {n:roman} (in roman numerals)?',
    ({ n }) => ask(numberOf(n)),
    0.3,
  );
  g.add(
    'question',
    '(how many) {b:number} (s|es)? (are|are there|go|fit) (in|into) {a:term}',
    ({ a, b }) => ask(call('quotient', a, numberOf(b))),
    0.2,
  );
  g.add('question', '(what|which) number (is|equals) {x:value}', ({ x }) => ask(x), 0.1);

  // Percentages asked for
  const share = (a: Expression, b: Expression) => ask(call('percentage', binary('/', a, b)));
  g.add(
    'question',
    '(what|which|how many) (percent|percentage|per cent|%) (of|out of) {b:value} (is|are|does|makes|equals|represents|would be) {a:value} (represent|make up|make)?',
    ({ a, b }) => share(a, b),
  );
  g.add(
    'question',
    '{a:term} (is|are|represents|makes up|equals) (what|which|how many) (percent|percentage|per cent|%) (of|out of) {b:value}',
    ({ a, b }) => share(a, b),
  );
  g.add(
    'question',
    '(what|which) (percent|percentage|per cent|%) (is|are) {a:term} (of|out of|from) {b:value}',
    ({ a, b }) => share(a, b),
  );
  g.add(
    'question',
    '{a:term} (out of|of) {b:term} (is|equals|as) (what|a|which)? (percent|percentage|%|score in percent)',
    ({ a, b }) => share(a, b),
    0.1,
  );
  g.add(
    'question',
    '{a:term} (is|are) {p:percent} (of|off) (what|which|what number|which number|how much|what amount)',
    ({ a, p }) => ask(binary('/', a, p)),
  );
  g.add(
    'question',
    '(what|which|of what|of which) (number|amount|value)? (is|are) {a:term} {p:percent} of',
    ({ a, p }) => ask(binary('/', a, p)),
  );
  g.add(
    'question',
    '{p:percent} of (what|which|what number|which number|what amount) (is|equals|makes|gives) {a:term}',
    ({ a, p }) => ask(binary('/', a, p)),
  );
  g.add(
    'question',
    '(by)? (what|how many|how much) (percent|percentage|per cent) (more|greater|higher|bigger|larger|less|lower) is {a:term} than {b:term}',
    ({ a, b }) => ask(call('abs', call('change', b, a))),
  );
  g.add(
    'question',
    '(by)? (what) (percent|percentage) (did|does|has) (it|the price|the value|this|something|that)? (increase|rise|grow|go up|change|increased|risen|grown) (from) {a:term} to {b:term}',
    ({ a, b }) => ask(call('change', a, b)),
  );

  // How many … in …
  g.add(
    'question',
    '(how many|how often) times (does|can|will|do|would|could) {a:term} (go|fit|divide) (in|into|in to|evenly into) {b:term}',
    ({ a, b }) => ask(call('quotient', b, a)),
  );
  g.add('question', '(how many|how often) times (is|does) {a:term} (in|fit in|contained in) {b:term}', ({ a, b }) =>
    ask(call('quotient', b, a)),
  );
  g.add('question', '(how many|how much) (more|greater|bigger|larger) is {a:term} than {b:term}', ({ a, b }) =>
    ask(binary('-', a, b)),
  );
  g.add('question', '(how many|how much) (less|smaller|fewer) is {a:term} than {b:term}', ({ a, b }) =>
    ask(binary('-', b, a)),
  );
  g.add(
    'question',
    '(how many|how much) times (more|greater|bigger|larger|as big|as large|as much) is {a:term} (than|as) {b:term}',
    ({ a, b }) => ask(binary('/', a, b)),
  );
  g.add(
    'question',
    '(how many|in how many) ways (can|could|do) (you|i|we) (choose|pick|select) {k:term} (things|items|people|objects|cards|of them|books)? (from|out of|of|among) (a group of|a set of)? {n:term} (things|items|people|objects|cards|books)?',
    ({ n, k }) => ask(call('combinations', n, k)),
  );
  g.add(
    'question',
    '(how many|in how many) ways (can|could|do) (you|i|we) (arrange|order) {n:term} (things|items|people|objects|cards|books|letters)?',
    ({ n }) => ask({ kind: 'factorial', of: n }),
  );
  g.add(
    'question',
    '(how (do|would|should|can) (i|you|we)) (split|divide|share) {a:value} (in|into)? {b:term} (ways|people|parts|pieces)?',
    ({ a, b }) => ask(binary('/', a, b)),
    0.2,
  );
  g.add(
    'question',
    '(if i (win|have|get|earn|won|make)) {a:value} (how (do|would|should|can) i) (split|divide|share) it {b:term} ways',
    ({ a, b }) => ask(binary('/', a, b)),
  );
  g.add(
    'question',
    '(which|what) (is|number is|one is) (the)? (bigger|larger|greater|more|higher|biggest|largest) {a:expr} or {b:expr}',
    ({ a, b }) => ask(call('max', a, b)),
  );
  g.add(
    'question',
    '(which|what) (is|number is|one is) (the)? (smaller|less|lower|lesser|smallest) {a:expr} or {b:expr}',
    ({ a, b }) => ask(call('min', a, b)),
  );
}
