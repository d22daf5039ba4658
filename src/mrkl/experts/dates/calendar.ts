/** What a date expression is at a clock, in a zone: month ends clamped, open years resolved, impossible dates refused. */
import { Temporal } from 'temporal-polyfill';
import { Unsure } from '../../plan.js';
import { type DateExpression, type Duration, months, type Period, weekdays } from './expression.js';
import { easter, type HolidayRule, holidayNamed } from './holidays.js';

export interface Clock {
  readonly today: Temporal.PlainDate;
  /** First day of a week: 1 is Monday, 7 Sunday. */
  readonly weekStart: number;
}

const lastYear = 9999;

export function plainDate(year: number, month: number, day: number): Temporal.PlainDate {
  if (month < 1 || month > 12) throw new Unsure('invalid', `There is no month ${month}. Which month do you mean?`);
  if (year < 1 || year > lastYear)
    throw new Unsure('invalid', `I reckon with the years 1 to ${lastYear}. Which year do you mean instead of ${year}?`);
  const length = Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
  if (day < 1 || day > length) {
    throw new Unsure(
      'invalid',
      `${months[month - 1]} ${year} has ${length} days, and no ${day}. Which day do you mean?`,
    );
  }
  return Temporal.PlainDate.from({ year, month, day });
}

export function resolve(date: DateExpression, clock: Clock): Temporal.PlainDate {
  const { today } = clock;
  switch (date.kind) {
    case 'today':
      return today;
    case 'date': {
      const { year, month, day, leaning = 'future' } = date;
      if (year !== undefined) return plainDate(year, month, day);
      return inOpenYear((y) => plainDate(y, month, day), leaning, today, month === 2 && day === 29);
    }
    case 'day': {
      const { day, leaning = 'future' } = date;
      if (day < 1 || day > 31) throw new Unsure('invalid', `No month has a day ${day}. Which day do you mean?`);
      for (let step = 0; step < 3; step++) {
        const month = today.toPlainYearMonth().add({ months: leaning === 'future' ? step : -step });
        if (month.daysInMonth < day) continue;
        const found = month.toPlainDate({ day });
        if (
          leaning === 'future'
            ? Temporal.PlainDate.compare(found, today) >= 0
            : Temporal.PlainDate.compare(found, today) <= 0
        )
          return found;
      }
      throw new Unsure('invalid', `Which month’s ${day} do you mean?`);
    }
    case 'weekday':
      return weekday(date.weekday, date.which, clock);
    case 'nth': {
      const [first, last] = bounds(date.period, clock);
      return nth(date.nth, date.weekday, first, last);
    }
    case 'edge':
      return bounds(date.period, clock)[date.edge === 'first' ? 0 : 1];
    case 'isoWeek': {
      const year = date.year ?? today.yearOfWeek ?? today.year;
      const monday = mondayOfWeek(year, date.week);
      return monday.add({ days: date.weekday - 1 });
    }
    case 'dayOfYear': {
      const year = date.year ?? today.year;
      const first = plainDate(year, 1, 1);
      if (date.day < 1 || date.day > first.daysInYear)
        throw new Unsure('invalid', `${year} has ${first.daysInYear} days. Which day do you mean?`);
      return first.add({ days: date.day - 1 });
    }
    case 'holiday': {
      const found = holidayNamed(date.name);
      if (found === undefined) throw new Unsure('no data', `I do not know the holiday ${date.name}. What is its date?`);
      const { leaning = 'future' } = date;
      if (date.year !== undefined) return holidayIn(found.rule, date.year);
      if (date.offset !== undefined) return holidayIn(found.rule, today.year + date.offset);
      return inOpenYear((year) => holidayIn(found.rule, year), leaning, today, false);
    }
    case 'shift':
      return shift(resolve(inThisYear(date.base, clock), clock), date.duration, date.sign);
  }
}

/** What is counted from a day without a year is counted from that of this year. */
const inThisYear = (base: DateExpression, { today }: Clock): DateExpression =>
  base.kind === 'date' && base.year === undefined && base.leaning === undefined ? { ...base, year: today.year } : base;

/** The nearest year in which the date is not past (or not to come); 29 February waits for a leap year. */
function inOpenYear(
  make: (year: number) => Temporal.PlainDate,
  leaning: 'future' | 'past',
  today: Temporal.PlainDate,
  leapDay: boolean,
): Temporal.PlainDate {
  const step = leaning === 'future' ? 1 : -1;
  for (let i = 0; i <= 8; i++) {
    const year = today.year + i * step;
    if (leapDay && !Temporal.PlainDate.from({ year, month: 1, day: 1 }).inLeapYear) continue;
    const found = make(year);
    if (Temporal.PlainDate.compare(found, today) * step >= 0) return found;
  }
  throw new Unsure('ambiguous', 'Which year do you mean?');
}

