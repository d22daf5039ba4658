/** Whole questions about dates and times. */
import type { AskGrammar } from '../../grammar/types.js';
import { type PlanInput, Step } from '../../plan.js';
import { given } from '../calculator/english/step.js';
import type { DateCall } from './calls.js';
import { type DateExpression, type Duration, lean, type TimeExpression } from './expression.js';

const ask = (call: DateCall): Step => new Step('dates', call as unknown as { [key: string]: PlanInput });
const today: DateExpression = { kind: 'today' };
type Zoned = { readonly time: TimeExpression; readonly zone?: string };

export function addDateQuestions(g: AskGrammar): void {
  addWhichDay(g);
  addSpans(g);
  addClockQuestions(g);
}

function addWhichDay(g: AskGrammar): void {
  const date = ({ d }: { d: DateExpression }) => ask({ ask: 'date', date: d });
  const weekday = ({ d }: { d: DateExpression }) => ask({ ask: 'weekday', date: d });
  const past = ({ d }: { d: DateExpression }) => ask({ ask: 'weekday', date: lean(d, 'past') });

  // The date today
  const dateOf =
    '(date|calendar date|month and day|day and month|day month and year|month day and year|date month and year|full date)';
  g.add(
    'question',
    `(what|which)? (is|was|will be|would be)? (the|todays|today 's)? (current)? ${dateOf} (is it|it is|is|will it be|would it be|was it)? (today|now|right now|exactly|currently)?`,
    () => ask({ ask: 'date', date: today }),
  );
  g.add(
    'question',
    `(todays|today 's|today) (is)? (what)? (the)? ${dateOf} (is what|is|exactly|is what exactly|what)?`,
    () => ask({ ask: 'date', date: today }),
  );
  g.add('question', `today (is what|is which) (date|day)`, () => ask({ ask: 'date', date: today }));
  g.add('question', "today 's (month)? (day)? (and)? (year)? (month)?", () => ask({ ask: 'date', date: today }), 0.3);
  g.add('question', `(do you have|you have|have you got|check|share) (the|today 's|todays)? ${dateOf} (today)?`, () =>
    ask({ ask: 'date', date: today }),
  );
  g.add(
    'question',
    '(what|which) (day|date) (of the month)? is it (today|now|right now)?',
    () => ask({ ask: 'date', date: today }),
    0.2,
  );
  g.add('question', '(the)? (current)? (day) (is it|it is)?', () => ask({ ask: 'date', date: today }), 0.4);
  g.add(
    'question',
    '(what|which) (day is today|is today|is the day today|day is it today|is the day)',
    () => ask({ ask: 'date', date: today }),
    0.2,
  );
  g.add('question', '(the)? day (today is|is today|today)', () => ask({ ask: 'date', date: today }), 0.2);
  for (const [word, part] of [
    ['year', 'year'],
    ['month', 'month'],
    ['quarter', 'quarter'],
  ] as const) {
    g.add(
      'question',
      `(the|what|which)? (current)? ${word} (is it|it is|is this|are we in|is it now|is this now)? (now|right now|today|currently)?`,
      () => ask({ ask: 'part', date: today, part }),
      0.1,
    );
  }
  g.add(
    'question',
    '(what|which)? (is)? (the|this)? (current)? (iso|calendar)? week (number)? (of the year)? (is it|is this|are we in|it is)? (now|today|right now)?',
    () => ask({ ask: 'part', date: today, part: 'isoWeek' }),
    0.1,
  );

  // Some date
  g.add('question', `(what|which)? (the)? ${dateOf} (is|will be|would be|was) (for|on)? {d:date}`, date);
  const be =
    '(is|was|will be|would be|is on|falls on|will it be|would it be|is it|was it|it will be|it is|it was|is it going to be|is it gonna be|are we going to have|will fall|would|will|does|did|is going to be|it is going to be|does it become)';
  g.add(
    'question',
    `(on)? (what|which) (date|calendar date|date of the month) ${be} (it|be|on)? {d:date} (be|fall|fall on|on)?`,
    date,
  );
  g.add(
    'question',
    `(the)? (date|exact date|calendar date) (on|of|for|in|is it|it is|it will be|will it be|was it|it was|be|would be|it would be|will be|going to be|falls|a|at)? (be)? {d:date}`,
    date,
  );
  g.add(
    'question',
    `{d:date} (is)? (what|which) (date|day) (is it|will it be|will be|it will be|would it be|would be|was it|is|be|is that|that)?`,
    date,
    0.1,
  );
  g.add('question', `{d:date} (what|which) (will|would) (the|be the) (date|day) (be)? (the)? (date)?`, date, 0.1);
  g.add('question', `{d:date} (what) (will|would) it be`, date, 0.2);
  g.add('question', `(what) (will|would|is|was) (the)? (date|day) (be|is|was)? (on|in|for)? {d:date} (be)?`, date, 0.1);
  g.add('question', `(will|would) (the)? (date) (be) {d:date}`, date, 0.1);
  g.add(
    'question',
    '(the)? (date)? (when|on what date|on which date|what date|what day of the month) (is|was|will|does|did|will be) {d:date} (be|fall|fall on|happen|celebrated|start|end|begin|occur|this year)?',
    date,
  );
  g.add(
    'question',
    `{d:date} (is|falls|is on|falls on|comes on) (what|which|when|on what|on which) (date|day)?`,
    date,
    0.1,
  );
  g.add('question', `{d:date} 's (date|exact date) (is|be|would be|please)?`, date);
  g.add('question', `{d:date} (as (a)? (date|iso date))?`, date, 0.6);
  g.add('question', '(add|plus) {s:duration} to {d:date}', ({ s, d }) =>
    ask({ ask: 'date', date: { kind: 'shift', base: d, duration: s, sign: 1 } }),
  );
  g.add('question', '(subtract|take|minus) {s:duration} from {d:date}', ({ s, d }) =>
    ask({ ask: 'date', date: { kind: 'shift', base: d, duration: s, sign: -1 } }),
  );
  g.add(
    'question',
    '(what is|what was|what) {s:duration} (from|after) {d:date}',
    ({ s, d }) => ask({ ask: 'date', date: { kind: 'shift', base: d, duration: s, sign: 1 } }),
    0.4,
  );

  // The weekday
  const dayOfWeek = '(day of the week|day of week|weekday|week day)';
  g.add(
    'question',
    `(on)? (what|which) ${dayOfWeek} ${be} (it|be|on)? {d:date} (be|fall|fall on|on|land on)?`,
    weekday,
  );
  g.add('question', `(on)? (what|which) ${dayOfWeek} (is|will|was|would) it (be)? (on)? {d:date}`, weekday);
  g.add('question', `(what|which) ${dayOfWeek} is it (today|now)?`, () => ask({ ask: 'weekday', date: today }));
  g.add(
    'question',
    `(the|todays|today 's|current)? ${dayOfWeek} (is it|it is|today|is today)?`,
    () => ask({ ask: 'weekday', date: today }),
    0.1,
  );
  g.add('question', `(the)? ${dayOfWeek} (of|for|on|is|was|will be) {d:date}`, weekday);
  g.add('question', `{d:date} (is|was|will be|falls on|fell on|lands on) (on)? (a|what|which) ${dayOfWeek}`, weekday);
  g.add(
    'question',
    '(on)? (what|which) day (is|will|does|would) {d:fixedDate} (be|fall|fall on|on|land on|this year)?',
    weekday,
    -0.2,
  );
  g.add('question', '(on)? (what|which) day (was|did) {d:fixedDate} (fall|fall on|on|land on)?', past, -0.2);
  g.add('question', '(on)? (what|which) day (is|will|was|would) it (be)? (on)? {d:fixedDate}', weekday);
  g.add(
    'question',
    '(what|which) day (is|will|will it be|is it|it is|it will be|it is going to be|is it going to be|will be|would it be|would be|was it|was) (be)? (in)? {d:countedDate}',
    date,
  );
  g.add(
    'question',
    '(is it) (monday|tuesday|wednesday|thursday|friday|saturday|sunday) (tuesday)? (wednesday)? (thursday)? (friday)? (saturday)? (or)? (sunday|monday)?',
    () => ask({ ask: 'weekday', date: today }),
  );
  g.add('fixedDate', '{d:plainDate}', ({ d }) =>
    d.kind === 'date' || d.kind === 'holiday' || d.kind === 'day' || d.kind === 'edge' || d.kind === 'dayOfYear'
      ? d
      : undefined,
  );
  g.add('countedDate', '{d:date}', ({ d }) =>
    d.kind === 'shift' || d.kind === 'nth' || d.kind === 'today' || d.kind === 'weekday' ? d : undefined,
  );

  // Parts
  g.add(
    'question',
    '(what|which) (iso|calendar)? week (number)? (of the year)? (is|was|does|contains|will) {d:date} (in|be|fall in|belong to)?',
    ({ d }) => ask({ ask: 'part', date: d, part: 'isoWeek' }),
  );
  g.add('question', '(the)? (iso|calendar)? week number (of|for) {d:date}', ({ d }) =>
    ask({ ask: 'part', date: d, part: 'isoWeek' }),
  );
  g.add(
    'question',
    '(what|which) quarter (of the year)? (is|was|does|will) {d:date} (in|be in|fall in|belong to)?',
    ({ d }) => ask({ ask: 'part', date: d, part: 'quarter' }),
  );
  g.add(
    'question',
    '(what|which) quarter (of the year)? (is|does|contains|has) {p:period} (in|belong to|fall in)?',
    ({ p }) => ask({ ask: 'part', date: { kind: 'edge', edge: 'first', period: p }, part: 'quarter' }),
  );
  g.add('question', '(how many) days (are left|left|remain|are remaining) (in|of) {p:period}', ({ p }) =>
    ask({ ask: 'between', from: today, to: { kind: 'edge', edge: 'last', period: p }, unit: 'days' }),
  );
  g.add(
    'question',
    '(how many) days (are left|left|remain|are remaining) (in|of) (the) {unit:calendarUnit}',
    ({ unit }) =>
      ask({
        ask: 'between',
        from: today,
        to: { kind: 'edge', edge: 'last', period: { unit, offset: 0 } },
        unit: 'days',
      }),
  );
  g.add('question', '(what|which) (day of the year|day number|day of year) (is|was|will) {d:date} (be)?', ({ d }) =>
    ask({ ask: 'part', date: d, part: 'dayOfYear' }),
  );
  g.add(
    'question',
    '(what|which) month (is|was|will|will it be|is it|would it be) (be)? {d:date} (in)?',
    ({ d }) => ask({ ask: 'part', date: d, part: 'month' }),
    0.1,
  );
  g.add(
    'question',
    '(what|which) year (is|was|will|will it be|is it|would it be) (be)? {d:date} (in)?',
    ({ d }) => ask({ ask: 'part', date: d, part: 'year' }),
    0.1,
  );
  g.add('question', '(is|was|will) (the year)? {year:year} (be)? a leap year', ({ year }) =>
    ask({ ask: 'leapYear', year }),
  );
  g.add('question', '(is) (this|this year|it) a leap year', () => ask({ ask: 'leapYear' }));
  g.add(
    'question',
    '(how many|the number of) days (are|are there|does|in|were|were there|will there be) (in)? {month:month} (of)? {year:year} (have)?',
    ({ month, year }) => ask({ ask: 'daysIn', month, year }),
  );
  g.add(
    'question',
    '(how many|the number of) days (are|are there|does|in|were|were there) (in)? (the month of)? {month:month} (have)?',
    ({ month }) => ask({ ask: 'daysIn', month }),
  );
  g.add(
    'question',
    '(how many|the number of) days (are|are there|does|in|were|were there|will there be) (in)? (the year)? {year:year} (have)?',
    ({ year }) => ask({ ask: 'daysIn', year }),
  );
  g.add('question', '(how many) days (are|are there) (in)? this year', () => ask({ ask: 'daysIn' }));

  // Holidays
  const next =
    '(next|upcoming|coming|closest|nearest) (upcoming|scheduled|federally recognized|federal|national|public|bank|official)? (holiday)';
  g.add(
    'question',
    `(when|what|which|what day|what date)? (is|will be|does)? (the|our)? (date of)? (the|our)? ${next} (be|is|arrives|will be|on the calendar|after today|come|coming|here)?`,
    () => ask({ ask: 'nextHoliday' }),
  );
  g.add('question', '(which|what) holiday (is|comes) (next|next in line|coming up next|up next|coming up)', () =>
    ask({ ask: 'nextHoliday' }),
  );
}

