/**
 * The areas of the rate table and the currency that each row is in. Checked by hand against the introduction of the euro, the
 * changes of the Venezuelan bolívar (2018-08, 2021-10), and the direction in which the source quotes.
 */
export interface Area {
  readonly area: string;
  readonly code: string;
  /** First and last month in which the rows are in this currency. */
  readonly from: string;
  readonly to?: string;
  /** The source quotes dollars per unit; the table has the inverse, rounded. */
  readonly inverse?: true;
}

const euroMember = { to: '2001-12' };

export const areas: readonly Area[] = [
  { area: 'Australia', code: 'AUD', from: '1971-01', inverse: true },
  { area: 'Austria', code: 'ATS', from: '1971-01', ...euroMember },
  { area: 'Belgium', code: 'BEF', from: '1971-01', ...euroMember },
  { area: 'Brazil', code: 'BRL', from: '1995-01' },
  { area: 'Canada', code: 'CAD', from: '1971-01' },
  { area: 'China', code: 'CNY', from: '1981-01' },
  { area: 'Denmark', code: 'DKK', from: '1971-01' },
  { area: 'Euro', code: 'EUR', from: '1999-01', inverse: true },
  { area: 'Finland', code: 'FIM', from: '1971-01', ...euroMember },
  { area: 'France', code: 'FRF', from: '1971-01', ...euroMember },
  { area: 'Germany', code: 'DEM', from: '1971-01', ...euroMember },
  { area: 'Greece', code: 'GRD', from: '1981-04', to: '2000-12' },
  { area: 'Hong Kong', code: 'HKD', from: '1981-01' },
  { area: 'India', code: 'INR', from: '1973-01' },
  { area: 'Ireland', code: 'IEP', from: '1971-01', ...euroMember, inverse: true },
  { area: 'Italy', code: 'ITL', from: '1971-01', ...euroMember },
  { area: 'Japan', code: 'JPY', from: '1971-01' },
  { area: 'Malaysia', code: 'MYR', from: '1971-01' },
  { area: 'Mexico', code: 'MXN', from: '1993-11' },
  { area: 'Netherlands', code: 'NLG', from: '1971-01', ...euroMember },
  { area: 'New Zealand', code: 'NZD', from: '1971-01', inverse: true },
  { area: 'Norway', code: 'NOK', from: '1971-01' },
  { area: 'Portugal', code: 'PTE', from: '1973-01', ...euroMember },
  { area: 'Singapore', code: 'SGD', from: '1981-01' },
  { area: 'South Africa', code: 'ZAR', from: '1971-01' },
  { area: 'South Korea', code: 'KRW', from: '1981-04' },
  { area: 'Spain', code: 'ESP', from: '1973-01', ...euroMember },
  { area: 'Sri Lanka', code: 'LKR', from: '1973-01' },
  { area: 'Sweden', code: 'SEK', from: '1971-01' },
  { area: 'Switzerland', code: 'CHF', from: '1971-01' },
  { area: 'Taiwan', code: 'TWD', from: '1983-10' },
  { area: 'Thailand', code: 'THB', from: '1981-01' },
  { area: 'United Kingdom', code: 'GBP', from: '1971-01', inverse: true },
  // Earlier rows mix three bolívares.
  { area: 'Venezuela', code: 'VES', from: '2021-11' },
];
