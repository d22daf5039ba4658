import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { ChatTemplate } from './chat-template.js';
import { formatTime } from './jinja/index.js';

const render = (source: string, variables: Record<string, unknown> = {}) => new ChatTemplate(source).render(variables);

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isJambalayaError(error)) return error.code;
    throw error;
  }
  throw new Error('expected an error');
}

describe('ChatTemplate', () => {
  it('takes the line break and the indentation of a tag with it', () => {
    expect(render('{% if true %}\nyes\n  {% endif %}\n')).toBe('yes\n');
  });

  it('has the functions that templates for Transformers use', () => {
    expect(render('{% for i in range(3) %}{{ i }}{% endfor %}')).toBe('012');
    expect(render('{{ range(4, 0, -2) | join(",") }}{{ range(2, 0) | length }}')).toBe('4,20');
    expect(render('{% set ns = namespace(n=1) %}{% set ns.n = 2 %}{{ ns.n }}')).toBe('2');
    expect(render('{{ strftime_now("%Y") | length }}')).toBe('4');
    expect(() => render('{{ raise_exception("not like this") }}')).toThrow('not like this');
  });

  it('leaves variables that are undefined undefined, and null null', () => {
    expect(render('{{ a is defined }} {{ b is none }}', { a: undefined, b: null })).toBe('False True');
  });

  it('gives no way out of the data', () => {
    const data = { messages: [{ role: 'user', content: 'x' }], text: 'x', number: 1, flag: true };
    for (const name of [
      'messages',
      'messages[0]',
      'messages[0].content',
      'text',
      'number',
      'flag',
      'range',
      'namespace',
    ]) {
      for (const field of [
        '__proto__',
        'constructor',
        'prototype',
        '__class__',
        '__globals__',
        '__defineGetter__',
        'valueOf',
      ]) {
        expect(render(`{{ ${name}.${field} is defined }} {{ ${name}['${field}'] is defined }}`, data)).toBe(
          'False False',
        );
      }
    }
    for (const name of ['globalThis', 'process', 'self', 'window', 'require', 'this']) {
      expect(render(`{{ ${name} is defined }}`, data)).toBe('False');
    }
  });

  it('changes nothing outside', () => {
    const messages = [{ role: 'user', content: 'x' }];
    expect(
      render('{% set messages = [] %}{% set ns = namespace() %}{% set ns.__proto__ = 5 %}{{ messages | length }}', {
        messages,
      }),
    ).toBe('0');
    expect(messages).toEqual([{ role: 'user', content: 'x' }]);
    expect(Object.hasOwn(Object.prototype, '5')).toBe(false);
    const parsed = JSON.parse('{"__proto__": {"polluted": 1}}') as object;
    expect(render('{{ data | tojson }}', { data: parsed })).toBe('{"__proto__": {"polluted": 1}}');
    expect(({} as { polluted?: number }).polluted).toBe(undefined);
  });

  it('takes plain data only', () => {
    expect(codeOf(() => render('', { call: () => 1 }))).toBe('usage');
    expect(codeOf(() => render('', { list: [{ big: 1n }] }))).toBe('usage');
    expect(codeOf(() => render('', { namespace: 1 }))).toBe('usage');
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    expect(codeOf(() => render('', { cyclic }))).toBe('usage');
  });

  it('lets a variable hide a function', () => {
    expect(render('{{ range }}', { range: 'mine' })).toBe('mine');
  });
});

describe('budgets', () => {
  it.each([
    ['a loop over loops', '{% set r = range(100000) %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}'],
    [
      'a text that doubles',
      '{% set ns = namespace(s="x") %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}',
    ],
    [
      'a list that doubles',
      '{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
    ],
    [
      'lists upon lists',
      '{% set ns = namespace(a=[]) %}{% for i in range(1000) %}{% set ns.a = ns.a + [range(100000)] %}{% endfor %}',
    ],
    ['a long result', '{% set s = "x" %}{% for i in range(100000) %}{{ text }}{% endfor %}'],
  ])('stop %s', (_, source) => {
    expect(codeOf(() => render(source, { text: 'x'.repeat(1000) }))).toBe('limit');
  });

  it('end recursion and long ranges with an error', () => {
    expect(() => render('{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}')).toThrow();
    expect(() => render('{{ range(100001) }}')).toThrow('at most 100000');
    expect(() => render('{{ range(0, 9, 0) }}')).toThrow('range()');
    expect(() => render(`{{ ${'('.repeat(100_000)} }}`)).toThrow();
    expect(codeOf(() => new ChatTemplate('x'.repeat(2 ** 21)))).toBe('limit');
  });

  it('let a long chat through', () => {
    const messages = Array.from({ length: 2000 }, () => ({ role: 'user', content: 'word '.repeat(400) }));
    const source = '{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}|{% endfor %}';
    const turn = `<user>${'word '.repeat(400).trim()}|`;
    expect(render(source, { messages }) === turn.repeat(2000)).toBe(true);
  });
});

describe('formatTime', () => {
  it('knows the fields that dates in prompts use', () => {
    const time = new Date(2025, 1, 3, 0, 5, 9);
    expect(formatTime(time, '%d %b %Y, %A %a %B %y-%m %H:%M:%S %I %p 100%% %Q')).toBe(
      '03 Feb 2025, Monday Mon February 25-02 00:05:09 12 AM 100% %Q',
    );
  });
});
