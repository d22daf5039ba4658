/** Countries in questions. */
import type { Parse } from '../../grammar/grammar.js';
import type { AskGrammar } from '../../grammar/types.js';
import { type PlanInput, Step } from '../../plan.js';
import { calculatorStep, given } from '../calculator/english/step.js';
import { binary, call, type Expression } from '../calculator/expression.js';
import { type CountryCall, countries, type Filter, type Property } from './countries.js';

const aliases: Readonly<Record<string, string>> = {
  usa: 'United States',
  us: 'United States',
  america: 'United States',
  'united states of america': 'United States',
  'u s': 'United States',
  'u s a': 'United States',
  uk: 'United Kingdom',
  'great britain': 'United Kingdom',
  britain: 'United Kingdom',
  uae: 'United Arab Emirates',
  holland: 'Netherlands',
  'czech republic': 'Czechia',
  'viet nam': 'Vietnam',
  burma: 'Myanmar',
  'ivory coast': 'Ivory Coast',
  'south korea': 'South Korea',
  'north korea': 'North Korea',
  'democratic republic of the congo': 'DR Congo',
  drc: 'DR Congo',
  'cape verde': 'Cape Verde',
  swaziland: 'Eswatini',
  macedonia: 'North Macedonia',
  'east timor': 'Timor-Leste',
  turkiye: 'Türkiye',
  turkey: 'Türkiye',
  vatican: 'Vatican City',
};
const fold = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[-.,’'()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const regionNames: Readonly<Record<string, string>> = {
  africa: 'Africa',
  asia: 'Asia',
  europe: 'Europe',
  oceania: 'Oceania',
  antarctica: 'Antarctic',
  'south america': 'South America',
  'north america': 'North America',
  'the americas': 'Americas',
  'the caribbean': 'Caribbean',
  'central america': 'Central America',
  'western europe': 'Western Europe',
  'southern africa': 'Southern Africa',
  'southeast asia': 'South-Eastern Asia',
  'central asia': 'Central Asia',
  'eastern africa': 'Eastern Africa',
  'east africa': 'Eastern Africa',
  'west africa': 'Western Africa',
  'western africa': 'Western Africa',
  'northern africa': 'Northern Africa',
  'north africa': 'Northern Africa',
  'middle africa': 'Middle Africa',
  'western asia': 'Western Asia',
  'southern asia': 'Southern Asia',
  'south asia': 'Southern Asia',
  'eastern asia': 'Eastern Asia',
  'east asia': 'Eastern Asia',
  'northern europe': 'Northern Europe',
  'southern europe': 'Southern Europe',
  'eastern europe': 'Eastern Europe',
};

const names = new Map<string, string>();
const capitals = new Map<string, string>();
for (const { name, official, capital } of countries) {
  names.set(fold(name), name);
  names.set(fold(official), name);
  for (const city of capital.split(';').map((part) => part.trim())) if (city !== '') capitals.set(fold(city), city);
}
for (const [alias, name] of Object.entries(aliases))
  if (countries.some((country) => country.name === name)) names.set(alias, name);
const languages = new Map(
  countries.flatMap((country) => country.languages.map((language) => [fold(language), language] as const)),
);

const ask = (input: { readonly [key: string]: PlanInput }): Step => new Step('countries', input);
const askCall = (input: CountryCall): Step => ask(input as unknown as { readonly [key: string]: PlanInput });

/** A rule that looks up one to six tokens in a map. */
const lookUp =
  (map: ReadonlyMap<string, string>) =>
  (input: { length: number; text(at: number): string | undefined }, at: number): Parse<string>[] => {
    const found: Parse<string>[] = [];
    for (let words = Math.min(6, input.length - at); words > 0; words--) {
      const name = fold(Array.from({ length: words }, (_, i) => input.text(at + i)).join(' '));
      const value = map.get(name);
      if (value !== undefined) found.push({ end: at + words, value, cost: 0 });
    }
    return found;
  };

