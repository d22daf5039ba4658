import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Assistant, judge, parseCases, runCase } from './index.js';

const file = new URL('../../test/fixtures/mrkl/cases.jsonl', import.meta.url);
const cases = parseCases(readFileSync(file, 'utf8'), 'cases.jsonl');

describe('cases', () => {
  it('come out right, all of them', async () => {
    expect(cases.length).toBeGreaterThanOrEqual(400);
    const failures: string[] = [];
    for (const one of cases) {
      const { verdict, why } = await runCase(one, { offline: true });
      if (verdict !== 'right') failures.push(`${verdict}: ${one.question}: ${why}`);
    }
    expect(failures).toEqual([]);
  });

  it('are judged by value, unit, expert and unsure', async () => {
    const answer = await new Assistant({ offline: true }).ask('5 km in m');
    const question = '5 km in m';
    expect(judge({ question, value: '5000', unit: 'm', expert: 'calculator' }, answer).verdict).toBe('right');
    expect(judge({ question, value: ['1', '5000'] }, answer).verdict).toBe('right');
    expect(judge({ question, value: '5001' }, answer).verdict).toBe('wrong');
    expect(judge({ question, value: '5000', unit: 'km' }, answer).verdict).toBe('wrong');
    expect(judge({ question, value: '5000', expert: 'dates' }, answer).verdict).toBe('wrong');
    expect(judge({ question, unsure: true }, answer).verdict).toBe('wrong');
    expect(judge({ question, value: '5000', arguments: { expression: '5 km to m' } }, answer).verdict).toBe('right');
    const unsure = await new Assistant({ offline: true }).ask('1/0');
    expect(judge({ question: '1/0', unsure: 'invalid' }, unsure).verdict).toBe('right');
    expect(judge({ question: '1/0', unsure: 'no data' }, unsure).verdict).toBe('abstained');
    expect(judge({ question: '1/0', value: '0' }, unsure).verdict).toBe('abstained');
    expect(judge({ question: '1/0', value: '0', mayBeUnsure: true }, unsure).verdict).toBe('right');
  });

  it('name the line of a case that is none', () => {
    expect(() => parseCases('{"question":"1+1","value":"2"}\n{"question":"1+1"}', 'x.jsonl')).toThrow(/x\.jsonl:2/);
    expect(() => parseCases('{"question":"1+1","valu":"2"}', 'x.jsonl')).toThrow(/x\.jsonl:1/);
    expect(() => parseCases('\n', 'x.jsonl')).toThrow(/at least one case/);
  });
});
