/** Money in questions: `how many yen can I get for 20 dollars`, `the exchange rate between … and …`. */
import type { Parse } from '../../grammar/grammar.js';
import type { AskGrammar, Currency } from '../../grammar/types.js';
import { type PlanInput, Step } from '../../plan.js';
import { currencyOf, currencyUnit } from '../../quantities/units.js';
import { calculatorStep, onlyStep } from '../calculator/english/step.js';
import { type Expression, toText } from '../calculator/expression.js';
import { countries } from '../countries/countries.js';
import { currenciesNamed, currencyWords, longestCurrencyName } from './names.js';

interface Extra {
  readonly date?: string;
  readonly rate?: string;
  readonly rateOnly?: true;
}

/** Amounts that are written out stand in the call; others are calculated first. */
function amountOf(x: Expression): PlanInput {
  const step = onlyStep(x);
  if (step !== undefined) return step;
  const plain = x.kind === 'quantity' && x.of.kind === 'number';
  return plain || x.kind === 'number' ? toText(x) : calculatorStep(x);
}

/** Whether an expression can be money: something in it is, or comes from elsewhere. */
function mayBeMoney(x: Expression): boolean {
  switch (x.kind) {
    case 'number':
      return true;
    case 'constant':
      return false;
    case 'given':
      return true;
    case 'binary':
      return mayBeMoney(x.left) || mayBeMoney(x.right);
    case 'call':
      return x.arguments.some(mayBeMoney);
    case 'quantity':
      return currencyOf(x.units) !== undefined || mayBeMoney(x.of);
    default:
      return mayBeMoney(x.of);
  }
}

function convert(x: Expression, to: Currency, extra: Extra = {}): Step | undefined {
  if (!mayBeMoney(x) || x.kind === 'percent') return undefined;
  if (x.kind === 'quantity' && currencyOf(x.units) === undefined) return undefined;
  return new Step(
    'currency',
    { amount: amountOf(x), to: to.code, ...extra },
    to.assumption === undefined ? [] : [to.assumption],
  );
}

