/** The generated share of the small model's training data: its answers are right, and evaluation items are not in it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface Call {
  readonly function: { readonly name: string; readonly arguments: Record<string, unknown> };
}
interface Message {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly Call[];
}
interface Tool {
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: { readonly properties: Record<string, { readonly type: string }> };
  };
}
interface Chat {
  readonly source: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly documents?: readonly { readonly text: string }[];
}
interface Item {
  readonly task: string;
  readonly group: string;
  readonly chat: Omit<Chat, 'source'>;
  readonly answer: Message;
}

const recipe = (path: string) => new URL(`../../recipes/nano/${path}`, import.meta.url);
const load = (path: string): Promise<unknown> => import(recipe(path).href);
const { generatedChats, generatedTexts, evaluationItems } = (await load('generated/index.mjs')) as {
  generatedChats: (options: { seed: number; count?: number }) => Iterable<Chat>;
  generatedTexts: (options: { seed: number; count?: number }) => Iterable<{ source: string; text: string }>;
  evaluationItems: (options: { seed: number; perGroup: number }) => Iterable<Item>;
};
type Chats = (options: { seed: number; count: number }) => Iterable<Chat>;
const { practiceChats, drillChats, countingChats, placesChats, mixedChats, practiceTexts, repetitions, wordsOf } =
  (await load('generated/practice.mjs')) as {
    practiceChats: Chats;
    drillChats: Chats;
    countingChats: Chats;
    placesChats: Chats;
    mixedChats: Chats;
    practiceTexts: (options: { seed: number; count: number }) => Iterable<{ source: string; text: string }>;
    repetitions: (options: { seed: number; count: number; words: readonly string[] }) => Iterable<{ text: string }>;
    wordsOf: (tokenizerJson: string) => string[];
  };
type ChatsOfWords = (options: { seed: number; count: number; words: readonly string[] }) => Iterable<Chat>;
const { pairChats, phraseChats, choiceChats } = (await load('generated/lookingUp.mjs')) as {
  pairChats: ChatsOfWords;
  phraseChats: ChatsOfWords;
  choiceChats: ChatsOfWords;
};
const { numberToWords, withCommas } = (await load('generated/numbers.mjs')) as {
  numberToWords: (value: number, style?: { and?: boolean; hyphen?: boolean; comma?: boolean }) => string;
  withCommas: (value: number) => string;
};
const { isReserved, requestsOf } = (await load('generated/reserved.mjs')) as {
  isReserved: (item: string) => boolean;
  requestsOf: (chat: Omit<Chat, 'source'>) => string[];
};
const { noToolFits, notInDocuments } = (await load('sentences.mjs')) as { noToolFits: string; notInDocuments: string };

/** Reads number words one by one, adding and multiplying: another way than the one that wrote them. */
function wordsToNumber(text: string): number {
  const names = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
  const units = [...names.split(' '), 'seventeen', 'eighteen', 'nineteen'];
  const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
  const scales = ['thousand', 'million', 'billion'];
  let total = 0;
  let group = 0;
  for (const word of text.split(/[\s,-]+/)) {
    if (word === 'and') continue;
    if (units.includes(word)) group += units.indexOf(word);
    else if (tens.includes(word)) group += 20 + 10 * tens.indexOf(word);
    else if (word === 'hundred') group *= 100;
    else if (scales.includes(word)) {
      total += group * 1000 ** (1 + scales.indexOf(word));
      group = 0;
    } else throw new Error(`no number word: ${word} in ${text}`);
  }
  return total + group;
}

const numberWord =
  '(?:\\w+teen|\\w+ty|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|billion)';
const numberPhrase = new RegExp(`\\b${numberWord}\\b(?:(?:,? (?:and )?|-)${numberWord}\\b)*`, 'gi');

const chats = [
  ...generatedChats({ seed: 3, count: 4000 }),
  ...practiceChats({ seed: 3, count: 1000 }),
  ...drillChats({ seed: 3, count: 300 }),
  ...countingChats({ seed: 3, count: 300 }),
];
const places = [...placesChats({ seed: 3, count: 300 })];
const mixed = [...mixedChats({ seed: 3, count: 300 })];
const allChats = [...chats, ...places, ...mixed];
const texts = [...generatedTexts({ seed: 3, count: 600 }), ...practiceTexts({ seed: 3, count: 100 })];
const items = [...evaluationItems({ seed: 5, perGroup: 4 })];

