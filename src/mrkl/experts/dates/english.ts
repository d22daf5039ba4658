/** Dates, durations, times and zones in words. */
import type { Input, Parse } from '../../grammar/grammar.js';
import { readNumber } from '../../grammar/numberWords.js';
import type { AskGrammar } from '../../grammar/types.js';
import type { DateExpression, Duration, Period } from './expression.js';
import { months, weekdays } from './expression.js';
import { holidays } from './holidays.js';
import { longestZoneName, stateZones, usStates, zonesNamed, zoneWords } from './zones.js';

const monthNames = new Map<string, number>();
for (const [i, name] of months.entries()) {
  monthNames.set(name.toLowerCase(), i + 1);
  monthNames.set(name.slice(0, 3).toLowerCase(), i + 1);
}
monthNames.set('sept', 9);
const weekdayNames = new Map<string, number>();
for (const [i, name] of weekdays.entries()) {
  weekdayNames.set(name.toLowerCase(), i + 1);
  weekdayNames.set(name.slice(0, 3).toLowerCase(), i + 1);
}
for (const [name, day] of [
  ['tues', 2],
  ['weds', 3],
  ['thur', 4],
  ['thurs', 4],
] as const)
  weekdayNames.set(name, day);
const holidayNames = new Map<string, string>();
const spoken = (name: string) => name.toLowerCase().replaceAll('’s', " 's").replaceAll('’', '').replaceAll('.', '');
for (const { names } of holidays) for (const name of names) holidayNames.set(spoken(name), names[0]!);

const dateWords = [
  'today',
  'tomorrow',
  'yesterday',
  'tonight',
  'week',
  'month',
  'quarter',
  'year',
  'business',
  'working',
  'weekday',
  'date',
  'calendar',
];

export function addDateWords(g: AskGrammar): void {
  g.know([
    ...monthNames.keys(),
    ...weekdayNames.keys(),
    ...dateWords,
    ...zoneWords().filter((word) => word.length > 2),
  ]);
  g.know([...holidayNames.keys()].flatMap((name) => name.split(' ')));
  const year = (input: Input, at: number): Parse<number>[] => {
    const token = input.tokens[at];
    if (token?.kind === 'number' && /^\d{4}$/.test(token.raw))
      return [{ end: at + 1, value: Number(token.raw), cost: 0 }];
    return yearWords(input, at);
  };
  g.rule('year', year);
  g.rule('month', (input, at) => {
    const found = monthNames.get(input.text(at) ?? '');
    // `may` and `mar` alone are words, too: that is for the sentence to decide.
    return found === undefined ? [] : [{ end: input.text(at + 1) === '.' ? at + 2 : at + 1, value: found, cost: 0 }];
  });
  g.rule('weekday', (input, at) => {
    const found = weekdayNames.get(input.text(at) ?? '');
    return found === undefined ? [] : [{ end: at + 1, value: found, cost: 0 }];
  });
  g.rule('holiday', (input, at) => {
    const found: Parse<string>[] = [];
    for (let words = Math.min(6, input.length - at); words > 0; words--) {
      const name = Array.from({ length: words }, (_, i) => input.text(at + i)).join(' ');
      const holiday = holidayNames.get(name);
      if (holiday !== undefined) found.push({ end: at + words, value: holiday, cost: 0 });
    }
    return found;
  });
  g.rule('zone', (input, at) => {
    const found: Parse<string>[] = [];
    for (let words = Math.min(longestZoneName, input.length - at); words > 0; words--) {
      const name = Array.from({ length: words }, (_, i) => input.text(at + i)).join(' ');
      const zones = zonesNamed(name);
      if (zones.length === 0) continue;
      let end = at + words;
      // Austin, TX; Paris, France; the eastern time zone
      const state = input.text(end) === ',' ? end + 1 : end;
      if (usStates.has(input.text(state) ?? '') && zones[0]!.startsWith('America/')) end = state + 1;
      const bare = end;
      while (/^(time|timezone|zone|standard|daylight|savings|coast)$/.test(input.text(end) ?? '')) end++;
      if (end > bare) for (const value of zones) found.push({ end: bare, value, cost: 0 });
      for (const value of zones) found.push({ end, value, cost: 0 });
      const [zone] = zones;
      if (zones.length === 1 && input.text(end) === ',' && zonesNamed(input.text(end + 1) ?? '')[0] === zone)
        found.push({ end: end + 2, value: zone!, cost: 0 });
    }
    // Some other town of a state that has one zone
    for (let comma = at + 1; comma <= at + 3; comma++) {
      const state = stateZones[input.text(comma + 1) ?? ''];
      if (found.length === 0 && input.text(comma) === ',' && state !== undefined)
        found.push({ end: comma + 2, value: state, cost: 0.2 });
    }
    return found;
  });

  addPeriods(g);
  addDates(g);
  addDurations(g);
  addTimes(g);
}