export function addCountries(g: AskGrammar): void {
  g.know(
    [...names.keys(), ...capitals.keys(), ...languages.keys()].flatMap((name) =>
      name.split(' ').filter((word) => word.length > 3),
    ),
  );
  g.rule('country', lookUp(names));
  g.add('country', 'the {c:country}', ({ c }) => c);
  g.rule('capital', lookUp(capitals));
  g.rule('region', lookUp(new Map(Object.entries(regionNames))));
  g.rule('language', lookUp(languages));

  g.add('countryFilter', '(countries|country|nations|nation|states)', () => ({}));
  g.add('countryFilter', '(landlocked) (countries|country|nations)', () => ({ landlocked: true }));
  g.add(
    'countryFilter',
    '(countries|country|nations|nation) (are|are there|there are|exist|is)? (in|on|of) (the continent of)? {r:region}',
    ({ r }) => ({ region: r }),
  );
  g.add('countryFilter', '{l:language} speaking (countries|country)', ({ l }) => ({ language: l }));
  g.add('countryFilter', '(landlocked) (countries|country) (are|are there|there are)? (in|of) {r:region}', ({ r }) => ({
    landlocked: true,
    region: r,
  }));
  const border =
    '(border|borders|bordering|share a border with|that border|that borders|which border|which borders|that share a border with|neighbouring|neighboring|adjacent to|next to|that neighbour|that neighbor|are next to|are adjacent to|share borders with|does border|touch|surround)';
  g.add(
    'countryFilter',
    `(countries|country|nations|neighbours|neighbors) ${border} {c:countryRef}`,
    (slots: object) => ({
      borders: (slots as { c: string | Step }).c as string,
    }),
  );
  g.add(
    'countryFilter',
    '(neighbours|neighbors|neighbor countries|bordering countries|neighbouring countries|neighboring countries|borders) (of|to) {c:country}',
    ({ c }) => ({ borders: c }),
  );
  g.add(
    'countryFilter',
    "{c:country} 's (neighbours|neighbors|neighbouring countries|neighboring countries|borders)",
    ({ c }) => ({ borders: c }),
  );

  const order = (word: 'largest' | 'smallest', f: Filter): Step =>
    askCall({ ask: 'extreme', of: f, by: 'area', order: word });
  for (const [words, word] of [
    ['(largest|biggest)', 'largest'],
    ['(smallest|tiniest)', 'smallest'],
  ] as const) {
    const area = '(by area|in area|by land area|by size|in size|by surface area)?';
    const make = (slots: object): Step => order(word, (slots as { f: Filter }).f);
    g.add('countryRef', `(the)? ${words} (of the|of|among the)? {f:countryFilter} ${area}`, make);
    g.add(
      'countryRef',
      `(of|among|out of) (all)? (the)? {f:countryFilter} (which|what|which one|the one that|the) (is|country is|one is|has)? (the)? ${words} (area|one|country)? ${area}`,
      make,
    );
    g.add(
      'countryRef',
      `(which|what) (of the|is the|one of the|are the|of)? {f:countryFilter} (is|has) (the)? ${words} (area|country)? ${area}`,
      make,
    );
    g.add(
      'countryRef',
      `(which|what) country (is|has) the ${words} (area)? ${area} (in|of) {r:region}`,
      (slots: object) => order(word, { region: (slots as { r: string }).r }),
    );
    g.add(
      'countryRef',
      `(which|what) (is|country is|country has) the ${words} (country|area)? ${area} (in the world|in the whole world|on earth|of all)?`,
      () => order(word, {}),
    );
    g.add('countryRef', `(the)? ${words} country (in|of) (the world|all|the whole world) ${area}`, () =>
      order(word, {}),
    );
    g.add(
      'question',
      `(what|which|list)? (are)? (the)? {n:integer} ${words} {f:countryFilter} ${area}`,
      (slots: object) => {
        const { n, f } = slots as { n: number; f: Filter };
        return askCall({ ask: 'extreme', of: f, by: 'area', order: word, count: n });
      },
    );
    // … and by how much larger than Chad, in words
    g.add(
      'question',
      `(of|among) (all)? (the)? {f:countryFilter} (which|what) (is|one is) (the)? ${words} ${area} (and) (by)? (how many|how much) ({u:units})? (is it)? (larger|bigger|smaller) (is it)? (than) {c:country} ((in) {form:form})?`,
      (slots: object) => {
        const { f, c, form } = slots as { f: Filter; c: string; form?: 'words' };
        const found = areaOf(order(word, f));
        const difference = binary('-', found, areaOf(c));
        return calculatorStep(word === 'largest' ? difference : call('abs', difference), form);
      },
    );
  }

  g.add(
    'countryRef',
    '(the)? (country|nation) (whose capital is|with the capital|with capital|that has the capital) {city:capital}',
    ({ city }) => askCall({ ask: 'withCapital', capital: city }),
  );
  g.add('countryRef', '{c:country}', ({ c }) => c);
  g.add('question', '(which|what) (country|nation) has (the)? capital (city)? (of)? {city:capital}', ({ city }) =>
    askCall({ ask: 'withCapital', capital: city }),
  );
  g.add(
    'question',
    '(which|what) country (has|is) (the)? (capital)? (of)? {city:capital} (as its capital|as capital|the capital of|its capital)',
    ({ city }) => askCall({ ask: 'withCapital', capital: city }),
  );
  g.add('question', '{city:capital} is the capital of (what|which) (country|nation|place)', ({ city }) =>
    askCall({ ask: 'withCapital', capital: city }),
  );
  g.add('question', "(which|what) country 's capital is {city:capital}", ({ city }) =>
    askCall({ ask: 'withCapital', capital: city }),
  );
  g.add('question', '{c:countryRef}', ({ c }) => (c instanceof Step ? c : undefined));

  const propertyOf = (country: string | Step, property: Property) => ask({ ask: 'property', country, property });
  const has = '(does|do|is|are)';
  for (const [words, property] of [
    ['(capital|capital city)', 'capital'],
    ['(currency|money|official currency|national currency)', 'currency'],
    ['(languages|language|official language|official languages)', 'languages'],
    ['(continent|region)', 'region'],
    ['(subregion|sub region)', 'subregion'],
    [
      '(calling code|dialing code|dialling code|phone code|country calling code|telephone code|area code|country code)',
      'calling code',
    ],
    ['(internet domain|domain|top level domain|tld|internet tld)', 'internet domain'],
    ['(official name|full name)', 'official name'],
    ['(iso code|two letter code|country abbreviation)', 'iso code'],
    ['(population|number of people|number of inhabitants)', 'population'],
  ] as const) {
    const make = (slots: object): Step => propertyOf((slots as { c: string | Step }).c, property);
    g.add(
      'question',
      `(what|which)? (is|are)? (the|a)? (name of the)? ${words} (of|for|in|used in) {c:countryRef} (called|named|is|is what)?`,
      make,
    );
    g.add('question', `{c:countryRef} 's ${words} (is|is what)?`, make);
    g.add(
      'question',
      `(what|which) ${words} ${has} (they)? {c:countryRef} (use|have|speak|belong to|in|on|part of|located in|located on)`,
      make,
    );
    g.add('question', `(what|which) ${words} ${has} (they|people)? (use|used|spoken|speak) in {c:countryRef}`, make);
    g.add('question', `(what|which) ${words} (is|are) {c:countryRef} (in|on|part of|located in|located on)?`, make);
  }
  g.add('question', '(how many people) (live|are there|are) in {c:countryRef}', ({ c }) => propertyOf(c, 'population'));
  g.add(
    'question',
    '(what|which)? (is|are)? (the|all the|all)? (list)? {f:countryFilter}',
    ({ f }) => (Object.keys(f).length === 0 ? undefined : askCall({ ask: 'list', of: f })),
    0.2,
  );
  g.add('question', '(which|what) (countries) (does|do) {c:country} (border|share a border with|touch)', ({ c }) =>
    askCall({ ask: 'list', of: { borders: c } }),
  );
  g.add(
    'question',
    '(how many|the number of) {f:countryFilter} (are there|exist|are there in the world|in the world|are)?',
    ({ f }) => askCall({ ask: 'count', of: f }),
  );
  g.add('question', '(how many) (countries) (does|do) {c:country} (border|share a border with|touch)', ({ c }) =>
    askCall({ ask: 'count', of: { borders: c } }),
  );
  g.add(
    'question',
    '(how many) (neighbours|neighbors|bordering countries|neighbouring countries) (does) {c:country} (have)',
    ({ c }) => askCall({ ask: 'count', of: { borders: c } }),
  );
  g.add('question', '(is|are) {c:countryRef} (a)? landlocked (country)?', ({ c }) => propertyOf(c, 'landlocked'));
  g.add('question', '(is) {c:countryRef} (a member of|in|part of) (the)? (un|united nations)', ({ c }) =>
    propertyOf(c, 'un member'),
  );
  g.add(
    'question',
    '(does|do) {a:country} (border|share a border with|touch|have a border with) {b:country}',
    ({ a, b }) => askCall({ ask: 'areNeighbours', a, b }),
  );
  g.add('question', '(do) {a:country} and {b:country} (border each other|share a border|border|touch)', ({ a, b }) =>
    askCall({ ask: 'areNeighbours', a, b }),
  );
  g.add('question', '(is|are) {a:country} (larger|bigger|greater) (in area|by area)? than {b:country}', ({ a, b }) =>
    askCall({ ask: 'compare', a, b, order: 'larger' }),
  );
  g.add('question', '(is|are) {a:country} smaller (in area|by area)? than {b:country}', ({ a, b }) =>
    askCall({ ask: 'compare', a, b, order: 'smaller' }),
  );
  g.add(
    'question',
    '(which|what) (country)? (is) (larger|bigger) (in area|by area)? (:)? {a:country} or {b:country}',
    ({ a, b }) => askCall({ ask: 'compare', a, b, order: 'which larger' }),
  );
  g.add(
    'question',
    '(which|what) (country)? (is) smaller (in area|by area)? (:)? {a:country} or {b:country}',
    ({ a, b }) => askCall({ ask: 'compare', a, b, order: 'which smaller' }),
  );

  // Areas are quantities: the calculator goes on with them.
  const areaOf = (c: string | Step): Expression => given(propertyOf(c, 'area'));
  g.add('asked', '(the)? (total|land|surface)? (area|size) (of|for) {c:countryRef}', ({ c }) => areaOf(c));
  g.add('asked', "{c:countryRef} 's (total|land|surface)? (area|size)", ({ c }) => areaOf(c));
  g.add('asked', '(the)? (sum|total|sum total)? (of)? (the)? areas of {a:country} and {b:country}', ({ a, b }) =>
    binary('+', areaOf(a), areaOf(b)),
  );
  g.add('asked', '(the)? number of {f:countryFilter}', ({ f }) => given(askCall({ ask: 'count', of: f })));
  g.add('asked', '(the)? (combined|total|joint) (area|size) of {a:country} and {b:country}', ({ a, b }) =>
    binary('+', areaOf(a), areaOf(b)),
  );
  g.add('question', '(how) (large|big) (is|in area is|is the country of) {c:countryRef} (in) {u:units}', ({ c, u }) =>
    calculatorStep({ kind: 'convert', of: areaOf(c), units: [u] }),
  );
  g.add('question', '(how) (large|big) (is|in area is|is the country of) {c:countryRef}', ({ c }) =>
    propertyOf(c, 'area'),
  );
  g.add(
    'question',
    '(by)? (how much|how many) ({u:units})? (larger|bigger) is {a:countryRef} (in area)? than {b:countryRef}',
    (slots: object) => {
      const { a, b } = slots as { a: string | Step; b: string | Step };
      return calculatorStep(binary('-', areaOf(a), areaOf(b)));
    },
  );
  g.add(
    'question',
    '(by)? (how much|how many) ({u:units})? (is) {a:countryRef} (larger|bigger) (in area)? than {b:countryRef}',
    (slots: object) => {
      const { a, b } = slots as { a: string | Step; b: string | Step };
      return calculatorStep(binary('-', areaOf(a), areaOf(b)));
    },
  );
  g.add(
    'question',
    '(how many) times (larger|bigger|as large|as big|larger in area) is {a:countryRef} (than|as) {b:countryRef}',
    ({ a, b }) => calculatorStep(binary('/', areaOf(a), areaOf(b))),
  );
  g.add('question', '(how many) times (does|would|can) {a:country} fit (in|into|inside) {b:country}', ({ a, b }) =>
    calculatorStep(binary('/', areaOf(b), areaOf(a))),
  );
}
