/** Conversations made of questions and of tools, from a few rows that are written here. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../recipes/nano/generated/random.mjs';
import { limits } from '../../recipes/nano/questions/chats.mjs';
import { clozeChats } from '../../recipes/nano/questions/cloze.mjs';
import { heldOutQuestions, spread, summarize } from '../../recipes/nano/questions/heldOut.mjs';
import { bytesOf, Passage, sentencesOf } from '../../recipes/nano/questions/passages.mjs';
import { consensus, f1, normalized, score } from '../../recipes/nano/questions/score.mjs';
import { questionChats } from '../../recipes/nano/questions.mjs';
import { rowReader, trainingFiles } from '../../recipes/nano/rows.mjs';
import { noToolFits, notInDocuments } from '../../recipes/nano/sentences.mjs';
import { specialTokens } from '../../recipes/nano/specials.mjs';
import { isHeldOut } from '../../recipes/nano/split.mjs';
import { firstAccepted, readFunction, shortened } from '../../recipes/nano/tools/functions.mjs';
import { toolChats } from '../../recipes/nano/tools.mjs';
import { type ChatMessage, encodeChat, Tokenizer, trainTokenizer } from '../../src/tokenizers/index.js';

interface Chat {
  readonly source: string;
  readonly messages: readonly ChatMessage[];
  readonly documents?: readonly { readonly title?: string; readonly text: string }[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: unknown } }[];
  readonly knobs?: unknown;
}

const data = mkdtempSync(join(tmpdir(), 'nano-questions-'));
afterAll(() => rmSync(data, { recursive: true }));

function write(file: string, rows: readonly unknown[]): void {
  const path = join(data, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
}

/** Names, some of which are held out and some of which are not. */
const names = Array.from({ length: 40 }, (_, i) => `topic${i}`);
/** Names of functions; descriptions share no word, so that any of them is unlike any other. */
const functionNames = names.map((_, i) => `${'bcdfghjklm'[i % 10]}orv${'aeio'[Math.floor(i / 10)]}`);
const metals = ['iron', 'gold', 'zinc', 'lead', 'copper', 'nickel'];
const factOf = (name: string, metal: string) => `The bridge of ${name} is made of ${metal}.`;
const filler = 'It was built a long time ago, and people still walk over it every day of the year.';

const paragraphOf = (title: string) => {
  const facts = metals.map((metal) => `${factOf(title, metal)} ${filler} ${filler} ${filler} ${filler}`);
  const context = facts.join(' ');
  const qas = metals.map((metal) => ({
    question: `Which ${metal.slice(0, 2)} metal is the bridge of ${title} made of?`,
    answers: [metal, `made of ${metal}`, metal.toUpperCase()],
    is_impossible: false,
  }));
  const impossible = Array.from({ length: 6 }, (_, i) => ({
    question: `Who painted bridge ${i} of ${title}?`,
    answers: [],
    is_impossible: true,
  }));
  return { title, context, qas: [...qas, ...impossible] };
};

const functionOf = (name: string) => ({
  name,
  description: `${name}. ${name}!`,
  parameters: {
    type: 'dict',
    properties: { size: { type: 'float', description: 'How large.' }, kind: { type: 'string', description: 'Which.' } },
    required: ['size'],
  },
});

