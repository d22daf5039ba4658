/** Arithmetic in whole phrases: `the sum of …`, `subtract … from …`, `30% off …`, `what percent of … is …`. */
import { fromInteger } from '../../../exact/rational.js';
import type { AskGrammar } from '../../../grammar/types.js';
import { binary, call, type Expression, numberOf } from '../expression.js';

const left = (operator: '+' | '-' | '*' | '/') => (items: readonly Expression[]) =>
  items.reduce((a, b) => binary(operator, a, b));
const add = left('+');
const multiply = left('*');
const pair = (items: readonly Expression[], operator: '-' | '/'): Expression | undefined =>
  items.length === 2 ? binary(operator, items[0]!, items[1]!) : undefined;
const one = fromInteger(1);

export function addPhrases(g: AskGrammar): void {
  g.add('atom', '(the)? (sum|total) (of)? (the numbers)? {items:list}', ({ items }) => add(items));
  g.add(
    'atom',
    '(the)? (sum|total) of {x:expr}',
    ({ x }) => (x.kind === 'binary' && x.operator === '+' ? x : undefined),
    0.3,
  );
  g.add(
    'atom',
    '(the)? product of {x:expr}',
    ({ x }) => (x.kind === 'binary' && x.operator === '*' ? x : undefined),
    0.3,
  );
  g.add('atom', '(the)? product (of)? {items:list}', ({ items }) => multiply(items));
  g.add('atom', '(the)? (difference|diffrence) (between|of|in) {items:list}', ({ items }) => pair(items, '-'));
  g.add('atom', '(the)? (ratio|quotient) (between|of) {items:list}', ({ items }) => pair(items, '/'));
  g.add('atom', '(the)? ratio (of|between) {a:expr} to {b:expr}', ({ a, b }) => binary('/', a, b));
  g.add('atom', '(the)? (sum|total) of {a:expr} (plus|added to) {b:expr}', ({ a, b }) => binary('+', a, b), 0.2);
  g.add('atom', '(the)? difference (from|between) {a:expr} (to|minus) {b:expr}', ({ a, b }) => binary('-', a, b), 0.2);
  g.add('atom', '(the)? product of {a:expr} (times|multiplied by) {b:expr}', ({ a, b }) => binary('*', a, b), 0.2);
  g.add('atom', '(the)? quotient of {a:expr} (divided by|over) {b:expr}', ({ a, b }) => binary('/', a, b), 0.2);
  g.add('atom', '(the)? quotient (when|if) {a:expr} is divided by {b:expr}', ({ a, b }) => binary('/', a, b));
  for (const [name, words] of [
    ['mean', '(mean|average|avg|arithmetic mean)'],
    ['median', '(median)'],
    ['max', '(maximum|max|largest|biggest|greatest|highest)'],
    ['min', '(minimum|min|smallest|lowest|least)'],
    [
      'gcd',
      '(greatest common divisor|greatest common factor|highest common factor|gcd|gcf|hcf|greatest common denominator)',
    ],
    ['lcm', '(least common multiple|lowest common multiple|lcm|smallest common multiple)'],
  ] as const) {
    g.add('atom', `(the)? ${words} (of|between|among)? (the numbers|these numbers)? {items:list}`, (slots: object) =>
      call(name, ...(slots as { items: readonly Expression[] }).items),
    );
  }
  g.add('atom', '(the)? remainder (of|from|when|if) {a:expr} (is)? (divided by|over|/) {b:expr}', ({ a, b }) =>
    binary('mod', a, b),
  );
  g.add('atom', '(the)? remainder (when|if) (you|we|i) divide {a:expr} by {b:expr}', ({ a, b }) => binary('mod', a, b));
  g.add('atom', '(the)? remainder (when|if|of) dividing {a:expr} by {b:expr}', ({ a, b }) => binary('mod', a, b));
  g.add('imperative', '{n:operand} choose {k:operand}', ({ n, k }) => call('combinations', n, k));
  g.add('atom', '(the)? reciprocal of {x:operand}', ({ x }) => binary('/', numberOf(one), x));

  addImperatives(g);
  addPercentages(g);
  addRounding(g);
}

