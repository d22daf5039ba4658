/**
 * Number words of every common style: `six hundred and ninety-two`, `seventy five hundred`, `2.5 million`, `a dozen`, `two and a
 * half`, `three quarters`, `two point five`. All readings are given, the longest first: in `the sum of five hundred and six
 * hundred` the shorter one is right, and only what follows can tell.
 */
import { add, fromInteger, multiply, parseNumeral, power, type Rational, rational, zero } from '../exact/rational.js';
import { scales, small, tens } from '../exact/words.js';
import type { Input, Parse } from './grammar.js';
import { readNumeral } from './numerals.js';

const units = new Map<string, number>(small.map((word, i) => [word, i]));
const ties = new Map<string, number>(tens.map((word, i) => [word, 20 + 10 * i]));
ties.set('fourty', 40);
const magnitudes = new Map<string, Rational>(scales.map((word, i) => [word, power(fromInteger(1000), BigInt(i + 1))]));
for (const word of scales) magnitudes.set(`${word}s`, magnitudes.get(word)!);
magnitudes
  .set('mn', magnitudes.get('million')!)
  .set('bn', magnitudes.get('billion')!)
  .set('tn', magnitudes.get('trillion')!);
magnitudes.set('lakh', fromInteger(100_000)).set('lakhs', fromInteger(100_000));
magnitudes.set('crore', fromInteger(10_000_000)).set('crores', fromInteger(10_000_000));
magnitudes.set('grand', fromInteger(1000));
/** Letters right behind a numeral: 3k, 2.5M. */
const suffixes = new Map<string, string>([
  ['k', 'thousand'],
  ['b', 'billion'],
  ['bn', 'billion'],
  ['mn', 'million'],
  ['mm', 'million'],
  ['mil', 'million'],
]);
const collective = new Map<string, number>([
  ['dozen', 12],
  ['dozens', 12],
  ['score', 20],
  ['gross', 144],
  ['couple', 2],
]);
const denominators = new Map<string, number>([
  ['half', 2],
  ['halves', 2],
  ['third', 3],
  ['quarter', 4],
  ['fourth', 4],
  ['fifth', 5],
  ['sixth', 6],
  ['seventh', 7],
  ['eighth', 8],
  ['ninth', 9],
  ['tenth', 10],
  ['eleventh', 11],
  ['twelfth', 12],
  ['sixteenth', 16],
  ['twentieth', 20],
  ['hundredth', 100],
  ['thousandth', 1000],
  ['millionth', 1_000_000],
]);
for (const [word, value] of [...denominators]) if (!word.startsWith('hal')) denominators.set(`${word}s`, value);

export const numberVocabulary: readonly string[] = [
  ...units.keys(),
  ...ties.keys(),
  ...magnitudes.keys(),
  ...collective.keys(),
  ...denominators.keys(),
  'hundred',
  'hundreds',
];
/** Costs: a reading that stops although it could go on. */
const shorter = 1;

interface Found {
  readonly end: number;
  readonly value: Rational;
  readonly cost: number;
}

/** Zero to ninety-nine in words. */
function below100(input: Input, at: number): Found[] {
  const word = input.text(at);
  if (word === undefined) return [];
  const unit = units.get(word);
  if (unit !== undefined) return [{ end: at + 1, value: fromInteger(unit), cost: 0 }];
  const ten = ties.get(word);
  if (ten === undefined) return [];
  const rest = units.get(input.text(at + 1) ?? '');
  const alone = { end: at + 1, value: fromInteger(ten), cost: 0 };
  if (rest === undefined || rest < 1 || rest > 9) return [alone];
  return [
    { end: at + 2, value: fromInteger(ten + rest), cost: 0 },
    { ...alone, cost: shorter },
  ];
}

/** Up to `seventy five hundred`, `two hundred and thirty two`, `a hundred five`. */
function group(input: Input, at: number): Found[] {
  const found: Found[] = [];
  const article = /^(a|an)$/.test(input.text(at) ?? '') && /^hundreds?$/.test(input.text(at + 1) ?? '');
  const starts = article ? [{ end: at + 1, value: fromInteger(1), cost: 0 }] : below100(input, at);
  const bare = /^hundred$/.test(input.text(at) ?? '') ? [{ end: at, value: fromInteger(1), cost: 0 }] : [];
  for (const head of [...starts, ...bare]) {
    if (!/^hundreds?$/.test(input.text(head.end) ?? '')) {
      found.push(head);
      continue;
    }
    const hundreds = { end: head.end + 1, value: multiply(head.value, fromInteger(100)), cost: head.cost };
    const joined = input.text(hundreds.end) === 'and' ? hundreds.end + 1 : hundreds.end;
    const rests = below100(input, joined).filter(({ value }) => value.n > 0n);
    for (const rest of rests)
      found.push({ end: rest.end, value: add(hundreds.value, rest.value), cost: hundreds.cost + rest.cost });
    found.push({ ...hundreds, cost: hundreds.cost + (rests.length > 0 ? shorter : 0) });
    if (head.cost === 0) found.push({ ...head, cost: head.cost + 2 * shorter });
  }
  return found;
}

