/** The levels of spoken arithmetic, from powers to sums, with every place where a chain may end. */
import { fromInteger } from '../../../exact/rational.js';
import type { Input, Parse } from '../../../grammar/grammar.js';
import type { AskGrammar } from '../../../grammar/types.js';
import { type BinaryOperator, binary, type Expression, numberOf } from '../expression.js';

/** Phrases of an operator, longest first. */
type Phrases = readonly (readonly [readonly string[], BinaryOperator])[];
const phrases = (table: Readonly<Record<string, BinaryOperator>>): Phrases =>
  Object.entries(table)
    .map(([text, operator]) => [text.split(' '), operator] as const)
    .sort(([a], [b]) => b.length - a.length);

const sums = phrases({
  '+': '+',
  plus: '+',
  add: '+',
  'added to': '+',
  'increased by': '+',
  '-': '-',
  minus: '-',
  less: '-',
  'take away': '-',
  subtract: '-',
  'decreased by': '-',
  'reduced by': '-',
  'subtracted by': '-',
  'take off': '-',
});
const products = phrases({
  '*': '*',
  x: '*',
  times: '*',
  'multiplied by': '*',
  'multiply by': '*',
  'multiplied with': '*',
  multiply: '*',
  time: '*',
  '/': '/',
  'divided by': '/',
  'divide by': '/',
  over: '/',
  'divided buy': '/',
  'split by': '/',
  'out of': '/',
  mod: 'mod',
  modulo: 'mod',
  modulus: 'mod',
});

function operatorAt(input: Input, at: number, table: Phrases): { end: number; operator: BinaryOperator } | undefined {
  for (const [words, operator] of table) {
    if (words.every((word, i) => input.text(at + i) === word)) return { end: at + words.length, operator };
  }
  return undefined;
}

/** left op right op right …; every prefix is a reading. */
function chain(
  input: Input,
  at: number,
  table: Phrases,
  operand: (at: number) => readonly Parse<Expression>[],
): Parse<Expression>[] {
  const found: Parse<Expression>[] = [];
  let open = operand(at);
  for (let length = 0; open.length > 0 && length < 200; length++) {
    found.push(...open);
    const next: Parse<Expression>[] = [];
    for (const left of open) {
      const comma = input.text(left.end) === ',' ? 1 : 0;
      const operator = operatorAt(input, left.end + comma, table);
      if (operator === undefined) continue;
      for (const right of operand(operator.end)) {
        next.push({
          end: right.end,
          value: binary(operator.operator, left.value, right.value),
          cost: left.cost + right.cost,
        });
      }
    }
    // Readings that end alike and cost more lead nowhere new.
    const best = new Map<string, Parse<Expression>>();
    for (const reading of next) {
      const key = `${reading.end} ${reading.cost}`;
      if (!best.has(key) || best.size < 8) best.set(best.has(key) ? `${key} ${best.size}` : key, reading);
    }
    open = [...best.values()];
  }
  return found;
}

/** Only a part can be taken `of` something: 15 %, 3/4, half, 0.2. */
function isPart(expression: Expression): boolean {
  if (expression.kind === 'percent') return true;
  if (expression.kind === 'number') return expression.value.d !== 1n;
  return (
    expression.kind === 'binary' &&
    expression.operator === '/' &&
    expression.left.kind === 'number' &&
    expression.right.kind === 'number'
  );
}

/** `Sum 3 and 4 and multiply by 5`, `5 plus 3, then times 2`: what follows works on all that came before. */
function sequence(grammar: AskGrammar, input: Input, at: number): Parse<Expression>[] {
  const found: Parse<Expression>[] = [];
  let open: { reading: Parse<Expression>; spoken: boolean }[] = [
    ...grammar.read('imperative', input, at).map((reading) => ({ reading, spoken: true })),
    ...grammar.read('expr', input, at).map((reading) => ({ reading, spoken: false })),
  ];
  for (let depth = 0; open.length > 0 && depth < 8; depth++) {
    if (depth > 0) found.push(...open.map(({ reading }) => reading));
    else found.push(...open.filter(({ spoken }) => spoken).map(({ reading }) => reading));
    open = open.flatMap(({ reading, spoken }) => {
      const next = link(input, reading.end, spoken || depth > 0);
      if (next === undefined) return [];
      return grammar.read('term', input, next.end).map((right) => ({
        reading: {
          end: afterIt(input, right.end, next.operator),
          value: binary(next.operator, reading.value, right.value),
          cost: reading.cost + right.cost,
        },
        spoken: true,
      }));
    });
  }
  return found;
}

