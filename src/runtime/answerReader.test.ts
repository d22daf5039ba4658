import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../tokenizers/index.js';
import { AnswerReader, answerTags } from './answerReader.js';

const file = fileURLToPath(new URL('../../models/nano/tokenizer.json', import.meta.url));
const tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: readFileSync(file, 'utf8') });
const tags = answerTags(tokenizer);

/** What an answer becomes, token by token, and with what is left at its end. */
function read(answer: string, { stop = [] as string[], chat = true } = {}) {
  const reader = new AnswerReader(tokenizer, stop, chat ? tags : undefined);
  const pieces = [];
  for (const id of tokenizer.encode(answer)) {
    pieces.push(reader.push(id));
    if (reader.stopped !== undefined) break;
  }
  pieces.push(reader.end());
  return {
    text: pieces.map(({ text }) => text).join(''),
    toolCalls: pieces.flatMap(({ toolCalls }) => toolCalls),
    citations: pieces.flatMap(({ citations }) => citations),
    stopped: reader.stopped,
  };
}
const nothing = { toolCalls: [], citations: [], stopped: undefined };

describe('AnswerReader', () => {
  it('knows the tags of the vocabulary', () => {
    expect([...tags.open.keys()]).toEqual(tokenizer.encode('<tool_calls><citations>'));
  });

  it('reads calls and citations by their tags', () => {
    const calls =
      '<tool_calls>[\n    {"name": "f", "arguments": {"x": "🍵"}},\n    {"name": "g", "arguments": {}}\n]</tool_calls>';
    expect(read(`Wait.${calls}`)).toEqual({
      ...nothing,
      text: 'Wait.',
      toolCalls: [
        { name: 'f', arguments: '{"x":"🍵"}' },
        { name: 'g', arguments: '{}' },
      ],
    });
    expect(read('Tea 🍵<citations>[0, 2]</citations> it is.')).toEqual({
      ...nothing,
      text: 'Tea 🍵 it is.',
      citations: [0, 2],
    });
  });

  it('reads calls whose tag the end of the turn closed', () => {
    expect(read('<tool_calls>[{"name": "f", "arguments": {}}]').toolCalls).toEqual([{ name: 'f', arguments: '{}' }]);
  });

  it('shows what it cannot understand as it was written', () => {
    for (const raw of ['<tool_calls>add 1</tool_calls>', '<citations>me</citations>', '<tool_calls>[{"name": "f"']) {
      expect(read(`a${raw}`)).toEqual({ ...nothing, text: `a${raw}` });
    }
  });

  it('leaves tags alone where the prompt is no chat', () => {
    expect(read('<citations>[0]</citations>', { chat: false })).toEqual({ ...nothing, text: '[0]' });
  });

  it('says which stop string ended the text, across tokens', () => {
    expect(read('one two three', { stop: ['four', 'o thr'] })).toEqual({
      ...nothing,
      text: 'one tw',
      stopped: 'o thr',
    });
  });
});
