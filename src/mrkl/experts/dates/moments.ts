/** Times of day: in other zones, later or earlier, and between two of them. */
import { Temporal } from 'temporal-polyfill';
import { ofRational, toPeople, toValue } from '../../exact/number.js';
import { rational } from '../../exact/rational.js';
import type { ExpertContext } from '../../expert.js';
import { type Json, type Result, Unsure } from '../../plan.js';
import { type Clock, longDate, resolve, shift } from './calendar.js';
import type { DateCall } from './calls.js';
import type { TimeExpression } from './expression.js';

type Call<A> = Extract<DateCall, { ask: A }>;

export function zonedNow({ now, timeZone }: ExpertContext): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.from(now).toZonedDateTimeISO(timeZone);
  } catch {
    throw new Unsure('invalid', `The clock ${now} in ${timeZone} cannot be read. What is the time, and in which zone?`);
  }
}

const two = (value: number) => String(value).padStart(2, '0');
/** `12:51`, with seconds where there are some and it is no running clock. */
export const clockText = ({ hour, minute }: { hour: number; minute: number }): string => `${two(hour)}:${two(minute)}`;
const exactClock = (time: { hour: number; minute: number; second: number }) =>
  time.second === 0 ? clockText(time) : `${clockText(time)}:${two(time.second)}`;

export function offsetText({ offset }: Temporal.ZonedDateTime): string {
  return offset;
}

function plainTime(time: Extract<TimeExpression, { kind: 'clock' }>): Temporal.PlainTime {
  const { hour, minute, second = 0 } = time;
  if (hour === 24 && minute === 0 && second === 0) return Temporal.PlainTime.from('00:00');
  if (hour > 23 || minute > 59 || second > 59)
    throw new Unsure('invalid', `${hour}:${two(minute)} is no time of day. Which time do you mean?`);
  return Temporal.PlainTime.from({ hour, minute, second });
}

const gapRule =
  'a time that a clock change skips is moved forward by the change; of a repeated time the first is taken';

export function answerMoment(call: Call<'moment'>, now: Temporal.ZonedDateTime, clock: Clock): Result {
  const { date, time, zone, to, shift: span, sign = 1 } = call;
  const here = zone === undefined ? now : inZone(now, zone);
  let moment: Temporal.ZonedDateTime;
  const basis: Record<string, Json> = { today: clock.today.toString(), timeZone: here.timeZoneId };
  if (time.kind === 'now') moment = here;
  else {
    const day = date === undefined ? here.toPlainDate() : resolve(date, { ...clock, today: here.toPlainDate() });
    const wall = day.toPlainDateTime(plainTime(time));
    moment = wall.toZonedDateTime(here.timeZoneId, { disambiguation: 'compatible' });
    const later = wall.toZonedDateTime(here.timeZoneId, { disambiguation: 'later' });
    if (!moment.toPlainDateTime().equals(wall) || later.epochMilliseconds !== moment.epochMilliseconds)
      basis.rule = gapRule;
  }
  if (span !== undefined) {
    const { seconds = 0, ...days } = span;
    moment = shift(moment.toPlainDate(), days, sign)
      .toZonedDateTime({ timeZone: moment.timeZoneId, plainTime: moment.toPlainTime() })
      .add({ seconds: seconds * sign });
  }
  const there = to === undefined ? moment : inZone(moment, to);
  const days = moment.toPlainDate().until(there.toPlainDate()).days;
  const dayNote = days === 0 ? '' : days > 0 ? ', the next day' : ', the day before';
  const moved = span !== undefined && !there.toPlainDate().equals(now.withTimeZone(there.timeZoneId).toPlainDate());
  basis.instant = moment.toInstant().toString();
  if (date === undefined && !moved) {
    const value = exactClock(there);
    return { value, answer: `${value} (${there.timeZoneId}${dayNote})`, basis };
  }
  const value = `${there.toPlainDate()}T${exactClock(there)}`;
  return {
    value,
    answer: `${exactClock(there)} on ${longDate(there.toPlainDate())} (${there.timeZoneId}, UTC${there.offset})`,
    basis,
  };
}

function inZone(moment: Temporal.ZonedDateTime, zone: string): Temporal.ZonedDateTime {
  try {
    return moment.withTimeZone(zone);
  } catch {
    throw new Unsure('invalid', `${zone} is no time zone that I know. Which one do you mean?`);
  }
}

const symbols = { hours: [3600n, 'h'], minutes: [60n, 'min'], seconds: [1n, 's'] } as const;

export function elapsed(call: Call<'elapsed'>, now: Temporal.ZonedDateTime): Result {
  const at = (time: TimeExpression) =>
    time.kind === 'now' ? now.toPlainTime().round({ smallestUnit: 'second', roundingMode: 'floor' }) : plainTime(time);
  const [from, to] = [at(call.from), at(call.to)];
  let seconds = from.until(to).total('seconds');
  const overnight = seconds < 0;
  if (overnight) seconds += 86_400;
  const basis = {
    from: from.toString(),
    to: to.toString(),
    ...(overnight && { rule: 'the second time is on the next day' }),
  };
  const wanted =
    call.unit ?? (seconds % 3600 === 0 ? 'hours' : seconds % 60 === 0 && seconds < 3600 ? 'minutes' : undefined);
  if (wanted !== undefined) {
    if (!(wanted in symbols)) throw new Unsure('invalid', 'In hours, minutes or seconds?');
    const [scale, symbol] = symbols[wanted as keyof typeof symbols];
    const q = ofRational(rational(BigInt(seconds), scale));
    return {
      value: toValue(q),
      answer: `${toPeople(q)} ${toValue(q) === '1' ? wanted.slice(0, -1) : wanted}`,
      unit: symbol,
      exactness: 'exact',
      expression: `(${toValue(q)}) ${symbol}`,
      basis,
    };
  }
  const parts = [
    [Math.floor(seconds / 3600), 'h', 'hour'],
    [Math.floor((seconds % 3600) / 60), 'min', 'minute'],
    [seconds % 60, 's', 'second'],
  ] as const;
  const shown = parts.filter(([value]) => value > 0);
  return {
    value: shown.map(([value, symbol]) => `${value} ${symbol}`).join(' '),
    answer: shown.map(([value, , name]) => `${value} ${name}${value === 1 ? '' : 's'}`).join(' '),
    exactness: 'exact',
    expression: shown.map(([value, symbol]) => `${value} ${symbol}`).join(' + '),
    basis,
  };
}
