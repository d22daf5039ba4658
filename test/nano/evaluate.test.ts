/** The figures of the small model's card: each measured against what is known, and all together on a tiny model. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChatMessage, Tokenizer, trainTokenizer } from '../../src/tokenizers/index.js';
import { train } from '../../src/training/index.js';
import { root, runNode } from '../support/cli.js';
import { tinyRecipeModel } from '../support/training.js';

interface Message {
  readonly role: string;
  readonly content?: string;
  readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: object } }[];
}
interface Item {
  readonly task: string;
  readonly group: string;
  readonly chat: { readonly messages: readonly Message[] };
  readonly answer: Message;
}
type Answered = Item & { readonly given: string; readonly right: boolean };

const load = (path: string): Promise<unknown> => import(new URL(`../../recipes/nano/${path}`, import.meta.url).href);
const { answerItems, callsOf, countRight, firstSamples, isRight, writtenAnswer } = (await load(
  'measure/answers.mjs',
)) as {
  answerItems: (model: unknown, items: readonly Item[], options?: { together?: number }) => Promise<Answered[]>;
  callsOf: (text: string) => unknown;
  countRight: (answered: readonly Pick<Answered, 'task' | 'group' | 'right'>[]) => unknown;
  firstSamples: (answered: readonly Answered[], count: number) => { group: string }[];
  isRight: (answer: Message, given: string) => boolean;
  writtenAnswer: (answer: Message) => string;
};
const { staggered, bitsOf, bitsByPosition } = (await load('measure/positions.mjs')) as {
  staggered: (tokens: number, sizes: object) => { starts: number[]; first: number; end: number };
  bitsOf: (row: ArrayLike<number>, id: number) => number;
  bitsByPosition: (model: unknown, text: string, sizes: object) => Promise<{ tokens: number; bitsPerByte: number[] }>;
};
const { codeTexts, findProgram } = (await load('measure/coders.mjs')) as {
  codeTexts: (texts: Record<string, string>, training?: string) => Promise<Record<string, CoderResult>>;
  findProgram: (coder: { programs: string[]; version: string[] }) => unknown;
};
const { cardSections } = (await load('card.mjs')) as { cardSections: (results: readonly object[]) => string };
const { generatedChats } = (await load('generated/index.mjs')) as {
  generatedChats: (options: { seed: number; count: number }) => Iterable<object>;
};
const { specialTokens } = (await load('specials.mjs')) as { specialTokens: string[] };

interface CoderResult {
  readonly unavailable?: string;
  readonly training?: number;
  readonly texts: Record<string, { bytes: number; cold: number; primed?: number }>;
}

const call = (name: string, values: object): Message => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ function: { name, arguments: values } }],
});

describe('an answer is right', () => {
  test('if it has the same characters, spaces around it aside', () => {
    const answer = { role: 'assistant', content: '4821' };
    expect(['4821', ' 4821', '4821\n'].map((given) => isRight(answer, given))).toEqual([true, true, true]);
    expect(['48210', '4 821', '4821.', ''].map((given) => isRight(answer, given))).toEqual(Array(4).fill(false));
  });

  test('if it is the same call, however it is spaced', () => {
    const answer = call('add', { a: 1, b: 2 });
    const texts = [
      '<tool_calls>[\n    {"name": "add", "arguments": {"a": 1, "b": 2}}\n]</tool_calls>',
      '<tool_calls>[{"arguments":{"b":2,"a":1},"name":"add"}]</tool_calls>',
    ];
    for (const text of [...texts, writtenAnswer(answer)]) expect(isRight(answer, text)).toBe(true);
    const wrong = [
      texts[0]!.replace('2}', '3}'),
      texts[0]!.replace('2}', '"2"}'),
      texts[0]!.replace('add', 'sub'),
      `${texts[0]} and more`,
      '<tool_calls>[]</tool_calls>',
      '<tool_calls>[{</tool_calls>',
      'add',
    ];
    for (const text of wrong) expect(isRight(answer, text)).toBe(false);
    expect(callsOf('<tool_calls>{"name": "add"}</tool_calls>')).toBeUndefined();
  });

  test('is written as the chat template writes it', async () => {
    const { json } = await trainTokenizer(['a text'], { vocabularySize: 300, specialTokens });
    const chatTemplate = await readFile(join(root, 'recipes/nano/chat_template.jinja'), 'utf8');
    const tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: json, chatTemplate });
    const answer = call('total', { values: [1, 2.5], unit: 'km', all: true });
    const messages = [{ role: 'user', content: 'Add.' }, answer];
    expect(tokenizer.renderChat(messages as ChatMessage[], { addGenerationPrompt: false })).toContain(
      `<|assistant|> ${writtenAnswer(answer)}<|eom|>`,
    );
  });

  test('and is counted by task and group', () => {
    const answered = [true, false, true].map((right, i) => ({ task: 'copying', group: i < 2 ? 'a' : 'b', right }));
    expect(countRight(answered)).toEqual({ copying: { a: { right: 1, of: 2 }, b: { right: 1, of: 1 } } });
  });
});

describe('asking', () => {
  const items: Item[] = ['7', '12', '345'].map((digits) => ({
    task: 'copying',
    group: `${digits.length} digits`,
    chat: { messages: [{ role: 'user', content: `Repeat ${digits}` }] },
    answer: { role: 'assistant', content: digits },
  }));
  /** Ids are character codes; 0 ends a turn. It repeats what follows "Repeat", then goes on after its turn. */
  const asked: { prompt: number[]; maxTokens: number; temperature: number }[] = [];
  const echo = {
    tokenize: async (text: string) => (text === '<|eom|>' ? [0] : [...text].map((c) => c.charCodeAt(0))),
    detokenize: async (ids: number[]) => String.fromCharCode(...ids),
    chatIds: async ([{ content }]: { content: string }[]) => [...content].map((c) => c.charCodeAt(0)),
    async *generate(request: (typeof asked)[number]) {
      asked.push(request);
      yield { type: 'prefill', done: 1, total: 1 };
      for (const id of [32, ...request.prompt.slice(7), 0, 57, 57]) yield { type: 'token', id, text: '' };
    },
  };

  test('ends an answer with the turn, is greedy, and keeps the order', async () => {
    const answered = await answerItems(echo, items, { together: 2 });
    expect(answered.map(({ given, right }) => [given, right])).toEqual([
      ['7', true],
      ['12', true],
      ['345', true],
    ]);
    expect(asked.every(({ temperature }) => temperature === 0)).toBe(true);
    expect(asked.map(({ maxTokens }) => maxTokens)).toEqual([17, 18, 19]);
  });

  test('samples are one of a group', async () => {
    const answered = await answerItems(echo, [...items, ...items]);
    expect(firstSamples(answered, 2).map(({ group }) => group)).toEqual(['1 digits', '2 digits']);
  });
});

