import { describe, expect, test } from 'vitest';
import { isJambalayaError } from '../../errors/index.js';
import type { JsonValue } from '../../formats/index.js';
import { TokenGrammar } from '../matcher.js';
import { Vocabulary } from '../vocabulary.js';
import { compileSchema } from './compile.js';
import type { Schema } from './document.js';

const vocabulary = new Vocabulary([]);
const accepts = (schema: Schema, text: string): boolean => {
  const matcher = new TokenGrammar(compileSchema(schema), vocabulary).matcher([]);
  return matcher.acceptBytes(new TextEncoder().encode(text)) && matcher.isComplete;
};

/** A schema, texts that satisfy it and texts that do not. */
const cases: readonly (readonly [name: string, schema: Schema, good: readonly string[], bad: readonly string[]])[] = [
  [
    'everything',
    true,
    ['1', '"a"', '[1, {"a":\n  null}]', '{}', '-0.5e-7'],
    ['', '01', '[1,]', "{'a':1}", 'nul', '"\n"'],
  ],
  ['types', { type: ['integer', 'null'] }, ['0', '-12', 'null'], ['1.5', 'true', '"1"']],
  ['escapes', { type: 'string' }, ['"\\u00e9\\n"', '"é😀"', '"\\ud83d\\ude00"'], ['"\\ud83d"', '"\\x"', '"\t"']],
  ['lengths', { type: 'string', minLength: 2, maxLength: 3 }, ['"ab"', '"é😀x"', '"\\n\\n"'], ['"a"', '"abcd"', '""']],
  ['a long text', { maxLength: 100_000, type: 'string' }, ['"a"'], ['1']],
  ['pattern', { type: 'string', pattern: '^a+b$' }, ['"aab"'], ['"b"', '"xab"', '"ab\\n"']],
  ['pattern anywhere', { type: 'string', pattern: 'b\\d' }, ['"ab1c"', '"b2"'], ['"b"', '"1"']],
  ['quotes in a pattern', { type: 'string', pattern: '^["\\\\]+$' }, ['"\\"\\\\"'], ['"a"']],
  [
    'what a pattern looks ahead for',
    { type: 'string', pattern: '^(?!ab)[a-c]+$' },
    ['"acb"', '"b"'],
    ['"abc"', '"ab"'],
  ],
  ['format', { type: 'string', format: 'date' }, ['"2024-02-29"', '"2023-12-31"'], ['"2023-02-29"', '"2023-13-01"']],
  ['ipv6', { type: 'string', format: 'ipv6' }, ['"::1"', '"1:2:3:4:5:6:7:8"', '"::ffff:1.2.3.4"'], ['":::"', '"1:2"']],
  [
    'whole numbers',
    { type: 'integer', minimum: -3, maximum: 12 },
    ['-3', '0', '12', '9'],
    ['-4', '13', '1.0', '-0', '00'],
  ],
  ['above', { type: 'integer', exclusiveMinimum: 99 }, ['100', '1000', '555'], ['99', '5', '-100']],
  ['below', { type: 'integer', maximum: -8 }, ['-8', '-10', '-123'], ['-7', '0', '8']],
  [
    'decimals',
    { type: 'number', minimum: 0.5, exclusiveMaximum: 2.25 },
    ['0.5', '2.249', '1', '2'],
    ['0.49', '2.25', '3'],
  ],
  ['a tiny bound', { type: 'number', minimum: 1e-7 }, ['0.0000001', '1'], ['0.00000001', '0', '-1']],
  ['multiples', { type: 'integer', multipleOf: 7 }, ['0', '21', '-14'], ['1', '20']],
  ['cents', { type: 'number', multipleOf: 0.01 }, ['1.25', '3', '0.10', '0.100'], ['1.255']],
  ['old exclusive bounds', { type: 'integer', minimum: 3, exclusiveMinimum: true }, ['4'], ['3']],
  ['enumerations', { enum: ['a', 1, null, [1, 2], { k: 'v' }] }, ['"a"', 'null', '[1, 2]', '{"k": "v"}'], ['"b"', '2']],
  ['a constant of a type', { const: 3, type: 'integer' }, ['3'], ['4']],
  [
    'arrays',
    { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 },
    ['[1]', '[ 1, 2 ]'],
    ['[]', '[1,2,3]', '["a"]'],
  ],
  ['tuples', { type: 'array', prefixItems: [{ type: 'integer' }], items: false }, ['[]', '[1]'], ['[1,2]', '["a"]']],
  [
    'old tuples',
    { type: 'array', items: [{ type: 'null' }], additionalItems: { type: 'integer' } },
    ['[null,1,2]'],
    ['[null,null]'],
  ],
  [
    'objects',
    { type: 'object', properties: { a: { type: 'integer' }, b: {} }, required: ['a'], additionalProperties: false },
    ['{"a": 1}', '{"a":1, "b":[]}', '{\n  "a": 1,\n  "b": 2\n}'],
    ['{}', '{"b":1}', '{"a":1,"c":2}', '{"a":"x"}', '{"a":1,}'],
  ],
  [
    'other properties',
    { type: 'object', properties: { ab: { type: 'integer' } }, additionalProperties: { type: 'string' } },
    ['{"a":"x"}', '{"ab":1,"abc":"x","b":""}', '{"é":"x"}'],
    ['{"ab":"x"}', '{"a":1}', '{"\\u0061b":"x"}'],
  ],
  [
    'patterns of names',
    { type: 'object', patternProperties: { '^x': { type: 'null' } }, additionalProperties: false },
    ['{"x1":null}', '{}'],
    ['{"y":null}', '{"x":1}'],
  ],
  ['names', { type: 'object', propertyNames: { pattern: '^[a-z]+$' } }, ['{"ab":1}'], ['{"A":1}']],
  [
    'numbers of properties',
    { type: 'object', minProperties: 1, maxProperties: 2 },
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{}', '{"a":1,"b":2,"c":3}'],
  ],
  [
    'a choice of properties',
    { type: 'object', properties: { a: {}, b: {}, c: {} }, additionalProperties: false, minProperties: 2 },
    ['{"a":1,"c":1}'],
    ['{"b":1}'],
  ],
  ['allOf', { allOf: [{ type: 'integer' }, { minimum: 3 }, { maximum: 5 }] }, ['4'], ['2', '6']],
  ['anyOf', { anyOf: [{ type: 'integer' }, { type: 'string', maxLength: 1 }] }, ['4', '"a"'], ['"ab"', 'null']],
  [
    'oneOf that overlaps',
    {
      oneOf: [
        { type: 'integer', minimum: 3 },
        { type: 'integer', maximum: 5 },
      ],
    },
    ['2', '6'],
    ['4'],
  ],
  [
    'oneOf of objects',
    { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    ['{"a":1}', '{"b":1}'],
    ['{}', '{"a":1,"b":1}'],
  ],
  ['not', { type: 'string', not: { enum: ['a', 'b'] } }, ['"c"', '"ab"'], ['"a"', '"b"']],
  ['not a type', { not: { type: ['string', 'object'] } }, ['1', '[]'], ['"a"', '{}']],
  [
    'if',
    {
      type: 'object',
      properties: { k: { enum: ['s', 'i'] }, v: {} },
      required: ['k', 'v'],
      if: { properties: { k: { const: 's' } } },
      // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON schema
      then: { properties: { v: { type: 'string' } } },
      else: { properties: { v: { type: 'integer' } } },
    },
    ['{"k":"s","v":"x"}', '{"k":"i","v":1}'],
    ['{"k":"s","v":1}', '{"k":"i","v":"x"}'],
  ],
  ['dependencies', { type: 'object', dependentRequired: { a: ['b'] } }, ['{"b":1}', '{"a":1,"b":2}'], ['{"a":1}']],
  [
    'an identifier beside an old reference',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'http://example.com/base/',
      allOf: [{ $id: 'http://example.com/', $ref: 'foo.json' }],
      definitions: {
        a: { $id: 'http://example.com/foo.json', type: 'string' },
        b: { $id: 'foo.json', type: 'number' },
      },
    },
    ['1'],
    ['"a"'],
  ],
  [
    'references',
    {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
          additionalProperties: false,
        },
      },
    },
    ['{"next":null}', '{"next":{"next":null}}'],
    ['{}', '{"next":1}'],
  ],
  ['a schema of itself', { type: 'array', items: { $ref: '#' } }, ['[]', '[[],[[]]]'], ['[1]']],
  [
    'identifiers',
    {
      $id: 'https://example.com/s',
      $ref: 'other#/definitions/x',
      definitions: { o: { $id: 'other', definitions: { x: { type: 'null' } } } },
    },
    ['null'],
    ['1'],
  ],
  [
    'what stands beside an old reference',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { a: { $ref: '#/definitions/s', maxLength: 1 } },
      definitions: { s: { type: 'string' } },
    },
    ['{"a":"long"}'],
    ['{"a":1}'],
  ],
];

