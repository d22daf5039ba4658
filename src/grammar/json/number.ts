/** The decimal numbers of a range or the multiples of a number, as languages of their digits. */
import { charRange, charsOf } from '../charSet.js';
import { fail } from '../failure.js';
import { compileRegex } from '../regex/compile.js';
import { and, type Dfa, Nfa } from '../regex/dfa.js';

export interface NumberBounds {
  readonly integer: boolean;
  readonly min?: { readonly value: number; readonly exclusive: boolean } | undefined;
  readonly max?: { readonly value: number; readonly exclusive: boolean } | undefined;
  readonly multiplesOf: readonly number[];
}

const integers = '-?(?:0|[1-9][0-9]*)';
const decimals = `${integers}(?:\\.[0-9]+)?`;

/** Numbers as JSON writes them, with an exponent where nothing bounds them. */
export const anyNumber = (): Dfa => compileRegex(`${decimals}(?:[eE][+-]?[0-9]+)?`, { full: true });
export const anyInteger = (): Dfa => compileRegex(integers, { full: true });

export function numbersOf({ integer, min, max, multiplesOf }: NumberBounds): Dfa {
  if (min === undefined && max === undefined && multiplesOf.length === 0) return integer ? anyInteger() : anyNumber();
  // What is bounded has no exponent.
  let dfa = compileRegex(integer ? integers : decimals, { full: true });
  if (min !== undefined || max !== undefined) dfa = and(dfa, range(min, max));
  for (const divisor of multiplesOf) dfa = and(dfa, multiples(divisor));
  return dfa;
}

/** A number of at least 0 as its digits before and behind the point. */
interface Digits {
  readonly whole: string;
  readonly fraction: string;
}

interface Bound {
  readonly digits: Digits;
  readonly exclusive: boolean;
}

function range(min: NumberBounds['min'], max: NumberBounds['max']): Dfa {
  const nfa = new Nfa();
  const [start, end] = [nfa.state(), nfa.state()];
  const zero: Bound = { digits: { whole: '0', fraction: '' }, exclusive: false };
  if (max === undefined || max.value >= 0) {
    const lower = min === undefined || min.value < 0 ? zero : boundOf(min);
    addMagnitudes(nfa, start, end, lower, max && boundOf(max));
  }
  if (min === undefined || min.value < 0) {
    // Negative numbers are those of the mirrored range behind a minus; 0 has none.
    const lower = max === undefined || max.value >= 0 ? { ...zero, exclusive: true } : boundOf(max);
    addMagnitudes(nfa, nfa.read(start, charsOf('-')), end, lower, min && boundOf(min));
  }
  return nfa.determinize(start, end);
}

const boundOf = ({ value, exclusive }: { value: number; exclusive: boolean }): Bound => ({
  digits: plainDigits(Math.abs(value)),
  exclusive,
});

/** The shortest decimal of a number, without an exponent. */
export function plainDigits(value: number): Digits {
  const [, mantissa, exponent] = /^([\d.]+)(?:e([+-]\d+))?$/.exec(String(value))!;
  const [whole, fraction = ''] = mantissa!.split('.');
  const shift = Number(exponent ?? 0);
  if (shift < 0) {
    const digits = whole!.padStart(1 - shift, '0');
    return { whole: digits.slice(0, shift), fraction: (digits.slice(shift) + fraction).replace(/0+$/, '') };
  }
  const digits = fraction.padEnd(shift, '0');
  const text = (whole! + digits.slice(0, shift)).replace(/^0+(?=\d)/, '');
  return { whole: text, fraction: digits.slice(shift).replace(/0+$/, '') };
}

/** Whether what was read so far equals the beginning of the lower, of the upper bound. */
interface Tight {
  readonly lower: boolean;
  readonly upper: boolean;
}

/** Reads numbers from `lower` up to `upper`, both at least 0. */
function addMagnitudes(nfa: Nfa, from: number, end: number, lower: Bound, upper: Bound | undefined): void {
  const [shortest, longest] = [lower.digits.whole.length, upper?.digits.whole.length];
  for (let length = shortest; length <= (longest ?? shortest); length++) {
    const tight = { lower: length === shortest, upper: length === longest };
    new Reader(nfa, end, lower, upper).whole(from, 0, length, tight);
  }
  if (longest !== undefined) return;
  // Longer than the lower bound is larger than it.
  let state = nfa.read(from, charsOf('123456789'));
  for (let i = 0; i < shortest; i++) state = nfa.read(state, digit);
  nfa.read(state, digit, state);
  new Reader(nfa, end, lower, upper).point(state, { lower: false, upper: false });
}

const digit = charRange(0x30, 0x39);
const digitChar = (value: number) => charRange(0x30 + value, 0x30 + value);