function grouped<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Pairs of what the user says and the assistant's message after it. */
function turns({ messages }: Pick<Chat, 'messages'>): [string, Message][] {
  return messages.flatMap((message, i) =>
    message.role === 'user' ? [[message.content, messages[i + 1]!] as [string, Message]] : [],
  );
}

/** Requests that are answered with a call; and the share of the others, whose answers say that no tool fits. */
function servedAndNot(list: readonly Chat[]) {
  const all = list.flatMap((chat) => turns(chat).map(([request, answer]) => ({ chat, request, answer })));
  const served = all.flatMap(({ chat, request, answer: { content, tool_calls: calls } }) => {
    if (calls !== undefined) return [{ chat, request, call: calls[0]!.function }];
    expect(content).toBe(noToolFits);
    return [];
  });
  return { served, unserved: 1 - served.length / all.length };
}

describe('numbers in words', () => {
  test.each([
    [0, 'zero'],
    [40, 'forty'],
    [105, 'one hundred and five'],
    [1005, 'one thousand and five'],
    [1100, 'one thousand one hundred'],
    [21_000_014, 'twenty-one million and fourteen'],
    [
      999_999_999_999,
      `${['billion', 'million', 'thousand'].map((s) => `nine hundred and ninety-nine ${s}`).join(' ')} nine hundred and ninety-nine`,
    ],
  ])('%i is %s', (value, words) => {
    expect(numberToWords(value)).toBe(words);
  });

  test('read back they are the number, in every style', () => {
    const value = fc.integer({ min: 1, max: 12 }).chain((digits) => fc.maxSafeNat().map((n) => n % 10 ** digits));
    fc.assert(
      fc.property(value, fc.boolean(), fc.boolean(), fc.boolean(), (n, and, hyphen, comma) => {
        const words = numberToWords(n, { and, hyphen, comma });
        expect(wordsToNumber(words)).toBe(n);
        expect(words.includes('-')).toBe(hyphen && /(ty)-/.test(words));
        expect(/ and /.test(words) && !and).toBe(false);
      }),
      { numRuns: 3000 },
    );
    for (let n = 0; n < 2100; n++) expect(wordsToNumber(numberToWords(n))).toBe(n);
  });

  test('commas part thousands', () => {
    expect([7, 999, 1000, 1234567].map(withCommas)).toEqual(['7', '999', '1,000', '1,234,567']);
  });
});

