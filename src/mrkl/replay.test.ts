import { describe, expect, it } from 'vitest';
import { Assistant, defineExpert, parseTrace, replay, type StandardSchema, type Trace } from './index.js';

const context = { now: '2026-03-31T10:00:00Z', timeZone: 'America/New_York', locale: 'en-US', offline: true };
const questions = [
  'What is 15% of 2,340.50 euros in yen?',
  'in 2 weeks at 9am',
  'Of the countries that border Chad, which is largest by area, and by how many square kilometres larger than Chad, in words?',
  'the sum of 3 and 4 times 5',
  '100 marks in dollars',
  'who won the world cup in 1998',
];

describe('replay', () => {
  it.each(questions)('gives the same bits: %s', async (question) => {
    const { trace } = await new Assistant(context).ask(question);
    const again = await replay(parseTrace(JSON.stringify({ trace }), 'trace.json'));
    expect(again.differences).toEqual([]);
    expect(again.same).toBe(true);
  });

  it('says where a changed trace differs', async () => {
    const { trace } = await new Assistant(context).ask('2 + 2');
    const changed = JSON.parse(JSON.stringify(trace)) as Trace & {
      steps: { output: { value: string } }[];
      sources: { rates: string };
    };
    changed.steps[0]!.output.value = '5';
    changed.sources.rates = 'sha256:other';
    const { same, differences } = await replay(changed);
    expect(same).toBe(false);
    expect(differences.map(({ path }) => path)).toEqual(['sources.rates', 'steps.0.output.value']);
  });

  it('refuses what is no trace', () => {
    expect(() => parseTrace('{', 'x')).toThrow(/a trace in JSON/);
    expect(() => parseTrace('{"version":99}', 'x')).toThrow(/version 1/);
  });

  it('does not depend on the zone of the host', async () => {
    const before = process.env.TZ;
    const values: (string | null)[] = [];
    for (const zone of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles', 'Europe/Berlin']) {
      process.env.TZ = zone;
      values.push((await new Assistant(context).ask('2am on 27 March 2022')).value);
    }
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect(new Set(values)).toEqual(new Set(['2022-03-27T02:00']));
  });
});

describe('experts that are added', () => {
  const anything: StandardSchema<unknown> = {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
  };
  const recipes = defineExpert({
    name: 'recipes',
    description: 'Recipes.',
    examples: [
      'how do I bake sourdough bread',
      'recipe for tomato soup',
      'how long does a cake bake',
      'what goes into pancakes',
      'how do I make pizza dough',
    ],
    input: anything,
    run: () => ({ value: 'yes', answer: 'yes' }),
  });

  it('get the questions that are like their examples, and leave others alone', async () => {
    const assistant = new Assistant({ ...context, experts: [recipes] });
    const mine = await assistant.ask('how do I bake rye bread');
    expect(mine.expert).toBe('recipes');
    expect(mine.unsure?.reason).toBe('missing argument');
    const other = await assistant.ask('what is 7 x 7');
    expect([other.expert, other.value]).toEqual(['calculator', '49']);
    const sum = Object.values(mine.probabilities).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 9);
  });

  it('have names that can stand in a plan', () => {
    expect(() =>
      defineExpert({ ...recipes, name: 'No Name', input: anything, run: () => ({ value: '', answer: '' }) }),
    ).toThrow(/lower-case/);
  });
});
