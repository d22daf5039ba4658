import { describe, expect, it } from 'vitest';
import { AssistantModel } from './model.js';

const model = new AssistantModel({
  now: '2026-03-31T10:00:00Z',
  timeZone: 'America/New_York',
  locale: 'en-US',
  offline: true,
});

describe('the assistant as a model', () => {
  it('answers the last message of the user, with the way and the trace', async () => {
    const parts = [];
    const messages = [
      { role: 'user', content: 'What is 2 + 2?' },
      { role: 'assistant', content: '4' },
      { role: 'user', content: 'How many cups are in 2 gallons?' },
    ];
    for await (const part of model.generate({ prompt: { messages }, maxTokens: 1 })) parts.push(part);
    expect(parts.map(({ type }) => type)).toEqual(['text', 'trace', 'finish']);
    const [text, trace] = parts;
    expect(text).toMatchObject({ text: expect.stringMatching(/^32 US cups\n/) });
    expect(text).toMatchObject({ text: expect.stringContaining('calculator: 2 [US gal] to [US cup] → 32 US cups') });
    expect(trace).toMatchObject({
      trace: { value: '32', unit: 'US cup', expert: 'calculator', trace: { steps: [{ expert: 'calculator' }] } },
    });
  });

  it('says unsure, and refuses a chat without a question', async () => {
    const { text } = await model.complete({ prompt: 'make a plot of my simulation', maxTokens: 1 });
    expect(text).toMatch(/^I am not sure: /);
    await expect(model.complete({ prompt: { messages: [] }, maxTokens: 1 })).rejects.toThrow(/message of the user/);
  });

  it('stops before it begins when the signal is aborted', async () => {
    await expect(model.complete({ prompt: '1+1', maxTokens: 1 }, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