const units = [
  ['(days|day)', 'days'],
  ['(weeks|week)', 'weeks'],
  ['(months|month)', 'months'],
  ['(years|year)', 'years'],
  ['(business days|working days|workdays|weekdays|work days)', 'businessDays'],
  ['(hours|hour)', 'hours'],
  ['(minutes|minute)', 'minutes'],
  ['(seconds)', 'seconds'],
] as const;

function addSpans(g: AskGrammar): void {
  g.add('spanDate', '{d:date}', ({ d }) => d);
  // Until July, since 2020: from the first day on.
  g.add('spanDate', '{p:period}', ({ p }) => ({ kind: 'edge', edge: 'first', period: p }), 0.1);
  for (const [words, unit] of units) {
    const between = (from: DateExpression, to: DateExpression, absolute = false) =>
      ask({ ask: 'between', from, to, unit, ...(absolute && { absolute }) });
    const after = (slots: object) => between(today, lean((slots as { d: DateExpression }).d, 'future'));
    const since = (slots: object) => between(lean((slots as { d: DateExpression }).d, 'past'), today);
    const pair = (slots: object) => {
      const { a, b } = slots as { a: DateExpression; b: DateExpression };
      return between(a, b, true);
    };
    g.add(
      'question',
      `(how many)? (more)? ${words} (are left|left|is it|are there|till|remain|remaining|is there|do we have|do i have|until|to go|away|from now|more)? (in the|in this|until|till|til|to|before|from today to|from now until|from now till|from today until|between now and|between today and|is|left until|left before|left till|left to) {d:spanDate} (away|from now|left)?`,
      after,
    );
    g.add('question', `(how many) ${words} (away|off|from now) (is|are|until) (we from)? {d:spanDate}`, after);
    g.add('question', `(how many) ${words} (is)? (it)? {d:spanDate} (away|from now|from today)`, after);
    g.add(
      'question',
      `(how many)? ${words} (has|have)? (it)? (been|passed|gone by|elapsed|went by)? (have)? (passed|been)? since {d:spanDate}`,
      since,
    );
    g.add('question', `(how many) ${words} ago (was|is) {d:spanDate}`, since);
    g.add(
      'question',
      `(how many|the number of)? ${words} (are|are there|is it|is there|lie|were there|passed|elapsed|is)? (in)? (between|from|separate) {a:spanDate} (and|to|until|till|through|-) {b:spanDate}`,
      pair,
    );
    g.add(
      'question',
      `(how many|the number of)? ${words} from {a:spanDate} (to|until|till|through) {b:spanDate} (are there|is it)?`,
      pair,
    );
    g.add('asked', `(the)? (number of) ${words} (until|till|to) {d:spanDate}`, (slots: object) => given(after(slots)));
    g.add('asked', `(the)? (number of) ${words} (between|from) {a:spanDate} (and|to) {b:spanDate}`, (slots: object) =>
      given(pair(slots)),
    );
  }
  g.add('asked', '(the)? number of days in {month:month} (of)? {year:year}', ({ month, year }) =>
    given(ask({ ask: 'daysIn', month, year })),
  );
  g.add('asked', '(the)? number of days in (the year)? {year:year}', ({ year }) => given(ask({ ask: 'daysIn', year })));
  const days = (from: DateExpression, to: DateExpression) => ask({ ask: 'between', from, to, unit: 'days' });
  g.add(
    'question',
    '(how long|how much longer|how much time|how soon|how far|how far away|how long is it|how many) (is|is it|do we have|until|till|left|sleeps)? (until|till|til|to|before|away is|is it until|is it till|left until) {d:spanDate} (away)?',
    ({ d }) => days(today, lean(d, 'future')),
  );
  g.add(
    'question',
    '(how long|how much time) (has it been|is it|ago was|has passed|ago is) (since)? {d:spanDate}',
    ({ d }) => days(lean(d, 'past'), today),
  );
  g.add(
    'question',
    '(how long|how much time) (is it|is there|was it|was)? (from|between) {a:spanDate} (to|until|and|till) {b:spanDate}',
    ({ a, b }) => ask({ ask: 'between', from: a, to: b, unit: 'days', absolute: true }),
  );

  const age = (born: DateExpression, at: DateExpression = today) => ask({ ask: 'age', born: lean(born, 'past'), at });
  const who =
    '(is|am|are|would|will|was) (i|someone|somebody|a person|a child|he|she|they|you|anyone|one|people)? (be)?';
  const bornWords =
    '(if i was|if i were|if i am|if he was|if she was|if you were|if they were|who was|was|that was|who is|if someone was)? born (on|in)?';
  g.add('question', `how old ${who} (today)? ${bornWords} {d:plainDate} (today|now)?`, ({ d }: { d: DateExpression }) =>
    age(d),
  );
  g.add('question', `how old ${who} ${bornWords} {d:plainDate} (be)? (on|in|at|by) {at:date}`, (slots: object) => {
    const { d, at } = slots as { d: DateExpression; at: DateExpression };
    return age(d, at);
  });
  g.add(
    'question',
    '(i was|if i was|someone|someone was|he was|she was) born (on)? {d:plainDate} (how old (am i|is he|is she|are they|would i be))',
    ({ d }) => age(d),
  );
}