function weekday(
  day: number,
  which: 'coming' | 'next' | 'last' | 'this',
  { today, weekStart }: Clock,
): Temporal.PlainDate {
  const ahead = (day - today.dayOfWeek + 7) % 7;
  const coming = today.add({ days: ahead });
  const thisWeek = startOfWeek(today, weekStart).add({ days: (day - weekStart + 7) % 7 });
  if (which === 'coming') return coming;
  if (which === 'this') return thisWeek;
  const name = weekdays[day - 1]!;
  // The one of the week beside this, and the nearest one: where they differ, people do, too.
  const [byWeek, nearest] =
    which === 'next'
      ? [thisWeek.add({ days: 7 }), today.add({ days: ahead === 0 ? 7 : ahead })]
      : [thisWeek.subtract({ days: 7 }), today.subtract({ days: (today.dayOfWeek - day + 7) % 7 || 7 })];
  if (!byWeek.equals(nearest)) {
    const [one, other] = [byWeek, nearest].sort(Temporal.PlainDate.compare);
    throw new Unsure('ambiguous', `Which ${which} ${name} do you mean: ${one} or ${other}?`);
  }
  return nearest;
}

export const startOfWeek = (day: Temporal.PlainDate, weekStart: number): Temporal.PlainDate =>
  day.subtract({ days: (day.dayOfWeek - weekStart + 7) % 7 });

/** First and last day. */
export function bounds(period: Period, { today, weekStart }: Clock): [Temporal.PlainDate, Temporal.PlainDate] {
  if ('unit' in period) {
    const { unit, offset } = period;
    if (unit === 'week') {
      const first = startOfWeek(today, weekStart).add({ weeks: offset });
      return [first, first.add({ days: 6 })];
    }
    if (unit === 'month') return monthBounds(today.toPlainYearMonth().add({ months: offset }));
    if (unit === 'year') return yearBounds(today.year + offset);
    const quarters = today.year * 4 + Math.floor((today.month - 1) / 3) + offset;
    return quarterBounds(Math.floor(quarters / 4), (quarters % 4) + 1);
  }
  if ('quarter' in period) return quarterBounds(period.year ?? today.year, period.quarter);
  if ('month' in period) {
    const year = period.year ?? (period.month >= today.month ? today.year : today.year + 1);
    plainDate(year, period.month, 1);
    return monthBounds(Temporal.PlainYearMonth.from({ year, month: period.month }));
  }
  return yearBounds(period.year);
}

const monthBounds = (month: Temporal.PlainYearMonth): [Temporal.PlainDate, Temporal.PlainDate] => [
  month.toPlainDate({ day: 1 }),
  month.toPlainDate({ day: month.daysInMonth }),
];
const yearBounds = (year: number): [Temporal.PlainDate, Temporal.PlainDate] => [
  plainDate(year, 1, 1),
  plainDate(year, 12, 31),
];

function quarterBounds(year: number, quarter: number): [Temporal.PlainDate, Temporal.PlainDate] {
  if (quarter < 1 || quarter > 4)
    throw new Unsure('invalid', `A year has quarters 1 to 4. Which one do you mean instead of ${quarter}?`);
  const first = plainDate(year, quarter * 3 - 2, 1);
  return [first, first.add({ months: 3 }).subtract({ days: 1 })];
}

function nth(count: number, day: number, first: Temporal.PlainDate, last: Temporal.PlainDate): Temporal.PlainDate {
  const start = first.add({ days: (day - first.dayOfWeek + 7) % 7 });
  const end = last.subtract({ days: (last.dayOfWeek - day + 7) % 7 });
  const found = count > 0 ? start.add({ weeks: count - 1 }) : end.add({ weeks: count + 1 });
  if (Temporal.PlainDate.compare(found, last) > 0 || Temporal.PlainDate.compare(found, first) < 0) {
    throw new Unsure(
      'invalid',
      `There is no ${weekdays[day - 1]} number ${count} between ${first} and ${last}. Which one do you mean?`,
    );
  }
  return found;
}

