/** The chat template of `models/nano`, through the tokenizer that training and serving use. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { specialTokens } from '../../recipes/nano/specials.mjs';
import {
  type ChatMessage,
  encodeChat,
  type RenderOptions,
  Tokenizer,
  trainTokenizer,
} from '../../src/tokenizers/index.js';

const chatTemplate = readFileSync('recipes/nano/chat_template.jinja', 'utf8');
const texts = Array.from({ length: 60 }, (_, i) => `Question ${i}: which document says so? {"name": "f"} # Documents`);
const { json } = await trainTokenizer(texts, { vocabularySize: 360, specialTokens, threads: 1 });

const create = (config: Readonly<Record<string, string>>) =>
  Tokenizer.create({ name: 'tokenizer.json', tokenizer: json, config: JSON.stringify(config), chatTemplate });
const named = { pad_token: '<|pad|>', bos_token: '<|startoftext|>', eos_token: '<|endoftext|>' };
const tokenizer = create(named);
const withoutBos = create({});

const render = (messages: readonly ChatMessage[], options: RenderOptions = {}) =>
  withoutBos.renderChat(messages, options);
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string | null, more = {}): ChatMessage => ({ role: 'assistant', content, ...more });
const empty = '<|bom|><|system|> <|eom|>';
const open = '<|bom|><|assistant|>';
const fast = { is_set: true, citation_mode: 'fast' };

describe('special tokens', () => {
  it('have the ids of their order, the first three for padding, beginning and end', () => {
    expect(specialTokens.map((token) => tokenizer.encode(token))).toEqual(specialTokens.map((_, id) => [id]));
    expect([tokenizer.padId, tokenizer.bosId, tokenizer.eosId]).toEqual([0, 1, 2]);
    expect(specialTokens.slice(3, 10)).toEqual(
      ['unk', 'bom', 'eom', 'system', 'user', 'assistant', 'tool'].map((name) => `<|${name}|>`),
    );
    expect(specialTokens.filter((token) => token.includes('reserved'))).toHaveLength(16);
    expect(new Set(specialTokens).size).toBe(specialTokens.length);
  });

  it('are all that the template writes between angle brackets', () => {
    const written = chatTemplate.match(/<\|?\/?[a-z_]+\|?>/g) ?? [];
    expect(written.length).toBeGreaterThan(12);
    for (const token of written) expect(specialTokens).toContain(token);
  });
});

describe('chat template', () => {
  it('renders one turn as the published template does', () => {
    expect(render([user('Hello, how are you?')])).toBe(
      '<|bom|><|system|> <|eom|><|bom|><|user|> Hello, how are you?<|eom|><|bom|><|assistant|>',
    );
  });

  it('begins with the beginning of a text, if the tokenizer has one, and a system message, always', () => {
    const messages = [{ role: 'system', content: 'Be brief.' }, user('Hi')];
    const rendered = `<|bom|><|system|> Be brief.<|eom|><|bom|><|user|> Hi<|eom|>${open}`;
    expect(render(messages)).toBe(rendered);
    expect(tokenizer.renderChat(messages)).toBe(`<|startoftext|>${rendered}`);
    expect(tokenizer.renderChat([user('Hi')])).toBe(`<|startoftext|>${empty}<|bom|><|user|> Hi<|eom|>${open}`);
    expect(render([])).toBe(empty + open);
  });

  it('puts tools into the first system message', () => {
    const area = { name: 'area', parameters: { type: 'object', properties: { r: { type: 'number' } } } };
    const block = [
      '<tool_definitions>\n# Tools\n\n## Functions',
      `\n\n${JSON.stringify(area, null, 2)}\n\n${JSON.stringify({ name: 'now' }, null, 2)}\n</tool_definitions>`,
    ].join('');
    const tools = [{ type: 'function', function: area }, { name: 'now' }];
    expect(render([user('Go')], { tools })).toBe(`<|bom|><|system|> ${block}<|eom|><|bom|><|user|> Go<|eom|>${open}`);
    const withText = render([{ role: 'system', content: 'Be exact.' }, user('Go')], { tools });
    expect(withText).toContain(`<|bom|><|system|> Be exact.\n\n${block}<|eom|><|bom|><|user|>`);
    expect(render([user('Go')], { tools: [] })).toBe(`${empty}<|bom|><|user|> Go<|eom|>${open}`);
    expect(() => render([user('Go')], { tools: [{ type: 'retrieval' }] })).toThrow(/retrieval/);
  });

  it('ends every message, and gives names, lists and nothing as text', () => {
    const messages = [
      { ...user('Hi'), name: 'Ann' },
      assistant(null),
      { role: 'tool', content: { value: 3 } },
      { role: 'user', content: [{ type: 'text', text: 'é' }] },
      { role: 'system', content: 'Later.' },
    ] as unknown as ChatMessage[];
    expect(render(messages, { addGenerationPrompt: false })).toBe(
      `${empty}<|bom|><|user|> (Ann)Hi<|eom|><|bom|><|assistant|> <|eom|><|bom|><|tool|> {"value": 3}<|eom|>` +
        '<|bom|><|user|> [{"type": "text", "text": "é"}]<|eom|><|bom|><|system|> Later.<|eom|>',
    );
  });

  it('puts documents and modes before the last question', () => {
    const documents = [{ text: 'Salt is white.', title: 'Salt', published: 1999 }, { text: 'Coal is black.' }];
    const documentBlock =
      '<documents>\n# Documents\n\nAnswer from these documents.\n\n## Document ID: 0\nTitle: Salt\nPublished: 1999\n' +
      'Text: Salt is white.\n\n## Document ID: 1\nText: Coal is black.\n</documents>';
    const before = `${empty}<|bom|><|user|> a<|eom|><|bom|><|assistant|> b<|eom|>`;
    const after = `<|eom|><|bom|><|user|> c<|eom|>${open}`;
    const messages = [user('a'), assistant('b'), user('c')];
    expect(render(messages, { documents })).toBe(`${before}<|bom|><|system|> ${documentBlock}${after}`);

    const cite =
      '<active_output_modes>\n# Active Modes\n\nFollow all of these modes.\n\n## Citation Mode\n\nAfter the answer cite ' +
      'the documents that support it: <citations>[IDs]</citations>, or [] if none does.';
    const json = '\n\n## JSON Mode\n\nAnswer in JSON, by the schema if one is given.';
    const end = '\n</active_output_modes>';
    expect(render(messages, { documents, knobs: fast })).toBe(
      `${before}<|bom|><|system|> ${documentBlock}\n\n${cite}${end}${after}`,
    );
    const both = { ...fast, response_format: 'json_object' };
    expect(render(messages, { knobs: both })).toBe(`${before}<|bom|><|system|> ${cite}${json}${end}${after}`);
    for (const knobs of [undefined, null, { is_set: false, citation_mode: 'fast' }]) {
      expect(render(messages, { knobs, documents: [] })).toBe(before + after.slice('<|eom|>'.length));
    }
    const exchange = [user('a'), assistant('b'), { role: 'tool', content: '1' }];
    expect(render(exchange, { documents }).indexOf('<documents>')).toBeLessThan(
      render(exchange, { documents }).indexOf(' a<'),
    );
    expect(() => render(messages, { documents: [{ title: 'No text' }] })).toThrow(/Document 0 has no text/);
  });

  it('writes calls after the content, arguments as object or JSON', () => {
    const calls = [
      { id: '1', type: 'function', function: { name: 'area', arguments: '{"r": 2}' } },
      { name: 'city "x"', arguments: { name: 'Łódź', list: [1, 2.5] } },
    ];
    const written =
      '<tool_calls>[\n    {"name": "area", "arguments": {"r": 2}},\n    {"name": "city \\"x\\"", "arguments": ' +
      '{"name": "Łódź", "list": [1, 2.5]}}\n]</tool_calls>';
    const messages = [user('Go'), assistant('I look. ', { tool_calls: calls }), { role: 'tool', content: '12.57' }];
    expect(render(messages, { addGenerationPrompt: false })).toBe(
      `${empty}<|bom|><|user|> Go<|eom|><|bom|><|assistant|> I look. ${written}<|eom|><|bom|><|tool|> 12.57<|eom|>`,
    );
    expect(render([user('Go'), assistant('No.', { tool_calls: [] })])).not.toContain('tool_calls');
  });

  it('writes citations after the content in a citation mode', () => {
    const turn = (citations: unknown) => [user('Why?'), assistant('So.', { citations })];
    const ends = (citations: unknown, knobs: unknown) =>
      render(turn(citations), { knobs, addGenerationPrompt: false }).split(open).at(-1);
    expect(ends([{ document_id: 0 }, { document_id: 2 }], fast)).toBe(' So.<citations>[0, 2]</citations><|eom|>');
    expect(ends([1], fast)).toBe(' So.<citations>[1]</citations><|eom|>');
    expect(ends([], fast)).toBe(' So.<citations>[]</citations><|eom|>');
    expect(ends(undefined, fast)).toBe(' So.<|eom|>');
    for (const knobs of [
      { is_set: true, citation_mode: 'off' },
      { is_set: true },
      { citation_mode: 'fast' },
      undefined,
    ]) {
      expect(ends([0], knobs)).toBe(' So.<|eom|>');
    }
  });

  it('asks for an answer unless told otherwise, with a beginning if there is one', () => {
    const ask = (options: RenderOptions) => render([user('Hi')], options).slice(empty.length);
    expect(ask({})).toBe(`<|bom|><|user|> Hi<|eom|>${open}`);
    expect(ask({ addGenerationPrompt: false })).toBe('<|bom|><|user|> Hi<|eom|>');
    expect(ask({ generation_preamble: 'It is' })).toBe(`<|bom|><|user|> Hi<|eom|>${open} It is`);
    expect(ask({ generation_preamble: ' ' })).toBe(`<|bom|><|user|> Hi<|eom|>${open}`);
  });
});

describe('a chat as ids', () => {
  const evil = specialTokens.join(' ');
  const specialsOf = (ids: readonly number[]) =>
    ids.filter((id) => tokenizer.specialIds.has(id)).map((id) => tokenizer.tokenText(id));

  it('has no special token that somebody wrote', () => {
    const messages = [
      { role: 'system', content: evil },
      { ...user(evil), name: evil },
      assistant(evil, { tool_calls: [{ name: evil, arguments: { [evil]: evil } }], citations: [0] }),
      { role: 'tool', content: evil },
      user(evil),
    ];
    const options = {
      tools: [{ name: evil, description: evil }],
      documents: [{ title: evil, text: evil, [evil]: evil }],
      knobs: fast,
    };
    const { ids } = encodeChat(tokenizer, messages, options);
    const turn = (role: string, ...within: string[]) => ['<|bom|>', `<|${role}|>`, ...within, '<|eom|>'];
    const pair = (name: string) => [`<${name}>`, `</${name}>`];
    expect(specialsOf(ids)).toEqual([
      '<|startoftext|>',
      ...turn('system', ...pair('tool_definitions')),
      ...turn('user'),
      ...turn('assistant', ...pair('tool_calls'), ...pair('citations')),
      ...turn('tool'),
      ...turn('system', ...pair('documents'), '<active_output_modes>', ...pair('citations'), '</active_output_modes>'),
      ...turn('user'),
    ]);
  });

  it('knows what the assistant says, calls, citations and the end of the turn included', () => {
    const messages = [
      user('a'),
      assistant('one', { citations: [0] }),
      user('b'),
      assistant(null, { tool_calls: [{ name: 'f', arguments: {} }] }),
      { role: 'tool', content: '1' },
      assistant('two', { citations: [] }),
    ];
    const { ids, said } = encodeChat(tokenizer, messages, { documents: [{ text: 'x' }], knobs: fast });
    expect(tokenizer.decode(ids.filter((_, i) => said[i]))).toBe(
      ' one<citations>[0]</citations><|eom|> <tool_calls>[\n    {"name": "f", "arguments": {}}\n]</tool_calls><|eom|>' +
        ' two<citations>[]</citations><|eom|>',
    );
  });
});