describe('practice', () => {
  const words = wordsOf(
    readFileSync(fileURLToPath(new URL('../../models/nano/tokenizer.json', import.meta.url)), 'utf8'),
  );

  test('repeats each line of random words, two or three times', () => {
    expect(words.length).toBeGreaterThan(1000);
    const lines = [...repetitions({ seed: 3, count: 200, words })].map(({ text }) => text.trimEnd().split('\n'));
    for (const same of lines) {
      expect(same.slice(1)).toEqual(new Array(same.length - 1).fill(same[0]));
      expect(
        same[0]!
          .slice(1)
          .split(' ')
          .filter((word) => !words.includes(word)),
      ).toEqual([]);
    }
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([2, 3]));
    expect([...repetitions({ seed: 3, count: 3, words })].map(({ text }) => text.trimEnd())).toEqual(
      lines.slice(0, 3).map((same) => same.join('\n')),
    );
  });

  test('asks for what belongs to each word of a short table, and answers as the table says', () => {
    const pairs = [...pairChats({ seed: 3, count: 300, words })];
    const sizes = pairs.map((chat) => {
      const asked = turns(chat);
      const lines = asked[0]![0].split('\n');
      const first = lines.pop()!;
      const named = lines
        .join(' ')
        .replaceAll(/The word of (\w+) is/g, '$1')
        .match(/[A-Za-z]+/g)!;
      const table = new Map(named.flatMap((key, i) => (i % 2 === 0 ? [[key, named[i + 1]!] as const] : [])));
      expect(named).toHaveLength(2 * table.size);
      for (const [i, [request, { content }]] of asked.entries()) {
        const question = i === 0 ? first : request;
        const said = question.match(/[A-Za-z]+/g)!.filter((word) => table.has(word));
        expect(said.map((word) => table.get(word))).toContain(content);
      }
      expect(asked.length).toBeGreaterThanOrEqual(table.size);
      return table.size;
    });
    expect(new Set(sizes)).toEqual(new Set([2, 3, 4, 5, 6]));
    expect([...pairChats({ seed: 3, count: 5, words })]).toEqual(pairs.slice(0, 5));
    const requests = new Set(pairs.flatMap(requestsOf));
    for (const { chat } of items) for (const request of requestsOf(chat)) expect(requests).not.toContain(request);
  });

  test('asks for phrases by phrases, and answers with what the table has for all of the key', () => {
    const phrases = [...phraseChats({ seed: 3, count: 300, words })];
    const values = phrases.flatMap((chat) => {
      const asked = turns(chat);
      const first = asked[0]![0];
      const entries = first
        .slice(0, first.lastIndexOf('\n'))
        .split(/\n|, | \/ |(?<=\.) /)
        .map((entry) => entry.replace(/^The word of /, '').replace(/\.$/, ''));
      for (const [i, [request, { content }]] of asked.entries()) {
        const question = i === 0 ? first.slice(first.lastIndexOf('\n') + 1) : request;
        const of = entries.filter((entry) => entry.endsWith(` ${content}`));
        const keys = of.map((entry) => entry.slice(0, -content.length).replace(/(:| =| ->| is)? $/, ''));
        expect(keys.some((key) => question.includes(key))).toBe(true);
      }
      return asked.map(([, { content }]) => content);
    });
    expect(values.filter((value) => value.includes(' ')).length).toBeGreaterThan(values.length / 4);
    expect(values.filter((value) => /^\d+$/.test(value)).length).toBeGreaterThan(values.length / 4);
    expect([...phraseChats({ seed: 3, count: 5, words })]).toEqual(phrases.slice(0, 5));
  });

  test('calls the tool whose words the request has, with what it gives, and none where no tool has them', () => {
    const choices = [...choiceChats({ seed: 3, count: 300, words })];
    const { served, unserved } = servedAndNot(choices);
    for (const { chat, request, call } of served) {
      const lower = request.toLowerCase();
      const asked = chat.tools!.filter(({ function: { description } }) => {
        const does = description.replace(/^(The|Gets the|Finds the) /, '').replace(/( of something)?\.$/, '');
        return lower.includes(does.toLowerCase());
      });
      const { properties } = asked.find((tool) => tool.function.name === call.name)!.function.parameters;
      expect(Object.keys(call.arguments)).toEqual(Object.keys(properties));
      for (const [key, value] of Object.entries(call.arguments)) {
        expect(typeof value).toBe(properties[key]!.type);
        expect(lower).toContain(String(value).toLowerCase());
      }
    }
    expect(unserved).toBeGreaterThan(0.2);
    expect(unserved).toBeLessThan(0.3);
    expect([...choiceChats({ seed: 3, count: 5, words })]).toEqual(choices.slice(0, 5));
    const requests = new Set(choices.flatMap(requestsOf));
    for (const { chat } of items) for (const request of requestsOf(chat)) expect(requests).not.toContain(request);
  });

  test('asks at least one and a half times as much about a table as the generated chats', () => {
    const questions = (list: Iterable<Chat>) => {
      const counts = [...list].filter(({ source }) => source === 'recall').map((chat) => turns(chat).length);
      return counts.reduce((sum, count) => sum + count) / counts.length;
    };
    expect(questions(practiceChats({ seed: 3, count: 500 }))).toBeGreaterThan(1.5 * questions(chats.slice(0, 500)));
  });

  test('counts: six requests or more a chat, of which at least two thirds ask for words of every length', () => {
    const numberChats = [...countingChats({ seed: 3, count: 400 })].filter(({ source }) => source === 'number words');
    expect(Math.min(...numberChats.map((chat) => turns(chat).length))).toBeGreaterThanOrEqual(6);
    const answers = numberChats.flatMap((chat) => turns(chat).map(([, { content }]) => content));
    const inWords = answers.filter((answer) => /[a-z]/.test(answer));
    expect(inWords.length / answers.length).toBeGreaterThan(2 / 3);
    const lengths = inWords.map((answer) => String(wordsToNumber(answer)).length);
    expect(new Set(lengths)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  });
});