const verbs: readonly [RegExp, BinaryOperator][] = [
  [/^(multiply|multiplied|times)$/, '*'],
  [/^(divide|divided)$/, '/'],
  [/^(add|plus|added)$/, '+'],
  [/^(subtract|minus|subtracted)$/, '-'],
];

/** `and multiply it by`, `then add`; after plain sums only with `then`, as `and` alone may belong to a list. */
function link(input: Input, at: number, spoken: boolean): { end: number; operator: BinaryOperator } | undefined {
  let from = input.text(at) === ',' ? at + 1 : at;
  const start = from;
  if (input.text(from) === 'and') from++;
  const then = input.text(from) === 'then';
  if (then) from++;
  if (from === start) return undefined;
  const operator = verbs.find(([words]) => words.test(input.text(from) ?? ''))?.[1];
  if (operator === undefined) return undefined;
  // After a plain sum `and` alone joins only with a verb: `5 plus 3 and multiply by 2`.
  if (!then && !spoken && !/^(multiply|divide|add|subtract)$/.test(input.text(from)!)) return undefined;
  from++;
  if (/^(it|that|this|them)$/.test(input.text(from) ?? '')) from++;
  else if (
    input.text(from) === 'the' &&
    /^(result|sum|product|total|answer|difference)$/.test(input.text(from + 1) ?? '')
  )
    from += 2;
  if (/^(by|with)$/.test(input.text(from) ?? '')) from++;
  return { end: from, operator };
}

/** `… and subtract 5 from the result`. */
function afterIt(input: Input, at: number, operator: BinaryOperator): number {
  if (input.text(at) !== (operator === '-' ? 'from' : 'to')) return at;
  if (/^(it|that|this)$/.test(input.text(at + 1) ?? '')) return at + 2;
  return input.text(at + 1) === 'the' && /^(result|sum|product|total|answer)$/.test(input.text(at + 2) ?? '')
    ? at + 3
    : at;
}

const openPowers = new WeakSet<Expression>();

