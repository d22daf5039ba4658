import { describe, expect, it } from 'vitest';
import {
  batchOf,
  formatDocument,
  formatQuestion,
  generator,
  measurement,
  readTexts,
  recallDocument,
  trainingBatch,
} from '../../bench/hybrid/tasks.mjs';

interface TaskDocument {
  readonly ids: readonly number[];
  readonly learned: readonly boolean[];
}

const textOf = ({ ids }: TaskDocument) => Buffer.from(ids.slice(1)).toString('latin1');

/** The runs of learned bytes. */
const answersOf = ({ ids, learned }: TaskDocument) =>
  ids
    .map((id, i) => (learned[i] ? String.fromCharCode(id) : '\0'))
    .join('')
    .split('\0')
    .filter((answer) => answer !== '');

describe('recall', () => {
  it('asks each key once, for the value that it was shown with', () => {
    const random = generator(3);
    for (const count of [2, 7, 24]) {
      const document = recallDocument(random, count);
      const text = textOf(document);
      expect(text).toMatch(new RegExp(`^(?:[A-Z][a-z]){${count}}\\|(?:[A-Z][a-z]){${count}}$`));
      const [shown, asked] = text.split('|').map((half) => half.match(/../g)!);
      if (count > 2) expect(asked).not.toEqual(shown);
      expect([...asked!].sort()).toEqual([...shown!].sort());
      expect(new Set(shown!.map(([key]) => key)).size).toBe(count);
      expect(answersOf(document)).toEqual(asked!.map(([, value]) => value));
    }
  });
});

describe('format', () => {
  it('learns answers once both labels were shown', () => {
    const random = generator(4);
    for (let i = 0; i < 50; i++) {
      const answers = answersOf(formatDocument(random));
      expect(new Set(answers).size).toBeLessThanOrEqual(2);
      expect(answers.length).toBeGreaterThanOrEqual(3);
      for (const answer of answers) expect(answer).toMatch(/^[^a-z]?[a-z]{2,3}\W{1,4}$/);
    }
  });

  it('asks with the right label and with the other, both shown in the prompt', () => {
    const random = generator(5);
    for (let i = 0; i < 50; i++) {
      const [right, other] = formatQuestion(random, 2) as [TaskDocument, TaskDocument];
      const [rightAnswer, otherAnswer] = [answersOf(right), answersOf(other)];
      expect([rightAnswer.length, otherAnswer.length]).toEqual([1, 1]);
      const prompt = textOf(right).slice(0, -rightAnswer[0]!.length);
      expect(textOf(other)).toBe(prompt + otherAnswer[0]);
      for (const [answer] of [rightAnswer, otherAnswer]) expect(prompt.split(answer!).length).toBe(3);
      // The last capital of the prompt has the label of those on its side of the alphabet.
      const capitals = prompt.match(/[A-Z]/g)!;
      const asked = capitals[capitals.length - 1]!;
      const example = capitals.slice(0, -1).find((capital) => capital <= 'M' === asked <= 'M')!;
      expect(prompt.slice(prompt.indexOf(example)).indexOf(rightAnswer[0]!)).toBeLessThan(6);
    }
  });

  it('measures labels and formats that are never learned', () => {
    const labels = (documents: TaskDocument[]) =>
      documents.flatMap(answersOf).map((answer) => answer.match(/[a-z]+/)![0]);
    const random = generator(6);
    const learned = new Set(labels(Array.from({ length: 2000 }, () => formatDocument(random))));
    const asked = labels(Array.from({ length: 200 }, () => formatQuestion(random, 3)).flat());
    expect(asked.filter((label) => learned.has(label))).toEqual([]);
  });
});

describe('batches', () => {
  const sizes = { context: 64, tokens: 512, heldOutTokens: 256, items: 3 };

  it('are documents that do not see each other, with labels moved by one', () => {
    const random = generator(7);
    const documents = [recallDocument(random, 2), formatDocument(random)];
    const { ids, labels, lengths, offsets, countedLabels } = batchOf(documents);
    expect([...offsets]).toEqual([0, lengths[0], ids.length]);
    expect(lengths).toEqual(documents.map((document: TaskDocument) => document.ids.length - 1));
    const answers = documents.flatMap(answersOf).join('');
    expect(Buffer.from(labels.filter((label) => label >= 0)).toString('latin1')).toBe(answers);
    expect(countedLabels).toBe(answers.length);
    expect(ids[offsets[1]!]).toBe(256);
  });

  it('follow from the seed, and hold all three kinds', () => {
    const text = readTexts().train;
    const first = trainingBatch(generator(1), text, sizes);
    expect(trainingBatch(generator(1), text, sizes)).toEqual(first);
    expect(trainingBatch(generator(2), text, sizes).ids).not.toEqual(first.ids);
    expect(first.lengths.filter((length: number) => length === sizes.context)).toHaveLength(3);
    expect(first.ids.length).toBeGreaterThanOrEqual(sizes.tokens);
  });

  it('of the measurement are always the same', () => {
    const text = readTexts().heldOut;
    expect(measurement(text, sizes)).toEqual(measurement(text, sizes));
    expect(measurement(text, sizes).text).toHaveLength(4);
  });
});