beforeAll(() => {
  write(trainingFiles.squad, names.map(paragraphOf));
  write(
    trainingFiles.naturalQuestions,
    names.map((name) => ({
      question: `where is ${name}`,
      answers: [`near ${name}ville`],
      title: name,
      passage: `${filler} It lies near ${name}ville.`,
    })),
  );
  write(
    trainingFiles.pubmed,
    names.map((name) => ({
      question: `Does ${name} help?`,
      contexts: [filler.repeat(20), 'It did.'],
      final_decision: 'yes',
    })),
  );
  write(trainingFiles.fairytales, [
    { story: 'a-tale', sections: [{ section: '1', text: 'The fox saw\na ring.\nIt ran.' }] },
  ]);
  write(trainingFiles.fairytaleQuestions, [
    { story: 'a-tale', question: 'What did the fox see?', answers: ['a ring.'], sections: [1], ex_or_im: 'explicit' },
    { story: 'a-tale', question: 'What did it feel?', answers: ['fear'], sections: [1], ex_or_im: 'implicit' },
  ]);
  const request = (name: string, category: string, calls: number) => ({
    messages: [{ role: 'user', content: `"Make ${name} with size 3, please."` }],
    functions: category === 'multiple' ? [functionOf(name), functionOf(functionNames[1]!)] : [functionOf(name)],
    ground_truth: Array.from({ length: calls }, (_, i) => ({ [name]: { size: [3 + i, 4], kind: ['', 'red'] } })),
  });
  for (const [category, calls] of Object.entries({
    simple_python: 1,
    multiple: 1,
    parallel: 2,
    parallel_multiple: 3,
    live_simple: 1,
    irrelevance: 0,
  })) {
    write(
      trainingFiles[category as keyof typeof trainingFiles],
      functionNames.map((name) => request(name, category, calls)),
    );
  }
});

async function all(chats: AsyncIterable<Chat>): Promise<Chat[]> {
  const list: Chat[] = [];
  for await (const chat of chats) list.push(chat);
  return list;
}
const questions = (seed = 1, passes = 1) => all(questionChats({ data, seed, passes }) as AsyncIterable<Chat>);
const tools = (seed = 1) => all(toolChats({ data, seed, passes: 1 }) as AsyncIterable<Chat>);
const said = ({ messages }: Chat) => messages.filter(({ role }) => role === 'assistant');
const textOf = (chat: Chat) => JSON.stringify(chat);

describe('the files', () => {
  it('are those named, and no other is opened', async () => {
    expect(Object.values(trainingFiles)).toHaveLength(11);
    const forbidden = /(^|[_/.])(val|test|half|toolalpaca|mrkl|cls|nlg|factor|wikitext2)/;
    for (const file of Object.values(trainingFiles)) expect(file).not.toMatch(forbidden);
    expect(Object.values(trainingFiles).filter((file) => file.includes('dev'))).toEqual([trainingFiles.squad]);
    write('qa_fairytaleqa/val_questions.jsonl.gz', [{}]);
    const rows = rowReader(data, [trainingFiles.pubmed]);
    expect(rows(trainingFiles.pubmed)).toHaveLength(names.length);
    for (const file of ['qa_fairytaleqa/val_questions.jsonl.gz', trainingFiles.squad, `../${trainingFiles.pubmed}`]) {
      expect(() => rows(file)).toThrow(/may not be learned from/);
    }
    const gone = rowReader(join(data, 'gone'), Object.values(trainingFiles));
    expect(() => gone(trainingFiles.squad)).toThrow(/--data/);
  });
});

