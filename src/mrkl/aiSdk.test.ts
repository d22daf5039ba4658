import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { Assistant, aiSdkModel } from './index.js';

const model = aiSdkModel(new Assistant({ now: '2026-03-31T10:00:00Z', timeZone: 'America/New_York', offline: true }));

describe('AI SDK', () => {
  it('generates an exact answer with its value and trace', async () => {
    const { text, providerMetadata, finishReason } = await generateText({ model, prompt: 'What is 1/3 plus 1/6?' });
    expect(text).toBe('0.5');
    expect(finishReason).toBe('stop');
    expect(providerMetadata?.jambalaya).toMatchObject({
      value: '0.5',
      numerator: '1',
      denominator: '2',
      expert: 'calculator',
      unsure: null,
    });
  });

  it('streams, and answers the last message', async () => {
    const { textStream, providerMetadata } = streamText({
      model,
      messages: [
        { role: 'user', content: 'capital of France' },
        { role: 'assistant', content: 'Paris' },
        { role: 'user', content: 'capital of Chad' },
      ],
    });
    let text = '';
    for await (const delta of textStream) text += delta;
    expect(text).toBe("N'Djamena");
    expect((await providerMetadata)?.jambalaya).toMatchObject({ expert: 'countries' });
  });

  it('says unsure in words and as data', async () => {
    const { text, providerMetadata } = await generateText({ model, prompt: '1/0' });
    expect(text).toMatch(/^I am not sure/);
    expect(providerMetadata?.jambalaya).toMatchObject({ value: null, unsure: { reason: 'invalid' } });
  });
});
