import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { readDefinition } from './definition.js';
import { readConfig, withConfigured } from './special-tokens.js';

const noMap = { file: 'made/special_tokens_map.json', text: undefined };
const config = (json: unknown, map: unknown = {}) =>
  readConfig(
    { file: 'made/tokenizer_config.json', text: JSON.stringify(json) },
    { ...noMap, text: JSON.stringify(map) },
  );

function refusal(json: unknown): string {
  try {
    config(json);
  } catch (error) {
    if (isJambalayaError(error, 'tokenizer')) return error.message;
    throw error;
  }
  throw new Error('expected an error');
}

describe('readConfig', () => {
  it('is empty without a file', () => {
    expect(readConfig({ file: 'made', text: undefined }, noMap)).toEqual({
      named: {},
      additional: [],
      cleansUpSpaces: false,
      chatTemplates: {},
    });
  });

  it('takes tokens as strings and as objects', () => {
    const json = {
      bos_token: '<s>',
      eos_token: { content: '</s>', lstrip: false },
      pad_token: null,
      additional_special_tokens: ['<a>', { content: '<b>' }],
      clean_up_tokenization_spaces: true,
      unrelated: { anything: 1 },
    };
    expect(config(json)).toEqual({
      named: { bos_token: '<s>', eos_token: '</s>' },
      additional: ['<a>', '<b>'],
      cleansUpSpaces: true,
      chatTemplates: {},
    });
  });

  it('takes from the map what the configuration does not have', () => {
    const map = { bos_token: '!', eos_token: { content: '?' }, additional_special_tokens: ['<a>'] };
    expect(config({ eos_token: '.' }, map)).toMatchObject({
      named: { bos_token: '!', eos_token: '.' },
      additional: ['<a>'],
    });
  });

  it('reads past a byte order mark', () => {
    const text = `\ufeff${JSON.stringify({ bos_token: '<s>' })}`;
    expect(readConfig({ file: 'made', text }, noMap).named).toEqual({ bos_token: '<s>' });
  });

  it('takes one template or several', () => {
    expect(config({ chat_template: 'x' }).chatTemplates).toEqual({ default: 'x' });
    const named = [
      { name: 'default', template: 'x' },
      { name: 'tool_use', template: 'y' },
    ];
    expect(config({ chat_template: named }).chatTemplates).toEqual({ default: 'x', tool_use: 'y' });
  });

  it.each([
    [[], 'made/tokenizer_config.json: the file: expected an object'],
    [{ bos_token: 5 }, 'bos_token: expected a string, found 5'],
    [{ bos_token: { content: null } }, 'bos_token.content: expected a string, found null'],
    [{ chat_template: 5 }, 'chat_template: expected a list, found 5'],
    [{ chat_template: [{ name: 'default' }] }, 'chat_template.template: expected a string'],
    [{ clean_up_tokenization_spaces: 'no' }, 'expected true or false'],
    [{ additional_special_tokens: 'x' }, 'additional_special_tokens: expected a list'],
  ])('refuses %j', (json, reason) => {
    expect(refusal(json)).toContain(reason);
  });
});

describe('withConfigured', () => {
  it('adds what only the configuration calls special, and drops what no vocabulary has', () => {
    const vocab = { a: 0, '<s>': 1, '<t>': 2 };
    const tokenizer = { model: { type: 'BPE', vocab, merges: [] }, added_tokens: [{ id: 2, content: '<t>' }] };
    const definition = readDefinition('made', JSON.stringify(tokenizer));
    const tokens = withConfigured(definition, config({ bos_token: '<s>', eos_token: '<t>', pad_token: '<none>' }));
    expect(tokens.map(({ id, content, special }) => ({ id, content, special }))).toEqual([
      { id: 2, content: '<t>', special: true },
      { id: 1, content: '<s>', special: true },
    ]);
  });
});
