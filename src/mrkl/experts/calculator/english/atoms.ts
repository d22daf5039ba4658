/** Atoms of spoken arithmetic: numbers, quantities, money, brackets, `the square root of …`. */
import { fromInteger } from '../../../exact/rational.js';
import type { Input, Parse } from '../../../grammar/grammar.js';
import { numberVocabulary, readNumber } from '../../../grammar/numberWords.js';
import type { AskGrammar } from '../../../grammar/types.js';
import { currencyUnit, parseUnitText, type UnitProduct } from '../../../quantities/units.js';
import { binary, call, type Expression, numberOf } from '../expression.js';
import { fromRoman } from '../forms.js';

const ordinalWords = [
  'zeroth',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
  'seventeenth',
  'eighteenth',
  'nineteenth',
  'twentieth',
];

function readOrdinal(input: Input, at: number): Parse<number>[] {
  const token = input.tokens[at];
  const after = input.tokens[at + 1];
  if (
    token?.kind === 'number' &&
    /^\d{1,4}$/.test(token.raw) &&
    after !== undefined &&
    !after.spaced &&
    /^(st|nd|rd|th)$/.test(after.text)
  ) {
    return [{ end: at + 2, value: Number(token.raw), cost: 0 }];
  }
  const single = ordinalWords.indexOf(token?.text ?? '');
  if (single >= 0) return [{ end: at + 1, value: single, cost: 0 }];
  if (token?.text === 'thirtieth') return [{ end: at + 1, value: 30, cost: 0 }];
  const ten = token?.text === 'twenty' ? 20 : token?.text === 'thirty' ? 30 : undefined;
  const unit = ordinalWords.indexOf(after?.text ?? '');
  return ten !== undefined && unit > 0 && unit < 10 ? [{ end: at + 2, value: ten + unit, cost: 0 }] : [];
}

/** Words that are part of the arithmetic around a thing. */
const notThings = new Set([
  ...numberVocabulary,
  ...'plus minus times divided over percent and with after the off less more than from into bill tip tax'.split(' '),
]);

/** `f(x)` written as in programs. */
const programFunctions: Readonly<Record<string, string>> = {
  sqrt: 'sqrt',
  cbrt: 'cbrt',
  ln: 'ln',
  log: 'log',
  log10: 'log',
  exp: 'exp',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  abs: 'abs',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  min: 'min',
  max: 'max',
  gcd: 'gcd',
  lcm: 'lcm',
  gcf: 'gcd',
  hcf: 'gcd',
  mean: 'mean',
  avg: 'mean',
  average: 'mean',
  median: 'median',
  sum: 'sum',
  product: 'product',
  root: 'root',
};

