/**
 * The routers together: what the grammar understood as a whole is decided; else the n-grams say which expert it was probably
 * meant for; experts that were added speak through their examples.
 */
import type { Expert } from '../expert.js';
import type { RouterTrace } from '../trace.js';
import { similarity } from './features.js';
import { type NgramModel, ngramProbabilities } from './ngrams.js';

/** How often a question that the grammar reads as a whole is for the expert that it names (measured on CLINC150). */
const grammarProbability = 0.99;
/** From this likeness to one of its examples on an added expert takes part. */
const leastLikeness = 0.35;
/** And from this one it is decided on: likeness is no calibrated probability, and its own threshold. */
const decidedLikeness = 0.5;

export interface Route extends RouterTrace {
  /** The expert with the largest probability if it reaches the threshold. */
  readonly decided: string | null;
}

export function combine(
  question: string,
  understood: string | null,
  model: NgramModel,
  added: readonly Expert[] = [],
): Route {
  const ngrams = ngramProbabilities(model, question);
  const likenesses = added
    .map(({ name, examples }) => ({
      name,
      likeness: Math.max(0, ...examples.map((example) => similarity(question, example))),
    }))
    .filter(({ likeness }) => likeness >= leastLikeness);
  let probabilities: Record<string, number> = { ...ngrams };
  for (const { name, likeness } of likenesses) {
    // What the added expert takes is taken from all others alike.
    for (const other of Object.keys(probabilities)) probabilities[other]! *= 1 - likeness;
    probabilities[name] = likeness;
  }
  for (const { name } of added) probabilities[name] ??= 0;
  if (understood !== null) {
    const others = Object.entries(probabilities).filter(([name]) => name !== understood);
    const rest = others.reduce((sum, [, value]) => sum + value, 0);
    const left = 1 - grammarProbability;
    const share = (value: number) => (rest > 0 ? (value / rest) * left : left / Math.max(others.length, 1));
    probabilities = {
      ...Object.fromEntries(others.map(([name, value]) => [name, share(value)])),
      [understood]: grammarProbability,
    };
    return {
      decidedBy: 'grammar',
      decided: understood,
      probabilities,
      why: 'the whole question was read by the grammar',
    };
  }
  const [best, probability] = Object.entries(probabilities).reduce((a, b) => (b[1] > a[1] ? b : a));
  const byExamples = likenesses.some(({ name }) => name === best);
  const threshold = byExamples ? decidedLikeness : model.threshold;
  const isSure = best !== 'unsure' && probability >= threshold;
  const percent = `${(100 * probability).toFixed(0)} %`;
  return {
    decidedBy: byExamples ? 'examples' : 'n-grams',
    decided: isSure ? best : null,
    probabilities,
    why: isSure
      ? `not read as a whole; probably meant for ${best} (${percent})`
      : `not read as a whole; ${best} ${percent}, less than ${threshold.toFixed(2)} for any expert`,
  };
}