/** `5 days from now` is a date, `5 hours from now` a time. */
const movesClock = (span: Duration, t: Zoned): boolean => t.time.kind !== 'now' || span.seconds !== undefined;

function addClockQuestions(g: AskGrammar): void {
  const moment = (t: Zoned, more: { to?: string; date?: DateExpression; shift?: Duration; sign?: 1 | -1 } = {}) =>
    mixesStandard(t.zone, more.to)
      ? undefined
      : ask({ ask: 'moment', time: t.time, ...(t.zone !== undefined && { zone: t.zone }), ...more });
  // The time now
  g.add(
    'question',
    '(what|which)? (time|hour|current time|the time|time of day) (is it|it is|is|do we have|do you have|of day is it)? (now|right now|exactly|currently|here|today|at the moment)?',
    () => ask({ ask: 'time' }),
    0.1,
  );
  g.add('question', '(do you have|have you got|got|check) (the)? (current)? time', () => ask({ ask: 'time' }));
  g.add(
    'question',
    '(what|which)? (the)? (current|exact|local|present)? (time|hour|clock) (is it|it is|now|right now|is it now|is it right now|is|currently|of day|of day is it|of day is it currently|is it currently|it is right now|it is now)? (in|at|for|over in|is it in|out in) (the)? (city of|state of)? {zone:zone} (now|right now|currently|at the moment|is it)?',
    ({ zone }) => ask({ ask: 'time', zone }),
  );
  g.add('question', '(in)? {zone:zone} (what) time (is it|it is)? (now|right now)?', ({ zone }) =>
    ask({ ask: 'time', zone }),
  );
  g.add(
    'question',
    '(the)? (current|local)? {zone:zone} (time|local time|current time) (now|right now|is it|is what)?',
    ({ zone }) => ask({ ask: 'time', zone }),
    0.1,
  );
  g.add('question', '(the)? (time)? (now|right now) in {zone:zone}', ({ zone }) => ask({ ask: 'time', zone }));
  g.add('question', "{zone:zone} 's (current)? time", ({ zone }) => ask({ ask: 'time', zone }));

  const clockIn = ({ zone }: { zone: string }) => ask({ ask: 'time', zone });
  g.add(
    'question',
    '(in|at|over in) {zone:zone} (what) (is|time is it|is the time|is the current time|time it is) (the)? (current)? (time)? (is it)? (now|right now|currently)?',
    clockIn,
  );
  g.add(
    'question',
    '(what) (time)? (is|would|is the|will) (the|it)? (be)? (current)? (time)? (set to)? (getting to be)? (in|at|for|on) (the)? {zone:zone} (now|right now|currently)?',
    clockIn,
    0.1,
  );
  g.add('question', '(the)? (current|exact)? time (now|right now)? {zone:zone}', clockIn, 0.2);
  g.add('question', '(what time is it|the time is|time is it) (now|right now|currently)? {zone:zone}', clockIn, 0.2);
  g.add(
    'question',
    '(have you|telling me|at the moment what is|what hour and minute is it|when is it right now|how is|what does it say on) (the)? (time|clock)?',
    () => ask({ ask: 'time' }),
  );

  // In another zone
  const to = '(in|to|into|as|at)';
  g.add(
    'question',
    `(convert|change|translate|what|what is|what time is|when it is|if it is)? {t:zonedTime} (on)? {date:date} ${to} (the)? {zone:zone}`,
    (slots: object) => {
      const { t, date, zone } = slots as { t: Zoned; date: DateExpression; zone: string };
      return moment(t, { date, to: zone });
    },
  );
  g.add(
    'question',
    `(convert|change|translate|what is|what time is|what)? {t:zonedTime} ${to} (the)? {zone:zone} (time)?`,
    (slots: object) => {
      const { t, zone } = slots as { t: Zoned; zone: string };
      return t.zone === undefined ? undefined : moment(t, { to: zone });
    },
  );
  g.add(
    'question',
    '(convert|change|what is) {t:time} (from)? {a:zone} (time)? (to|in|into) {b:zone} (time)?',
    ({ t, a, b }) => moment({ time: t.time, zone: t.zone ?? a }, { to: b }),
  );
  g.add(
    'question',
    '(convert)? {t:zonedTime} (is|is what time|what time|is what|would be|what time is that|what time is it) (in|at) {zone:zone}',
    ({ t, zone }) => moment(t, { to: zone }),
  );
  g.add(
    'question',
    '(what|which) time (is it|will it be|would it be|is that|is) (in|at) {zone:zone} (when|if|at) (it is|it)? {t:zonedTime} (here|now)?',
    ({ t, zone }) => moment(t, { to: zone }),
  );
  g.add(
    'question',
    '(when|if) it is {t:zonedTime} (here)? (what time|what|which time) (is it|will it be|would it be|is) (in|at) {zone:zone}',
    ({ t, zone }) => moment(t, { to: zone }),
  );
  // 16:51Z in New York: a time that has its zone needs no verb.
  g.add('question', '{t:time} (in|to) {zone:zone} (time)?', ({ t, zone }) =>
    t.zone === undefined ? undefined : moment(t, { to: zone }),
  );

  // Later and earlier
  g.add(
    'question',
    '(what time|when|what) (is it|will it be|would it be|is|was it|be)? (in|after)? {s:timeSpan} (from now|later)?',
    ({ s }) => moment({ time: { kind: 'now' } }, { shift: s, sign: 1 }),
  );
  g.add('question', '(what time|when|what) (was it|is|was) {s:timeSpan} (ago|before now)', ({ s }) =>
    moment({ time: { kind: 'now' } }, { shift: s, sign: -1 }),
  );
  g.add(
    'question',
    '(the time)? (in)? {s:timeSpan} (from now)?',
    ({ s }) => moment({ time: { kind: 'now' } }, { shift: s, sign: 1 }),
    0.8,
  );
  g.add('question', '(the time)? {s:timeSpan} ago', ({ s }) =>
    moment({ time: { kind: 'now' } }, { shift: s, sign: -1 }),
  );
  g.add(
    'question',
    '(what time|when|what) (is|will it be|is it|would it be|be)? {s:duration} (after|from|past) {t:zonedTime}',
    ({ s, t }) => (movesClock(s, t) ? moment(t, { shift: s, sign: 1 }) : undefined),
  );
  g.add(
    'question',
    '(what time|when|what) (is|was it|is it|would it be|was)? {s:duration} (before|prior to) {t:zonedTime}',
    ({ s, t }) => (movesClock(s, t) ? moment(t, { shift: s, sign: -1 }) : undefined),
  );
  g.add(
    'question',
    '(the time)? {s:duration} (after|from|past) {t:time}',
    ({ s, t }) => (movesClock(s, t) ? moment(t, { shift: s, sign: 1 }) : undefined),
    0.2,
  );
  g.add(
    'question',
    '(the time)? {s:duration} before {t:time}',
    ({ s, t }) => (movesClock(s, t) ? moment(t, { shift: s, sign: -1 }) : undefined),
    0.2,
  );
  g.add('question', 'add {s:duration} to {t:time}', ({ s, t }) =>
    movesClock(s, t) ? moment(t, { shift: s, sign: 1 }) : undefined,
  );
  g.add('question', '(subtract|take) {s:duration} from {t:time}', ({ s, t }) =>
    movesClock(s, t) ? moment(t, { shift: s, sign: -1 }) : undefined,
  );
  g.add('question', '{t:time} (plus|+) {s:duration}', ({ s, t }) =>
    movesClock(s, t) ? moment(t, { shift: s, sign: 1 }) : undefined,
  );
  g.add('question', '{t:time} (minus|-) {s:duration}', ({ s, t }) =>
    movesClock(s, t) ? moment(t, { shift: s, sign: -1 }) : undefined,
  );
  g.add('timeSpan', '{s:duration}', ({ s }) => (s.seconds === undefined ? undefined : s));

  // A date with a time
  g.add('question', '(when is|what is)? {d:date} (at|,) {t:zonedTime}', ({ d, t }) => moment(t, { date: d }));
  g.add('question', '(when is|what is)? {t:zonedTime} (on)? {d:date}', ({ d, t }) => moment(t, { date: d }));

  // Between two times
  const elapsed = (from: TimeExpression, to: TimeExpression, unit?: 'hours' | 'minutes' | 'seconds') =>
    ask({ ask: 'elapsed', from, to, ...(unit !== undefined && { unit }) });
  g.add(
    'question',
    '(how long|how much time|the time|the difference|time difference|how long is it|the duration) (is it|is there|is|passes|elapses|was it)? (from|between) {a:time} (to|until|till|and|-) {b:time}',
    ({ a, b }) => elapsed(a.time, b.time),
  );
  for (const [words, unit] of [
    ['(hours)', 'hours'],
    ['(minutes)', 'minutes'],
    ['(seconds)', 'seconds'],
  ] as const) {
    g.add(
      'question',
      `(how many) ${words} (are|are there|is it|is|pass)? (in)? (from|between) {a:time} (to|until|till|and) {b:time}`,
      (slots: object) => {
        const { a, b } = slots as { a: Zoned; b: Zoned };
        return elapsed(a.time, b.time, unit);
      },
    );
    g.add(
      'question',
      `(how many) (more)? ${words} (is it|are left|left|are there)? (until|till|to|before) {b:time}`,
      (slots: object) => elapsed({ kind: 'now' }, (slots as { b: Zoned }).b.time, unit),
    );
  }
  g.add(
    'question',
    '(how long|how much time|how much longer) (is it|is left|is there|do i have|left)? (until|till|to|before) {b:time}',
    ({ b }) => elapsed({ kind: 'now' }, b.time),
  );

  // Zones
  const zoneOf = ({ zone }: { zone: string }) => ask({ ask: 'zone', zone });
  g.add(
    'question',
    '(what|which|the)? (time zone|timezone) (that|which)? {zone:zone} (is in|is|uses|has|falls in|belongs to|is located in|observes)',
    zoneOf,
  );
  g.add('question', "(what|which)? {zone:zone} 's (time zone|timezone) (is)?", zoneOf);
  g.add('question', '(what)? (the|applicable)? (time zone|timezone) (is)? (in|for|of) {zone:zone}', zoneOf);
  g.add(
    'question',
    '(in|if i am in|if i change my timezone to)? {zone:zone} (what) (is|would|would the) (the)? (timezone|time zone|it) (be|fall)?',
    zoneOf,
  );
  g.add('question', '(in)? what timezone does {zone:zone} (fall|lie|have|use|follow)', zoneOf);
  g.add(
    'question',
    '(what|which|the)? (is)? (the)? (current)? (time zone|timezone|time zones) (is|for|in|of|does|do they use in|do they have in|would i be in if i traveled to|would i be in if i am in|am i in if i am in|are you in if you are in|would|will i be in if i go to|that|are they in in|do people use in|do i use in) (in|for)? (the)? (city of|state of)? {zone:zone} (in|have|use|uses|is|be in|is in|located in|follow|time in|called|observe|fall under|on|under|at|currently|city)?',
    ({ zone }) => ask({ ask: 'zone', zone }),
  );
  g.add(
    'question',
    '(in|for|if i am in|if you are in|if i was in|if i travel to)? {zone:zone} (what|is in what|is in which|is what|uses what|has what|is|which|in what) (is the|the)? (time zone|timezone) (is it in|am i in|are you in|is that|is it|is what|does it use|would i be in|in)?',
    ({ zone }) => ask({ ask: 'zone', zone }),
  );
  g.add('question', "{zone:zone} ('s)? (time zone|timezone) (is what|is|please|what is it|info)?", ({ zone }) =>
    ask({ ask: 'zone', zone }),
  );
  g.add(
    'question',
    '(in)? (what|which) (time zone|timezone) (is|does|would|are|will) {zone:zone} (in|have|use|be in|is in|located in|follow|on|under|located|fall in|is|at)?',
    ({ zone }) => ask({ ask: 'zone', zone }),
  );
  g.add(
    'question',
    '(the|what|how much|how big|how many hours)? (is|hours is)? (the)? (time)? (zone)? (difference|time difference) (is there|is)? (between|from) {a:zone} (and|to) {b:zone}',
    ({ a, b }) => ask({ ask: 'zoneDifference', zone: a, other: b }),
  );
  g.add(
    'question',
    '(how many) hours (ahead of|behind|apart are|difference is there between|ahead|are between|is) (is)? {a:zone} (and|from|is|ahead of|behind|of) (of)? {b:zone}',
    ({ a, b }) => ask({ ask: 'zoneDifference', zone: a, other: b }),
  );
  g.add('question', '(how many) hours (ahead of|behind|ahead|is) {a:zone} (is|ahead of|behind) {b:zone}', ({ a, b }) =>
    ask({ ask: 'zoneDifference', zone: a, other: b }),
  );
}

/** `3pm EST in PST`: both are said of the zone as it is, or both of standard time. */
function mixesStandard(from: string | undefined, to: string | undefined): boolean {
  if (from === undefined || to === undefined) return false;
  const american = /^(-(0[4-9]|10):00|America\/(New_York|Chicago|Denver|Los_Angeles|Anchorage|Phoenix))$/;
  return american.test(from) && american.test(to) && /^-/.test(from) !== /^-/.test(to);
}
