/**
 * Makes the tables that the exact experts ship from the data sets that they come from.
 *
 *     node scripts/generate-mrkl-tables.mjs --data DIR      # DIR has db_exchange_rates, db_countries
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = process.argv.indexOf('--data');
if (at < 0 || process.argv[at + 1] === undefined) {
  console.error('usage: node scripts/generate-mrkl-tables.mjs --data DIR');
  process.exit(2);
}
const data = process.argv[at + 1];
const room = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'mrkl', 'experts');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Rows of a CSV file whose fields may be quoted. */
function csv(text) {
  const rows = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (match[0] === '' && match.index === text.length) break;
    rows.at(-1).push(match[1]?.replaceAll('""', '"') ?? match[2]);
    if (match[3] !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

function exchangeRates() {
  const series = new Map();
  for (const [date, area, rate] of csv(readFileSync(join(data, 'db_exchange_rates', 'monthly.csv'), 'utf8')).slice(1)) {
    if (!/^\d{4}-\d{2}-01$/.test(date) || !/^\d+(\.\d+)?$/.test(rate))
      throw new Error(`monthly.csv: ${date},${area},${rate}`);
    const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
    if (!series.has(area)) series.set(area, new Map());
    series.get(area).set(month, rate);
  }
  const lines = [...series]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([area, rates]) => {
      const first = Math.min(...rates.keys());
      const last = Math.max(...rates.keys());
      const values = Array.from({ length: last - first + 1 }, (_, i) => rates.get(first + i) ?? '');
      return `${area};${Math.floor(first / 12)}-${String((first % 12) + 1).padStart(2, '0')};${values.join(' ')}`;
    });
  const table = lines.join('\n');
  const text = `// Generated from datasets/exchange-rates (fa7d949, monthly.csv) by scripts/generate-mrkl-tables.mjs; do not edit.
/** Public domain (ODC PDDL). An area, its first month, and the units of its currency per US dollar month by month. */
export const monthlyRates = \`${table}\`;
export const monthlyRatesSha256 = '${sha256(table)}';
`;
  writeFileSync(join(room, 'currency', 'monthlyRates.ts'), text);
  console.log(`monthlyRates.ts: ${lines.length} areas, ${text.length} bytes`);
}

function countries() {
  const [names, ...rows] = csv(readFileSync(join(data, 'db_countries', 'countries.csv'), 'utf8'));
  const kept = [
    'cca2',
    'cca3',
    'name',
    'official_name',
    'capital',
    'region',
    'subregion',
    'landlocked',
    'area_km2',
    'currencies',
    'languages',
    'borders',
    'calling_code',
    'tld',
    'independent',
    'un_member',
  ];
  const columns = kept.map((name) => names.indexOf(name));
  if (columns.includes(-1)) throw new Error('countries.csv: a column is missing');
  const table = rows.map((row) => columns.map((column) => row[column].replaceAll('|', '/')).join('|')).join('\n');
  const text = `// Generated from mledoze/countries (5e9f370, countries.csv) by scripts/generate-mrkl-tables.mjs; do not edit.
/**
 * World countries by mledoze and contributors, made available under the Open Database License (ODbL 1.0, LICENSE.txt beside
 * this file). This table is a derived database under the same licence; the rest of the package is not part of it.
 * ${kept.join('|')}
 */
export const countryRows = \`${table}\`;
export const countryRowsSha256 = '${sha256(table)}';
`;
  writeFileSync(join(room, 'countries', 'table', 'countryRows.ts'), text);
  console.log(`countryRows.ts: ${rows.length} countries, ${text.length} bytes`);
}

exchangeRates();
countries();