/** nineteen eighty four, twenty twenty six, two thousand and five */
function yearWords(input: Input, at: number): Parse<number>[] {
  const token = input.tokens[at];
  if (token?.kind !== 'word') return [];
  const pairs = readNumber(input, at).flatMap((first) => {
    const high = Number(first.value.n);
    if (first.value.d !== 1n || high < 10 || high > 99) return [];
    return readNumber(input, first.end).flatMap((second) => {
      const low = Number(second.value.n);
      return second.value.d === 1n && low >= 10 && low <= 99
        ? [{ end: second.end, value: high * 100 + low, cost: 0 }]
        : [];
    });
  });
  const whole = readNumber(input, at).flatMap(({ end, value, cost }) =>
    value.d === 1n && value.n >= 1000n && value.n <= 2999n ? [{ end, value: Number(value.n), cost }] : [],
  );
  return [...pairs, ...whole];
}

function addPeriods(g: AskGrammar): void {
  const unit = (text: string) => text as 'week' | 'month' | 'quarter' | 'year';
  for (const name of ['week', 'month', 'quarter', 'year']) {
    g.add('period', `(this|the current|current|the|this current) ${name}`, () => ({ unit: unit(name), offset: 0 }));
    g.add('period', `(next|the next|the coming|the following) ${name}`, () => ({ unit: unit(name), offset: 1 }));
    g.add('period', `(last|the last|previous|the previous|this past) ${name}`, () => ({
      unit: unit(name),
      offset: -1,
    }));
  }
  g.add('period', '{month:month} (of)? {year?:year}', ({ month, year }) => ({
    month,
    ...(year !== undefined && { year }),
  }));
  g.add('period', '{month:month}', ({ month }) => ({ month }));
  g.add('period', '{month:month} (of)? (this|the current) year', ({ month }): Period => ({ month }), 0.5);
  g.add('period', '(the year)? {year:year}', ({ year }) => ({ year }));
  g.add('period', '(q|quarter) {n:integer} (of)? {year:year}', ({ n, year }) => ({ quarter: n, year }));
  g.add('period', '(the)? {n:ordinal} quarter (of|in)? {year:year}', ({ n, year }) => ({ quarter: n, year }));
  g.add('period', '(the)? {n:ordinal} quarter', ({ n }) => ({ quarter: n }));
}

