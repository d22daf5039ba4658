/** Holidays by rule. Those of one country are said to be so; movable feasts follow the Gregorian computus. */

export type HolidayRule =
  | { readonly month: number; readonly day: number }
  /** The nth (−1: last) weekday (1 = Monday) of a month, and days after it. */
  | { readonly month: number; readonly nth: number; readonly weekday: number; readonly plus?: number }
  | { readonly easter: number };

export interface Holiday {
  readonly names: readonly string[];
  readonly rule: HolidayRule;
  /** A federal holiday of the United States. */
  readonly federal?: true;
}

const holiday = (names: string, rule: HolidayRule, federal?: true): Holiday => ({
  names: names.split(', '),
  rule,
  ...(federal && { federal }),
});

export const holidays: readonly Holiday[] = [
  holiday('New Year’s Day, new years day, new year day, new year, new years, the new year', { month: 1, day: 1 }, true),
  holiday(
    'Martin Luther King Jr. Day, martin luther king jr day, martin luther king day, mlk day',
    { month: 1, nth: 3, weekday: 1 },
    true,
  ),
  holiday('Groundhog Day', { month: 2, day: 2 }),
  holiday('Valentine’s Day, valentines day, valentine day, valentines', { month: 2, day: 14 }),
  holiday(
    'Presidents’ Day, presidents day, president day, washington birthday',
    { month: 2, nth: 3, weekday: 1 },
    true,
  ),
  holiday('St. Patrick’s Day, st patricks day, saint patricks day, st patrick day, saint patrick day', {
    month: 3,
    day: 17,
  }),
  holiday('April Fools’ Day, april fools day, april fools, april fool day', { month: 4, day: 1 }),
  holiday('Good Friday', { easter: -2 }),
  holiday('Easter, easter sunday', { easter: 0 }),
  holiday('Easter Monday', { easter: 1 }),
  holiday('Ash Wednesday', { easter: -46 }),
  holiday('Palm Sunday', { easter: -7 }),
  holiday('Ascension Day', { easter: 39 }),
  holiday('Pentecost, whit sunday', { easter: 49 }),
  holiday('Earth Day', { month: 4, day: 22 }),
  holiday('Cinco de Mayo', { month: 5, day: 5 }),
  holiday('Mother’s Day, mothers day, mother day', { month: 5, nth: 2, weekday: 7 }),
  holiday('Memorial Day', { month: 5, nth: -1, weekday: 1 }, true),
  holiday('Juneteenth', { month: 6, day: 19 }, true),
  holiday('Father’s Day, fathers day, father day', { month: 6, nth: 3, weekday: 7 }),
  holiday(
    'Independence Day, fourth of july, 4th of july, the fourth of july, the 4th of july',
    { month: 7, day: 4 },
    true,
  ),
  holiday('Labor Day', { month: 9, nth: 1, weekday: 1 }, true),
  holiday('Columbus Day, indigenous peoples day', { month: 10, nth: 2, weekday: 1 }, true),
  holiday('Halloween', { month: 10, day: 31 }),
  holiday('Veterans Day, veteran day', { month: 11, day: 11 }, true),
  holiday('Thanksgiving, thanksgiving day', { month: 11, nth: 4, weekday: 4 }, true),
  holiday('Black Friday', { month: 11, nth: 4, weekday: 4, plus: 1 }),
  holiday('Christmas Eve, xmas eve', { month: 12, day: 24 }),
  holiday('Christmas, christmas day, xmas', { month: 12, day: 25 }, true),
  holiday('Boxing Day', { month: 12, day: 26 }),
  holiday('New Year’s Eve, new years eve, new year eve', { month: 12, day: 31 }),
];

export const holidayNamed = (name: string): Holiday | undefined => holidays.find(({ names }) => names[0] === name);

/** Easter Sunday of the Gregorian calendar: month and day (Meeus, Jones, Butcher). */
export function easter(year: number): { month: number; day: number } {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return { month: Math.floor(n / 31), day: (n % 31) + 1 };
}
