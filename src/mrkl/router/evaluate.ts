/** How well questions are routed: accuracy of what is decided, coverage, abstention, calibration, and two baselines. */
import type { Answer } from '../assistant.js';

export interface Routed {
  /** The expert that the question is for, or `unsure`. */
  readonly truth: string;
  /** The expert that was decided on, or `unsure`. */
  readonly decided: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

export const routedOf = (truth: string, { expert, probabilities }: Answer): Routed => ({
  truth,
  decided: expert ?? 'unsure',
  probabilities,
});

export interface RouterScores {
  readonly questions: number;
  /** Of questions that are for an expert: decided, and right of those (any expert decided for any question). */
  readonly coverage: number;
  readonly accuracyOfDecided: number;
  /** Of questions for none. */
  readonly abstained: number;
  /** Expected calibration error of the most likely class in 15 bins, out-of-scope included. */
  readonly calibrationError: number;
}

const bins = 15;

export function routerScores(all: readonly Routed[]): RouterScores {
  const share = (part: number, of: number) => (of === 0 ? 1 : part / of);
  const inside = all.filter(({ truth }) => truth !== 'unsure');
  const outside = all.filter(({ truth }) => truth === 'unsure');
  const decided = all.filter((routed) => routed.decided !== 'unsure');
  const buckets = Array.from({ length: bins }, () => ({ count: 0, probability: 0, right: 0 }));
  for (const { truth, probabilities } of all) {
    const [best, probability] = Object.entries(probabilities).reduce((a, b) => (b[1] > a[1] ? b : a));
    const bucket = buckets[Math.min(Math.floor(probability * bins), bins - 1)]!;
    bucket.count++;
    bucket.probability += probability;
    if (best === truth) bucket.right++;
  }
  const error = buckets.reduce((sum, { probability, right }) => sum + Math.abs(probability - right), 0);
  return {
    questions: all.length,
    coverage: share(inside.filter((routed) => routed.decided !== 'unsure').length, inside.length),
    accuracyOfDecided: share(decided.filter((routed) => routed.decided === routed.truth).length, decided.length),
    abstained: share(outside.filter((routed) => routed.decided === 'unsure').length, outside.length),
    calibrationError: share(error, all.length),
  };
}