class Reader {
  private readonly places = new Map<string, number>();

  constructor(
    private readonly nfa: Nfa,
    private readonly end: number,
    private readonly lower: Bound,
    private readonly upper: Bound | undefined,
  ) {}

  /** Reads the digit at `at` of a whole part of `length` digits. */
  whole(from: number, at: number, length: number, tight: Tight): void {
    if (at === length) {
      this.point(from, tight);
      return;
    }
    for (let value = at === 0 && length > 1 ? 1 : 0; value <= 9; value++) {
      const next = this.compare(
        tight,
        value,
        Number(this.lower.digits.whole[at]),
        Number(this.upper?.digits.whole[at]),
      );
      if (next === undefined) continue;
      this.follow(`whole ${length} ${at + 1}`, next, from, value, (state) => this.whole(state, at + 1, length, next));
    }
  }

  /** After the whole part: the end, or a point and digits. */
  point(from: number, tight: Tight): void {
    if (this.mayEnd(tight, 0)) this.nfa.empty[from]!.push(this.end);
    this.fraction(this.nfa.read(from, charsOf('.')), 0, tight);
  }

  private fraction(from: number, at: number, tight: Tight): void {
    if (at > 0 && this.mayEnd(tight, at)) this.nfa.empty[from]!.push(this.end);
    const digitsLeft = Math.max(this.lower.digits.fraction.length, this.upper?.digits.fraction.length ?? 0) + 1;
    for (let value = 0; value <= 9; value++) {
      const low = Number(this.lower.digits.fraction[at] ?? 0);
      const next = this.compare(tight, value, low, Number(this.upper?.digits.fraction[at] ?? 0));
      if (next === undefined) continue;
      const following = Math.min(at + 1, digitsLeft);
      this.follow(`fraction ${following}`, next, from, value, (state) => this.fraction(state, following, next));
    }
  }

  /** How tight the bounds are after a digit, or undefined if it goes beyond one. */
  private compare({ lower, upper }: Tight, value: number, low: number, high: number): Tight | undefined {
    if ((lower && value < low) || (upper && value > high)) return undefined;
    return { lower: lower && value === low, upper: upper && value === high };
  }

  /** Whether a number may end after `at` digits behind its point. */
  private mayEnd({ lower, upper }: Tight, at: number): boolean {
    if (lower) {
      const isLess = /[1-9]/.test(this.lower.digits.fraction.slice(at));
      if (isLess || this.lower.exclusive) return false;
    }
    if (upper && this.upper!.exclusive) return /[1-9]/.test(this.upper!.digits.fraction.slice(at));
    return true;
  }

  /** Goes to a place by a digit; what follows is added where the place is new. */
  private follow(place: string, tight: Tight, from: number, value: number, add: (state: number) => void): void {
    const key = `${place} ${tight.lower} ${tight.upper}`;
    const known = this.places.get(key);
    const state = this.nfa.read(from, digitChar(value), known);
    if (known !== undefined) return;
    this.places.set(key, state);
    add(state);
  }
}

/** Multiples of a number, by the remainder of the digits so far. */
function multiples(divisor: number): Dfa {
  const { whole, fraction } = plainDigits(divisor);
  const modulus = Number(whole + fraction);
  if (!(modulus > 0) || modulus > 5_000) fail('JSON schema', 'multipleOf', `${divisor} has more than 5,000 remainders`);
  const nfa = new Nfa();
  const [start, end] = [nfa.state(), nfa.state()];
  /** By digits behind the point (−1 before it), and by remainder. */
  const states = Array.from({ length: fraction.length + 2 }, () => Array.from({ length: modulus }, () => nfa.state()));
  nfa.empty[start]!.push(states[0]![0]!);
  nfa.read(start, charsOf('-'), states[0]![0]!);
  for (let places = 0; places < states.length; places++) {
    for (let rest = 0; rest < modulus; rest++) {
      const state = states[places]![rest]!;
      const behind = Math.max(0, places - 1);
      const value = (rest * 10 ** (fraction.length - behind)) % modulus;
      if (value === 0) nfa.empty[state]!.push(end);
      for (let d = 0; d <= 9; d++) {
        if (places === 0) nfa.read(state, digitChar(d), states[0]![(rest * 10 + d) % modulus]!);
        else if (behind < fraction.length)
          nfa.read(state, digitChar(d), states[places + 1]![(rest * 10 + d) % modulus]!);
        // Zeros behind the last place of the divisor change nothing.
        else if (d === 0) nfa.read(state, digitChar(0), state);
      }
      if (places === 0) nfa.read(state, charsOf('.'), states[1]![rest]!);
    }
  }
  return nfa.determinize(start, end);
}