describe('drills of one thing', () => {
  test('how long a number is, by its commas, its count and its first words, and all of its words', () => {
    const kinds = { commas: 0, count: 0, beginning: 0, words: 0 };
    const lengths = new Set<number>();
    for (const [question, { content }] of places.flatMap(turns)) {
      const digits = /\d[\d,]*\d|\d/.exec(question)![0].replaceAll(',', '');
      lengths.add(digits.length);
      if (/count|how many|how long/i.test(question)) {
        expect(content).toBe(String(digits.length));
        kinds.count++;
      } else if (/^[\d,]+$/.test(content)) {
        expect(content).toBe(Number(digits).toLocaleString('en-US'));
        kinds.commas++;
      } else if (/begin|first group|highest group/i.test(question)) {
        const zeros = 3 * Math.floor((digits.length - 1) / 3);
        expect(wordsToNumber(content)).toBe(Math.floor(Number(digits) / 10 ** zeros) * 10 ** zeros);
        kinds.beginning++;
      } else {
        expect(wordsToNumber(content)).toBe(Number(digits));
        kinds.words++;
      }
    }
    expect(lengths).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(100);
    expect([...placesChats({ seed: 3, count: 5 })]).toEqual(places.slice(0, 5));
  });

  test('of requests beside the same tools two in five are served by none, the others by one at hand', () => {
    for (const chat of mixed) expect(turns(chat).length).toBeGreaterThanOrEqual(4);
    const { served, unserved } = servedAndNot(mixed);
    for (const { chat, call } of served) {
      const tool = chat.tools!.find((one) => one.function.name === call.name)!;
      expect(Object.keys(call.arguments)).toEqual(Object.keys(tool.function.parameters.properties));
    }
    expect(unserved).toBeGreaterThan(0.35);
    expect(unserved).toBeLessThan(0.45);
    // The same request is served where its tool is at hand alone: no tool is called that another chat does without.
    const currency = mixed.flatMap((chat) =>
      turns(chat)
        .filter(([question]) => /dollars|euros|yen|rupees/.test(question))
        .map(([, { tool_calls: calls }]) => {
          const served = chat.tools!.some((tool) => /currency|exchange/.test(tool.function.name));
          expect(calls !== undefined).toBe(served);
          return served;
        }),
    );
    expect(new Set(currency)).toEqual(new Set([true, false]));
    expect([...mixedChats({ seed: 3, count: 5 })]).toEqual(mixed.slice(0, 5));
  });
});