export function addAtoms(grammar: AskGrammar): void {
  grammar.know(numberVocabulary).know(ordinalWords).know(Object.keys(programFunctions));
  grammar.rule('number', readNumber);
  grammar.rule('ordinal', readOrdinal);
  grammar.rule('integer', (input, at) =>
    readNumber(input, at).flatMap(({ value, ...rest }) =>
      value.d === 1n && value.n < 1_000_000_000n ? [{ ...rest, value: Number(value.n) }] : [],
    ),
  );

  grammar.rule('noun', (input, at) => {
    const token = input.tokens[at];
    const isThing = token?.kind === 'word' && token.text.length > 2 && !notThings.has(token.text);
    return isThing ? [{ end: at + 1, value: token.text, cost: 0 }] : [];
  });
  grammar.rule('roman', (input, at) => {
    const token = input.tokens[at];
    const value = token?.kind === 'word' && /^[IVXLCDM]+$/.test(token.raw) ? fromRoman(token.raw) : undefined;
    return value === undefined ? [] : [{ end: at + 1, value: { n: value, d: 1n }, cost: 0 }];
  });
  grammar.add('atom', '{n:number}', ({ n }) => numberOf(n));
  grammar.add('atom', '{x:bracketed}', ({ x }) => x);
  grammar.rule('bracketed', (input, at) => {
    const closing = { '(': ')', '[': ']' }[input.text(at) ?? ''];
    if (closing === undefined) return [];
    return grammar
      .read('value', input, at + 1)
      .filter(({ end }) => input.text(end) === closing)
      .map((inside) => ({
        ...inside,
        end: inside.end + 1,
        value: inside.value.kind === 'binary' ? { ...inside.value } : inside.value,
      }));
  });
  grammar.add('atom', 'pi', () => ({ kind: 'constant', name: 'pi' }));
  grammar.add('atom', '{x:asked}', ({ x }) => x, 0.2);
  grammar.add('atom', '{x:percent}', ({ x }) => x);

  // 5 km, an inch, half a cup, 5 ft 3 in
  grammar.add('atom', '{n:number} (of)? {u:units}', ({ n, u }) => ({ kind: 'quantity', of: numberOf(n), units: u }));
  grammar.add('atom', '(a|an|the|per|each) {u:units}', ({ u }) => bareUnit(u), 0.1);
  grammar.add('atom', 'half (a|an) {u:units}', ({ u }) => ({
    kind: 'quantity',
    of: numberOf({ n: 1n, d: 2n }),
    units: u,
  }));
  grammar.add(
    'atom',
    '{a:number} {u:units} (and)? {b:number} {v:units}',
    ({ a, u, b, v }) => compound(a, u, b, v),
    -0.2,
  );
  grammar.add('atom', '{n:number} (a|one)? {u:units} and (a|one) half', ({ n, u }) => ({
    kind: 'quantity',
    of: binary('+', numberOf(n), numberOf({ n: 1n, d: 2n })),
    units: u,
  }));

  grammar.add('atom', '(a|an|one) {u:units} and a half', ({ u }) => ({
    kind: 'quantity',
    of: numberOf({ n: 3n, d: 2n }),
    units: u,
  }));
  // 6 foot 2: the inches go without saying.
  grammar.add('atom', '{a:number} {u:units} {b:number}', ({ a, u, b }) =>
    u.length === 1 && u[0]!.unit.symbol === 'ft' && u[0]!.power === 1 && b.d === 1n && b.n < 12n
      ? binary(
          '+',
          { kind: 'quantity', of: numberOf(a), units: u },
          { kind: 'quantity', of: numberOf(b), units: parseUnitText('in')! },
        )
      : undefined,
  );

  grammar.add('atom', '{x:bracketed} {u:units}', ({ x, u }) => ({ kind: 'quantity', of: x, units: u }));
  grammar.add('atom', '{x:bracketed} {c:currency}', ({ x, c }) => money(x, c.code), 0.1);
  // 60 mph for 2.5 hours, $15 an hour for 40 hours
  grammar.add('atom', '{n:number} {u:units} for {y:operand}', ({ n, u, y }) =>
    y.kind === 'quantity' && u.some(({ power }) => power < 0)
      ? binary('*', { kind: 'quantity', of: numberOf(n), units: u }, y)
      : undefined,
  );
  for (const amount of ['{n:number} {c:currency}', '{c:currency} {n:number}'] as const) {
    grammar.add('atom', `${amount} (a|an|per|each|every) {u:units} for {y:operand}`, ({ n, c, u, y }) =>
      binary(
        '*',
        { kind: 'quantity', of: numberOf(n), units: [...money(numberOf(n), c.code).units, ...inverse(u)] },
        y,
      ),
    );
  }

  grammar.add('atom', '{n:number} (a|an|of a|of an) {u:units}', ({ n, u }) =>
    n.d === 1n ? undefined : { kind: 'quantity', of: numberOf(n), units: u },
  );
  grammar.add(
    'atom',
    '(a|an|the) {n:number} {u:units}',
    ({ n, u }) => ({ kind: 'quantity', of: numberOf(n), units: u }),
    0.2,
  );

  // $5, 5 dollars, USD 5, $2.5 million
  grammar.add(
    'atom',
    '{c:currency} {n:number}',
    ({ c, n }, input) => (isSymbolOrCode(input, c.code) ? money(numberOf(n), c.code) : undefined),
    0.1,
  );
  grammar.add('atom', '{n:number} (of)? {c:currency}', ({ n, c }) => money(numberOf(n), c.code), 0.1);
  grammar.add('atom', '(a|an|the|one) {c:currency}', ({ c }) => money(numberOf(fromInteger(1)), c.code), 0.2);
  grammar.add('atom', '{n:number} cents', ({ n }) => money(numberOf({ n: n.n, d: n.d * 100n }), 'USD'), 0.2);
  grammar.add('atom', '{a:number} {c:currency} (and)? {b:number} cents', ({ a, c, b }) =>
    money(binary('+', numberOf(a), numberOf({ n: b.n, d: b.d * 100n })), c.code),
  );

  const one =
    (name: string) =>
    ({ x }: { x: Expression }) =>
      call(name, x);
  grammar.add('atom', '(the)? (square root|sqrt) (of)? {x:operand}', one('sqrt'));
  grammar.add('atom', '(the)? root of {x:operand}', one('sqrt'), 0.5);
  grammar.add('atom', '(the)? (cube root|cubic root|cbrt|third root) (of)? {x:operand}', one('cbrt'));
  grammar.add('atom', '(the)? {n:ordinal} root of {x:operand}', ({ n, x }) =>
    call('root', numberOf(fromInteger(n)), x),
  );
  grammar.add('atom', '(the)? (square|2nd power|second power) of {x:operand}', ({ x }) =>
    binary('^', x, numberOf(fromInteger(2))),
  );
  grammar.add('atom', '(the)? (cube|third power) of {x:operand}', ({ x }) => binary('^', x, numberOf(fromInteger(3))));
  grammar.add('atom', '(the)? factorial (of)? {x:operand}', ({ x }) => ({ kind: 'factorial', of: x }));
  grammar.add('atom', '(the)? (absolute value|abs) of {x:operand}', one('abs'));
  grammar.add('atom', '(the)? (natural log|natural logarithm|ln) (of)? {x:operand}', one('ln'));
  grammar.add('atom', '(the)? (log|logarithm|common log|common logarithm|log base ten) (of)? {x:operand}', one('log'));
  grammar.add('atom', '(the)? (log|logarithm) (in|to|with)? (the)? base {b:operand} of {x:operand}', ({ b, x }) =>
    call('log', x, b),
  );
  grammar.add('atom', '(the)? (log|logarithm) of {x:operand} (in|to|with) (the)? base {b:operand}', ({ b, x }) =>
    call('log', x, b),
  );
  grammar.add('atom', '(the)? (antilog|antilogarithm) of {x:operand}', ({ x }) =>
    binary('^', numberOf(fromInteger(10)), x),
  );
  grammar.add('atom', 'e (to the power of|to the|to the power|^) {x:operand} (power)?', one('exp'));
  for (const [name, words] of [
    ['sin', '(sine|sin)'],
    ['cos', '(cosine|cos)'],
    ['tan', '(tangent|tan)'],
  ] as const) {
    grammar.add('atom', `(the)? ${words} (of)? {x:operand}`, (slots: object) => {
      const { x } = slots as { x: Expression };
      return call(name, x);
    });
    // sin 30: of degrees or of radians? A plain number does not say: two readings make a question back.
    grammar.add('atom', `(the)? ${words} (of)? {x:operand}`, (slots: object) => {
      const { x } = slots as { x: Expression };
      return x.kind === 'number' ? call(name, { kind: 'quantity', of: x, units: parseUnitText('°')! }) : undefined;
    });
  }
  grammar.add('atom', '(double|twice) {x:operand}', ({ x }) => binary('*', numberOf(fromInteger(2)), x));
  grammar.add('atom', '(triple|thrice|three times as much as) {x:operand}', ({ x }) =>
    binary('*', numberOf(fromInteger(3)), x),
  );
  grammar.add('atom', '(quadruple) {x:operand}', ({ x }) => binary('*', numberOf(fromInteger(4)), x));
  grammar.add('atom', '(negative|minus) {n:number}', ({ n }) => numberOf({ n: -n.n, d: n.d }), 0.1);

  grammar.rule('atom', (input, at) => {
    const name = programFunctions[input.text(at) ?? ''];
    if (name === undefined || /^(sin|cos|tan)$/.test(name) || input.text(at + 1) !== '(') return [];
    return grammar
      .read('items', input, at + 2)
      .filter(({ end }) => input.text(end) === ')')
      .map(({ end, value, cost }) => ({ end: end + 1, value: call(name, ...value), cost }));
  });
  // 5! and 50% of a bare 2 (3 + 4)
  grammar.rule('atom', (input, at) => {
    const token = input.tokens[at];
    if (token?.kind !== 'number' || input.text(at + 1) !== '(') return [];
    const [first] = readNumber(input, at).filter(({ end }) => end === at + 1);
    return first === undefined
      ? []
      : grammar
          .read('atom', input, at + 1)
          .map(({ end, value, cost }) => ({ end, value: binary('*', numberOf(first.value), value), cost }));
  });
}

