/**
 * What makes a model copy at all, and then practise: the same tasks with more to learn per token.
 *
 *     node recipes/nano/generated/practice.mjs [--sample 3] [--seed 1] [--count 2000]     examples, and totals per task
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mixedChat } from './calls.mjs';
import { generatedChats, generatedTexts, printSamples, trainingChats } from './index.mjs';
import { choiceChats, pairChats, phraseChats } from './lookingUp.mjs';
import { turn as numberTurn } from './numberWords.mjs';
import { placesTurn } from './places.mjs';
import { Random } from './random.mjs';
import { conversation } from './wordings.mjs';

/** Shares of practice chats: those whose answers are in their requests, and few of the long ones with tools. */
const weights = { copying: 30, recall: 30, 'number words': 32, calls: 6, 'no tool fits': 2 };

/** Chats with more questions about each table than `generatedChats` draws: more answers per token. */
export const practiceChats = ({ seed, count }) =>
  generatedChats({
    seed: `${seed}/practice`,
    count,
    weights,
    of: { copying: turns(1, 4), recall: turns(2, 8), 'number words': turns(1, 4) },
  });

/** Shares of drills: mostly what has to be worked out, least what is copied. */
const drills = { copying: 10, recall: 35, 'number words': 40, calls: 11, 'no tool fits': 4 };

/** Long chats of one task each, for the last phases: the more answers beside each other, the sooner a task is learned. */
export const drillChats = ({ seed, count }) =>
  generatedChats({
    seed: `${seed}/drill`,
    count,
    weights: drills,
    of: { copying: turns(2, 5), recall: turns(4, 8), 'number words': turns(4, 8) },
  });

/** The same, with more of what a model learns last: how many digits a number has decides which words are said for it. */
export const countingChats = ({ seed, count }) =>
  generatedChats({
    seed: `${seed}/counting`,
    count,
    weights: { recall: 35, 'number words': 55, calls: 10 },
    of: {
      recall: turns(4, 8),
      'number words': (random) => ({
        turns: random.between(6, 12),
        ...(random.chance(0.8) && { direction: 'to words' }),
        ...(random.chance(0.4) && { length: random.between(1, 6) }),
      }),
    },
  });

/** Six to twelve questions about the lengths of numbers, a third of them for all words. */
export const placesChats = ({ seed, count }) =>
  trainingChats(`${seed}/places`, count, (random) => ({
    source: 'places',
    messages: conversation(
      Array.from({ length: random.between(6, 12) }, () =>
        random.chance(0.35) ? numberTurn(random, 'to words', random.between(1, 12)) : placesTurn(random),
      ),
    ),
  }));

/** Many requests beside the same tools, some of which none of them serves. */
export const mixedChats = ({ seed, count }) =>
  trainingChats(`${seed}/mixed`, count, (random) => ({ source: 'calls and none', ...mixedChat(random) }));

const turns = (first, last) => (random) => ({ turns: random.between(first, last) });

export const practiceTexts = ({ seed, count }) => generatedTexts({ seed: `${seed}/practice`, count });

/**
 * Lines of random words, each line two or three times: nothing but what stood there before tells what comes, and a word is
 * hardly ever there twice, so that one look at the word before is enough. Short ones, for attention that is still even
 * over all that came before: the shorter the line, the larger the share of the right place.
 *
 * @param {{ seed: number, count: number, words: readonly string[], longest?: number }} options `words`: one token each is best
 * @returns {Generator<{ source: string, text: string }>}
 */
export function* repetitions({ seed, count, words, longest = 16 }) {
  for (let i = 0; i < count; i++) {
    const random = new Random(`${seed}/repetition/${i}`);
    const length = random.between(3, longest);
    const line = Array.from({ length }, () => ` ${random.pick(words)}`).join('');
    yield { source: 'repetition', text: `${line}\n`.repeat(random.between(2, 3)) };
  }
}

/** The words of letters that a tokenizer has as one token with the space before them. */
export function wordsOf(tokenizerJson) {
  const { vocab } = JSON.parse(tokenizerJson).model;
  return Object.keys(vocab).flatMap((token) => /^Ġ([A-Za-z]+)$/.exec(token)?.[1] ?? []);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tokenizer = new URL('../../../models/nano/tokenizer.json', import.meta.url);
  const words = wordsOf(readFileSync(tokenizer, 'utf8'));
  printSamples(
    practiceChats,
    drillChats,
    countingChats,
    placesChats,
    mixedChats,
    practiceTexts,
    ({ seed, count }) => repetitions({ seed, count, words }),
    ...[pairChats, phraseChats, choiceChats].map(
      (chats) =>
        ({ seed, count }) =>
          chats({ seed, count, words: words.filter(({ length }) => length > 2) }),
    ),
  );
}
