import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ChatTemplate } from '../chat-template.js';

/** What Jinja2 makes of random templates; `reference/jinja/renderings.py` says how. */
const { data, rows } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/jinja/renderings.json', import.meta.url), 'utf8'),
) as { data: Record<string, unknown>[]; rows: [template: string, text: string, data: number][] };

const render = (source: string, variables: Record<string, unknown> = {}) => new ChatTemplate(source).render(variables);

describe('templates render as by Jinja2', () => {
  it('on random templates', () => {
    expect(rows.length).toBe(850);
    for (const [template, text, which] of rows) {
      let found: string;
      try {
        found = render(template, data[which]);
      } catch (error) {
        found = String(error);
      }
      expect({ template, text: found }).toEqual({ template, text });
    }
  });

  it.each([
    ["[1, 'a', none, true]", "[1, 'a', None, True]"],
    ['[1] == [1]', 'True'],
    ["'1' == 1", 'False'],
    ['-7 % 3', '2'],
    ["'hELLO' | capitalize", 'Hello'],
    ["'xxaxx'.strip('x')", 'a'],
    ["'  y\n'.lstrip('\n')", '  y\n'],
    ["[1, none, 2] | reject('none') | list | tojson", '[1, 2]'],
    ["['a', ''] | select | list | tojson", '["a"]'],
    ['[3, 1] | max', '3'],
    ['[1, 2] | sum', '3'],
    ["{'a': 1} | string", "{'a': 1}"],
    ['nothing | trim', ''],
    ['none | string', 'None'],
    ["'abc' | first", 'a'],
    ["'a' * 3", 'aaa'],
    ['1 < 2 < 3', 'True'],
    ['(3 > 2) == true', 'True'],
    ['3 > 2 == true', 'False'],
    ["'-'.join(['a', 'b'])", 'a-b'],
    ["'a\\nb'.splitlines() | length", '2'],
    ["'%s-%d' % ('a', 3)", 'a-3'],
    ['1e3', '1000.0'],
    ['1 + 2 ~ 3 | string', undefined],
    ["{'k': none}.k is none", 'True'],
    ["{'k': none}.get('k', 5)", 'None'],
    ["none | default('d')", 'None'],
    ["'😀ab' | length", '3'],
    ["'😀ab'[1]", 'a'],
  ])('{{ %s }}', (expression, text) => {
    if (text === undefined) expect(() => render(`{{ ${expression} }}`)).toThrow('unsupported operand');
    else expect(render(`{{ ${expression} }}`)).toBe(text);
  });

  it('runs over the characters of a string', () => {
    const source = "{% for part in content %}{% if part.type == 'image' %}<image>{% endif %}{% endfor %}{{ content }}";
    expect(render(source, { content: 'hi' })).toBe('hi');
  });

  it('takes the line ends of Windows for its own', () => {
    const source = '{% for m in list %}\r\n<{{ m }}>\r\n{% endfor %}\r\n';
    expect(render(source, { list: ['a\r\nb'] })).toBe('<a\r\nb>\n');
  });

  it('leaves raw blocks as they are', () => {
    expect(render('{% raw %}{{ x }}{% endraw %}')).toBe('{{ x }}');
  });

  it.each([
    ["{{ 'a'.strip(1) }}", 'chars must be str'],
    ["{{ 'a'.upper(1) }}", 'takes at most 0 arguments'],
    ["{{ 'a' | trim(set='x') }}", "unexpected keyword argument 'set'"],
    ['{{ [1].append(2) }}', 'templates change no data'],
    ['{{ x.y }}', "'x' is undefined"],
    ['{{ 1 | nosuch }}', "No filter named 'nosuch'"],
    ['{{ 1 is nosuch }}', "No test named 'nosuch'"],
    ['{% for x in [1] recursive %}{% endfor %}', 'recursive loops are not supported'],
    ['{% if x %}', 'ends within a block'],
    ['{{ 1', 'ends within a tag'],
  ])('refuses %s', (source, message) => {
    expect(() => render(source)).toThrow(message);
  });

  it.each([
    "{{ 'x' * 1000000000 }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    '{{ [1] * 100000000 }}',
    "{{ ('x' * 100000).replace('x', 'y' * 1000) }}",
    "{{ 'x' | indent(1000000000) }}",
    '{{ 10 ** 100000 }}',
    '{% set ns = namespace(a=[1]) %}{% for i in range(64) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}',
  ])('gives no memory that nothing justifies: %s', (source) => {
    expect(() => render(source)).toThrow(/at most|more than/);
  });
});
