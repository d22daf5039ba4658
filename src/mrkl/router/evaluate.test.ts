import { describe, expect, it } from 'vitest';
import { Assistant } from '../assistant.js';
import { type Routed, routerScores } from './evaluate.js';

const routed = (truth: string, decided: string, probability: number): Routed => ({
  truth,
  decided,
  probabilities: { [decided]: probability, other: 1 - probability },
});

describe('scores of routing', () => {
  it('are shares of what they say', () => {
    const scores = routerScores([
      routed('dates', 'dates', 1),
      routed('dates', 'unsure', 1),
      routed('currency', 'dates', 1),
      routed('unsure', 'unsure', 1),
      routed('unsure', 'calculator', 1),
    ]);
    expect(scores).toEqual({
      questions: 5,
      coverage: 2 / 3,
      accuracyOfDecided: 1 / 3,
      abstained: 1 / 2,
      calibrationError: 3 / 5,
    });
  });
});

describe('the router that ships', () => {
  it.each([
    ['will it snow in denver tonight', 'weather'],
    ['help me with math', 'calculator'],
    ['whats the forecast for the weekend', 'weather'],
    ['transfer fifty dollars to my savings account', null],
    ['what song is playing', null],
  ])('%s: %s', async (question, expected) => {
    const { decided, probabilities } = await new Assistant({ offline: true }).routeByNgrams(question);
    expect(decided).toBe(expected);
    expect(Object.values(probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });
});
