/** The calculator as an expert: an expression in, an exact result out. */
import { z } from 'zod';
import { forPeople, toExact } from '../../exact/format.js';
import { exactness, isExact, ofRational, toPeople, toValue } from '../../exact/number.js';
import { round } from '../../exact/rational.js';
import { defineExpert } from '../../expert.js';
import type { Result } from '../../plan.js';
import { minorUnits } from '../../quantities/money.js';
import { asNumber, type Quantity } from '../../quantities/quantity.js';
import { currencyOf, unitText, unitWords } from '../../quantities/units.js';
import { evaluate } from './evaluate.js';
import { toText } from './expression.js';
import { forms, inForm } from './forms.js';
import { parseExpression } from './parseExpression.js';

const deadlineMilliseconds = 1000;

const input = z.strictObject({
  /** `15% * 2340.5 EUR`, `5 ft + 3 in to cm`. */
  expression: z.string(),
  /** Results of other steps, by the names that the expression uses. */
  given: z.record(z.string().regex(/^\$\d+$/), z.string()).optional(),
  form: z.enum(forms).optional(),
});

export const calculator = defineExpert({
  name: 'calculator',
  description: 'Exact arithmetic with fractions, percentages, units and money; roots and logarithms to 20 digits.',
  examples: [
    'What is 15% of 80?',
    'three hundred and five times twelve',
    '8 factorial',
    'How many cups are in 2 gallons?',
    '30% off 279',
  ],
  input,
  run: ({ expression, given = {}, form }, { elapsed }) => {
    const deadline = { now: elapsed, milliseconds: deadlineMilliseconds };
    const values = Object.fromEntries(
      Object.entries(given).map(([name, text]) => [name, evaluate(parseExpression(text), { deadline })[0]!]),
    );
    const parsed = parseExpression(expression);
    const parts = evaluate(parsed, { given: values, deadline });
    const [q] = parts as [Quantity];
    if (parts.length > 1) return severalParts(parts);
    if (form === undefined) return describe(q);
    const value = inForm(q, form);
    const { expression: again } = describe(q);
    const answer = form === 'decimal' && isExact(q.number) ? forPeople(asNumber(q).number.exact!) : value;
    return {
      value,
      answer,
      exactness: isExact(q.number) ? 'exact' : 'approximate',
      ...(again !== undefined && { expression: again }),
    };
  },
});

/** A quantity as a result. Money of a currency without a fraction is rounded; other money stays exact. */
export function describe(quantity: Quantity): Result {
  const currency = currencyOf(quantity.units);
  const q =
    currency !== undefined && minorUnits(currency) === 0 && isExact(quantity.number)
      ? { ...quantity, number: ofRational(round(quantity.number.exact, 0)) }
      : quantity;
  const value = toValue(q.number);
  const base: Result = {
    value,
    answer: toPeople(q.number),
    exactness: exactness(q.number),
    expression: expressionOf(q),
    ...(isExact(q.number) && { numerator: q.number.exact.n.toString(), denominator: q.number.exact.d.toString() }),
  };
  if (currency !== undefined) return { ...base, answer: moneyText(q, currency), currency };
  if (q.percent) return { ...base, answer: `${base.answer}%`, unit: '%' };
  if (q.units.length > 0) {
    return {
      ...base,
      answer: `${base.answer} ${unitWords(q.units, value !== '1' && value !== '-1')}`,
      unit: unitText(q.units),
    };
  }
  return base;
}

function moneyText(q: Quantity, currency: string): string {
  const places = minorUnits(currency);
  if (!isExact(q.number)) return `${toPeople(q.number)} ${currency}`;
  const rounded = round(q.number.exact, places);
  const [whole, fraction = ''] = forPeople(rounded).split('.');
  const shown = places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
  const exact = toExact(q.number.exact);
  return toExact(rounded) === exact ? `${shown} ${currency}` : `${shown} ${currency} (exactly ${exact})`;
}

function expressionOf(q: Quantity): string {
  const { number, units } = q;
  const text = toValue(number);
  const plain = /^-?\d+(\.\d+)?$/.test(text) ? text : `(${text})`;
  if (q.percent) return `${plain}%`;
  if (units.length === 0) return text;
  return toText({ kind: 'quantity', of: { kind: 'given', name: plain }, units });
}

/** `5 ft 3 in` of a length. */
function severalParts(parts: readonly Quantity[]): Result {
  const texts = parts.map(describe);
  const shown = texts.filter(
    ({ value }, i) => value !== '0' || (i === parts.length - 1 && texts.every((t) => t.value === '0')),
  );
  const total = asNumber(parts.at(-1)!);
  return {
    value: texts.map(({ value, unit, currency }) => `${value} ${unit ?? currency ?? ''}`.trim()).join(' '),
    answer: shown.map(({ answer }) => answer).join(' '),
    exactness: exactness(total.number),
  };
}