describe('the chats', () => {
  test('are the same for a seed, in any number, and others for another', () => {
    expect([...generatedChats({ seed: 3, count: 50 })]).toEqual(chats.slice(0, 50));
    expect([...generatedTexts({ seed: 3, count: 50 })]).toEqual(texts.slice(0, 50));
    expect([...generatedChats({ seed: 4, count: 50 })]).not.toEqual(chats.slice(0, 50));
  });

  test('are of every task, and short', () => {
    const shares = grouped(chats, ({ source }) => source);
    expect([...shares.keys()].sort()).toEqual(['calls', 'copying', 'no tool fits', 'number words', 'recall']);
    for (const group of shares.values()) expect(group.length).toBeGreaterThan(100);
    const lengths = chats.map((chat) => JSON.stringify(chat).length).sort((a, b) => a - b);
    expect(lengths[chats.length / 2]).toBeLessThan(700);
    expect(lengths.at(-1)).toBeLessThan(2600);
  });

  test('copies and recalled values stand in what was read', () => {
    for (const chat of chats.filter(({ source }) => source === 'copying' || source === 'recall')) {
      const documents = JSON.stringify(chat.documents ?? []).replaceAll('\\"', '"');
      let read = documents;
      for (const [question, { content }] of turns(chat)) {
        read += question;
        if (content !== notInDocuments) expect(read).toContain(content);
        expect(content).not.toBe('');
      }
    }
  });

  test('a recalled value is the one of the key that was asked for', () => {
    let checked = 0;
    for (const chat of chats.filter(({ source }) => source === 'recall')) {
      const [first] = turns(chat);
      const list = chat.documents?.[0]?.text ?? first![0];
      // One form of a table, read on its own: lines of "key = value".
      const table = new Map([...list.matchAll(/^(.+) = (.+)$/gm)].map(([, key, value]) => [key!, value!]));
      if (table.size < 2) continue;
      for (const [question, { content }] of turns(chat)) {
        const asked = question
          .split('\n')
          .filter((line) => !line.includes(' = '))
          .join(' ');
        const match = /^(?:.* )?(?:What is the .+ of|Which .+ belongs to|And|Look up) ([\w ]+)[?.]?$/.exec(asked);
        const key = match?.[1];
        if (key === undefined || !(table.has(key) || content === notInDocuments)) continue;
        expect(content).toBe(table.get(key) ?? notInDocuments);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(10);
  });

  test('number words are right both ways, up to twelve digits', () => {
    const lengths = new Map<number, number>();
    for (const chat of chats.filter(({ source }) => source === 'number words')) {
      for (const [question, { content }] of turns(chat)) {
        const digits = /^[\d,]+$/.test(content) ? content : /\d[\d,]*\d|\d/.exec(question)![0];
        const value = Number(digits.replaceAll(',', ''));
        if (digits === content) {
          expect(content.includes(',')).toBe(/comma|separator/.test(question) && value >= 1000);
          const found = question.match(numberPhrase)!.sort((a, b) => b.length - a.length)[0]!;
          expect(wordsToNumber(found)).toBe(value);
        } else expect(wordsToNumber(content)).toBe(value);
        lengths.set(String(value).length, (lengths.get(String(value).length) ?? 0) + 1);
      }
    }
    for (let length = 1; length <= 12; length++) expect(lengths.get(length)).toBeGreaterThan(40);
  });

  test('digits to be copied have one to twelve digits, the long ones at least as often', () => {
    const counts = new Array<number>(13).fill(0);
    for (const chat of chats.filter(({ source }) => source === 'copying')) {
      for (const [, { content }] of turns(chat)) if (/^\d+$/.test(content)) counts[content.length]!++;
    }
    expect(Math.min(...counts.slice(1))).toBeGreaterThan(60);
    expect(counts[12]!).toBeGreaterThan(counts[1]!);
  });

  test('calls are of a tool at hand, with its parameters, and numbers as JSON numbers', () => {
    for (const chat of chats.filter(({ source }) => source === 'calls')) {
      for (const [question, { tool_calls: calls }] of turns(chat)) {
        expect(calls).toHaveLength(1);
        const { name, arguments: given } = calls![0]!.function;
        const tool = chat.tools!.find((one) => one.function.name === name)!;
        expect(Object.keys(given)).toEqual(Object.keys(tool.function.parameters.properties));
        for (const [key, value] of Object.entries(given)) {
          const { type, enum: values } = tool.function.parameters.properties[key] as { type: string; enum?: string[] };
          expect(Array.isArray(value) ? 'array' : typeof value).toBe(type);
          if (values !== undefined) expect(values).toContain(value);
          // Where the request has no number words, its digits are the argument's.
          const plain = question.replace(/(?<=\d),(?=\d{3})/g, '');
          if (type === 'number' && question.match(numberPhrase) === null) expect(plain).toContain(String(value));
        }
      }
      const names = chat.tools!.map((one) => one.function.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('operations of two numbers give what the tool says', () => {
    let checked = 0;
    for (const { messages } of chats.filter(({ source }) => source === 'calls')) {
      for (const [i, { tool_calls: calls }] of messages.entries()) {
        if (calls === undefined || messages[i + 1]?.role !== 'tool') continue;
        const { name, arguments: given } = calls[0]!.function;
        const [a, b] = Object.values(given);
        if (
          !/^(add|plus|addition|minus|subtract|multiply|times)/.test(name) ||
          typeof a !== 'number' ||
          typeof b !== 'number'
        )
          continue;
        const exact = /^(add|plus)/.test(name)
          ? BigInt(a) + BigInt(b)
          : /^(m.n|sub)/.test(name)
            ? BigInt(a) - BigInt(b)
            : BigInt(a) * BigInt(b);
        expect(messages[i + 1]!.content).toBe(String(exact));
        expect(messages[i + 2]!.content).toBe(`The result is ${exact}.`);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(30);
  });

  test('a request that no tool fits is told so, in one sentence', () => {
    for (const chat of chats.filter(({ source }) => source === 'no tool fits')) {
      for (const [, message] of turns(chat)) expect(message).toEqual({ role: 'assistant', content: noToolFits });
    }
  });

  test('none has the wordings of the arithmetic questions that are evaluated elsewhere', () => {
    const forbidden = [
      /X\s*=\s*\(/i,
      /how much is/i,
      /what is (the )?(result|sum|difference|product|ratio)\b(?! of [a-z]+ is)/i,
      /\b(sum|product|ratio) (of|between) [\d(]/i,
      /\bdifference between\b/i,
      /what is \S+ (plus|minus|times|over|divided)/i,
      /^sum .* and multiply/im,
      /\d over \d/,
    ];
    const all = [
      ...allChats.flatMap(({ messages }) => messages.map(({ content }) => content)),
      ...texts.map(({ text }) => text),
    ];
    for (const wording of forbidden) expect(all.filter((text) => wording.test(text))).toEqual([]);
  });
});

describe('evaluation items', () => {
  const numbers = (value: unknown) =>
    JSON.stringify(value)
      .replace(/(?<=\d),(?=\d{3})/g, '')
      .match(/\d{3,}/g) ?? [];

  test('are of every task and group, and the same for a seed', () => {
    expect([...evaluationItems({ seed: 5, perGroup: 4 })]).toEqual(items);
    const groups = grouped(items, ({ task, group }) => `${task}/${group}`);
    expect(groups.size).toBe(14 + 7 + 24 + 4 + 1);
    for (const group of groups.values()) expect(group).toHaveLength(4);
    for (const { chat, answer } of items) {
      expect(chat.messages.map(({ role }) => role)).toEqual(['user']);
      expect(answer.role).toBe('assistant');
    }
  });

  test('have no number of three digits or more, and no request, that training has', () => {
    const trained = new Set([...allChats.flatMap(numbers), ...texts.flatMap(numbers)]);
    const asked = new Set(
      allChats.flatMap(({ documents, messages }) =>
        messages.map(({ content }) => JSON.stringify([documents, content])),
      ),
    );
    expect(trained.size).toBeGreaterThan(5000);
    for (const { task, chat } of items) {
      expect(asked.has(JSON.stringify([chat.documents, chat.messages[0]!.content]))).toBe(false);
      if (task === 'copying' || task === 'number words' || task === 'recall') {
        for (const number of numbers(chat)) expect(trained.has(number)).toBe(false);
      }
    }
  });

  test('are on the other side of the hash than what training asks, one- and two-digit numbers included', () => {
    expect(items.flatMap(({ chat }) => requestsOf(chat)).every(isReserved)).toBe(true);
    expect(allChats.flatMap(requestsOf).some(isReserved)).toBe(false);
    expect(requestsOf({ messages: [{ role: 'user', content: 'Say 7' }] })).toEqual(['request:Say 7']);
  });

  test('a number in words is as reserved as one in digits', () => {
    const trained = new Set(allChats.flatMap(numbers));
    const spelled = items.filter(({ group }) => /^to digits, ([3-9]|1\d) /.test(group));
    expect(spelled.length).toBeGreaterThan(30);
    for (const { answer } of spelled) expect(trained.has(answer.content)).toBe(false);
  });
});

test('the program prints examples and totals', () => {
  const script = fileURLToPath(recipe('generated/index.mjs'));
  const { stdout, status } = spawnSync(process.execPath, [script, '--sample', '1', '--count', '200'], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  for (const word of ['copying', 'recall', 'number words', 'calls', 'no tool fits', 'documents', 'assistant'])
    expect(stdout).toContain(word);
});
