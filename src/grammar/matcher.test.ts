import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grammar } from './automaton.js';
import { compileGbnf } from './gbnf.js';
import { TokenGrammar } from './matcher.js';
import { compileRegexGrammar } from './regex/grammar.js';
import { compileSchema } from './schema/compile.js';
import { Vocabulary } from './vocabulary.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
/** Tokens that cross the borders of every rule, bytes of their own, two of the same bytes, and two that are no text. */
const texts = [
  '{"',
  '":',
  '": ',
  ', "',
  '"}',
  '"]',
  '}]',
  '},',
  'a',
  'ab',
  '"a',
  'a"',
  '1',
  '12',
  '1,',
  'é',
  '[[',
  ']]',
  'true',
  ' ',
  '\n  ',
  'a',
  '\\"',
  'null}',
];
const bytes = [
  ...texts.map(bytesOf),
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  new Uint8Array(0),
  undefined,
];
const endId = bytes.length - 1;
const vocabulary = new Vocabulary(bytes);
const isAllowed = (bits: Uint32Array, id: number) => ((bits[id >> 5]! >>> (id & 31)) & 1) === 1;

const grammars: readonly (readonly [name: string, grammar: Grammar])[] = [
  ['any value', compileSchema(true)],
  [
    'an object',
    compileSchema({ type: 'object', properties: { a: { type: 'integer' }, ab: { type: 'string', maxLength: 3 } } }),
  ],
  ['a list of lists', compileSchema({ type: 'array', items: { type: 'array', items: { $ref: '#' } }, maxItems: 3 })],
  [
    'a choice',
    compileSchema({
      anyOf: [{ type: 'object', properties: { a: { const: 1 } } }, { type: 'array' }, { enum: ['a', 'ab'] }],
    }),
  ],
  ['an expression', compileRegexGrammar('(ab|a"|[1é]{2,3})*true?')],
  ['rules', compileGbnf('root ::= list\nlist ::= "[" (item ("," item)*)? "]"\nitem ::= list | [a-c]+ | "1" "2"?')],
];

describe('masks', () => {
  test.each(grammars)('allow just what can be read: %s', (_, grammar) => {
    const shared = new TokenGrammar(grammar, vocabulary);
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 40 }), (choices) => {
        const matcher = shared.matcher([endId]);
        for (const choice of choices) {
          const allowed = matcher.allowed();
          const can: number[] = [];
          for (let id = 0; id < bytes.length; id++) {
            const reads = matcher.clone().accept(id);
            if (reads !== isAllowed(allowed, id)) throw new Error(`token ${id} is read: ${reads}`);
            if (reads) can.push(id);
          }
          // Every place leads on: a token, or the end.
          expect(can.length).toBeGreaterThan(0);
          const id = can[choice % can.length]!;
          expect(matcher.accept(id)).toBe(true);
          if (id === endId) break;
        }
      }),
      { numRuns: 15 },
    );
  });

  test('what one place may not say is not taken from others that share its mask', () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' }, ab: { type: 'integer' } } };
    const own = new Vocabulary(bytes);
    const grammar = new TokenGrammar(compileSchema(schema), own);
    // Within a key that may still become a listed one, then within one that may not.
    for (const [text, next] of [
      ['{"a', '":'],
      ['{"b', '":'],
      ['{"ab', '"'],
    ] as const) {
      const matcher = grammar.matcher([endId]);
      matcher.acceptBytes(bytesOf(text));
      expect(
        isAllowed(
          matcher.allowed(),
          bytes.findIndex((each) => each && Buffer.from(each).equals(bytesOf(next))),
        ),
      ).toBe(true);
    }
  });

  test('the end is allowed where the text is complete, and nothing after it', () => {
    const matcher = new TokenGrammar(compileRegexGrammar('a+'), vocabulary).matcher([endId]);
    expect(matcher.accept(endId)).toBe(false);
    matcher.acceptBytes(bytesOf('a'));
    expect(isAllowed(matcher.allowed(), endId)).toBe(true);
    expect(matcher.accept(endId)).toBe(true);
    expect(matcher.isDone).toBe(true);
    expect(matcher.acceptBytes(bytesOf('a'))).toBe(false);
    expect([...matcher.allowed()].every((word) => word === 0)).toBe(true);
  });

  test('a refused token changes nothing', () => {
    const matcher = new TokenGrammar(compileRegexGrammar('ab'), vocabulary).matcher([endId]);
    expect(matcher.acceptBytes(bytesOf('ax'))).toBe(false);
    expect(matcher.acceptBytes(bytesOf('ab'))).toBe(true);
    expect(matcher.isDone).toBe(true);
  });

  test('a clone goes its own way', () => {
    const matcher = new TokenGrammar(compileRegexGrammar('a|b'), vocabulary).matcher([endId]);
    const other = matcher.clone();
    expect(matcher.acceptBytes(bytesOf('a'))).toBe(true);
    expect(other.acceptBytes(bytesOf('b'))).toBe(true);
  });

  test('bytes without a choice are known ahead', () => {
    const schema = {
      type: 'object',
      properties: { temperature: { type: 'integer' } },
      required: ['temperature'],
      additionalProperties: false,
    };
    const matcher = new TokenGrammar(compileSchema(schema), vocabulary).matcher([endId]);
    matcher.acceptBytes(bytesOf('{"'));
    expect(new TextDecoder().decode(matcher.forcedBytes())).toBe('temperature":');
  });

  test('deep nesting ends in a typed error, not in a crash', () => {
    const matcher = new TokenGrammar(compileSchema(true), vocabulary).matcher([endId]);
    expect(() => matcher.acceptBytes(bytesOf('['.repeat(5_000)))).toThrow(/at most 2000/);
  });
});