export function addCurrency(g: AskGrammar): void {
  g.know(currencyWords().filter((word) => /^\p{L}+$/u.test(word)));
  g.rule('currency', (input, at) => {
    const found: Parse<Currency>[] = [];
    for (let words = Math.min(longestCurrencyName, input.length - at); words > 0; words--) {
      const tokens = input.tokens.slice(at, at + words);
      const name = tokens.map(({ text }) => text).join(' ');
      const named = currenciesNamed(name, words === 1 ? tokens[0]!.raw : '', input.locale);
      for (const value of named) found.push({ end: at + words, value, cost: /^pounds?$/.test(name) ? 0.3 : 0 });
    }
    return found;
  });

  g.add('currency', '(the)? (currency|money) of (the)? {k:country}', ({ k }) => currencyOfCountry(k));
  g.add('currency', '(the)? local (currency|money) of (the)? {k:country}', ({ k }) => currencyOfCountry(k));

  const to = '(in|to|into|as|for|in to|worth in|in terms of)';
  type Slots = { x: Expression; c: Currency; rate?: { n: bigint; d: bigint } };
  const make = (slots: object) => convert((slots as Slots).x, (slots as Slots).c);
  g.add(
    'question',
    `(convert|change|exchange|turn|switch|transfer|trade|translate|swap)? {x:value} ${to} (the)? {c:currency} (currency|please)?`,
    make,
  );
  g.add(
    'question',
    `(how many|how much|what number of|how many of) {c:currency} (is|are|in|for|equals|equal|make|makes|can i get for|do i get for|will i get for|could i get for|would i get for|can you get for|can i get with|can i buy with|can i exchange for|can i get from|can i get if i trade in|do i receive if i trade in|do i get if i trade in|i get if i trade in|would|will|to|is there in|are there in|are in|i get for|do you get for|could i exchange for|would be|worth|does|would i need for|do i need for) (my|a|the|about)? {x:value} (get me|be|equal|make|worth|buy|is that)?`,
    make,
  );
  g.add(
    'question',
    '{x:value} (is|equals|equal|are|=|is equal to|is worth|would be|makes|gets me|buys) (how many|how much|what in|what|how much in) {c:currency}',
    make,
  );
  g.add(
    'question',
    `(what|how much) (would|will|does|do|did|is|are) (a|the)? {x:value} (be|get me|worth|cost|equal|come to|convert|go for|amount to|convert to|exchange) (in|to|into|for)? {c:currency}`,
    make,
  );
  g.add(
    'question',
    '(what is)? (the)? (value|worth|amount|price|equivalent|equal number|quantity|cost|conversion|exchange) (of|for) {x:value} (in|to|into) {c:currency}',
    make,
  );
  g.add(
    'question',
    '(the)? (amount|quantity|maximum|equal number|number) (of)? {c:currency} (i get|i can get|i receive|i can exchange|i will get) (if i trade in|for|for trading|by trading|from|if i exchange) {x:value}',
    make,
  );
  g.add(
    'question',
    '(the)? (exchange|exchange rate|conversion|rate) (to|in|into) {c:currency} (if i have|for|of) {x:value}',
    make,
  );
  g.add(
    'question',
    '(if|when) i (have|had|exchange|trade|trade in|convert|change) {x:value} (for|to|in|into)? (how many|how much|what) {c:currency} (do|will|would|can|is|would that|does) (i|that|it) (get|have|receive|be|make|equal)?',
    make,
  );
  g.add(
    'question',
    '(how does|how do|what does) {x:value} (convert|translate|compare|exchange) (to|into|in) {c:currency}',
    make,
  );

  g.add(
    'question',
    '(if|when) i have {x:value} (how much|how many|what) (is|would|would be|will) (that|it|this|i) (be|get|worth)? (in|of|for) {c:currency}',
    make,
  );
  g.add(
    'question',
    '(how much|what) (is|are) {x:value} (worth)? (in|to) {k:country} (money|currency)?',
    (slots: object) => {
      const { x, k } = slots as { x: Expression; k: string };
      const to = currencyOfCountry(k);
      return to === undefined ? undefined : convert(x, to);
    },
  );
  // A rate that the question gives
  g.add(
    'question',
    `(convert|change|exchange)? {x:value} ${to} {c:currency} (at|using|with|given) (a|an|the)? (rate|exchange rate|conversion rate)? (of)? {rate:number}`,
    (slots: object) => {
      const { x, c, rate } = slots as Slots;
      return convert(x, c, { rate: rateText(rate!) });
    },
  );
  g.add(
    'question',
    `{x:value} at (a|an|the)? (rate|exchange rate|conversion rate)? (of)? {rate:number} ${to} {c:currency}`,
    (slots: object) => {
      const { x, c, rate } = slots as Slots;
      return convert(x, c, { rate: rateText(rate!) });
    },
  );

  // The rate itself
  type Pair = { a: Currency; b: Currency };
  // Between countries it is their money.
  g.add('rateCurrency', '{c:currency}', ({ c }) => c);
  g.add('rateCurrency', '(the)? {k:country}', ({ k }) => currencyOfCountry(k));
  const rate = (slots: object) => rateOf((slots as Pair).a, (slots as Pair).b);
  const kind =
    '(current|present|latest|going|official|live)? (exchange rate|exchange rates|conversion rate|currency exchange rate|currency conversion rate|currency conversion|currency exchange|rate of exchange|rate|conversion|exchange|going rate|price)';
  g.add(
    'question',
    `(the|todays|today 's|a)? ${kind} (like)? (today|now|right now|currently|at)? (between|from|for|of|for exchanging|when exchanging|for converting) (the|a|an|one)? {a:rateCurrency} (and|to|into|in|for|versus|vs|against|with|is to) (the|a|an)? {b:rateCurrency} (is|today|right now|now|currently|at)?`,
    rate,
  );
  g.add(
    'question',
    `(the)? {a:currency} (to|and|into|/|-|vs|versus|for|in|against) (the)? {b:currency} (is|exchanges at)? (${kind})? (what|is what)? (is|today|right now|now|currently)?`,
    rate,
    0.2,
  );
  g.add('question', `(the)? ${kind} (in|to) {b:currency} (for|of|from) (the|a|one)? {a:currency}`, rate);
  g.add(
    'question',
    '(how many|how much) {b:currency} (is|are|in|for|to|per|equals|equal|are in|can i get for|do i get for|makes) (my|a|an|one|the|each|every)? {a:currency} (worth|get me)?',
    ({ a, b }) => convert({ kind: 'quantity', of: { kind: 'number', value: { n: 1n, d: 1n } }, units: unitsOf(a) }, b),
    0.1,
  );
}

/** The money of a country that has one currency. */
function currencyOfCountry(name: string): Currency | undefined {
  const found = countries.find((country) => country.name === name)?.currencies ?? [];
  return found.length === 1
    ? { code: found[0]!.code, assumption: `the money of ${name} is ${found[0]!.name}` }
    : undefined;
}

const unitsOf = ({ code }: Currency) => [{ unit: currencyUnit(code), power: 1 }];

const rateText = ({ n, d }: { n: bigint; d: bigint }): string => toText({ kind: 'number', value: { n, d } });

function rateOf(from: Currency, to: Currency): Step | undefined {
  if (from.code === to.code) return undefined;
  const assumptions = [from.assumption, to.assumption].filter((text) => text !== undefined);
  return new Step('currency', { amount: `1 ${from.code}`, to: to.code, rateOnly: true }, assumptions);
}
