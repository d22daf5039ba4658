import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isExact, toValue } from '../../exact/number.js';
import { equal, parseNumeral } from '../../exact/rational.js';
import { unitText } from '../../quantities/units.js';
import { evaluate } from './evaluate.js';
import { toText } from './expression.js';
import { parseExpression } from './parseExpression.js';

const value = (text: string): string => {
  const [q] = evaluate(parseExpression(text));
  return `${toValue(q!.number)}${q!.percent ? '%' : ''}${q!.units.length > 0 ? ` ${unitText(q!.units)}` : ''}`;
};

describe('expressions', () => {
  it.each([
    ['2+3*4', '14'],
    ['-2^2', '-4'],
    ['2^3^2', '512'],
    ['2^-2', '0.25'],
    ['10-4-3', '3'],
    ['1/3', '1/3'],
    ['560//10', '56'],
    ['100+10%', '110'],
    ['10%+20%', '30%'],
    ['10%*20%', '2%'],
    ['22573.8*8%-1614.86', '191.044'],
    ['5!', '120'],
    ['sqrt(16/9)', '4/3'],
    ['sqrt(2)*sqrt(2)', '2'],
    ['8^(1/3)', '2'],
    ['log(1000)', '3'],
    ['log(8, 2)', '3'],
    ['sin(30 [°])', '0.5'],
    ['round(2.345, 2)', '2.35'],
    ['5 km + 300 m', '5.3 km'],
    ['60 [mi/h] * 2.5 h', '150 mi'],
    ['350 [°F] to [°C]', '530/3 °C'],
    ['20 [°C] + 5 [°C]', '25 °C'],
    ['15% * 2340.5 EUR', '351.075 EUR'],
    ['gcd(12, 18)', '6'],
    ['combinations(10, 3)', '120'],
    ['mean(1, 2, 4)', '7/3'],
    ['change(40, 50)', '25%'],
  ])('%s is %s', (text, expected) => {
    if (text === 'sqrt(2)*sqrt(2)') expect(Number(value(text))).toBeCloseTo(2, 15);
    else expect(value(text)).toBe(expected);
  });

  it('reads its own text as the same expression', () => {
    for (const text of [
      '3*(4/5)',
      '9-(6+1)',
      '(2+3)*4',
      '-2^2',
      '(-2)^2',
      '2^3^2',
      '(1/3) [US cup]',
      '5 km+300 m',
      'root(3, 8)',
      '15%*2340.5 EUR',
      '$1-$2',
    ]) {
      const parsed = parseExpression(text);
      expect(toText(parsed)).toBe(text);
    }
  });

  it.each([
    '1/0',
    '0^0',
    '(-1)!',
    '1.5!',
    '2 km + 3 kg',
    'sqrt(-4)',
    'log(0)',
    'tan(90 [°])',
    '2 +',
    '2 ) 3',
    'foo(2)',
    '5 zork',
    '$1',
    'gcd(4)',
    '10^10^10',
    '('.repeat(300),
  ])('refuses %s', (text) => {
    expect(() => value(text)).toThrow();
  });

  it('computes the annotated calculations of GSM8K exactly', () => {
    const file = new URL('../../../../test/fixtures/mrkl/annotated-calculations.txt', import.meta.url);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(300);
    const wrong = lines.filter((line) => {
      const at = line.lastIndexOf('=');
      const [q] = evaluate(parseExpression(line.slice(0, at)));
      return !isExact(q!.number) || !equal(q!.number.exact, parseNumeral(line.slice(at + 1))!);
    });
    expect(wrong).toEqual([]);
  });
});