describe('conversations about passages', () => {
  it('are the same for the same seed, and others for another', async () => {
    const first = await questions(1);
    expect(await questions(1)).toEqual(first);
    expect(await questions(2)).not.toEqual(first);
    expect((await questions(1, 2)).slice(0, first.length)).toEqual(first);
  });

  it('hold nothing of the articles and questions that are kept', async () => {
    const chats = await questions();
    const isUsed = (source: string, text: string) =>
      chats.some((chat) => chat.source === source && textOf(chat).includes(text));
    let kept = 0;
    for (const name of names) {
      const article = isHeldOut(`squad:${name}`);
      kept += Number(article);
      expect(isUsed('squad', `of ${name} is`)).toBe(!article);
      if (isHeldOut(`nq:where is ${name}`)) expect(isUsed('natural questions', `where is ${name}"`)).toBe(false);
      expect(isUsed('pubmed', `Does ${name} help?`)).toBe(!isHeldOut(`pubmedqa:Does ${name} help?`));
    }
    expect(kept).toBeGreaterThan(2);
    expect(names.some((name) => isUsed('natural questions', `where is ${name}"`))).toBe(true);
  });

  it('have every answer in what is read before it, and a citation of the document that has it', async () => {
    let cited = 0;
    for (const chat of await questions(3)) {
      if (chat.source === 'pubmed') {
        expect(chat.messages[1]!.content).toBe('yes');
        expect(chat.documents![0]!.text.endsWith('It did.')).toBe(true);
        expect(bytesOf(chat.documents![0]!.text)).toBeLessThanOrEqual(1000);
        continue;
      }
      for (const { content, citations } of said(chat)) {
        const documents = chat.documents ?? [{ text: String(chat.messages[0]!.content) }];
        const holds = documents.map(({ text }) => text.includes(String(content)));
        expect(holds.filter(Boolean)).toHaveLength(content === notInDocuments ? 0 : 1);
        expect(citations !== undefined).toBe(chat.knobs !== undefined);
        if (citations === undefined) continue;
        cited++;
        expect(citations).toEqual(content === notInDocuments ? [] : [{ document_id: holds.indexOf(true) }]);
      }
    }
    expect(cited).toBeGreaterThan(20);
  });

  it('ask in turn and alone, and say of some questions that nothing is said', async () => {
    const chats = (await questions()).filter(({ source }) => source === 'squad');
    const answers = chats.flatMap(said);
    const unanswered = answers.filter(({ content }) => content === notInDocuments).length / answers.length;
    expect(unanswered).toBeGreaterThan(0.05);
    expect(unanswered).toBeLessThan(0.25);
    expect(chats.some((chat) => said(chat).length > 3)).toBe(true);
    expect(chats.some(({ documents }) => documents?.length === 3)).toBe(true);
    const together = chats.filter(({ documents }) => documents === undefined).flatMap(said);
    const trained = names.filter((name) => !isHeldOut(`squad:${name}`)).length;
    expect(together.filter(({ content }) => content !== notInDocuments)).toHaveLength(trained * metals.length);
    expect(
      chats
        .filter((chat) => textOf(chat).includes('Who painted'))
        .every((chat) => textOf(chat).includes(notInDocuments)),
    ).toBe(true);
  });

  it('take from tales what the tale says, lines joined', async () => {
    const tales = (await questions()).filter(({ source }) => source === 'fairy tales');
    expect(tales[0]).toEqual({
      source: 'fairy tales',
      messages: [
        { role: 'user', content: 'A tale\n\nThe fox saw a ring.\nIt ran.\n\nWhat did the fox see?' },
        { role: 'assistant', content: 'a ring' },
      ],
    });
    expect(textOf({ source: '', messages: tales.flatMap(({ messages }) => messages) })).not.toContain('fear');
  });
});