describe('bits by position', () => {
  test('stretches begin a bucket apart, and all buckets count the same tokens', () => {
    const { starts, first, end } = staggered(100, { length: 32, bucket: 8, stretches: 6 });
    expect(starts).toEqual([0, 8, 16, 24, 32, 40]);
    const counted = Array.from({ length: 4 }, () => new Set<number>());
    for (const start of starts) {
      for (let t = 0; t < 32; t++) if (start + t >= first && start + t < end) counted[t >> 3]!.add(start + t);
    }
    for (const bucket of counted)
      expect([...bucket].sort((a, b) => a - b)).toEqual([...counted[0]!].sort((a, b) => a - b));
    expect(counted[0]!.size).toBe(24);
    expect(() => staggered(40, { length: 32, bucket: 8, stretches: 6 })).toThrow('a text of 56 tokens or more, got 40');
  });

  test('bits are those of the softmax', () => {
    expect(bitsOf([0, 0, 0, 0], 2)).toBeCloseTo(2, 12);
    expect(bitsOf([1000, 1000 + Math.log(3)], 0)).toBeCloseTo(2, 12);
  });

  test('a model that gets worse with the position is seen to, by as much', async () => {
    const V = 4;
    // Sure of nothing in its first 16 tokens (2 bits); afterwards it favours a token that never comes: log2(3 + 5) bits.
    const model = {
      tokenize: async (text: string) => [...text].map((_, i) => i % 3),
      detokenize: async (ids: number[]) => 'ab'.repeat(ids.length),
      logits: async (ids: number[]) => {
        const values = new Float32Array(ids.length * V);
        for (let t = 15; t < ids.length; t++) values[t * V + 3] = Math.log(5);
        return { rows: ids.length, columns: V, values };
      },
    };
    const { tokens, bitsPerByte } = await bitsByPosition(model, 'x'.repeat(120), {
      length: 32,
      bucket: 8,
      stretches: 8,
    });
    expect(tokens).toBe(5 * 7);
    for (const [i, expected] of [2, 2, 3, 3].entries()) expect(bitsPerByte[i]).toBeCloseTo(expected / 2, 6);
  });

  test('several regions of a text count alike', async () => {
    const V = 4;
    const seen: number[] = [];
    // Tokens of the second half cost 3 bits, those of the first 2.
    const model = {
      tokenize: async (text: string) => [...text].map((letter) => (letter === 'x' ? 1 : 2)),
      detokenize: async (ids: number[]) => 'ab'.repeat(ids.length),
      logits: async (ids: number[]) => {
        seen.push(ids[0]!);
        const values = new Float32Array(ids.length * V);
        for (let t = 0; t < ids.length; t++) if (ids[0] === 2) values[t * V + 3] = Math.log(5);
        return { rows: ids.length, columns: V, values };
      },
    };
    const sizes = { length: 32, bucket: 8, stretches: 6, regions: 2 };
    const { tokens, bitsPerByte } = await bitsByPosition(model, `${'x'.repeat(100)}${'y'.repeat(100)}`, sizes);
    expect(seen).toEqual([...Array(6).fill(1), ...Array(6).fill(2)]);
    expect(tokens).toBe(2 * 3 * 7);
    for (const bits of bitsPerByte) expect(bits).toBeCloseTo(2.5 / 2, 6);
  });
});