export function mondayOfWeek(year: number, week: number): Temporal.PlainDate {
  const fourth = plainDate(year, 1, 4);
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: week - 1 });
  if (week < 1 || monday.add({ days: 3 }).year !== year) {
    throw new Unsure('invalid', `${year} has no ISO week ${week}. Which week do you mean?`);
  }
  return monday;
}

function holidayIn(rule: HolidayRule, year: number): Temporal.PlainDate {
  if ('easter' in rule) {
    const { month, day } = easter(year);
    return plainDate(year, month, day).add({ days: rule.easter });
  }
  if ('day' in rule) return plainDate(year, rule.month, rule.day);
  const [first, last] = monthBounds(Temporal.PlainYearMonth.from({ year, month: rule.month }));
  return nth(rule.nth, rule.weekday, first, last).add({ days: rule.plus ?? 0 });
}

/** Month ends are clamped: a month before 31 March is 28 February. */
export function shift(date: Temporal.PlainDate, duration: Duration, sign: 1 | -1): Temporal.PlainDate {
  const { years = 0, months: monthCount = 0, weeks = 0, days = 0, businessDays = 0, seconds = 0 } = duration;
  if (seconds % 86_400 !== 0) throw new Unsure('missing argument', 'At what time of that day do you start to count?');
  const all = {
    years: years * sign,
    months: monthCount * sign,
    weeks: weeks * sign,
    days: (days + seconds / 86_400) * sign,
  };
  let moved: Temporal.PlainDate;
  try {
    moved = date.add(all);
  } catch {
    throw new Unsure('invalid', 'That is outside of the calendar that I reckon with. Which nearer date do you mean?');
  }
  for (let left = businessDays; left > 0; ) {
    moved = moved.add({ days: sign });
    if (isBusinessDay(moved)) left--;
  }
  if (moved.year < 1 || moved.year > lastYear)
    throw new Unsure('invalid', `I reckon with the years 1 to ${lastYear}. Which nearer date do you mean?`);
  return moved;
}

/** Monday to Friday. */
export const isBusinessDay = (date: Temporal.PlainDate): boolean => date.dayOfWeek <= 5;

/** Business days after `from` up to `to`. */
export function businessDaysBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  const days = from.until(to, { largestUnit: 'days' }).days;
  if (days < 0) return -businessDaysBetween(to, from);
  let count = Math.floor(days / 7) * 5;
  for (
    let day = from.add({ days: Math.floor(days / 7) * 7 + 1 });
    Temporal.PlainDate.compare(day, to) <= 0;
    day = day.add({ days: 1 })
  ) {
    if (isBusinessDay(day)) count++;
  }
  return count;
}

export const longDate = (date: Temporal.PlainDate): string =>
  `${weekdays[date.dayOfWeek - 1]}, ${date.day} ${months[date.month - 1]} ${date.year}`;

/** A day and month, or a month, without a year. */
function isOpen(date: DateExpression): boolean {
  if (date.kind === 'date' || date.kind === 'holiday') return date.year === undefined && !('offset' in date);
  return date.kind === 'edge' && 'month' in date.period && date.period.year === undefined;
}

function inYear(date: DateExpression, year: number): DateExpression {
  if (date.kind === 'edge' && 'month' in date.period) return { ...date, period: { ...date.period, year } };
  return date.kind === 'date' || date.kind === 'holiday' ? { ...date, year } : date;
}

/** `from March 1 to May 15`: the second follows the first; of two open years the first is this one. */
export function resolvePair(
  first: DateExpression,
  second: DateExpression,
  clock: Clock,
): [Temporal.PlainDate, Temporal.PlainDate] {
  const { year } = clock.today;
  if (isOpen(first) && isOpen(second)) {
    const from = resolve(inYear(first, year), clock);
    const to = resolve(inYear(second, year), clock);
    return [from, Temporal.PlainDate.compare(to, from) < 0 ? resolve(inYear(second, year + 1), clock) : to];
  }
  if (isOpen(second) && first.kind !== 'today') {
    const from = resolve(first, clock);
    const to = resolve(inYear(second, from.year), clock);
    return [from, Temporal.PlainDate.compare(to, from) < 0 ? resolve(inYear(second, from.year + 1), clock) : to];
  }
  if (isOpen(first) && second.kind !== 'today') {
    const to = resolve(second, clock);
    const from = resolve(inYear(first, to.year), clock);
    return [Temporal.PlainDate.compare(from, to) > 0 ? resolve(inYear(first, to.year - 1), clock) : from, to];
  }
  return [resolve(first, clock), resolve(second, clock)];
}