describe('questions made of texts', () => {
  const facts = [
    'The tower of Orv was built in 1889 by Gustave Eiffel.',
    'Mary Stone was born near Lake Como.',
    'The town has 4,512 people.',
    'It was a quiet harbour of the north.',
  ];
  const kept = names.find((name) => isHeldOut(`squad:${name}`))!;
  const others = names.filter((name) => !isHeldOut(`squad:${name}`));
  const texts = [
    { title: others[0]!, text: facts.join(' ') },
    { title: kept, text: 'Nobody was told in 1777 about the Silver Gate.' },
    {
      title: others[1]!,
      text: 'The bridge was opened in 1955 by Anna Weiss. It has 12 arches of stone. Few people came in 1955.',
    },
  ];
  const chats = [...clozeChats(texts, { seed: 3, count: 400 })] as Chat[];
  const asked = chats.flatMap(({ messages }) =>
    messages.flatMap(({ role, content }, i) =>
      role === 'user' ? [[String(content).split('\n').at(-1)!, String(messages[i + 1]!.content)] as const] : [],
    ),
  );

  it('are the same for the same seed, and others for another', () => {
    expect([...clozeChats(texts, { seed: 3, count: 400 })]).toEqual(chats);
    expect([...clozeChats(texts, { seed: 4, count: 400 })]).not.toEqual(chats);
  });

  it('ask for dates, numbers, names and what something is, in the order of questions', () => {
    const answers = new Map(asked.map(([question, answer]) => [question, answer]));
    expect(answers.get('When was the tower of Orv built?')).toBe('1889');
    expect(answers.get('By whom was the tower of Orv built in 1889?')).toBe('Gustave Eiffel');
    expect(answers.get('How many the town has people?')).toBe('4,512');
    expect(answers.get('Who was born near Lake Como?')).toBe('Mary Stone');
    const [fills] = asked.filter(([question, answer]) => question.includes('___') && answer === 'a quiet harbour');
    expect(fills![0]).toContain('It ___ of the north');
  });

  it('have answers that the passage says once and the question never', () => {
    for (const { messages, documents } of chats) {
      const read =
        documents?.map(({ text }) => text).join('\n') ??
        String(messages[0]!.content).split('\n').slice(0, -1).join('\n');
      for (const [i, { role, content }] of messages.entries()) {
        if (role !== 'assistant' || content === notInDocuments) continue;
        expect(read.split(String(content))).toHaveLength(2);
        expect(
          String(messages[i - 1]!.content)
            .split('\n')
            .at(-1),
        ).not.toContain(content);
      }
    }
  });

  it('hold nothing of the articles that are kept, and ask some things of passages that do not say them', () => {
    expect(JSON.stringify(chats)).not.toMatch(/1777|Silver Gate/);
    const unanswered = asked.filter(([, answer]) => answer === notInDocuments).length / chats.length;
    expect(unanswered).toBeGreaterThan(0.01);
    expect(unanswered).toBeLessThan(0.1);
  });
});

describe('conversations with tools', () => {
  it('hold no function that is kept, and answer each request as the leaderboard does', async () => {
    const chats = await tools();
    const seen = new Set<string>();
    for (const { source, messages, tools: offered } of chats) {
      const [{ content }, answer] = messages as unknown as [{ content: string }, ChatMessage];
      const name = /^Make (\w+) with size 3, please\.$/.exec(content)![1]!;
      seen.add(name);
      for (const { function: one } of offered!) {
        expect(isHeldOut(`bfcl:${one.name}`)).toBe(false);
        expect(one.parameters).toMatchObject({ type: 'object', properties: { size: { type: 'number' } } });
      }
      if (source === 'tools: no tool fits') {
        expect(answer).toEqual({ role: 'assistant', content: noToolFits });
        continue;
      }
      const count = source === 'tools: parallel' ? 2 : source === 'tools: parallel multiple' ? 3 : 1;
      const calls = Array.from({ length: count }, (_, i) => ({ name, arguments: { size: 3 + i } }));
      expect(answer.tool_calls).toEqual(calls.map((call) => ({ type: 'function', function: call })));
      expect(offered!.map((one) => one.function.name)).toContain(name);
    }
    expect([...seen].sort()).toEqual(functionNames.filter((name) => !isHeldOut(`bfcl:${name}`)).sort());
    expect(await tools()).toEqual(chats);
  });

  it('sometimes have further functions beside, or only others, of requests with one', async () => {
    const chats = await tools();
    const single = chats.filter(({ source }) => source === 'tools: simple python');
    expect(single.some(({ tools: offered }) => offered!.length > 1)).toBe(true);
    expect(chats.filter(({ source }) => source === 'tools: no tool fits').length).toBeGreaterThan(
      functionNames.filter((name) => !isHeldOut(`bfcl:${name}`)).length,
    );
  });

  it('have functions as JSON schemas', () => {
    const read = readFunction({
      name: 'f',
      description: 'Sums. It is used for sums.',
      parameters: {
        required: ['a'],
        type: 'dict',
        properties: {
          a: {
            type: 'array',
            items: { type: 'float' },
            description: `(Optional) ${'long '.repeat(20)}end.`,
            optional: true,
          },
          any: { type: 'any', default: 1 },
          type: { type: 'string' },
        },
      },
    });
    expect(JSON.stringify(read)).toBe(
      `{"name":"f","description":"Sums. It is used for sums.","parameters":{"type":"object","properties":{"a":{"type":"array",` +
        `"description":"(Optional) ${'long '.repeat(20)}end.","items":{"type":"number"}},"any":{"default":1},` +
        `"type":{"type":"string"}},"required":["a"]}}`,
    );
    const short = shortened(read);
    expect(short).toMatchObject({
      description: 'Sums.',
      parameters: { properties: { a: { type: 'array' }, any: {} } },
    });
    const { description } = (short.parameters as { properties: { a: { description: string } } }).properties.a;
    expect(description).toMatch(/^long( long)* long$/);
    expect(description.length).toBeLessThanOrEqual(60);
  });

  it('have the first accepted value of each argument, and leave out what may be left out and is not said', () => {
    const accepted = {
      city: ['Rome', 'Roma'],
      unit: ['metric', ''],
      days: ['', 12],
      page: ['', 2],
      filter: [{ field: ['age'], over: ['', 25] }],
      list: [[1, { min: [3] }]],
      must: ['', 'set'],
    };
    const request = 'Weather in Rome for 12 days in metric units; page2';
    expect(firstAccepted(accepted, ['must'], request)).toEqual({
      city: 'Rome',
      unit: 'metric',
      days: 12,
      filter: { field: 'age' },
      list: [1, { min: 3 }],
      must: 'set',
    });
  });
});

