import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './index.js';

const maxBytes = 1000;
const parse = (text: string, options = {}) => parseJson('a.json', text, { maxBytes, ...options });
const failure = (text: string | Uint8Array, options = {}) => {
  try {
    parseJson('a.json', text, { maxBytes, ...options });
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('parseJson', () => {
  it('reads an object from text and from bytes', () => {
    expect(parse('{"a": [1, {"b": null}]}')).toEqual({ a: [1, { b: null }] });
    expect(parseJson('a.json', new TextEncoder().encode('{"é": "😀"}'), { maxBytes })).toEqual({ é: '😀' });
  });

  it('reads past a byte order mark, in text and in bytes', () => {
    expect(parse('\ufeff{"a": 1}')).toEqual({ a: 1 });
    expect(parseJson('a.json', new TextEncoder().encode('\ufeff{"a": 1}'), { maxBytes })).toEqual({ a: 1 });
  });

  it('reads what JSON.parse reads, with strings and keys of any kind', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson('a.json', text, { maxBytes: 1e6, uniqueKeys: true })).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', '{', '{"a":}', '{"a":1}}', "{'a':1}", '{"a":1,}', '{"a":01}', '{"a":NaN}', '{"a":"\n"}'])(
    'refuses what is not JSON: %j',
    (text) => {
      expect(failure(text)).toMatchObject({ code: 'format', fields: { file: 'a.json', expected: 'JSON' } });
    },
  );

  it.each([
    ['[1]', '[1]'],
    ['"a"', '"a"'],
    ['null', 'null'],
  ])('refuses a top level that is not an object: %s', (text, found) => {
    expect(failure(text)).toMatchObject({ fields: { expected: 'a JSON object', found } });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(failure(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ fields: { expected: 'text in UTF-8' } });
  });

  it('refuses more bytes than allowed before it looks at them', () => {
    expect(failure('x'.repeat(1001))).toMatchObject({
      fields: { expected: 'at most 1000 bytes', found: '1001 bytes' },
    });
  });

  it('refuses deep nesting, and does not count brackets in strings', () => {
    expect(failure(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`)).toMatchObject({
      fields: { expected: 'JSON nested at most 64 deep' },
    });
    expect(failure(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).toBeUndefined();
    expect(failure(`{"a":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`)).toBeUndefined();
  });

  it('refuses more values than are worth their text', () => {
    const text = `{"a":[${'0,'.repeat(8_000_001)}0]}`;
    expect(failure(text, { maxBytes: 1e9 })).toMatchObject({ fields: { expected: 'at most 8000000 JSON values' } });
  });

  it('finds a key that is written twice, if asked', () => {
    const text = '{"a": {"k\\"": 1, "b": [{"x":1},{"x":2}], "k\\u0022" : 2}}';
    expect(failure(text, { uniqueKeys: true })).toMatchObject({
      fields: { expected: 'every key once', found: '"k"" twice' },
    });
    expect(parse(text)).toEqual({ a: { 'k"': 2, b: [{ x: 1 }, { x: 2 }] } });
  });

  it('makes `__proto__` a key like any other', () => {
    const value = parse('{"__proto__": {"polluted": true}, "a": 1}', { uniqueKeys: true });
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('quotes a hostile file without its control characters, and not at length', () => {
    const { message } = failure(`"\u001b[2J${'x'.repeat(900)}\u202e"`) as Error;
    expect(message.length).toBeLessThan(250);
    expect(message).not.toMatch(/\p{Cc}|\p{Cf}/u);
    const syntax = failure('{\u001b[2J') as Error;
    expect(syntax.message).not.toMatch(/\p{Cc}/u);
  });
});
