import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { indexFolder, openIndex } from '../../retrieval/index.js';
import { type RecordedAnswer, RecordingModel } from '../../runtime/index.js';
import { type AskDocumentsOptions, askDocuments } from '../index.js';

const folder = await mkdtemp(join(tmpdir(), 'jambalaya-documents-'));
await writeFile(
  join(folder, 'varn.md'),
  '# Lighthouse\n\nThe lighthouse of Varn was built in 1874 by Ada Lindqvist. It stands 41 metres high.\n\n# Ferry\n\nThe ferry to Varn leaves Osthaven at 7:40.\n',
);
await writeFile(join(folder, 'rice.txt'), 'The rice simmers for twenty minutes. Then it rests.\n');
await indexFolder(folder);
const index = await openIndex(folder);
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

const builder = 'Who built the lighthouse of Varn?';
/** A token is a word. */
const tokenize = async (text: string) => text.split(/\s+/).map((_, i) => i);
const facets = { tokenize, renderChat: async () => '' };

async function ask(
  question: string,
  answer: RecordedAnswer,
  options: AskDocumentsOptions = {},
  given: object = facets,
) {
  const model = new RecordingModel([answer], { facets: given });
  const result = await askDocuments(index, question, { model, ...options });
  return { ...result, places: result.sources.map(({ passage }) => passage.line), request: model.requests[0]! };
}

describe('without a model', () => {
  it.each([
    [builder, 'The lighthouse of Varn was built in 1874 by Ada Lindqvist.'],
    ['How long does the rice simmer?', 'The rice simmers for twenty minutes.'],
    ['When does the ferry leave Osthaven?', 'The ferry to Varn leaves Osthaven at 7:40.'],
  ])('quotes the sentence that says most: %s', async (question, answer) => {
    expect(await askDocuments(index, question)).toMatchObject({ answer, basis: 'quoted' });
  });

  it.each(['Who is the mayor of Osthaven and the surrounding county?', 'What is the zebra?', ''])(
    'does not pass off a passage as an answer: %j',
    async (question) => {
      expect(await askDocuments(index, question)).toMatchObject({ answer: null, basis: 'nothing' });
    },
  );
});

describe('with a model', () => {
  it('asks it from numbered passages, as a chat', async () => {
    const { request, read } = await ask(builder, 'Ada Lindqvist [1].');
    expect(request).toMatchObject({ temperature: 0, maxTokens: 64 });
    const { messages } = request.prompt as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[1]!.content).toBe(
      '[1] Lighthouse: The lighthouse of Varn was built in 1874 by Ada Lindqvist. It stands 41 metres high.\n' +
        '[2] Ferry: The ferry to Varn leaves Osthaven at 7:40.\n' +
        `[3] The rice simmers for twenty minutes. Then it rests.\n\nQuestion: ${builder}`,
    );
    expect(read).toBe(3);
  });

  it('asks a model without a chat template by a text', async () => {
    const { request } = await ask(builder, ' Ada', {}, { tokenize });
    expect(request.prompt).toMatch(
      /^Answer the question[\s\S]*\n\nQuestion: Who built the lighthouse of Varn\?\nAnswer:$/,
    );
    expect(request.stop).toEqual(['\n']);
    // A remote model has a template of its own.
    expect((await ask(builder, 'Ada', {}, {})).request.prompt).toHaveProperty('messages');
  });

  it.each([
    ['Ada Lindqvist [1].', 'Ada Lindqvist.', 'named', [3]],
    ['It is so [2, 9] [1]', 'It is so', 'named', [3, 7]],
    ['Ada Lindqvist', 'Ada Lindqvist', 'words', [3]],
    ['In twenty minutes', 'In twenty minutes', 'words', [1]],
    ['Napoleon Bonaparte', 'Napoleon Bonaparte', 'nothing', [3, 7, 1]],
    ['The documents do not say.', null, 'nothing', [3, 7, 1]],
    ['The passages do not mention who built it.', null, 'nothing', [3, 7, 1]],
    ['', null, 'nothing', [3, 7, 1]],
  ] as const)('%j rests on what bears it', async (text, answer, basis, places) => {
    expect(await ask(builder, text)).toMatchObject({ answer, basis, places });
  });

  it('gives it no more passages than the budget and its context hold', async () => {
    expect(await ask(builder, 'Ada', { budget: 20 })).toMatchObject({ read: 1, readTokens: 18 });
    const model = new RecordingModel(['Ada'], { facets, contextLength: 160 + 64 + 30 });
    expect(await askDocuments(index, builder, { model })).toMatchObject({ read: 2 });
  });

  it('is not asked where nothing was found', async () => {
    const model = new RecordingModel([]);
    expect(await askDocuments(index, 'zebra', { model })).toMatchObject({ answer: null, sources: [] });
  });
});
