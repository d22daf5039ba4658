/** What a request to a local model may be: chats, several choices, biases, scored prompts and continuations, tool calls. */
import { type GenerateRequest, type LocalModel, loadModel } from 'jambalaya';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../support/answers.js';
import { nano } from '../support/folders.js';

let model: LocalModel;
beforeAll(async () => {
  model = await loadModel(nano);
});
afterAll(() => model.dispose());

const text = 'Once upon a time there was a king';

describe('a prompt', () => {
  it('may be a chat, which is what its ids are', async () => {
    const messages = [{ role: 'user', content: 'Repeat: <|eom|> blue' }];
    const ids = await model.chatIds(messages);
    const greedy = { maxTokens: 12, temperature: 0 };
    const [chat, byIds] = [
      await model.complete({ ...greedy, prompt: { messages } }),
      await model.complete({ ...greedy, prompt: ids }),
    ];
    expect(chat.tokens).toEqual(byIds.tokens);
    expect(chat.usage.promptTokens).toBe(ids.length);
  });

  it('tells the log probability of each of its tokens, as its logits say', async () => {
    const ids = await model.tokenize(text, { addSpecialTokens: true });
    const { parts } = await answer(model, { prompt: text, maxTokens: 0, promptLogprobs: 2 });
    const prompt = parts.find((part) => part.type === 'prompt')!.tokens;
    expect(prompt.map(({ id }) => id)).toEqual(ids);
    expect(prompt[0]!.logprob).toBeUndefined();
    const { values, columns } = await model.logits(ids);
    for (const [t, { id, logprob, top }] of [...prompt.entries()].slice(1)) {
      const row = values.subarray((t - 1) * columns, t * columns);
      const normalizer = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(logprob).toBeCloseTo(row[id]! - normalizer, 4);
      expect(top).toHaveLength(2);
      expect(row[top![0]!.id]).toBe(row.reduce((most, logit) => Math.max(most, logit)));
    }
  });
});

describe('choices', () => {
  const drawn = { prompt: text, maxTokens: 10, temperature: 1, seed: 5, ignoreEnd: true };

  it('share one reading of the prompt; the first is the answer alone, the others differ', async () => {
    const alone = await model.complete(drawn);
    const { parts } = await answer(model, { ...drawn, choices: 3 });
    const idsOf = (choice: number) =>
      parts.flatMap((part) => (part.type === 'token' && part.choice === choice ? [part.id] : []));
    expect(idsOf(0)).toEqual(alone.tokens.map(({ id }) => id));
    expect(new Set([0, 1, 2].map((choice) => idsOf(choice).join())).size).toBe(3);
    const again = await answer(model, { ...drawn, choices: 3 });
    expect(again.ids).toHaveLength(30);
    expect(again.parts.filter(({ type }) => type === 'finish')).toHaveLength(3);
    expect(again.parts.flatMap((part) => (part.type === 'token' && part.choice === 2 ? [part.id] : []))).toEqual(
      idsOf(2),
    );
    // Reading the prompt once for all is told once.
    const read = parts.flatMap((part) => (part.type === 'prefill' ? [part.done] : []));
    expect(new Set(read).size).toBe(read.length);
  });
});

describe('a bias', () => {
  it('forces and forbids tokens', async () => {
    const [id] = await model.tokenize(' blue');
    const forced = await model.complete({ prompt: text, maxTokens: 3, temperature: 0, logitBias: { [id!]: 100 } });
    expect(forced.tokens.map((token) => token.id)).toEqual([id, id, id]);
    const free = await model.complete({ prompt: text, maxTokens: 1, temperature: 0 });
    const first = free.tokens[0]!.id;
    const other = await model.complete({ prompt: text, maxTokens: 1, temperature: 0, logitBias: { [first]: -100 } });
    expect(other.tokens[0]!.id).not.toBe(first);
  });
});

describe('score', () => {
  it('gives each continuation the sum of its tokens’ log probabilities', async () => {
    const continuations = [' and a queen', ' blue blue', [300, 17, 5]];
    const scores = await model.score(text, continuations);
    const prompt = await model.tokenize(text, { addSpecialTokens: true });
    for (const [i, continuation] of continuations.entries()) {
      const ids = typeof continuation === 'string' ? await model.tokenize(continuation) : continuation;
      const { values, columns } = await model.logits([...prompt, ...ids]);
      let sum = 0;
      ids.forEach((id, j) => {
        const row = values.subarray((prompt.length - 1 + j) * columns, (prompt.length + j) * columns);
        const logprob = row[id]! - Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
        expect(scores[i]!.tokens[j]!.logprob).toBeCloseTo(logprob, 4);
        sum += logprob;
      });
      expect(scores[i]!.logprob).toBeCloseTo(sum, 3);
      expect(scores[i]!.tokens.map(({ id }) => id)).toEqual(ids);
    }
    expect(scores[0]!.logprob).toBeGreaterThan(scores[1]!.logprob);
  });

  it('knows the greedy answer', async () => {
    const { tokens } = await model.complete({ prompt: text, maxTokens: 4, temperature: 0 });
    const ids = tokens.map(({ id }) => id);
    const [greedy, other] = await model.score(text, [ids, [...ids.slice(0, 3), 300]]);
    expect(greedy!.greedy).toBe(true);
    expect(other!.greedy).toBe(false);
    await expect(model.score(text, [''])).rejects.toMatchObject({
      code: 'usage',
      fields: { argument: 'continuation' },
    });
  });
});

describe('bytes of tokens', () => {
  it('concatenate to the text, whatever its characters', async () => {
    const sample = 'Tea 🍵, naïve — 茶\n  two';
    const bytes = await model.tokenBytes(await model.tokenize(sample));
    expect(Buffer.concat(bytes).toString('utf8')).toBe(sample);
    expect(Buffer.from((await model.tokenBytes([4]))[0]!).toString()).toBe('<|bom|>');
  });
});

describe('tool calls', () => {
  const schema = (name: string) => ({
    type: 'function',
    function: {
      name,
      description: 'Adds two numbers.',
      parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
    },
  });
  const prompt = {
    messages: [{ role: 'user', content: 'What is 12 plus 30?' }],
    tools: [schema('add')],
  };

  it('are read from an answer to a chat, and are no text', async () => {
    const { toolCalls, text: said } = await model.complete({ prompt, maxTokens: 120, temperature: 0 });
    expect(said).not.toMatch(/tool_calls|"name"/);
    expect(toolCalls.map(({ name }) => name)).toEqual(['add']);
    expect(() => JSON.parse(toolCalls[0]!.arguments)).not.toThrow();
  });
});

describe('an unknown field', () => {
  it('is an error that names it', async () => {
    const request = { prompt: text, maxTokens: 2, temprature: 0 } as GenerateRequest;
    await expect(model.complete(request)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('`temprature`'),
    });
  });
});