/** Groups with falling magnitudes: `one million, two hundred thousand and five`. */
function cardinal(input: Input, at: number, below?: Rational): Found[] {
  const found: Found[] = [];
  const article = /^(a|an)$/.test(input.text(at) ?? '') && magnitudes.has(input.text(at + 1) ?? '');
  const bare = magnitudes.has(input.text(at) ?? '') && input.text(at) !== 'grand';
  const heads = article
    ? [{ end: at + 1, value: fromInteger(1), cost: 0 }]
    : bare
      ? [{ end: at, value: fromInteger(1), cost: 0 }]
      : group(input, at);
  for (const head of heads) {
    let end = head.end;
    let value = head.value;
    let scale: Rational | undefined;
    // `hundred thousand million` multiplies on.
    for (
      let magnitude = magnitudes.get(input.text(end) ?? '');
      magnitude !== undefined;
      magnitude = magnitudes.get(input.text(end) ?? '')
    ) {
      scale = scale === undefined ? magnitude : multiply(scale, magnitude);
      value = multiply(value, magnitude);
      end++;
    }
    if (below !== undefined && !(value.n < below.n)) continue;
    if (scale === undefined) {
      found.push(head);
      continue;
    }
    let next = input.text(end) === ',' ? end + 1 : end;
    if (input.text(next) === 'and') next++;
    const rests = cardinal(input, next, scale).filter((rest) => rest.value.n > 0n);
    for (const rest of rests) found.push({ end: rest.end, value: add(value, rest.value), cost: head.cost + rest.cost });
    found.push({ end, value, cost: head.cost + (rests.length > 0 ? shorter : 0) });
    found.push({ ...head, cost: head.cost + 2 * shorter });
  }
  return found;
}

/** Numerals, with `million` or `k` behind. */
function numeral(input: Input, at: number): Found[] {
  const token = input.tokens[at];
  if (token?.kind !== 'number') return [];
  const others = input.tokens.filter((other) => other.kind === 'number' && other !== token).map(({ raw }) => raw);
  const read = readNumeral(token.raw, input.locale, others);
  if (read === undefined) return [];
  let { value } = read;
  let end = at + 1;
  const after = input.tokens[end];
  const suffix =
    after !== undefined && !after.spaced
      ? (suffixes.get(after.text) ?? (after.raw === 'M' ? 'million' : undefined))
      : undefined;
  const found: Found[] = [];
  const word = suffix ?? after?.text ?? '';
  const magnitude = /^hundreds?$/.test(word) ? fromInteger(100) : magnitudes.get(word);
  if (magnitude !== undefined) {
    const alone = { end, value, cost: shorter };
    value = multiply(value, magnitude);
    end++;
    const more = magnitudes.get(input.text(end) ?? '');
    if (more !== undefined) {
      value = multiply(value, more);
      end++;
    }
    const joined = input.text(end) === 'and' ? end + 1 : end;
    for (const rest of [...numeral(input, joined), ...cardinal(input, joined, magnitude)]) {
      if (rest.value.n < magnitude.n && rest.value.n > 0n && rest.value.d === 1n)
        found.push({ ...rest, value: add(value, rest.value), cost: rest.cost + (joined > end ? 0.5 : 0) });
    }
    found.push({ end, value, cost: 0 }, alone);
    return found;
  }
  // 2 1/2, 2½
  const [top, slash, bottom] = [input.tokens[end], input.tokens[end + 1], input.tokens[end + 2]];
  if (
    top?.kind === 'number' &&
    top.spaced &&
    slash?.text === '/' &&
    !slash.spaced &&
    bottom?.kind === 'number' &&
    !bottom.spaced &&
    value.d === 1n
  ) {
    const [n, d] = [parseNumeral(top.raw), parseNumeral(bottom.raw)];
    if (n !== undefined && d !== undefined && d.n > n.n && n.d === 1n && d.d === 1n) {
      return [{ end: end + 3, value: add(value, rational(n.n, d.n)), cost: 0 }];
    }
  }
  return [{ end, value, cost: 0 }];
}

