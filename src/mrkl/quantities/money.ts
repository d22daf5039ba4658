/** Digits after the point that a currency has (ISO 4217). */
const withoutFraction = new Set([
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'ISK',
  'JPY',
  'KMF',
  'KRW',
  'PYG',
  'RWF',
  'UGX',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
]);
const withThree = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

export const minorUnits = (currency: string): number =>
  withoutFraction.has(currency) ? 0 : withThree.has(currency) ? 3 : 2;
