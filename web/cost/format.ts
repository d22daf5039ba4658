/** Numbers for people: few digits, a unit that fits, a range as a range. */
import type { Range } from '../../src/cost/index.js';

const scaled = (value: number, steps: readonly (readonly [size: number, unit: string])[]): string => {
  const [size, unit] = steps.find(([least]) => Math.abs(value) >= least) ?? steps[steps.length - 1]!;
  return `${short(value / size)}${unit}`;
};

/** Three significant digits. */
export const short = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 }) : '–';

export const bytes = (value: number): string =>
  scaled(value, [
    [1e15, ' PB'],
    [1e12, ' TB'],
    [1e9, ' GB'],
    [1e6, ' MB'],
    [1e3, ' kB'],
    [1, ' bytes'],
  ]);

export const count = (value: number): string =>
  scaled(value, [
    [1e12, ' trillion'],
    [1e9, ' billion'],
    [1e6, ' million'],
    [1, ''],
  ]);

/** Tokens as contexts are called: 4K is 4096. */
export const tokens = (value: number): string => {
  if (value >= 1024 && value % 1024 === 0) return value >= 2 ** 20 ? `${short(value / 2 ** 20)}M` : `${value / 1024}K`;
  return Math.round(value).toLocaleString('en');
};

export const flops = (value: number): string => {
  if (value >= 1e18) {
    const power = Math.floor(Math.log10(value));
    return `${Number((value / 10 ** power).toPrecision(3))} × 10${superscript(power)} FLOPs`;
  }
  return scaled(value, [
    [1e15, ' PFLOPs'],
    [1e12, ' TFLOPs'],
    [1e9, ' GFLOPs'],
    [1e6, ' MFLOPs'],
    [1, ' FLOPs'],
  ]);
};

const superscript = (power: number) => [...String(power)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

export const seconds = (value: number): string =>
  scaled(value, [
    [365.25 * 86_400, ' years'],
    [86_400, ' days'],
    [3600, ' hours'],
    [60, ' minutes'],
    [1, ' s'],
    [1e-3, ' ms'],
  ]);

export const dollars = (value: number): string => {
  if (value >= 1e9) return `$${short(value / 1e9)} billion`;
  if (value >= 1e6) return `$${short(value / 1e6)} million`;
  return `$${short(value)}`;
};

export const range = ({ low, high }: Range, format: (value: number) => string): string =>
  format(low) === format(high) ? format(low) : `${format(low)} to ${format(high)}`;

export const percent = (part: number): string => `${Number((100 * part).toPrecision(3))} %`;
