/** The country table and its expert: facts, neighbours, the largest and the smallest. */
import { z } from 'zod';
import { ofRational, toPeople } from '../../exact/number.js';
import { compare, parseNumeral, type Rational, rational } from '../../exact/rational.js';
import { defineExpert } from '../../expert.js';
import { type Json, type Result, Unsure } from '../../plan.js';
import { countryRows, countryRowsSha256 } from './table/countryRows.js';

export interface Country {
  readonly code: string;
  readonly code3: string;
  readonly name: string;
  readonly official: string;
  readonly capital: string;
  readonly region: string;
  readonly subregion: string;
  readonly landlocked: boolean;
  readonly area: Rational;
  readonly currencies: readonly { readonly code: string; readonly name: string }[];
  readonly languages: readonly string[];
  readonly borders: readonly string[];
  readonly callingCode: string;
  readonly tld: string;
  readonly independent: boolean;
  readonly unMember: boolean;
}

const list = (text: string): string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const countries: readonly Country[] = countryRows.split('\n').map((line) => {
  const [
    code = '',
    code3 = '',
    name = '',
    official = '',
    capital = '',
    region = '',
    subregion = '',
    landlocked,
    area = '0',
    currencies = '',
    languages = '',
    borders = '',
    callingCode = '',
    tld = '',
    independent,
    unMember,
  ] = line.split('|');
  return {
    code,
    code3,
    name,
    official,
    capital,
    region,
    subregion,
    landlocked: landlocked === '1' || landlocked === 'True',
    area: parseNumeral(area) ?? rational(0n),
    currencies: list(currencies).map((text) => ({ code: text.slice(0, 3), name: text.slice(4) })),
    languages: list(languages),
    borders: list(borders),
    callingCode,
    tld,
    independent: independent === 'True',
    unMember: unMember === 'True',
  };
});
const byName = new Map(countries.map((country) => [country.name, country]));
const byCode3 = new Map(countries.map((country) => [country.code3, country]));

export const properties = [
  'capital',
  'area',
  'currency',
  'languages',
  'borders',
  'region',
  'subregion',
  'calling code',
  'internet domain',
  'landlocked',
  'un member',
  'official name',
  'iso code',
  'population',
] as const;
export type Property = (typeof properties)[number];

const filter = z.strictObject({
  /** A region (Africa) or a part of one (Western Europe). */
  region: z.string().exactOptional(),
  borders: z.string().exactOptional(),
  landlocked: z.boolean().exactOptional(),
  language: z.string().exactOptional(),
});
export type Filter = z.infer<typeof filter>;

const input = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('property'), country: z.string(), property: z.enum(properties) }),
  z.strictObject({ ask: z.literal('count'), of: filter }),
  z.strictObject({ ask: z.literal('list'), of: filter }),
  z.strictObject({
    ask: z.literal('extreme'),
    of: filter,
    by: z.literal('area'),
    order: z.enum(['largest', 'smallest']),
    count: z.number().int().min(1).max(300).exactOptional(),
  }),
  z.strictObject({ ask: z.literal('withCapital'), capital: z.string() }),
  z.strictObject({
    ask: z.literal('compare'),
    a: z.string(),
    b: z.string(),
    order: z.enum(['larger', 'smaller', 'which larger', 'which smaller']),
  }),
  z.strictObject({ ask: z.literal('areNeighbours'), a: z.string(), b: z.string() }),
]);
export type CountryCall = z.infer<typeof input>;

export const countryTableHash = `sha256:${countryRowsSha256}`;
const basis = { table: countryTableHash, source: 'mledoze/countries (ODbL 1.0)' };

function find(name: string): Country {
  const found = byName.get(name);
  if (found === undefined) throw new Unsure('no data', `I have no country named ${name}. Which one do you mean?`);
  return found;
}

