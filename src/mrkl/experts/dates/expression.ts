/** Dates, durations and times as data: what a question says, before a clock decides what it is. */
import { z } from 'zod';

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Which of several: the next on or after today, the last before it, as the sentence says. */
export type Leaning = 'future' | 'past';

export type Period =
  | { readonly unit: 'week' | 'month' | 'quarter' | 'year'; readonly offset: number }
  | { readonly month: number; readonly year?: number }
  | { readonly quarter: number; readonly year?: number }
  | { readonly year: number };

/** Whole counts, but for the parts of a day, which may be fractions such as `5/2`. */
export interface Duration {
  readonly years?: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
  readonly businessDays?: number;
  readonly seconds?: number;
}

export type DateExpression =
  | { readonly kind: 'today' }
  | {
      readonly kind: 'date';
      readonly year?: number;
      readonly month: number;
      readonly day: number;
      readonly leaning?: Leaning;
    }
  | { readonly kind: 'day'; readonly day: number; readonly leaning?: Leaning }
  | { readonly kind: 'weekday'; readonly weekday: number; readonly which: 'coming' | 'next' | 'last' | 'this' }
  | { readonly kind: 'nth'; readonly nth: number; readonly weekday: number; readonly period: Period }
  | { readonly kind: 'edge'; readonly edge: 'first' | 'last'; readonly period: Period }
  | { readonly kind: 'isoWeek'; readonly week: number; readonly year?: number; readonly weekday: number }
  | { readonly kind: 'dayOfYear'; readonly day: number; readonly year?: number }
  | {
      readonly kind: 'holiday';
      readonly name: string;
      readonly year?: number;
      readonly offset?: number;
      readonly leaning?: Leaning;
    }
  | { readonly kind: 'shift'; readonly base: DateExpression; readonly duration: Duration; readonly sign: 1 | -1 };

export type TimeExpression =
  | { readonly kind: 'now' }
  | { readonly kind: 'clock'; readonly hour: number; readonly minute: number; readonly second?: number };

const whole = z.number().int();
const period: z.ZodType<Period> = z.union([
  z.strictObject({ unit: z.enum(['week', 'month', 'quarter', 'year']), offset: whole }),
  z.strictObject({ month: whole, year: whole.exactOptional() }),
  z.strictObject({ quarter: whole, year: whole.exactOptional() }),
  z.strictObject({ year: whole }),
]);
const count = whole.min(-1_000_000).max(1_000_000).exactOptional();
export const durationSchema: z.ZodType<Duration> = z.strictObject({
  years: count,
  months: count,
  weeks: count,
  days: count,
  businessDays: count,
  seconds: whole.exactOptional(),
});
const leaning = z.enum(['future', 'past']).exactOptional();
const year = whole.min(-271_000).max(275_000).exactOptional();
export const dateSchema: z.ZodType<DateExpression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('today') }),
    z.strictObject({ kind: z.literal('date'), year, month: whole, day: whole, leaning }),
    z.strictObject({ kind: z.literal('day'), day: whole, leaning }),
    z.strictObject({
      kind: z.literal('weekday'),
      weekday: whole.min(1).max(7),
      which: z.enum(['coming', 'next', 'last', 'this']),
    }),
    z.strictObject({ kind: z.literal('nth'), nth: whole, weekday: whole.min(1).max(7), period }),
    z.strictObject({ kind: z.literal('edge'), edge: z.enum(['first', 'last']), period }),
    z.strictObject({ kind: z.literal('isoWeek'), week: whole, year, weekday: whole.min(1).max(7) }),
    z.strictObject({ kind: z.literal('dayOfYear'), day: whole, year }),
    z.strictObject({ kind: z.literal('holiday'), name: z.string(), year, offset: whole.exactOptional(), leaning }),
    z.strictObject({
      kind: z.literal('shift'),
      base: dateSchema,
      duration: durationSchema,
      sign: z.union([z.literal(1), z.literal(-1)]),
    }),
  ]),
);
export const timeSchema: z.ZodType<TimeExpression> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  z.strictObject({ kind: z.literal('clock'), hour: whole, minute: whole, second: whole.exactOptional() }),
]);

/** The same date, leaning to the past or the future where its year is open. */
export function lean(date: DateExpression, to: Leaning): DateExpression {
  if (date.kind === 'shift') return { ...date, base: lean(date.base, to) };
  if ((date.kind === 'date' || date.kind === 'holiday') && date.year === undefined) return { ...date, leaning: to };
  if (date.kind === 'day') return { ...date, leaning: to };
  if (date.kind === 'weekday' && date.which === 'coming' && to === 'past') return { ...date, which: 'last' };
  return date;
}
