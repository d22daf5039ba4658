/** Answers of the dates expert, one for each kind of call. */
import { Temporal } from 'temporal-polyfill';
import { ofRational, toPeople, toValue } from '../../exact/number.js';
import { rational } from '../../exact/rational.js';
import type { ExpertContext } from '../../expert.js';
import { type Result, Unsure } from '../../plan.js';
import { unitOfSymbol, unitWords } from '../../quantities/units.js';
import { businessDaysBetween, type Clock, longDate, plainDate, resolve, resolvePair } from './calendar.js';
import type { DateCall } from './calls.js';
import { months, weekdays } from './expression.js';
import { holidays } from './holidays.js';
import { answerMoment, clockText, elapsed, offsetText, zonedNow } from './moments.js';

/** Sunday in the Americas and some of Asia, Monday elsewhere. */
const sundayRegions = /-(US|CA|MX|BR|JP|KR|TW|IL|IN|PH|ZA)\b/;

export function answerDate(call: DateCall, context: ExpertContext): Result {
  const now = zonedNow(context);
  const clock: Clock = { today: now.toPlainDate(), weekStart: sundayRegions.test(context.locale) ? 7 : 1 };
  const basis = { today: clock.today.toString(), timeZone: context.timeZone };
  switch (call.ask) {
    case 'date': {
      const date = resolve(call.date, clock);
      return { value: date.toString(), answer: longDate(date), basis };
    }
    case 'weekday': {
      const date = resolve(call.date, clock);
      const value = weekdays[date.dayOfWeek - 1]!;
      return { value, answer: `${value} (${date})`, basis };
    }
    case 'part':
      return part(resolve(call.date, clock), call.part);
    case 'between': {
      const [from, to] = resolvePair(call.from, call.to, clock);
      return between(from, to, call.unit, call.absolute === true, now);
    }
    case 'age': {
      const [born, at] = [resolve(call.born, clock), resolve(call.at, clock)];
      if (Temporal.PlainDate.compare(born, at) > 0)
        throw new Unsure('invalid', `${born} is after ${at}. Which date of birth do you mean?`);
      return count(born.until(at, { largestUnit: 'years' }).years, 'yr', { born: born.toString(), at: at.toString() });
    }
    case 'leapYear': {
      const year = call.year ?? clock.today.year;
      const leap = plainDate(year, 1, 1).inLeapYear;
      return {
        value: leap ? 'yes' : 'no',
        answer: `${leap ? 'Yes' : 'No'}: ${year} has ${leap ? 366 : 365} days`,
        basis,
      };
    }
    case 'daysIn': {
      const { month } = call;
      const year = call.year ?? clock.today.year;
      if (month === 2 && call.year === undefined) {
        throw new Unsure('ambiguous', 'February has 28 days, and 29 in a leap year. Of which year?');
      }
      const first = plainDate(year, month ?? 1, 1);
      return count(month === undefined ? first.daysInYear : first.daysInMonth, 'd', { year });
    }
    case 'time': {
      const there = call.zone === undefined ? now : now.withTimeZone(checkedZone(call.zone));
      const value = clockText(there);
      return {
        value,
        answer: `${value}, ${longDate(there.toPlainDate())} (${there.timeZoneId}, UTC${offsetText(there)})`,
        basis,
      };
    }
    case 'moment':
      return answerMoment(call, now, clock);
    case 'elapsed':
      return elapsed(call, now);
    case 'zone': {
      const there = now.withTimeZone(checkedZone(call.zone));
      return {
        value: call.zone,
        answer: `${call.zone}, now UTC${offsetText(there)}`,
        basis: { ...basis, offset: offsetText(there) },
      };
    }
    case 'zoneDifference': {
      const [there, other] = [call.zone, call.other].map(
        (zone) => now.withTimeZone(checkedZone(zone)).offsetNanoseconds / 1e9,
      );
      const seconds = Math.abs(there! - other!);
      const q = ofRational(rational(BigInt(seconds), 3600n));
      const ahead = there! === other! ? 'the same time' : `${there! > other! ? call.zone : call.other} is ahead`;
      return {
        value: toValue(q),
        answer: `${toPeople(q)} ${seconds === 3600 ? 'hour' : 'hours'} (${ahead}, on ${clock.today})`,
        unit: 'h',
        exactness: 'exact',
        expression: `(${toValue(q)}) h`,
        basis,
      };
    }
    case 'nextHoliday': {
      if (!/-US\b/.test(context.locale))
        throw new Unsure(
          'no data',
          'I know the federal holidays of the United States only. Which holiday do you mean?',
        );
      const upcoming = holidays
        .filter(({ federal }) => federal === true)
        .map(({ names }) => ({ name: names[0]!, date: resolve({ kind: 'holiday', name: names[0]! }, clock) }))
        .filter(({ date }) => Temporal.PlainDate.compare(date, clock.today) > 0)
        .sort((a, b) => Temporal.PlainDate.compare(a.date, b.date));
      const [first] = upcoming;
      return {
        value: first!.date.toString(),
        answer: `${first!.name}, ${longDate(first!.date)} (US federal holidays)`,
        basis: { ...basis, holiday: first!.name },
      };
    }
  }
}