function addDates(g: AskGrammar): void {
  g.add('plainDate', '(today|tonight|now|todays date|the current date|the present day|this day)', () => ({
    kind: 'today',
  }));
  const days = (count: number): DateExpression => ({
    kind: 'shift',
    base: { kind: 'today' },
    duration: { days: Math.abs(count) },
    sign: count < 0 ? -1 : 1,
  });
  g.add('plainDate', '(tomorrow|tommorow|tomorow)', () => days(1));
  g.add('plainDate', 'yesterday', () => days(-1));
  g.add('plainDate', '(the)? day after tomorrow', () => days(2));
  g.add('plainDate', '(the)? day before yesterday', () => days(-2));
  g.rule('plainDate', (input, at) => {
    const token = input.tokens[at];
    if (token?.kind !== 'iso') return [];
    const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(token.text);
    if (iso !== null)
      return [
        {
          end: at + 1,
          value: { kind: 'date', year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) },
          cost: 0,
        },
      ];
    const local = /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})$/.exec(token.text);
    if (local === null) return [];
    const [a, b, year] = [Number(local[1]), Number(local[3]), Number(local[4])];
    const monthFirst = /-(US|PH)\b|^en$/.test(input.locale) && local[2] !== '.' ? a <= 12 : b > 12;
    return [
      { end: at + 1, value: { kind: 'date', year, month: monthFirst ? a : b, day: monthFirst ? b : a }, cost: 0 },
    ];
  });
  g.rule('plainDate', (input, at) => {
    const [a, slash, b] = [input.tokens[at], input.tokens[at + 1], input.tokens[at + 2]];
    if (
      a?.kind !== 'number' ||
      slash?.text !== '/' ||
      b?.kind !== 'number' ||
      !/^\d{1,2}$/.test(a.raw) ||
      !/^\d{1,2}$/.test(b.raw)
    )
      return [];
    const [x, y] = [Number(a.raw), Number(b.raw)];
    const monthFirst = /-(US|PH)\b|^en$/.test(input.locale) ? x <= 12 : y > 12;
    const date = { kind: 'date', month: monthFirst ? x : y, day: monthFirst ? y : x } as const;
    const short =
      input.text(at + 3) === '/' && /^\d{2}$/.test(input.tokens[at + 4]?.raw ?? '')
        ? Number(input.tokens[at + 4]!.raw)
        : undefined;
    return short === undefined
      ? [{ end: at + 3, value: date, cost: 0.3 }]
      : [{ end: at + 5, value: { ...date, year: short < 70 ? 2000 + short : 1900 + short }, cost: 0.1 }];
  });
  type Named = { month: number; day: number; year?: number };
  const named = ({ month, day, year }: Named): DateExpression => ({
    kind: 'date',
    month,
    day,
    ...(year !== undefined && { year }),
  });
  g.rule('dayNumber', (input, at) => {
    const token = input.tokens[at];
    const plain =
      token?.kind === 'number' && /^\d{1,2}$/.test(token.raw)
        ? [{ end: at + 1, value: Number(token.raw), cost: 0 }]
        : [];
    const words =
      token?.kind === 'word' ? g.read('integer', input, at).filter(({ value }) => value >= 1 && value <= 31) : [];
    return [...g.read('ordinal', input, at), ...plain, ...words];
  });
  g.add('plainDate', '({w?:weekday})? (the)? {month:month} (the)? {day:dayNumber} (of|in)? {year:year}', named);
  g.add('plainDate', '({w?:weekday})? (the)? {month:month} (the)? {day:dayNumber}', named);
  g.add('plainDate', '({w?:weekday})? (the)? {day:dayNumber} (of)? {month:month} (of|in)? {year:year}', named);
  g.add('plainDate', '({w?:weekday})? (the)? {day:dayNumber} (of)? {month:month}', named);
  g.add(
    'plainDate',
    '(the)? {month:month} (the)? {day:dayNumber} (of)? (this year|the current year)',
    ({ month, day }) => ({ kind: 'date', month, day }),
    0.2,
  );
  g.add('plainDate', 'the {day:ordinal} (of (this|the) month)?', ({ day }) => ({ kind: 'day', day }), 0.1);

  g.add('plainDate', '(on|this coming|coming|the coming|upcoming|this upcoming)? {day:weekday}', ({ day }) => ({
    kind: 'weekday',
    weekday: day,
    which: 'coming',
  }));
  g.add('plainDate', '(next|the next) {day:weekday}', ({ day }) => ({ kind: 'weekday', weekday: day, which: 'next' }));
  g.add('plainDate', '(last|the last|past|this past|the previous|previous) {day:weekday}', ({ day }) => ({
    kind: 'weekday',
    weekday: day,
    which: 'last',
  }));
  g.add('plainDate', 'this {day:weekday}', ({ day }) => ({ kind: 'weekday', weekday: day, which: 'this' }));
  g.add('plainDate', '(the)? {n:ordinal} {day:weekday} (of|in) {period:period}', ({ n, day, period }) => ({
    kind: 'nth',
    nth: n,
    weekday: day,
    period,
  }));
  g.add('plainDate', '(the)? (last|final) {day:weekday} (of|in) {period:period}', ({ day, period }) => ({
    kind: 'nth',
    nth: -1,
    weekday: day,
    period,
  }));
  g.add('plainDate', '(the)? (first|1st) day (of|in) {period:period}', ({ period }) => ({
    kind: 'edge',
    edge: 'first',
    period,
  }));
  g.add('plainDate', '(the)? (last|final) day (of|in) {period:period}', ({ period }) => ({
    kind: 'edge',
    edge: 'last',
    period,
  }));
  g.add('plainDate', '(the)? (start|beginning) of {period:period}', ({ period }) => ({
    kind: 'edge',
    edge: 'first',
    period,
  }));
  g.add('plainDate', '(the)? end of {period:period}', ({ period }) => ({ kind: 'edge', edge: 'last', period }));
  g.add(
    'plainDate',
    '(the)? end of the {unit:calendarUnit}',
    ({ unit }) => ({ kind: 'edge', edge: 'last', period: { unit, offset: 0 } }),
    0.1,
  );
  for (const name of ['week', 'month', 'quarter', 'year'] as const) g.add('calendarUnit', name, () => name);
  g.add(
    'plainDate',
    '({w?:weekday} of)? (iso|calendar)? week (number)? {week:integer} (of|in)? {year:year}',
    ({ w, week, year }) => ({ kind: 'isoWeek', week, year, weekday: w ?? 1 }),
  );
  g.add(
    'plainDate',
    '(the)? (monday|start|first day) of (iso|calendar)? week (number)? {week:integer}',
    ({ week }) => ({ kind: 'isoWeek', week, weekday: 1 }),
  );
  g.add('plainDate', '(the)? {day:ordinal} day of {year:year}', ({ day, year }) => ({ kind: 'dayOfYear', day, year }));
  g.add('plainDate', 'day (number)? {day:integer} of (the year)? {year:year}', ({ day, year }) => ({
    kind: 'dayOfYear',
    day,
    year,
  }));

  g.add('plainDate', '{name:holiday}', ({ name }) => ({ kind: 'holiday', name }));
  g.add('plainDate', '{name:holiday} (of|in)? {year:year}', ({ name, year }) => ({ kind: 'holiday', name, year }));
  g.add('plainDate', '{name:holiday} (this|of this) year', ({ name }) => ({ kind: 'holiday', name, offset: 0 }));
  g.add('plainDate', '{name:holiday} next year', ({ name }) => ({ kind: 'holiday', name, offset: 1 }));
  g.add('plainDate', '{name:holiday} last year', ({ name }) => ({ kind: 'holiday', name, offset: -1 }));
  g.add('plainDate', '(next|the next|this|this coming) {name:holiday}', ({ name }) => ({ kind: 'holiday', name }));
  g.add('plainDate', '(last) {name:holiday}', ({ name }) => ({ kind: 'holiday', name, leaning: 'past' }));

  const today: DateExpression = { kind: 'today' };
  const shift = (base: DateExpression, duration: Duration, sign: 1 | -1): DateExpression => ({
    kind: 'shift',
    base,
    duration,
    sign,
  });
  g.add('date', '(in|after) (another)? {d:duration} (from (now|today))? (time)?', ({ d }) => shift(today, d, 1));
  g.add(
    'date',
    "(in)? {d:duration} (from now|from today|hence|from this day|out|after today|later|from todays date|from today 's date)",
    ({ d }) => shift(today, d, 1),
  );
  g.add(
    'date',
    '{d:duration} (ago|ago today|back|before now|before today|earlier|prior to today|before todays date)',
    ({ d }) => shift(today, d, -1),
  );
  g.add('date', '{d:duration} (from|after|following|past|later than|since) {base:date}', ({ d, base }) =>
    shift(base, d, 1),
  );
  g.add('date', '{d:duration} (before|prior to|earlier than|preceding) {base:date}', ({ d, base }) =>
    shift(base, d, -1),
  );
  g.add('date', '{base:plainDate} (plus|+) {d:duration}', ({ d, base }) => shift(base, d, 1));
  g.add('date', '{base:plainDate} (minus|-) {d:duration}', ({ d, base }) => shift(base, d, -1));
  g.add('date', '(a|one)? week from {base:date}', ({ base }) => shift(base, { weeks: 1 }, 1));
  g.add('date', '(the date)? {date:plainDate}', ({ date }) => date);
}