function addImperatives(g: AskGrammar): void {
  g.add('imperative', '(add|sum) (up)? (together)? {items:list} (together|up)?', ({ items }) => add(items));
  g.add('imperative', 'add {a:expr} (to|with|plus|onto) {b:expr}', ({ a, b }) => binary('+', a, b));
  g.add('imperative', '(subtract|deduct|take|take away|remove) {a:expr} (away)? from {b:expr}', ({ a, b }) =>
    binary('-', b, a),
  );
  g.add('imperative', 'multiply {a:expr} (by|with|times|to) {b:expr}', ({ a, b }) => binary('*', a, b));
  g.add('imperative', 'multiply (together)? {items:list} (together)?', ({ items }) => multiply(items));
  g.add('imperative', 'divide {a:expr} by {b:expr}', ({ a, b }) => binary('/', a, b));
  g.add('imperative', 'divide {a:expr} into {b:expr}', ({ a, b }) =>
    /^(number)$/.test(b.kind) && a.kind === 'number' && a.value.n < (b.kind === 'number' ? b.value.n : 0n)
      ? binary('/', b, a)
      : undefined,
  );
  g.add('imperative', 'square {x:operand}', ({ x }) => binary('^', x, numberOf(fromInteger(2))), 0.5);
  g.add('imperative', 'cube {x:operand}', ({ x }) => binary('^', x, numberOf(fromInteger(3))), 0.5);
  g.add('imperative', 'raise {x:expr} to (the)? (power)? (of)? {y:operand} (power)?', ({ x, y }) => binary('^', x, y));
  g.add('imperative', 'halve {x:operand}', ({ x }) => binary('/', x, numberOf(fromInteger(2))));
  g.add('imperative', '(increase|raise|grow) {x:expr} by {y:expr}', ({ x, y }) => binary('+', x, y));
  g.add('imperative', '(decrease|reduce|lower|cut|discount) {x:expr} by {y:expr}', ({ x, y }) => binary('-', x, y));
  g.add('imperative', '{a:term} (more|greater) than {b:term}', ({ a, b }) => binary('+', b, a), 0.3);
  g.add('imperative', '{a:term} (less|fewer|smaller) than {b:term}', ({ a, b }) => binary('-', b, a), 0.3);
  g.add('imperative', '{a:term} (subtracted|taken|taken away|deducted) from {b:term}', ({ a, b }) => binary('-', b, a));
  g.add('imperative', '{a:term} doubled', ({ a }) => binary('*', numberOf(fromInteger(2)), a));
  g.add('imperative', '{a:term} (halved|cut in half|divided in half|divided in two)', ({ a }) =>
    binary('/', a, numberOf(fromInteger(2))),
  );
  g.add('imperative', '{a:term} tripled', ({ a }) => binary('*', numberOf(fromInteger(3)), a));

  const split = '(split|divide|share|distribute)';
  const people =
    '(people|persons|friends|ways|kids|children|guests|students|person|of us|parts|equal parts|groups|pieces)?';
  g.add(
    'imperative',
    `${split} {a:expr} (evenly|equally)? (between|among|amongst|into|by|with|across|for) {b:term} ${people} (evenly|equally)?`,
    (slots: object) => {
      const { a, b } = slots as { a: Expression; b: Expression };
      return binary('/', a, b);
    },
    0.1,
  );
  g.add('imperative', `${split} {a:expr} {b:term} ways (evenly|equally)?`, (slots: object) => {
    const { a, b } = slots as { a: Expression; b: Expression };
    return binary('/', a, b);
  });
  g.add(
    'imperative',
    `{a:term} (split|divided|shared|distributed) (evenly|equally)? (between|among|amongst|into|with|by|across) {b:term} ${people} (evenly|equally)?`,
    (slots: object) => {
      const { a, b } = slots as { a: Expression; b: Expression };
      return binary('/', a, b);
    },
    0.1,
  );
  g.add('imperative', '{a:term} (split|divided) (evenly|equally)? {b:term} ways (evenly|equally)?', ({ a, b }) =>
    binary('/', a, b),
  );
}