describe('schemas', () => {
  test.each(cases)('%s', (_, schema, good, bad) => {
    for (const text of good) expect([text, accepts(schema, text)]).toEqual([text, true]);
    for (const text of bad) expect([text, accepts(schema, text)]).toEqual([text, false]);
  });

  const refused: readonly (readonly [keyword: string, schema: Schema])[] = [
    ['contains', { contains: { type: 'string' } }],
    ['uniqueItems', { type: 'array', uniqueItems: true }],
    ['unevaluatedProperties', { unevaluatedProperties: false }],
    ['format', { type: 'string', format: 'regex' }],
    ['$ref', { $ref: 'https://example.com/elsewhere' }],
    ['type', { type: 'text' }],
    ['required', { required: 'a' }],
    ['properties', { properties: [] }],
    ['minLength', { minLength: -1 }],
    ['multipleOf', { multipleOf: 0 }],
    ['nothing can satisfy it', { type: 'string', enum: [1] }],
    ['nothing can satisfy it', { properties: { a: { $ref: '#' } }, required: ['a'], type: 'object' }],
    ['regular expression', { type: 'string', pattern: '(' }],
    ['references to a group', { type: 'string', pattern: '(a)\\1' }],
    ['deep', { type: 'string', pattern: '('.repeat(60_000) }],
    ['a count over', { type: 'string', pattern: 'a{1000000000}' }],
    [
      'alternatives',
      { allOf: Array.from({ length: 20 }, (_, i) => ({ anyOf: [{ minLength: i }, { maxLength: i }] })) },
    ],
  ];

  test.each(refused)('refuses, naming %s', (named, schema) => {
    let error: unknown;
    try {
      compileSchema(schema);
    } catch (thrown) {
      error = thrown;
    }
    expect(isJambalayaError(error, 'grammar')).toBe(true);
    expect((error as Error).message).toContain(named);
  });

  test('a schema that nests without end, or a document of it', () => {
    let deep: JsonValue = {};
    for (let i = 0; i < 10_000; i++) deep = { items: deep };
    expect(() => compileSchema(deep as Schema)).toThrow(/nested/);
  });
});