function addDurations(g: AskGrammar): void {
  const table: Readonly<Record<string, (count: number) => Duration>> = {
    '(second|seconds|secs|sec)': (seconds) => ({ seconds }),
    '(minute|minutes|mins|min)': (count) => ({ seconds: count * 60 }),
    '(hour|hours|hrs|hr)': (count) => ({ seconds: count * 3600 }),
    '(day|days)': (days) => ({ days }),
    '(week|weeks)': (weeks) => ({ weeks }),
    '(fortnight|fortnights)': (count) => ({ weeks: 2 * count }),
    '(month|months)': (count) => ({ months: count }),
    '(quarter|quarters)': (count) => ({ months: 3 * count }),
    '(year|years)': (years) => ({ years }),
    '(decade|decades)': (count) => ({ years: 10 * count }),
    '(century|centuries)': (count) => ({ years: 100 * count }),
    '(business day|business days|working day|working days|workdays|workday|weekdays|work days|weekday)': (
      businessDays,
    ) => ({ businessDays }),
  };
  for (const [words, make] of Object.entries(table)) {
    g.add('span', `{n:number} (more|full|whole|calendar|of)? ${words}`, (slots: object) => {
      const { n } = slots as { n: { n: bigint; d: bigint } };
      return whole(n, make);
    });
    g.add('span', `(a|an|one|another) ${words}`, () => make(1));
  }
  g.add('span', 'half an hour', () => ({ seconds: 1800 }));
  g.add('span', '(a|one) half hour', () => ({ seconds: 1800 }));
  g.add('span', '(a|one)? quarter of an hour', () => ({ seconds: 900 }));
  g.add('span', '(an|one) hour and a half', () => ({ seconds: 5400 }));
  g.add('span', '(a|one) year and a half', () => ({ months: 18 }));
  g.add('span', 'half a year', () => ({ months: 6 }));
  g.add('duration', '{a:span}', ({ a }) => a);
  g.add('duration', '{a:span} (and)? {b:duration}', ({ a, b }) => plus(a, b));
}