function matching({ region, borders, landlocked, language }: Filter): Country[] {
  const neighbours = borders === undefined ? undefined : new Set(find(borders).borders);
  const found = countries.filter(
    (country) =>
      // Territories are no countries; a neighbour that the table names is one all the same.
      (neighbours === undefined ? country.independent : neighbours.has(country.code3)) &&
      (region === undefined || country.region === region || country.subregion === region || isIn(country, region)) &&
      (landlocked === undefined || country.landlocked === landlocked) &&
      (language === undefined || country.languages.includes(language)),
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isIn = ({ region, subregion }: Country, name: string): boolean =>
  (name === 'North America' &&
    (subregion === 'Northern America' ||
      subregion === 'Central America' ||
      subregion === 'Caribbean' ||
      subregion === 'North America')) ||
  (name === 'Europe' && region === 'Europe');

const text = (value: string, answer = value, more: { readonly [key: string]: Json } = {}): Result => ({
  value,
  answer,
  basis: { ...basis, ...more },
});
const rows = (values: readonly string[]): Result =>
  text(JSON.stringify(values), values.length === 0 ? 'none' : values.join(', '));

export const countryExpert = defineExpert({
  name: 'countries',
  description: 'Facts of 250 countries and territories: capital, area, currency, languages, neighbours, codes.',
  examples: [
    'What is the capital of Chad?',
    'which countries border Bolivia',
    'how large is Norway',
    'what currency does Japan use',
    'largest country in Africa',
  ],
  input,
  run: (call) => {
    switch (call.ask) {
      case 'property':
        return property(find(call.country), call.property);
      case 'count': {
        const count = matching(call.of).length;
        return { value: String(count), answer: String(count), exactness: 'exact', expression: String(count), basis };
      }
      case 'list':
        return rows(matching(call.of).map(({ name }) => name));
      case 'extreme': {
        const sorted = matching(call.of).sort((a, b) => compare(b.area, a.area) * (call.order === 'largest' ? 1 : -1));
        if (sorted.length === 0)
          throw new Unsure('no data', 'No country of my table is like that. Which countries do you mean?');
        if (call.count !== undefined) return rows(sorted.slice(0, call.count).map(({ name }) => name));
        const [first] = sorted;
        return text(first!.name, `${first!.name} (${toPeople(ofRational(first!.area))} km²)`);
      }
      case 'withCapital': {
        const found = countries.filter(
          ({ capital }) => list(capital).includes(call.capital) || capital === call.capital,
        );
        if (found.length !== 1)
          throw new Unsure(
            found.length === 0 ? 'no data' : 'ambiguous',
            `${found.length} countries have the capital ${call.capital}. Which one do you mean?`,
          );
        return text(found[0]!.name);
      }
      case 'compare': {
        const [a, b] = [find(call.a), find(call.b)];
        const order = compare(a.area, b.area);
        const which = call.order.startsWith('which ');
        const wanted = call.order.endsWith('larger') ? order > 0 : order < 0;
        const sizes = [a, b].map(({ name, area }) => `${name} ${toPeople(ofRational(area))} km²`).join(', ');
        return which
          ? text((wanted ? a : b).name, `${(wanted ? a : b).name} (${sizes})`)
          : text(wanted ? 'yes' : 'no', `${wanted ? 'Yes' : 'No'}: ${sizes}`);
      }
      case 'areNeighbours': {
        const [a, b] = [find(call.a), find(call.b)];
        const yes = a.borders.includes(b.code3);
        return text(
          yes ? 'yes' : 'no',
          `${yes ? 'Yes' : 'No'}: ${a.name} ${yes ? 'borders' : 'does not border'} ${b.name}`,
        );
      }
    }
  },
});

function property(country: Country, name: Property): Result {
  const { currencies, languages } = country;
  const several = (values: readonly string[], what: string): Result => {
    if (values.length === 0)
      throw new Unsure('no data', `My table has no ${what} of ${country.name}. Which other country do you mean?`);
    return values.length === 1 ? text(values[0]!) : rows(values);
  };
  switch (name) {
    case 'capital':
      return several(list(country.capital), 'capital');
    case 'area': {
      const value = ofRational(country.area);
      return {
        value: country.area.d === 1n ? country.area.n.toString() : toPeople(value).replaceAll(',', ''),
        answer: `${toPeople(value)} km²`,
        unit: 'km^2',
        exactness: 'exact',
        expression: `${toPeople(value).replaceAll(',', '')} [km^2]`,
        basis,
      };
    }
    case 'currency': {
      const result = several(
        currencies.map((currency) => currency.name),
        'currency',
      );
      return {
        ...result,
        answer: currencies.map((currency) => `${currency.name} (${currency.code})`).join(', '),
        ...(currencies.length === 1 && { currency: currencies[0]!.code }),
      };
    }
    case 'languages':
      return several(languages, 'language');
    case 'borders':
      return rows(country.borders.map((code) => byCode3.get(code)?.name ?? code).sort());
    case 'region':
      return text(
        country.region === 'Americas' && country.subregion !== ''
          ? country.subregion === 'South America'
            ? 'South America'
            : 'North America'
          : country.region,
      );
    case 'subregion':
      return several(
        [country.subregion].filter((part) => part !== ''),
        'part of a continent',
      );
    case 'calling code':
      return several(
        [country.callingCode].filter((part) => part !== ''),
        'calling code',
      );
    case 'internet domain':
      return several(list(country.tld), 'internet domain');
    case 'landlocked':
      return text(
        country.landlocked ? 'yes' : 'no',
        `${country.landlocked ? 'Yes' : 'No'}: ${country.name} ${country.landlocked ? 'is' : 'is not'} landlocked`,
      );
    case 'un member':
      return text(
        country.unMember ? 'yes' : 'no',
        `${country.unMember ? 'Yes' : 'No'}: ${country.name} is ${country.unMember ? '' : 'not '}a member of the United Nations`,
      );
    case 'official name':
      return text(country.official);
    case 'iso code':
      return text(country.code, `${country.code} (${country.code3})`);
    case 'population':
      throw new Unsure('no data', `My table has no populations. Shall I say how large ${country.name} is?`);
  }
}