function addPercentages(g: AskGrammar): void {
  // The price after a discount, the bill with a tip.
  g.add(
    'atom',
    '{p:percent} (off|off of|discount off|discount from|reduction on|knocked off|less than|lower than) (of)? (a|an)? {x:operand}',
    ({ p, x }) => binary('-', x, p),
  );
  g.add('atom', '{p:percent} (more than|greater than|higher than|above|on top of) {x:operand}', ({ p, x }) =>
    binary('+', x, p),
  );
  g.add(
    'imperative',
    '{x:term} (with|after|at|given) (a|an)? {p:percent} (off|discount|reduction|markdown|price cut|sale)',
    ({ x, p }) => binary('-', x, p),
  );
  g.add('imperative', '{x:term} (discounted|reduced|marked down|decreased|down) (by)? {p:percent}', ({ x, p }) =>
    binary('-', x, p),
  );
  g.add('imperative', '{x:term} (marked up|increased|raised|up) (by)? {p:percent}', ({ x, p }) => binary('+', x, p));
  g.add(
    'imperative',
    '{x:term} (with|plus|including|and|after adding|after) (a|an)? {p:percent} (tip|gratuity|tax|sales tax|vat|gst|service charge|markup|mark up|interest|raise|increase|surcharge|fee)',
    ({ x, p }) => binary('+', x, p),
  );
  g.add(
    'imperative',
    '(the)? (total|price|cost|sale price|final price) (of|for|on)? (a|an|the)? {x:term} (bill|item|meal|dinner|check|purchase)? (with|plus|including|after) (a|an)? {p:percent} (tip|gratuity|tax|sales tax|vat|gst|service charge|surcharge|fee)',
    ({ x, p }) => binary('+', x, p),
  );
  g.add(
    'imperative',
    '(the)? (price|cost|sale price|final price|discounted price|total) (of|for|on)? (a|an|the)? {x:term} (item|meal|shirt|product|purchase)? (with|after|at) (a|an)? {p:percent} (off|discount|reduction)',
    ({ x, p }) => binary('-', x, p),
  );
  const share = '(tip|gratuity|tax|sales tax|vat|commission|markup|interest|service charge|down payment|deposit|fee)';
  g.add(
    'atom',
    `{p:percent} ${share} (on|for|of) (a|an|the|my)? {x:operand} (bill|tab|check|meal|dinner|purchase|order|lunch|sale)?`,
    (slots: object) => {
      const { p, x } = slots as { p: Expression; x: Expression };
      return binary('*', p, x);
    },
  );
  g.add(
    'atom',
    `(the|a|an)? ${share} (on|for|of) (a|an|the|my)? {x:operand} (bill|tab|check|meal|dinner|purchase|order|lunch|sale)? at (a rate of)? {p:percent}`,
    (slots: object) => {
      const { p, x } = slots as { p: Expression; x: Expression };
      return binary('*', p, x);
    },
  );
  g.add('imperative', '(tip) {p:percent} on (a|an)? {x:operand} (bill|tab|check|meal|dinner)?', ({ p, x }) =>
    binary('*', p, x),
  );
  g.add(
    'atom',
    '(the)? (percent|percentage|percent of|percentage of) (change|increase|difference|growth) (from|between) {a:term} (to|and) {b:term}',
    ({ a, b }) => call('change', a, b),
  );
  g.add(
    'imperative',
    '{a:term} as (a|the)? (percent|percentage|%) of {b:term}',
    ({ a, b }) => call('percentage', binary('/', a, b)),
    -0.1,
  );
  g.add('atom', '(the)? percentage (of|that) {a:term} (is of|out of|is out of|in|of) {b:term}', ({ a, b }) =>
    call('percentage', binary('/', a, b)),
  );
  g.add(
    'atom',
    '(the)? (percent|percentage) (decrease|drop|decline|reduction|loss) (from|between) {a:term} (to|and) {b:term}',
    ({ a, b }) => call('abs', call('change', a, b)),
  );
  g.add('atom', '{n:number} times as (much|many|big|large|long|heavy) as {x:operand}', ({ n, x }) =>
    binary('*', numberOf(n), x),
  );

  // Prices and bills of things that have a name
  const sale = '(off|discount|discounted|reduction|price cut|markdown)';
  g.add(
    'imperative',
    `(if|when)? (a|an|the|my)? {k:noun} (costs|cost|is|was|is priced at|sells for|is listed at) {x:term} (and|but) (is|it is|has|there is|you get|i get|it has|gets)? (on sale for|on sale at)? (a|an)? {p:percent} ${sale} (how much|what) (is|will be|would be|does|would) (the|its|my|it|i)? (sale|final|new|discounted|total)? (price|cost|pay|be)?`,
    (slots: object) => {
      const { x, p } = slots as { x: Expression; p: Expression };
      return binary('-', x, p);
    },
  );
  g.add(
    'imperative',
    `(how much)? (would|will|does|is|do i pay for)? (the cost of|the price of)? (a|an|the)? {x:term} {k:noun} (cost|be|worth)? (after|with|at) (a|an)? {p:percent} ${sale}`,
    (slots: object) => {
      const { x, p } = slots as { x: Expression; p: Expression };
      return binary('-', x, p);
    },
  );
  g.add(
    'imperative',
    '(i have|my bill is|the bill is|for|on)? (a)? (bill|check|tab|meal|dinner)? (of|is|was|for)? {x:term} (what|how much) (is|would be|should) (a|an|the|i)? {p:percent} (tip|gratuity|tax)',
    ({ x, p }) => binary('*', p, x),
    0.2,
  );
  g.add(
    'imperative',
    '(split|divide|share) (a|an|the)? {a:term} (bill|check|tab|dinner|meal|pizza|rent|cost) (evenly|equally)? (between|among|by|with)? {b:term} (ways|people|friends|roommates)? (evenly|equally)?',
    ({ a, b }) => binary('/', a, b),
  );
}