/** One of a unit, named without a number: part of a question, and never a whole one. */
const bareUnits = new WeakSet<Expression>();
export const isBareUnit = (expression: Expression): boolean => bareUnits.has(expression);
function bareUnit(units: UnitProduct): Expression {
  const expression: Expression = { kind: 'quantity', of: numberOf(fromInteger(1)), units };
  bareUnits.add(expression);
  return expression;
}

const money = (of: Expression, code: string): Extract<Expression, { kind: 'quantity' }> => ({
  kind: 'quantity',
  of,
  units: [{ unit: currencyUnit(code), power: 1 }],
});
const inverse = (units: UnitProduct): UnitProduct => units.map(({ unit, power }) => ({ unit, power: -power }));

const isSymbolOrCode = (input: Input, code: string): boolean =>
  input.tokens.some(({ text, raw }) => /^[$€£¥₹₩₽₺₴₦฿₪₫₱]$/.test(text) || raw.toUpperCase() === code);

function compound(
  a: { n: bigint; d: bigint },
  u: readonly { unit: { dimension: object; factor: { n: bigint; d: bigint } } }[],
  b: { n: bigint; d: bigint },
  v: typeof u,
): Expression | undefined {
  if (u.length !== 1 || v.length !== 1) return undefined;
  const [first, second] = [u[0]!.unit, v[0]!.unit];
  // The second unit is the smaller one of the same kind.
  if (JSON.stringify(first.dimension) !== JSON.stringify(second.dimension)) return undefined;
  if (first.factor.n * second.factor.d <= second.factor.n * first.factor.d) return undefined;
  return binary(
    '+',
    { kind: 'quantity', of: numberOf(a), units: u as never },
    { kind: 'quantity', of: numberOf(b), units: v as never },
  );
}
