/** Dated rates: the newest one that is not after a day, exact cross rates, and a table that can be replaced. */
import { JambalayaError } from '../../../errors/index.js';
import { divide, one, parseNumeral, type Rational } from '../../exact/rational.js';
import { areas } from './areas.js';
import { monthlyRates, monthlyRatesSha256 } from './monthlyRates.js';

export interface DatedRate {
  /** Units per US dollar. */
  readonly rate: Rational;
  /** The first day of the month that it is the average of. */
  readonly date: string;
  readonly inverse: boolean;
}

/** Months of a currency, from its first. */
interface Series {
  readonly first: number;
  readonly rates: readonly string[];
  readonly inverse: boolean;
}

const monthOf = (text: string): number => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
const monthText = (month: number): string => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;

export class RateTable {
  private readonly series = new Map<string, Series>();

  /** @param table an area, its first month and its rates, `;` between them, one area a line */
  constructor(
    table: string,
    /** What identifies the table in a trace. */
    readonly hash: string,
  ) {
    const rows = new Map(table.split('\n').map((line) => [line.split(';')[0]!, line.split(';')]));
    for (const { area, code, from, to, inverse } of areas) {
      const row = rows.get(area);
      if (row === undefined) continue;
      const first = monthOf(row[1]!);
      const all = row[2]!.split(' ');
      const begin = Math.max(monthOf(from), first);
      const end = to === undefined ? first + all.length : Math.min(monthOf(to) + 1, first + all.length);
      this.series.set(code, { first: begin, rates: all.slice(begin - first, end - first), inverse: inverse === true });
    }
  }

  has(code: string): boolean {
    return code === 'USD' || this.series.has(code);
  }
  get codes(): string[] {
    return ['USD', ...this.series.keys()].sort();
  }

  /** The newest rate that is not dated after `day` (YYYY-MM-DD or YYYY-MM); undefined before the first one. */
  at(code: string, day: string): DatedRate | undefined {
    if (code === 'USD') return { rate: one, date: day, inverse: false };
    const series = this.series.get(code);
    if (series === undefined) return undefined;
    const { first, rates, inverse } = series;
    for (let month = Math.min(monthOf(day), first + rates.length - 1); month >= first; month--) {
      const text = rates[month - first];
      if (text !== undefined && text !== '')
        return { rate: parseNumeral(text)!, date: `${monthText(month)}-01`, inverse };
    }
    return undefined;
  }

  /** Units of `to` for one of `from`. */
  static cross(from: DatedRate, to: DatedRate): Rational {
    return divide(to.rate, from.rate);
  }
}

let shipped: RateTable | undefined;
export function shippedRates(): RateTable {
  shipped ??= new RateTable(monthlyRates, `sha256:${monthlyRatesSha256}`);
  return shipped;
}

/**
 * A table from the CSV of the same data set: `Date,Country,Exchange rate`, months in any order.
 * @throws JambalayaError `format` for a line that is no rate
 */
export function parseRates(csv: string, file: string, hash: string): RateTable {
  const months = new Map<string, Map<number, string>>();
  for (const [i, line] of csv.split(/\r?\n/).entries()) {
    if (line === '' || (i === 0 && /^date,/i.test(line))) continue;
    const match = /^(\d{4}-\d{2})-\d{2},"?([^",]+)"?,(\d+(?:\.\d+)?)$/.exec(line);
    if (match === null) {
      throw new JambalayaError('format', {
        file,
        line: i + 1,
        expected: 'YYYY-MM-DD,Country,rate',
        found: line.slice(0, 60),
      });
    }
    const [, month = '', area = '', rate = ''] = match;
    const row = months.get(area) ?? new Map<number, string>();
    months.set(area, row.set(monthOf(month), rate));
  }
  const lines = [...months].map(([area, row]) => {
    const first = Math.min(...row.keys());
    const values = Array.from({ length: Math.max(...row.keys()) - first + 1 }, (_, i) => row.get(first + i) ?? '');
    return `${area};${monthText(first)};${values.join(' ')}`;
  });
  return new RateTable(lines.join('\n'), hash);
}
