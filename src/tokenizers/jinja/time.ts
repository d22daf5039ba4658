/**
 * Python's `strftime` on Linux, in local time and English.
 */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');
const dayMilliseconds = 86_400_000;

/** A number of so many places, and what fills them. */
const places: Readonly<Record<string, readonly [width: number, fill: string]>> = {
  d: [2, '0'],
  e: [2, ' '],
  f: [6, '0'],
  g: [2, '0'],
  G: [4, '0'],
  H: [2, '0'],
  I: [2, '0'],
  j: [3, '0'],
  k: [2, ' '],
  l: [2, ' '],
  m: [2, '0'],
  M: [2, '0'],
  s: [1, '0'],
  S: [2, '0'],
  u: [1, '0'],
  U: [2, '0'],
  V: [2, '0'],
  w: [1, '0'],
  W: [2, '0'],
  y: [2, '0'],
  Y: [1, '0'],
  C: [2, '0'],
};

const composed: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** Fields with the flags `-` (no padding), `_` (spaces), `0`, `^` (upper case), `#` (other case) and a width; others stay as they are. */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%([-_0^#]*)(\d{0,3})([A-Za-z%])/g, (whole, flags: string, width: string, field: string) => {
    const text = fieldText(time, flags, width, field);
    if (text === undefined) return whole;
    if (flags.includes('^')) return text.toUpperCase();
    if (!flags.includes('#')) return text;
    return field === 'p' ? text.toLowerCase() : text.toUpperCase();
  });
}

function fieldText(time: Date, flags: string, width: string, field: string): string | undefined {
  const place = places[field];
  if (place !== undefined) {
    const text = String(numberOf(time, field));
    if (flags.includes('-')) return text;
    const fill = flags.includes('_') ? ' ' : flags.includes('0') ? '0' : place[1];
    return text.padStart(width === '' ? place[0] : Number(width), fill);
  }
  const text = composed[field] === undefined ? wordOf(time, field) : formatTime(time, composed[field]);
  return text?.padStart(Number(width), flags.includes('0') ? '0' : ' ');
}

function wordOf(time: Date, field: string): string | undefined {
  const day = days[time.getDay()]!;
  const month = months[time.getMonth()]!;
  switch (field) {
    case 'a':
      return day.slice(0, 3);
    case 'A':
      return day;
    case 'b':
    case 'h':
      return month.slice(0, 3);
    case 'B':
      return month;
    case 'n':
      return '\n';
    case 'p':
      return time.getHours() < 12 ? 'AM' : 'PM';
    case 'P':
      return time.getHours() < 12 ? 'am' : 'pm';
    case 't':
      return '\t';
    // Python's `now()` knows no zone.
    case 'z':
    case 'Z':
      return '';
    case '%':
      return '%';
  }
  return undefined;
}

function numberOf(time: Date, field: string): number {
  const year = time.getFullYear();
  const dayOfYear = Math.round((utcDay(time) - Date.UTC(year, 0, 1)) / dayMilliseconds);
  switch (field) {
    case 'C':
      return Math.floor(year / 100);
    case 'd':
    case 'e':
      return time.getDate();
    case 'f':
      return time.getMilliseconds() * 1000;
    case 'G':
      return isoWeek(time).year;
    case 'g':
      return isoWeek(time).year % 100;
    case 'H':
    case 'k':
      return time.getHours();
    case 'I':
    case 'l':
      return time.getHours() % 12 || 12;
    case 'j':
      return dayOfYear + 1;
    case 'm':
      return time.getMonth() + 1;
    case 'M':
      return time.getMinutes();
    case 's':
      return Math.floor(time.getTime() / 1000);
    case 'S':
      return time.getSeconds();
    case 'u':
      return time.getDay() || 7;
    case 'U':
      return Math.floor((dayOfYear + 7 - time.getDay()) / 7);
    case 'V':
      return isoWeek(time).week;
    case 'w':
      return time.getDay();
    case 'W':
      return Math.floor((dayOfYear + 7 - ((time.getDay() + 6) % 7)) / 7);
    case 'y':
      return year % 100;
    default:
      return year;
  }
}

const utcDay = (time: Date) => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());

/** The week of ISO 8601: the one that has the year's Thursday. */
function isoWeek(time: Date): { year: number; week: number } {
  const thursday = new Date(utcDay(time) + (4 - (time.getDay() || 7)) * dayMilliseconds);
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayMilliseconds)) + 1 };
}
