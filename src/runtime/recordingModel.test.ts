import { describe, expect, it } from 'vitest';
import { expectFacet, type GenerateRequest, type GenerationPart } from './languageModel.js';
import { RecordingModel } from './recordingModel.js';

const ask = { prompt: 'Is it?', maxTokens: 3 };

describe('RecordingModel', () => {
  it('answers in turn and remembers what it was asked', async () => {
    const call = { name: 'add', arguments: '{"a":1}' };
    const model = new RecordingModel(['yes, it is', { toolCalls: [call], citations: [1], reason: 'length' }]);
    expect(await model.complete(ask)).toMatchObject({ text: 'yes, it is', reason: 'stop', toolCalls: [] });
    const chat = { prompt: { messages: [{ role: 'user', content: 'add' }] }, maxTokens: 3 };
    expect(await model.complete(chat)).toMatchObject({ text: '', toolCalls: [call], citations: [1], reason: 'length' });
    expect(model.requests).toEqual([ask, chat]);
    await expect(model.complete(ask)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('request 3'),
    });
  });

  it('answers by the request, every choice', async () => {
    const model = new RecordingModel(({ seed }) => `seed ${seed}`);
    const parts: GenerationPart[] = [];
    for await (const part of model.generate({ ...ask, seed: 4, choices: 2 })) parts.push(part);
    expect(parts.flatMap((part) => (part.type === 'text' ? [`${part.choice}${part.text}`] : []))).toEqual([
      '0seed',
      '0 4',
      '1seed',
      '1 4',
    ]);
    expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(2);
    await expect(model.complete({ ...ask, choices: 2 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('has the facets that it was given and no others', async () => {
    const model = new RecordingModel([], { facets: { tokenize: async (text) => [text.length] } });
    expect(await expectFacet(model, 'tokenize')('abc')).toEqual([3]);
    expect(() => expectFacet(model, 'score')).toThrow('score is not available');
  });

  it('refuses what no request can be', async () => {
    const model = new RecordingModel(() => '');
    const refused: [GenerateRequest, string][] = [
      [{ ...ask, maxTokenz: 4 } as GenerateRequest, '`maxTokenz`'],
      [{ ...ask, prompt: 7 as unknown as string }, 'prompt'],
      [{ ...ask, prompt: {} as never }, 'prompt'],
      [{ ...ask, stop: 'a' as unknown as string[] }, 'stop'],
      [{ ...ask, choices: 0 }, 'choices'],
      [{ ...ask, choices: 2, saveState: true }, 'choices'],
      [{ ...ask, schema: true, grammar: { kind: 'regex', pattern: 'a' } }, 'schema'],
    ];
    for (const [request, message] of refused) {
      await expect(model.complete(request)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(message),
      });
    }
    expect(model.requests).toEqual([]);
  });
});