/** Behind a number: `point five`, `and a half`, `dozen`, `thirds`. */
function extended(input: Input, head: Found): Found[] {
  const { end, value, cost } = head;
  const word = input.text(end);
  if (word === 'point' || word === 'dot') {
    const digits: string[] = [];
    let at = end + 1;
    for (; ; at++) {
      const digit = units.get(input.text(at) ?? '') ?? (input.text(at) === 'oh' ? 0 : undefined);
      const token = input.tokens[at];
      if (digit !== undefined && digit < 10) digits.push(String(digit));
      else if (token?.kind === 'number' && /^\d+$/.test(token.raw)) digits.push(token.raw);
      else break;
    }
    const two = digits.length === 0 ? below100(input, at)[0] : undefined;
    if (two !== undefined) return [{ end: two.end, value: add(value, parseNumeral(`0.${two.value.n}`)!), cost }];
    if (digits.length > 0 && value.d === 1n) {
      const fraction = parseNumeral(`0.${digits.join('')}`)!;
      const result = { end: at, value: add(value, fraction), cost };
      const magnitude = magnitudes.get(input.text(at) ?? '');
      return magnitude === undefined ? [result] : [{ end: at + 1, value: multiply(result.value, magnitude), cost }];
    }
    return [head];
  }
  const found: Found[] = [];
  if (word === 'and') {
    const fraction = fractionWords(input, end + 1);
    for (const part of fraction) {
      const mixed = { end: part.end, value: add(value, part.value), cost: cost + part.cost };
      const magnitude = magnitudes.get(input.text(part.end) ?? '');
      found.push(
        magnitude === undefined ? mixed : { end: part.end + 1, value: multiply(mixed.value, magnitude), cost },
      );
    }
    if (found.length > 0) return [...found, { ...head, cost: cost + shorter }];
  }
  const several = collective.get(word ?? '');
  if (several !== undefined) return [{ end: end + 1, value: multiply(value, fromInteger(several)), cost }];
  const denominator = denominators.get(word ?? '');
  if (
    denominator !== undefined &&
    word !== 'half' &&
    word !== 'quarter' &&
    value.d === 1n &&
    !(word === 'fourth' && value.n > 20n)
  ) {
    if (/s$/.test(word!) !== (value.n === 1n))
      return [
        { end: end + 1, value: rational(value.n, BigInt(denominator)), cost },
        { ...head, cost: cost + shorter },
      ];
  }
  if (denominator !== undefined && value.n === 1n && value.d === 1n) {
    return [
      { end: end + 1, value: rational(1n, BigInt(denominator)), cost },
      { ...head, cost: cost + shorter },
    ];
  }
  return [head];
}

/** `a half`, `three quarters`, `half`, `a third`. */
function fractionWords(input: Input, at: number): Found[] {
  const article = /^(a|an|one)$/.test(input.text(at) ?? '');
  const denominator = denominators.get(input.text(article ? at + 1 : at) ?? '');
  if (denominator !== undefined && (article || input.text(at) === 'half')) {
    return [{ end: article ? at + 2 : at + 1, value: rational(1n, BigInt(denominator)), cost: 0 }];
  }
  if (input.text(at + (article ? 1 : 0)) === 'quarter') return [];
  for (const count of below100(input, at)) {
    const parts = denominators.get(input.text(count.end) ?? '');
    if (parts !== undefined && count.value.n > 0n)
      return [{ end: count.end + 1, value: rational(count.value.n, BigInt(parts)), cost: 0 }];
  }
  const token = input.tokens[at];
  const parts = token?.kind === 'number' ? denominators.get(input.text(at + 1) ?? '') : undefined;
  const count = token === undefined || parts === undefined ? undefined : parseNumeral(token.raw);
  return count !== undefined && count.d === 1n && parts !== undefined && /s$/.test(input.text(at + 1)!)
    ? [{ end: at + 2, value: rational(count.n, BigInt(parts)), cost: 0 }]
    : [];
}

/** `half a million`, `a quarter million`, `half a dozen`. */
function fractionOfScale(input: Input, fraction: Found): Found[] {
  const article = /^(a|an)$/.test(input.text(fraction.end) ?? '')
    ? fraction.end + 1
    : input.text(fraction.end) === 'of' && input.text(fraction.end + 1) === 'a'
      ? fraction.end + 2
      : fraction.end;
  const word = input.text(article) ?? '';
  const magnitude =
    word === 'hundred'
      ? fromInteger(100)
      : (magnitudes.get(word) ?? (collective.has(word) ? fromInteger(collective.get(word)!) : undefined));
  return magnitude === undefined ? [] : [{ end: article + 1, value: multiply(fraction.value, magnitude), cost: 0 }];
}

/** Every number that begins at a token, without its sign. */
export function readNumber(input: Input, at: number): Parse<Rational>[] {
  const heads = [...numeral(input, at), ...cardinal(input, at)];
  const found = heads.flatMap((head) => extended(input, head));
  if (/^(a|an)$/.test(input.text(at) ?? '') && collective.has(input.text(at + 1) ?? '')) {
    const of = input.text(at + 1) === 'couple' && input.text(at + 2) === 'of' ? 1 : 0;
    found.push({ end: at + 2 + of, value: fromInteger(collective.get(input.text(at + 1)!)!), cost: 0 });
  }
  for (const fraction of fractionWords(input, at)) found.push(fraction, ...fractionOfScale(input, fraction));
  if (input.text(at) === 'point' || input.text(at) === 'dot')
    found.push(...extended(input, { end: at, value: zero, cost: 0 }).filter(({ end }) => end > at));
  const unique = new Map<string, Found>();
  for (const reading of found) {
    const key = `${reading.end} ${reading.value.n}/${reading.value.d}`;
    if ((unique.get(key)?.cost ?? Infinity) > reading.cost) unique.set(key, reading);
  }
  return [...unique.values()];
}