/** Half a year is six months, half a week three and a half days, which no calendar has. */
function whole({ n, d }: { n: bigint; d: bigint }, make: (count: number) => Duration): Duration | undefined {
  if (n > 10_000_000n) return undefined;
  if (d === 1n) return make(Number(n));
  const [one] = Object.entries(make(1)) as [[keyof Duration, number]];
  const [unit, size] = one;
  const finer: Partial<Record<keyof Duration, readonly [keyof Duration, number]>> = {
    years: ['months', 12],
    weeks: ['days', 7],
    days: ['seconds', 86_400],
    seconds: ['seconds', 1],
  };
  const [part, scale] = finer[unit] ?? [undefined, 0];
  if (part === undefined || (n * BigInt(size * scale)) % d !== 0n) return undefined;
  return { [part]: Number((n * BigInt(size * scale)) / d) };
}

function plus(a: Duration, b: Duration): Duration {
  const total: Record<string, number> = { ...a };
  for (const [unit, value] of Object.entries(b)) total[unit] = (total[unit] ?? 0) + value;
  return total;
}

function addTimes(g: AskGrammar): void {
  g.rule('time', (input, at) => {
    const token = input.tokens[at];
    if (token === undefined) return [];
    const half = halfOf(input, at + 1);
    const make = (hour: number, minute: number, second: number | undefined, end: number, zone?: string) => [
      {
        end,
        value: {
          time: { kind: 'clock' as const, hour, minute, ...(second !== undefined && { second }) },
          ...(zone !== undefined && { zone }),
        },
        cost: 0,
      },
    ];
    const clock = token.kind === 'clock' ? /^(\d{1,2}):(\d{2})(?::(\d{2}))?(z?)$/.exec(token.text) : null;
    if (clock !== null) {
      const hour = Number(clock[1]);
      const second = clock[3] === undefined ? undefined : Number(clock[3]);
      const zone = clock[4] === 'z' ? 'UTC' : undefined;
      if (half !== undefined && hour >= 1 && hour <= 12)
        return make((hour % 12) + half.add, Number(clock[2]), second, half.end, zone);
      return make(hour, Number(clock[2]), second, at + 1, zone);
    }
    const hours =
      token.kind === 'number'
        ? /^\d{1,2}$/.test(token.raw)
          ? [{ end: at + 1, value: Number(token.raw) }]
          : []
        : g.read('integer', input, at);
    return hours.flatMap(({ end, value }) => {
      const after = halfOf(input, end);
      if (after !== undefined && value >= 1 && value <= 12)
        return make((value % 12) + after.add, 0, undefined, after.end);
      const oclock = input.text(end) === "o'clock" || input.text(end) === 'oclock';
      if (oclock && value >= 1 && value <= 12) {
        const behind = halfOf(input, end + 1);
        return behind === undefined ? [] : make((value % 12) + behind.add, 0, undefined, behind.end);
      }
      return [];
    });
  });
  g.add('time', "(noon|midday|12 noon|12 o'clock noon)", () => ({ time: { kind: 'clock', hour: 12, minute: 0 } }));
  g.add('time', '(midnight|12 midnight)', () => ({ time: { kind: 'clock', hour: 0, minute: 0 } }));
  g.add('time', 'half past {t:time}', ({ t }) =>
    t.time.kind === 'clock' && t.time.minute === 0 ? { ...t, time: { ...t.time, minute: 30 } } : undefined,
  );
  g.add('time', '(a)? quarter past {t:time}', ({ t }) =>
    t.time.kind === 'clock' && t.time.minute === 0 ? { ...t, time: { ...t.time, minute: 15 } } : undefined,
  );
  g.add('time', '(a)? quarter (to|of|till) {t:time}', ({ t }) =>
    t.time.kind === 'clock' && t.time.minute === 0
      ? { ...t, time: { ...t.time, hour: (t.time.hour + 23) % 24, minute: 45 } }
      : undefined,
  );
  g.add('time', '(now|right now|the current time|this moment)', () => ({ time: { kind: 'now' } }));
  g.add('zonedTime', '{t:time}', ({ t }) => t);
  g.add('zonedTime', '{t:time} (in|at)? {zone:zone}', ({ t, zone }) => ({ ...t, zone }));
}

/** am and pm behind an hour, as what they add. */
function halfOf(input: Input, at: number): { end: number; add: number } | undefined {
  const text = input.text(at);
  if (text === 'am' || text === 'pm') return { end: at + 1, add: text === 'pm' ? 12 : 0 };
  if ((text === 'a' || text === 'p') && input.text(at + 1) === 'm')
    return { end: input.text(at + 2) === '.' ? at + 3 : at + 2, add: text === 'p' ? 12 : 0 };
  if (text === 'in' && input.text(at + 1) === 'the') {
    const part = input.text(at + 2);
    if (part === 'morning') return { end: at + 3, add: 0 };
    if (part === 'afternoon' || part === 'evening') return { end: at + 3, add: 12 };
  }
  return undefined;
}