describe('compressors', () => {
  const text = 'The quick brown fox jumps over the lazy dog, number 4821. '.repeat(60);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coders-test-'));
    await writeFile(join(folder, 'training'), `${text}${'And other things, too. '.repeat(50)}`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('give sizes cold and primed, or say that they are not installed', async () => {
    const result = await codeTexts({ fox: text }, join(folder, 'training'));
    expect(Object.keys(result)).toEqual(['xz -9', '7-Zip PPMd']);
    for (const coder of Object.values(result)) {
      if (coder.unavailable !== undefined) {
        expect(coder.unavailable).toMatch(/^none of .+ is installed$/);
        continue;
      }
      const { bytes, cold, primed } = coder.texts.fox!;
      expect(bytes).toBe(text.length);
      expect(cold).toBeGreaterThan(50);
      expect(cold).toBeLessThan(400);
      expect(primed).toBeLessThan(cold / 2);
      expect(coder.training).toBeGreaterThan(80);
    }
    const xz = result['xz -9']!;
    if (xz.unavailable === undefined) {
      const size = execFileSync('xz', ['-9', '-c'], { input: text }).length;
      expect(xz.texts.fox!.cold).toBe(size);
    }
  });

  test('a program that is not there is not found', () => {
    expect(findProgram({ programs: ['no-such-compressor'], version: [] })).toBeUndefined();
  });
});

describe('the card', () => {
  const run = (weights: string, right: number) => ({
    model: 'models/nano',
    weights,
    text: { window: 1024, stride: 512, texts: { books: { bitsPerByte: 1.51234, bytes: 1000 } } },
    positions: { text: 'books', bucket: 1024, stretches: 16, bytes: 3000, bitsPerByte: [1.6, 1.5] },
    generated: { tasks: { copying: { '1 digits': { right, of: 10 }, '2 digits': { right: 9, of: 10 } } } },
    samples: [{ task: 'copying', group: '1 digits', request: 'Say\n`7`', expected: '7', given: '1', right: false }],
  });
  const coders = {
    primedWith: ['books.jsonl.gz'],
    'xz -9': { texts: { books: { bytes: 1000, cold: 350, primed: 250 } } },
    '7-Zip PPMd': { unavailable: 'none of 7z is installed' },
  };

  test('puts runs and compressors side by side', () => {
    const card = cardSections([{ command: 'node evaluate.mjs A', runs: [run('int8', 10), run('file', 8)], coders }]);
    expect(card).toContain('| held-out text | bytes | nano, int8 | nano | xz -9 | xz -9, primed |');
    expect(card).toContain('| books | 1000 | 1.512 | 1.512 | 2.800 | 2.000 |');
    expect(card).toContain('7-Zip PPMd was not measured: none of 7z is installed.');
    expect(card).toContain('| 1024 to 2047 | 1.500 | 1.500 |');
    expect(card).toContain('| 1 digits | 10 of 10 | 8 of 10 |');
    expect(card).toContain('| all | 95.0 % | 85.0 % |');
    expect(card).toContain('`` Say ⏎ `7` `` → `1`; right is `7`');
    expect(card).toContain('node evaluate.mjs A');
  });

  test('says what was not measured, and leaves out what was not asked for', () => {
    const bare = { model: 'models/x', weights: 'file', generated: { unavailable: 'the model has no chat template' } };
    const card = cardSections([{ command: 'c', runs: [bare] }]);
    expect(card).toContain('Not measured: the model has no chat template.');
    expect(card).not.toContain('Bits per byte');
  });
});

describe('all together', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evaluate-test-'));
    await Promise.all(['tokenizer', 'heldout', 'text'].map((name) => mkdir(join(folder, name))));
    const chats = [...generatedChats({ seed: 1, count: 60 })].map((chat) => JSON.stringify(chat));
    await writeFile(join(folder, 'chats.jsonl'), chats.join('\n'));
    const vocabulary = await trainTokenizer(chats, { vocabularySize: 420, specialTokens });
    const config = { bos_token: '<|startoftext|>', eos_token: '<|endoftext|>', pad_token: '<|pad|>' };
    await writeFile(join(folder, 'tokenizer/tokenizer.json'), vocabulary.json);
    await writeFile(join(folder, 'tokenizer/tokenizer_config.json'), JSON.stringify(config));
    const template = await readFile(join(root, 'recipes/nano/chat_template.jinja'), 'utf8');
    await writeFile(join(folder, 'tokenizer/chat_template.jinja'), template);
    await writeFile(
      join(folder, 'heldout/plays.txt'),
      (await readFile(join(root, 'models/char-shakespeare/heldout.txt'), 'utf8')).slice(0, 3000),
    );
    await writeFile(
      join(folder, 'text/plays.jsonl.gz'),
      gzipSync(`${JSON.stringify({ text: 'A play of two kings.' })}\n`),
    );
    const recipe = {
      steps: 1,
      model: tinyRecipeModel,
      data: {
        tokenizer: 'tokenizer',
        heldOutTokens: 100,
        sources: [{ name: 'generated', files: ['chats.jsonl'], messages: 'messages', heldOut: 0.1 }],
      },
      batch: { tokens: 2048, sequences: 1 },
    };
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
    // Every chat goes through the template and the encoder of training.
    await train({ recipe: join(folder, 'recipe.json'), data: folder, out: join(folder, 'model') });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a tiny model is measured, and its card written', async () => {
    const out = join(folder, 'result.json');
    const args = ['recipes/nano/evaluate.mjs', join(folder, 'model'), '--weights', 'int8'];
    const result = await runNode([...args, '--data', folder, '--limit', '1', '--out', out]);
    expect(result).toMatchObject({ code: 0, stdout: '' });
    const { runs, coders } = JSON.parse(await readFile(out, 'utf8'));
    const [run] = runs;
    expect(run.text.texts.plays.bytes).toBe(3000);
    expect(run.text.texts.plays.bitsPerByte).toBeGreaterThan(3);
    expect(run.positions.unavailable).toMatch(/a text of 15360 tokens or more/);
    const groups = Object.values(run.generated.tasks).flatMap((task) => Object.values(task as object));
    expect(groups).toHaveLength(50);
    expect(groups.every(({ right, of }: { right: number; of: number }) => of === 1 && right <= 1)).toBe(true);
    expect(Object.keys(coders)).toEqual(['primedWith', 'xz -9', '7-Zip PPMd']);
    const card = await runNode(['recipes/nano/card.mjs', out]);
    expect(card).toMatchObject({ code: 0, stderr: '' });
    for (const part of [
      '| plays | 3000 |',
      '## Copying',
      '## Number words',
      '## Recall',
      '## Calls',
      '## No tool fits',
    ]) {
      expect(card.stdout).toContain(part);
    }
  });

  test('a model without a chat template has no answers, and wrong use ends with 2', async () => {
    const args = ['recipes/nano/evaluate.mjs', 'models/char-shakespeare', '--parts', 'generated'];
    const { code, stdout } = await runNode([...args, '--weights', 'int8', '--beside', 'models/char-shakespeare']);
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout);
    expect(runs.map(({ weights }: { weights: string }) => weights)).toEqual(['int8', 'file']);
    for (const run of runs) expect(run.generated).toEqual({ unavailable: 'the model has no chat template' });
    expect(await runNode([...args, '--limit', 'x'])).toMatchObject({ code: 2, stdout: '' });
    const texts = await runNode([...args, '--heldout', join(folder, 'heldout'), '--texts', 'news']);
    expect(texts).toMatchObject({ code: 2, stdout: '' });
    expect(texts.stderr).toContain('expected one of the texts plays, got news');
    expect(await runNode(['recipes/nano/card.mjs'])).toMatchObject({ code: 2, stdout: '' });
  });
});