describe('every conversation', () => {
  it('is JSON, short enough, and rendered so that what the assistant says is known', async () => {
    const chatTemplate = readFileSync('recipes/nano/chat_template.jinja', 'utf8');
    const { json } = await trainTokenizer([filler], {
      vocabularySize: specialTokens.length + 256,
      specialTokens,
      threads: 1,
    });
    const tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: json, chatTemplate });
    const chats = [
      ...(await questions()).filter((_, i) => i % 25 === 0),
      ...(await tools()).filter((_, i) => i % 8 === 0),
    ];
    expect(new Set(chats.map(({ source }) => source)).size).toBeGreaterThan(6);
    for (const chat of chats) {
      expect(JSON.parse(JSON.stringify(chat))).toEqual(chat);
      const { source: _, messages, ...options } = chat;
      const { ids, said: learned } = encodeChat(tokenizer, messages, options);
      expect(ids.length).toBeLessThan(limits.chat + 600); // a token has a byte at least in this vocabulary
      const turns = tokenizer.decode(ids.filter((_, i) => learned[i])).split('<|eom|>');
      expect(turns).toHaveLength(said(chat).length + 1);
      for (const [i, { content }] of said(chat).entries()) expect(turns[i]!.startsWith(` ${content}`)).toBe(true);
    }
  });
});

describe('passages', () => {
  const text = 'Dr. Ann came in 1990. She saw 3.5 foxes! "Why?" she asked. Nobody knew the word.\nThe end of Ann.';

  it('are cut after sentences', () => {
    expect(sentencesOf(text).join('')).toBe(text);
    expect(sentencesOf(text).map((sentence) => sentence.trim())).toEqual([
      'Dr.',
      'Ann came in 1990.',
      'She saw 3.5 foxes!',
      '"Why?" she asked.',
      'Nobody knew the word.',
      'The end of Ann.',
    ]);
  });

  it('know where an answer stands, by whole words and by the words of the question', () => {
    const passage = new Passage(text);
    expect(passage.evidence('Ann', 'Who came in 1990?')).toEqual([1, 1]);
    expect(passage.evidence('Ann', 'Whose end is it?')).toEqual([5, 5]);
    expect(passage.evidence('1990. She saw', 'When?')).toEqual([1, 2]);
    expect(passage.evidence('or', 'What?')).toBeUndefined();
    expect(passage.evidence('Ann', 'Nothing of it?')).toEqual([1, 1]);
  });

  it('give whole sentences around it that fit', () => {
    const passage = new Passage(text);
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) {
      for (const length of [21, 40, 60, 200]) {
        const part = passage.around([2, 2], length, new Random(`${i}`));
        if (part === undefined) throw new Error('it fits');
        expect(text).toContain(part);
        expect(part).toContain('3.5 foxes!');
        expect(bytesOf(part)).toBeLessThanOrEqual(length);
        seen.add(part);
      }
    }
    expect(seen.size).toBeGreaterThan(4);
    expect(seen).toContain(text);
    expect(passage.around([2, 3], 20, new Random('1'))).toBeUndefined();
  });
});

