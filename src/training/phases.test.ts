import { expect, test } from 'vitest';
import { phasesOf } from './phases.js';

const base = {
  description: 'two phases',
  model: { hidden_size: 8 },
  steps: 5,
  optimizer: { learningRate: 0.1, clip: 1 },
  data: {
    tokenizer: 't',
    sources: [
      { name: 'a', files: ['a'] },
      { name: 'b', files: ['b'] },
    ],
  },
};

test('a phase changes what it names, of the file and of the phase that it extends', () => {
  const phases = phasesOf(
    {
      ...base,
      phases: [
        { name: 'one', data: { weights: { a: 3 } }, optimizer: { learningRate: 0.2 } },
        { name: 'two', data: { weights: { b: 1, a: 2 } }, seed: 2 },
        { name: 'three', extends: 'one', steps: 7 },
      ],
    },
    'f.json',
  )!;
  const rest = { description: 'two phases', steps: 5 };
  const a = { name: 'a', files: ['a'], weight: 3 };
  expect(phases.map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  expect(phases[0]!.recipe).toEqual({
    ...rest,
    model: { hidden_size: 8 },
    optimizer: { learningRate: 0.2, clip: 1 },
    data: { tokenizer: 't', sources: [a] },
  });
  expect(phases[1]!.recipe).toEqual({
    ...rest,
    seed: 2,
    optimizer: { learningRate: 0.1, clip: 1 },
    data: {
      tokenizer: 't',
      sources: [
        { name: 'b', files: ['b'], weight: 1 },
        { ...a, weight: 2 },
      ],
    },
  });
  expect(phases[2]!.recipe).toMatchObject({ steps: 7, optimizer: { learningRate: 0.2 }, data: { sources: [a] } });
});

test('a recipe without phases has none', () => {
  expect(phasesOf(base, 'f.json')).toBeUndefined();
});

test.each([
  ['no list', 3, 'phases'],
  ['no name', [{ steps: 1 }], 'phases[0].name'],
  ['a name twice', [{ name: 'x' }, { name: 'x' }], 'phases[1].name'],
  ['a phase to come', [{ name: 'x', extends: 'y' }, { name: 'y' }], 'phases[0].extends'],
  ['a source that is not there', [{ name: 'x', data: { weights: { c: 1 } } }], 'phases[0].data.weights'],
])('refuses %s', (_, phases, field) => {
  expect(() => phasesOf({ ...base, phases }, 'f.json')).toThrow(`f.json: ${field}: expected`);
});
