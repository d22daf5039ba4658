import { describe, expect, test } from 'vitest';
import { compileGbnf } from './gbnf.js';
import { TokenGrammar } from './matcher.js';
import { Vocabulary } from './vocabulary.js';

const vocabulary = new Vocabulary([]);
const accepts = (grammar: string, text: string): boolean => {
  const matcher = new TokenGrammar(compileGbnf(grammar), vocabulary).matcher([]);
  return matcher.acceptBytes(new TextEncoder().encode(text)) && matcher.isComplete;
};

describe('GBNF', () => {
  test.each([
    ['literals and escapes', 'root ::= "a\\n\\x41\\u00e9\\"" "\\\\"', ['a\nAé"\\'], ['a']],
    ['classes', 'root ::= [^a-c\\]]+ [0-9-]', ['xyz-', 'd5'], ['a1', ']1']],
    ['repetitions', 'root ::= "a"{2} "b"{1,} "c"{0,2} "d"? .', ['aabx', 'aabbccdx'], ['abx', 'aabcccc']],
    [
      'rules over lines',
      'root ::= (\n  x |\n  y # one\n)\n\n# two\nx ::= "1"\ny ::= "2" |\n  "3"',
      ['1', '2', '3'],
      ['4', ''],
    ],
    ['recursion', 'root ::= "(" root ")" | ""', ['', '(())'], ['(', '())']],
    ['nested groups', `root ::= ${'('.repeat(100)}"a"${')'.repeat(100)}`, ['a'], ['b']],
  ])('%s', (_, grammar, good, bad) => {
    for (const text of good) expect([text, accepts(grammar, text)]).toEqual([text, true]);
    for (const text of bad) expect([text, accepts(grammar, text)]).toEqual([text, false]);
  });

  test.each([
    ['no root', 'a ::= "b"', /root/],
    ['a rule that is not there', 'root ::= b', /b: this rule is used and not defined/],
    ['a rule twice', 'root ::= "a"\nroot ::= "b"', /line 2: .*twice/],
    ['an open literal', 'root ::= "a', /ends within/],
    ['an open group', 'root ::= ("a"', /expected \)/],
    ['a rule that begins with itself', 'root ::= root "a" | "a"', /begins with itself/],
    ['one that does so through others', 'root ::= x\nx ::= y? root "a" | "b"\ny ::= "c"', /begins with itself/],
    ['no end', 'root ::= "a" root', /nothing can satisfy it/],
    ['parentheses without end', `root ::= ${'('.repeat(60_000)}`, /nested/],
    ['a count without end', 'root ::= "a"{1,999999999}', /a count over/],
    ['single tokens', 'root ::= <think>', /single tokens/],
  ])('refuses %s', (_, grammar, message) => {
    expect(() => compileGbnf(grammar)).toThrow(message);
  });
});