describe('the score of an answer', () => {
  it('passes over case, punctuation and articles', () => {
    expect(normalized('  The  "Añ-an" of\ta U.S. theme ')).toBe('añan of us theme');
    expect(score('the Cat.', ['cat'])).toEqual({ exactMatch: 1, f1: 1 });
  });

  it('is the best over all accepted answers, by words that both have', () => {
    expect(f1('a big red fox', 'red fox fox')).toBeCloseTo((2 * 2) / (3 + 3));
    expect(f1('red red', 'red')).toBeCloseTo(2 / 3);
    expect(score('big fox', ['dog', 'fox'])).toEqual({ exactMatch: 0, f1: (2 * 1) / 3 });
  });

  it('is all or nothing where there is no answer', () => {
    expect(score('', [])).toEqual({ exactMatch: 1, f1: 1 });
    expect(score('fox', [])).toEqual({ exactMatch: 0, f1: 0 });
    expect(score('', ['fox'])).toEqual({ exactMatch: 0, f1: 0 });
  });

  it('finds the answer that agrees most with the others', () => {
    expect(consensus(['1973', 'October 1973', 'October'])).toBe('October 1973');
    expect(consensus(['the fox', 'fox', 'a dog'])).toBe('fox');
  });
});

describe('the questions that are kept', () => {
  it('are those of the articles that training does not see, with whole paragraphs', () => {
    const rows = names.map(paragraphOf);
    const kept = heldOutQuestions(rows);
    const articles = names.filter((name) => isHeldOut(`squad:${name}`));
    expect([...new Set(kept.map(({ group }) => group))]).toEqual(articles);
    expect(kept).toHaveLength(articles.length * 12);
    const { context } = rows.find(({ title }) => title === articles[0])!;
    expect(kept[0]!.chat.documents).toEqual([{ title: articles[0], text: context }]);
    expect(kept[0]!.accepted).toEqual(['iron', 'made of iron', 'IRON']);
    expect(kept.at(-1)).toMatchObject({ accepted: [], answer: { content: notInDocuments } });
    expect(spread(kept, 1_000)).toEqual(kept);
    expect(spread([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 2, 4]);
  });

  it('are scored apart by whether they have an answer, the sentence that there is none as an empty answer', () => {
    const answered = [
      { accepted: ['red fox', 'fox'], given: 'A red fox.' },
      { accepted: ['red fox'], given: 'fox' },
      { accepted: ['red fox'], given: notInDocuments },
      { accepted: ['do not say'], given: notInDocuments },
      { accepted: [], given: notInDocuments },
      { accepted: [], given: 'fox' },
    ];
    const f1OfFox = 2 / 3;
    expect(summarize(answered)).toEqual({
      answerable: { questions: 4, exactMatch: 1 / 4, f1: (1 + f1OfFox) / 4, saysNothing: 2 / 4 },
      unanswerable: { questions: 2, exactMatch: 1 / 2, f1: 1 / 2, saysNothing: 1 / 2 },
      all: { questions: 6, exactMatch: 2 / 6, f1: (1 + f1OfFox + 1) / 6, saysNothing: 3 / 6 },
    });
    expect(summarize([]).all).toEqual({ questions: 0, exactMatch: null, f1: null, saysNothing: null });
  });
});
