/** The currency expert: an amount in, the amount in another currency out, with rate, date, age and direction. */
import { z } from 'zod';
import { forPeople, toExact } from '../../exact/format.js';
import { ofRational } from '../../exact/number.js';
import { multiply, parseNumeral, type Rational, rational, round, sign } from '../../exact/rational.js';
import { defineExpert, type Expert } from '../../expert.js';
import { type Json, type Result, Unsure } from '../../plan.js';
import { minorUnits } from '../../quantities/money.js';
import { currencyOf, currencyUnit } from '../../quantities/units.js';
import { describe } from '../calculator/calculator.js';
import { evaluate } from '../calculator/evaluate.js';
import { parseExpression } from '../calculator/parseExpression.js';
import { type DatedRate, RateTable, shippedRates } from './rates.js';

const input = z.strictObject({
  /** `351.075 EUR`. */
  amount: z.string(),
  to: z.string().regex(/^[A-Z]{3}$/),
  /** YYYY-MM-DD or YYYY-MM; today by default. */
  date: z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/)
    .optional(),
  /** A rate that the question gives, in units of `to` for one of the other. */
  rate: z.string().optional(),
  /** The rate itself is asked for: it is not rounded to the minor unit. */
  rateOnly: z.boolean().optional(),
});

export interface CurrencyOptions {
  readonly rates?: RateTable;
  /** Rates older than this are not used. */
  readonly staleDays?: number;
}

const dayMilliseconds = 86_400_000;
const defaultStaleDays = 400;

export function currencyExpert({ rates = shippedRates(), staleDays = defaultStaleDays }: CurrencyOptions = {}): Expert {
  return defineExpert({
    name: 'currency',
    description: 'Converts amounts of money by dated monthly rates of 34 areas, with rate, date and age.',
    examples: [
      'What is 100 euros in yen?',
      'exchange rate between dollars and pounds',
      'how many pesos can I get for 20 dollars',
    ],
    input,
    run: ({ amount, to, date, rate, rateOnly = false }, { now, timeZone }) => {
      const [q] = evaluate(parseExpression(amount));
      const from = currencyOf(q!.units);
      const number = q!.number.exact;
      if (from === undefined) throw new Unsure('missing argument', `In which currency is ${amount}?`);
      if (number === undefined) throw new Unsure('invalid', `Which exact amount of ${from} shall I convert?`);
      const today = localDay(now, timeZone);
      if (from === to && !rateOnly) return describe(q!);
      if (rate !== undefined) {
        const given = parseNumeral(rate);
        if (given === undefined || sign(given) <= 0)
          throw new Unsure('invalid', `Which rate above 0 shall I use instead of ${rate}?`);
        return converted(number, given, from, to, rateOnly, { rate, given: true, direction: `${to} for 1 ${from}` });
      }
      const day = date ?? today;
      if (day.slice(0, 7) > today.slice(0, 7))
        throw new Unsure('no data', `I have no rates for ${day}: it is after today, ${today}. Shall I use today’s?`);
      const [left, right] = [from, to].map((code) => find(rates, code, day < today ? day : today, staleDays));
      const cross = RateTable.cross(left!, right!);
      const dates = [
        ...new Set(
          [[from, left!] as const, [to, right!] as const]
            .filter(([code]) => code !== 'USD')
            .map(([, { date: d }]) => d),
        ),
      ];
      const dated = dates.sort()[0] ?? day;
      const ageDays = Math.max(
        Math.round((Date.parse(today) - Date.parse(dated.length === 7 ? `${dated}-01` : dated)) / dayMilliseconds),
        0,
      );
      const inexact = [
        'monthly average',
        ...(left!.inverse || right!.inverse ? ['inverse of the published quote'] : []),
      ];
      return converted(number, cross, from, to, rateOnly, {
        rate: toExact(cross),
        direction: `${to} for 1 ${from}`,
        date: dated,
        ageDays,
        inexact,
        perDollar: { [from]: toExact(left!.rate), [to]: toExact(right!.rate) },
        source: 'datasets/exchange-rates (public domain)',
        table: rates.hash,
      });
    },
  });
}

/** YYYY-MM-DD of an instant in a zone. */
function localDay(now: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(new Date(now));
  const part = (type: string) => parts.find((p) => p.type === type)!.value;
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

function find(rates: RateTable, code: string, day: string, staleDays: number): DatedRate {
  if (!rates.has(code))
    throw new Unsure('no data', `I have no rate for ${code}. Which rate per US dollar shall I use?`);
  const found = rates.at(code, day);
  if (found === undefined)
    throw new Unsure('no data', `I have no rate for ${code} as early as ${day}. Shall I use a later one?`);
  const age =
    (Date.parse(day.length === 7 ? `${day}-01` : day) -
      Date.parse(found.date.length === 7 ? `${found.date}-01` : found.date)) /
    dayMilliseconds;
  if (age > staleDays) {
    throw new Unsure(
      'stale data',
      `My newest rate for ${code} is of ${found.date}, ${Math.round(age)} days before ${day}. Shall I use it all the same?`,
    );
  }
  return found;
}

function converted(
  amount: Rational,
  rate: Rational,
  from: string,
  to: string,
  rateOnly: boolean,
  basis: { readonly [key: string]: Json },
): Result {
  const exact = multiply(amount, rate);
  const places = minorUnits(to);
  const value = rateOnly ? exact : round(exact, places);
  const shown = rateOnly ? forPeople(round(exact, 6)) : padded(value, places);
  const how =
    basis.given === true
      ? `at ${basis.rate}`
      : `at the average of ${String(basis.date).slice(0, 7)}, ${basis.ageDays} days before today`;
  return {
    value: toExact(value),
    answer: rateOnly ? `1 ${from} = ${shown} ${to} (${how})` : `${shown} ${to} (${how})`,
    currency: to,
    exactness: describe({ number: ofRational(value), units: [] }).exactness ?? 'exact',
    numerator: value.n.toString(),
    denominator: value.d.toString(),
    expression: `${value.d === 1n ? value.n : `(${toExact(value)})`} ${currencyUnit(to).symbol}`,
    basis: { ...basis, unrounded: toExact(exact) },
  };
}

function padded(value: Rational, places: number): string {
  const [whole = '', fraction = ''] = forPeople(value.d === 1n ? rational(value.n) : value).split('.');
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
}
