/** Which expert a CLINC150 intent is for, and templates of what that data set lacks. For training and evaluation only. */

const intents: Readonly<Record<string, string>> = {
  calculator: 'calculator',
  measurement_conversion: 'calculator',
  exchange_rate: 'currency',
  date: 'dates',
  time: 'dates',
  timezone: 'dates',
  next_holiday: 'dates',
  weather: 'weather',
};

/** Questions among the out-of-scope ones that are for an expert all the same: read by hand. */
const relabelled: readonly (readonly [RegExp, string])[] = [
  [
    /^(what|how many).*\b(capital|border|neighbou?rs?|calling code|continent)\b.*\b(country|countries|of)\b/,
    'countries',
  ],
];

export function expertOfIntent(label: string, text: string): string {
  const known = intents[label];
  if (known !== undefined) return known;
  if (label === 'oos') for (const [pattern, expert] of relabelled) if (pattern.test(text)) return expert;
  return 'unsure';
}

const countryNames = [
  'france',
  'chad',
  'brazil',
  'japan',
  'south africa',
  'new zealand',
  'canada',
  'vietnam',
  'the netherlands',
  'mali',
  'peru',
  'turkey',
  'norway',
  'india',
  'egypt',
  'jordan',
  'the united states',
  'germany',
  'bolivia',
  'laos',
];
const countryTemplates = [
  'what is the capital of X',
  'capital of X',
  'which country has the capital X',
  'what currency does X use',
  'what is the currency of X',
  'what languages are spoken in X',
  'what language do they speak in X',
  'which countries border X',
  'what are the neighbours of X',
  'how many countries border X',
  'how large is X',
  'what is the area of X',
  'what continent is X on',
  'what region is X in',
  'what is the calling code of X',
  'country code for X',
  'is X landlocked',
  'which is larger X or Y',
  'is X bigger than Y',
  'does X border Y',
  'what is the largest country in africa',
  'which country in europe is the smallest',
  'how many countries are there in asia',
  'what is the internet domain of X',
  'is X a member of the un',
];
const numbers = ['7', '12', '45.5', '1,250', '300', 'twenty', 'three hundred and five', '2/3', '99', '1.5 million'];
const calculatorTemplates = [
  'A + B',
  'A * B',
  'A / B - A',
  'A plus B',
  'A minus B',
  'A times B',
  'A divided by B',
  'what is A% of B',
  'A percent of B',
  'A% off B',
  'add A and B',
  'subtract A from B',
  'the square root of A',
  'A squared',
  'A factorial',
  'what percent of A is B',
  'the average of A and B',
  'A km in miles',
  'convert A pounds to kg',
  'how many cups in A gallons',
  'A F to C',
  'split A between B people',
  'A dollars plus B% tip',
  'A in words',
  'A as a fraction',
  'round A to the nearest ten',
  '(A + B) * A',
  'A mod B',
  'A to the power of B',
  'how much is A times the sum of B and A',
  'difference between A and B',
  'ratio of A and B',
];
const dateTemplates = [
  'how many days until christmas',
  'what day of the week is july A',
  'A days from now',
  'A weeks ago',
  'A months before march 1',
  'what is the date A days after tomorrow',
  'how many business days between june 1 and june 30',
  'how old is someone born on may 5 1990',
  'is 2028 a leap year',
  'what week number is it',
  'how long from 9:15 to 17:40',
  '3pm in tokyo to new york',
  'when is thanksgiving',
  'the first monday of september',
  'last day of the month',
  'in A weeks at 9am',
  'next friday',
  'how many days are in february',
  'time difference between london and tokyo',
];
const currencyTemplates = [
  'A dollars in euros',
  'convert A yen to dollars',
  'A usd to gbp',
  'how much is A pounds in rupees',
  'how many pesos for A dollars',
  'eur to usd',
  'exchange rate between usd and jpy',
  'A francs in dollars',
  'what is A euros worth in yen',
  'A kes in usd',
  '$A in £',
  '€A in dollars',
];
const unsureTemplates = [
  'write me a poem about A cats',
  'who won the world cup in 1998',
  'make a plot of my simulation',
  'what is the meaning of life',
  'natalia sold A clips in april and half as many in may how many did she sell',
  'there are A apples and B oranges in a basket how many are left',
  'who is the president of X',
  'what is the population of X',
  'translate hello into french',
  'how do i cook rice',
  'book a flight to X',
  'tell me a joke',
  'what is the best phone under A dollars',
  'how much does a ticket to X cost',
  'summarize this article',
  'fix my code',
  'what is the stock price of apple',
  'who invented the telephone',
  'how tall is mount everest',
  'what time does the store open',
  'set an alarm for A am',
  'remind me in A minutes',
  'schedule a meeting for tuesday',
  'how long does it take to fly to X',
  'what is the tax rate in X',
  'how many calories are in A eggs',
];

/** Every template with each of its fillings in turn. */
export function routerTemplates(): Record<string, string[]> {
  const fill = (templates: readonly string[], copies: number): string[] =>
    templates.flatMap((template, t) =>
      Array.from({ length: copies }, (_, i) => {
        const pick = <T>(list: readonly T[], by: number): T => list[(t * 7 + i * 3 + by) % list.length]!;
        return template
          .replace(/\bX\b/g, pick(countryNames, 0))
          .replace(/\bY\b/g, pick(countryNames, 5))
          .replace(/\bA\b/g, pick(numbers, 0))
          .replace(/\bB\b/g, pick(numbers, 4));
      }),
    );
  return {
    countries: fill(countryTemplates, 8),
    calculator: fill(calculatorTemplates, 6),
    dates: fill(dateTemplates, 4),
    currency: fill(currencyTemplates, 6),
    unsure: fill(unsureTemplates, 5),
  };
}