function addRounding(g: AskGrammar): void {
  g.add('places', '{n:integer} (decimal places|decimal place|decimals|decimal|digits|places|dp)', ({ n }) =>
    numberOf(fromInteger(n)),
  );
  for (const [words, places] of [
    ['(the)? nearest (whole number|integer|whole|unit|one|dollar|euro|pound)', 0],
    ['(the)? nearest (tenth)', 1],
    ['(the)? nearest (hundredth|cent|penny)', 2],
    ['(the)? nearest (thousandth)', 3],
    ['(the)? nearest (ten|10|tens)', -1],
    ['(the)? nearest (hundred|100|hundreds)', -2],
    ['(the)? nearest (thousand|1000|thousands)', -3],
    ['(the)? nearest (million)', -6],
    ['(a|the)? (whole number|integer)', 0],
  ] as const) {
    g.add('places', words, () =>
      places < 0 ? { kind: 'negative', of: numberOf(fromInteger(-places)) } : numberOf(fromInteger(places)),
    );
  }
  g.add('imperative', 'round (off|up to|down to)? {x:expr} (off)? (to|at|with) {p:places}', ({ x, p }) =>
    call('round', x, p),
  );
  g.add('imperative', '{x:expr} (rounded|round) (off)? (to|at) {p:places}', ({ x, p }) => call('round', x, p));
  g.add('imperative', '{x:expr} (to|with) {p:places}', ({ x, p }) => call('round', x, p), 0.2);
  g.add('imperative', '{x:expr} (rounded|round) up', ({ x }) => call('ceil', x));
  g.add('imperative', '{x:expr} (rounded|round) down', ({ x }) => call('floor', x));
  g.add('imperative', 'round up {x:expr}', ({ x }) => call('ceil', x));
  g.add('imperative', 'round down {x:expr}', ({ x }) => call('floor', x));
  g.add('imperative', 'round (off)? {x:expr}', ({ x }) => call('round', x), 0.2);
}