export function checkedZone(zone: string): string {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return zone;
  } catch {
    throw new Unsure('invalid', `${zone} is no time zone that I know. Which one do you mean?`);
  }
}

/** A whole number of a unit, which other steps can calculate with. */
function count(value: number, symbol: string, basis: NonNullable<Result['basis']>): Result {
  const name = unitWords([{ unit: unitOfSymbol(symbol)!, power: 1 }], Math.abs(value) !== 1);
  return {
    value: String(value),
    answer: `${value.toLocaleString('en-US')} ${name}`,
    unit: symbol,
    exactness: 'exact',
    expression: `${value} ${symbol}`,
    basis,
  };
}

function part(date: Temporal.PlainDate, name: 'year' | 'month' | 'day' | 'quarter' | 'isoWeek' | 'dayOfYear'): Result {
  const of = { date: date.toString() };
  const plain = (value: string, answer = value): Result => ({ value, answer, basis: of });
  switch (name) {
    case 'year':
      return plain(String(date.year));
    case 'month':
      return plain(months[date.month - 1]!);
    case 'day':
      return plain(String(date.day));
    case 'quarter': {
      const quarter = Math.floor((date.month + 2) / 3);
      return plain(String(quarter), `quarter ${quarter} of ${date.year}`);
    }
    case 'isoWeek':
      return plain(String(date.weekOfYear), `ISO week ${date.weekOfYear} of ${date.yearOfWeek}`);
    case 'dayOfYear':
      return plain(String(date.dayOfYear), `day ${date.dayOfYear} of ${date.year}`);
  }
}

type Unit = 'days' | 'weeks' | 'months' | 'years' | 'businessDays' | 'hours' | 'minutes' | 'seconds';
const perDay: Readonly<Partial<Record<Unit, readonly [number, string]>>> = {
  hours: [24, 'h'],
  minutes: [1440, 'min'],
  seconds: [86_400, 's'],
};

function between(
  first: Temporal.PlainDate,
  second: Temporal.PlainDate,
  unit: Unit,
  absolute: boolean,
  now: Temporal.ZonedDateTime,
): Result {
  let [from, to] = [first, second];
  if (Temporal.PlainDate.compare(from, to) > 0) {
    if (!absolute) throw new Unsure('invalid', `${to} is before ${from}. Which dates do you mean?`);
    [from, to] = [to, from];
  }
  const basis = { from: from.toString(), to: to.toString() };
  const days = from.until(to, { largestUnit: 'days' }).days;
  if (unit === 'days') return count(days, 'd', basis);
  if (unit === 'businessDays') {
    const business = businessDaysBetween(from, to);
    return {
      ...count(business, 'd', { ...basis, calendar: 'Monday to Friday, no holidays; the first day is not counted' }),
      answer: `${business} business days`,
    };
  }
  if (unit === 'weeks') {
    const weeks = ofRational(rational(BigInt(days), 7n));
    const rest = days % 7 === 0 ? '' : ` and ${plural(days % 7, 'day')}`;
    return {
      value: toValue(weeks),
      answer: `${plural(Math.floor(days / 7), 'week')}${rest} (${plural(days, 'day')})`,
      unit: 'wk',
      exactness: days % 7 === 0 ? 'exact' : 'repeating',
      expression: `(${toValue(weeks)}) wk`,
      basis,
    };
  }
  if (unit === 'months' || unit === 'years') {
    const span = from.until(to, { largestUnit: unit });
    const whole = unit === 'months' ? span.months : span.years;
    const shown = [
      [span.years, 'year'],
      [span.months, 'month'],
      [span.days, 'day'],
    ] as const;
    const answer =
      shown
        .filter(([n]) => n !== 0)
        .map(([n, name]) => plural(n, name))
        .join(', ') || plural(0, unit.slice(0, -1));
    return {
      value: String(whole),
      answer,
      unit: unit === 'months' ? 'mo' : 'yr',
      exactness: 'exact',
      expression: `${whole} ${unit === 'months' ? 'mo' : 'yr'}`,
      basis: { ...basis, counted: `complete ${unit}` },
    };
  }
  // Hours from a day to a day run from midnight; from now when the first is today.
  const [scale, symbol] = perDay[unit]!;
  const start = from.equals(now.toPlainDate()) ? now : from.toZonedDateTime(now.timeZoneId);
  const seconds = Math.floor((to.toZonedDateTime(now.timeZoneId).epochMilliseconds - start.epochMilliseconds) / 1000);
  const exact = ofRational(rational(BigInt(seconds) * BigInt(scale), 86_400n));
  return {
    value: toValue(exact),
    answer: `${toPeople(exact)} ${unit}`,
    unit: symbol,
    exactness: 'exact',
    expression: `(${toValue(exact)}) ${symbol}`,
    basis: { ...basis, counted: `from ${start.toPlainDateTime()} to midnight` },
  };
}

export const plural = (value: number, name: string): string =>
  `${value.toLocaleString('en-US')} ${name}${value === 1 ? '' : 's'}`;
