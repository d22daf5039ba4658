/**
 * Constructs of Jinja that the library's parser does not know, put into ones that it does. Names with a parenthesis cannot stand in
 * a template, so that what is written here is not taken for something else.
 *
 * - `x is [not] NAME ARGUMENTS` becomes a filter `(is)NAME` or `(is not)NAME`.
 * - `not in` is one operator.
 * - `()` and `(a,)` become calls of `(tuple)`.
 * - `with a=1` becomes a loop of one turn over `(with)(a=1)`; `generation`, which Transformers adds, one without variables.
 */
import type { Token } from './token.js';

export const testPrefix = '(is)';
export const negatedPrefix = '(is not)';
export const tupleName = '(tuple)';
export const withName = '(with)';

const word = (value: string, group = 0): Token => ({ value, type: 'Identifier', group });
const mark = (type: string, value: string, group = 0): Token => ({ value, type, group });

const isWord = (token: Token | undefined, ...values: string[]): boolean =>
  token?.type === 'Identifier' && values.includes(token.value);

/** The tokens of one tag, its edges included. */
export function rewriteTag(tokens: readonly Token[], isStatement: boolean): Token[] {
  const expressions = rewriteTests(joinNotIn(rewriteTuples(tokens)));
  return isStatement ? rewriteStatement(expressions) : expressions;
}

function rewriteStatement(tokens: Token[]): Token[] {
  const name = tokens[1];
  const [open, close] = [tokens[0]!, tokens.at(-1)!];
  const scope = (given: Token[]) => [
    open,
    word('for'),
    word(withName),
    word('in'),
    word(withName),
    mark('OpenParen', '('),
    ...given,
    mark('CloseParen', ')'),
    close,
  ];
  if (isWord(name, 'with')) return scope(tokens.slice(2, -1));
  if (isWord(name, 'generation')) return scope([]);
  if (isWord(name, 'endwith', 'endgeneration')) return [open, word('endfor'), close];
  if (isWord(name, 'for') && isWord(tokens.at(-2), 'recursive') && tokens.length > 5) {
    throw new Error('recursive loops are not supported in chat templates');
  }
  return tokens;
}

function joinNotIn(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (isWord(token, 'not') && isWord(tokens[i + 1], 'in') && !isWord(out.at(-1), 'is')) {
      out.push({ value: 'not in', type: 'ComparisonBinaryOperator', group: token.group });
      i++;
    } else out.push(token);
  }
  return out;
}

/** Whether a value can end with this token, so that a parenthesis after it is a call. */
const endsValue = (token: Token | undefined): boolean =>
  token !== undefined &&
  (['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket', 'StringLiteral'].includes(token.type) ||
    (token.type === 'Identifier' && !keywords.has(token.value)));

const keywords = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif', 'set', 'for', 'call', 'recursive']);

function rewriteTuples(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  const opens: { at: number; isCall: boolean }[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'OpenParen') {
      opens.push({ at: out.length, isCall: endsValue(tokens[i - 1]) });
    } else if (token.type === 'CloseParen') {
      const open = opens.pop();
      const last = out.at(-1);
      const isTuple = last?.type === 'Comma' || last?.type === 'OpenParen';
      if (open !== undefined && !open.isCall && isTuple) out.splice(open.at, 0, word(tupleName, token.group));
    }
    out.push(token);
  }
  return out;
}

/** Kinds of tokens that an argument of a test without parentheses can begin with. */
const argumentStarts = new Set([
  'Identifier',
  'StringLiteral',
  'NumericLiteral',
  'OpenParen',
  'OpenSquareBracket',
  'OpenCurlyBracket',
]);

function rewriteTests(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; ) {
    const token = tokens[i]!;
    if (!isWord(token, 'is') || i === 1 || tokens[i - 1]!.type === 'Dot') {
      out.push(token);
      i++;
      continue;
    }
    i++;
    const isNegated = isWord(tokens[i], 'not');
    if (isNegated) i++;
    const name = tokens[i++];
    if (name?.type !== 'Identifier') throw new Error('expected the name of a test after `is`');
    out.push(mark('Pipe', '|', token.group), word((isNegated ? negatedPrefix : testPrefix) + name.value, token.group));
    const next = tokens[i]!;
    const takesArgument =
      argumentStarts.has(next.type) &&
      !(next.type === 'Identifier' && keywords.has(next.value) && next.value !== 'not');
    if (!takesArgument || next.type === 'OpenParen') continue;
    const end = endOfPrimary(tokens, i);
    out.push(
      mark('OpenParen', '(', token.group),
      ...rewriteTests(tokens.slice(i, end)),
      mark('CloseParen', ')', token.group),
    );
    i = end;
  }
  return out;
}

/** Where a name, a literal or a bracket ends, with the attributes, items and calls after it. */
function endOfPrimary(tokens: readonly Token[], start: number): number {
  let at = tokens[start]!.type.startsWith('Open') ? afterBracket(tokens, start) : start + 1;
  for (;;) {
    const { type } = tokens[at]!;
    if (type === 'Dot') at += 2;
    else if (type === 'OpenParen' || type === 'OpenSquareBracket') at = afterBracket(tokens, at);
    else return at;
  }
}

function afterBracket(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; ; at++) {
    const { type } = tokens[at]!;
    if (type === 'OpenParen' || type === 'OpenSquareBracket' || type === 'OpenCurlyBracket') depth++;
    else if (type.startsWith('Close') && --depth === 0) return at + 1;
  }
}