export function addLevels(grammar: AskGrammar): void {
  for (const table of [sums, products])
    grammar.know(table.flatMap(([words]) => words.filter((word) => /^\p{L}{2,}$/u.test(word))));
  grammar.know(['percent', 'percentage', 'squared', 'cubed', 'factorial', 'power', 'raised']);

  const number = (value: number) => numberOf(fromInteger(value));
  grammar.rule('operand', (input, at) => {
    const found: Parse<Expression>[] = [];
    let open: readonly Parse<Expression>[] = grammar.read('atom', input, at);
    for (let depth = 0; open.length > 0 && depth < 6; depth++) {
      found.push(...open);
      open = open.flatMap((base) => postfixes(grammar, input, base));
    }
    // Unary signs bind less than powers: -2^2 is -4.
    const signs = input.text(at) === '-' || input.text(at) === 'minus' || input.text(at) === 'negative';
    if (signs || input.text(at) === '+') {
      for (const { end, value, cost } of grammar.read('operand', input, at + 1)) {
        found.push({ end, value: signs ? { kind: 'negative', of: value } : value, cost });
      }
    }
    return found;
  });

  function postfixes(g: AskGrammar, input: Input, { end, value, cost }: Parse<Expression>): Parse<Expression>[] {
    const text = input.text(end);
    const made: Parse<Expression>[] = [];
    const make = (words: number, expression: Expression) => made.push({ end: end + words, value: expression, cost });
    if (text === '!' && !(input.tokens[end]!.spaced && end === input.length - 1))
      make(1, { kind: 'factorial', of: value });
    if (text === 'factorial') make(1, { kind: 'factorial', of: value });
    if (text === 'squared') make(1, binary('^', value, number(2)));
    if (text === 'cubed') make(1, binary('^', value, number(3)));
    // 2^3^2 is 2^(3^2): a power without brackets is no base.
    if ((text === '^' || text === '**') && !openPowers.has(value)) {
      for (const right of g.read('operand', input, end + 1)) {
        const power = binary('^', value, right.value);
        openPowers.add(power);
        made.push({ ...right, value: power, cost: cost + right.cost });
      }
    }
    const raised = text === 'raised' || text === 'raise' ? end + 1 : end;
    if (input.text(raised) === 'to') {
      let at = raised + 1;
      if (input.text(at) === 'the') at++;
      const power = input.text(at) === 'power';
      if (power) at += input.text(at + 1) === 'of' ? 2 : 1;
      if (power || raised > end || input.text(raised + 1) === 'the') {
        for (const right of g.read('ordinal', input, at)) {
          const tail = input.text(right.end) === 'power' ? 1 : 0;
          made.push({ end: right.end + tail, value: binary('^', value, number(right.value)), cost });
        }
        for (const right of g.read('atom', input, at)) {
          const tail = input.text(right.end) === 'power' ? 1 : 0;
          if (power || tail > 0 || raised > end)
            made.push({ end: right.end + tail, value: binary('^', value, right.value), cost: cost + right.cost });
        }
      }
    }
    return made;
  }

  grammar.rule('factor', (input, at) => {
    const found: Parse<Expression>[] = [];
    for (const part of grammar.read('operand', input, at)) {
      found.push(part);
      const slash = input.text(part.end) === '/' || input.text(part.end) === 'over';
      const fractions = slash
        ? grammar
            .read('operand', input, part.end + 1)
            .map((right) => ({ ...right, value: binary('/', part.value, right.value), cost: part.cost + right.cost }))
        : [];
      for (const left of [part, ...fractions]) {
        if (input.text(left.end) !== 'of' || !isPart(left.value)) continue;
        for (const right of grammar.read('factor', input, left.end + 1)) {
          found.push({ end: right.end, value: binary('*', left.value, right.value), cost: left.cost + right.cost });
        }
      }
    }
    return found;
  });
  grammar.rule('term', (input, at) => chain(input, at, products, (from) => grammar.read('factor', input, from)));
  grammar.rule('expr', (input, at) => chain(input, at, sums, (from) => grammar.read('term', input, from)));
  grammar.add('value', '{x:expr}', ({ x }) => x);
  grammar.rule('value', (input, at) => sequence(grammar, input, at));

  // 3, 4 and 5
  grammar.rule('items', (input, at) => {
    const found: Parse<readonly Expression[]>[] = [];
    let open: Parse<readonly Expression[]>[] = grammar
      .read('expr', input, at)
      .map((first) => ({ ...first, value: [first.value] }));
    for (let count = 0; open.length > 0 && count < 100; count++) {
      found.push(...open);
      open = open
        .flatMap((list) => {
          let from = list.end;
          if (input.text(from) === ',') from++;
          if (input.text(from) === 'and' || input.text(from) === '&') from++;
          if (from === list.end) return [];
          return grammar
            .read('expr', input, from)
            .map((item) => ({ end: item.end, value: [...list.value, item.value], cost: list.cost + item.cost }));
        })
        .sort((a, b) => a.cost - b.cost)
        .slice(0, 24);
    }
    return found;
  });
  grammar.add('list', '{items:items}', ({ items }) => (items.length < 2 ? undefined : items));

  // Percentages as they are said
  grammar.add('percent', '{n:number} (%|percent|per cent|pct|percentage)', ({ n }) => ({
    kind: 'percent',
    of: numberOf(n),
  }));
  grammar.add('percent', '(a|an|the) {n:number} (%|percent|per cent|pct)', ({ n }) => ({
    kind: 'percent',
    of: numberOf(n),
  }));
  grammar.add('percent', '(-|minus|negative) {n:number} (%|percent|per cent|pct)', ({ n }) => ({
    kind: 'percent',
    of: numberOf({ n: -n.n, d: n.d }),
  }));
  grammar.rule('percent', (input, at) =>
    input.text(at) !== '('
      ? []
      : grammar
          .read('expr', input, at + 1)
          .filter(({ end }) => input.text(end) === ')' && /^(%|percent)$/.test(input.text(end + 1) ?? ''))
          .map(({ end, value, cost }) => ({ end: end + 2, value: { kind: 'percent', of: value }, cost })),
  );
}
