/**
 * The source of a template as the tokens that the library's parser takes.
 *
 * White space around tags, raw blocks, strings and numbers are read here as Jinja reads them with the options that Transformers
 * sets (`trim_blocks`, `lstrip_blocks`). A token knows the brackets that it stands in, see `token.ts`.
 */
import { rewriteTag } from './rewrite.js';
import type { Token } from './token.js';
import { spaces, trimEnd } from './whiteSpace.js';

const opening = new RegExp(`\\{%([-+]?)[${spaces}]*raw[${spaces}]*(-?)%\\}|\\{([{%#])([-+]?)`, 'g');
const endOfRaw = new RegExp(`\\{%([-+]?)[${spaces}]*endraw[${spaces}]*([-+]?)%\\}`, 'g');
const run = new RegExp(`[${spaces}]*`, 'y');
const onlySpace = new RegExp(`^[${spaces}]+$`);

/** @throws an error for what is no template */
export function scan(source: string): Token[] {
  return new Scanner(source).tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  /** Whether only a line's beginning lies before the text to come. */
  #atLineStart = true;
  #groups = 0;

  constructor(source: string) {
    this.#source = source.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    while (this.#at < this.#source.length) this.#step();
  }

  #step(): void {
    opening.lastIndex = this.#at;
    const found = opening.exec(this.#source);
    const end = found?.index ?? this.#source.length;
    const text = this.#source.slice(this.#at, end);
    if (found === null) {
      this.#text(text);
      this.#at = end;
      return;
    }
    const [whole, rawSign, rawTrim, kind, sign] = found;
    this.#text(stripBefore(text, rawSign ?? sign ?? '', kind !== '{', this.#atLineStart));
    this.#at = end + whole.length;
    this.#atLineStart = false;
    if (kind === undefined) this.#raw(rawTrim === '-');
    else if (kind === '#') this.#comment();
    else this.#tag(kind);
  }

  #text(value: string): void {
    if (value !== '') this.tokens.push({ value, type: 'Text', group: 0 });
  }

  #raw(trims: boolean): void {
    if (trims) this.#skipSpace();
    endOfRaw.lastIndex = this.#at;
    const end = endOfRaw.exec(this.#source);
    if (end === null) throw new Error('Missing end of raw directive');
    this.#text(stripBefore(this.#source.slice(this.#at, end.index), end[1]!, true, false));
    this.#at = end.index + end[0].length;
    this.#afterTag(end[2]!);
  }

  #comment(): void {
    const end = this.#source.indexOf('#}', this.#at);
    if (end < 0) throw new Error('Missing end of comment tag');
    const last = end > this.#at ? this.#source[end - 1]! : '';
    this.#at = end + 2;
    this.#afterTag(last === '-' || last === '+' ? last : '');
  }

  /** What `trim_blocks` or a minus sign takes away after a tag. */
  #afterTag(sign: string): void {
    if (sign === '-') this.#skipSpace();
    else if (sign === '' && this.#source[this.#at] === '\n') this.#at++;
    this.#atLineStart = this.#source[this.#at - 1] === '\n';
  }

  #skipSpace(): void {
    run.lastIndex = this.#at;
    this.#at += run.exec(this.#source)![0].length;
    this.#atLineStart = this.#source[this.#at - 1] === '\n';
  }

  /** The tokens of `{{ … }}` or `{% … %}`. */
  #tag(kind: string): void {
    const [open, close, end] =
      kind === '{' ? ['OpenExpression', 'CloseExpression', '}}'] : ['OpenStatement', 'CloseStatement', '%}'];
    const inside: Token[] = [];
    const brackets: { close: string; group: number }[] = [];
    for (;;) {
      this.#skipSpace();
      if (this.#at >= this.#source.length) throw new Error(`the template ends within a tag, which ${end} should close`);
      if (brackets.length === 0) {
        const sign = /[-+]/.test(this.#source[this.#at]!) && this.#source.startsWith(end!, this.#at + 1);
        if (sign || this.#source.startsWith(end!, this.#at)) {
          const char = sign ? this.#source[this.#at]! : '';
          if (!(kind === '{' && char === '+')) {
            this.#at += char.length + 2;
            if (kind === '%' || char === '-') this.#afterTag(char);
            else this.#atLineStart = false;
            break;
          }
        }
      }
      const token = readToken(this.#source, this.#at);
      this.#at += token.length;
      const { value, type } = token;
      const closes = brackets.at(-1)?.close === value && type.startsWith('Close');
      if (type.startsWith('Close') && !closes) throw new Error(`unexpected '${value}'`);
      if (closes) brackets.pop();
      inside.push({ value, type, group: brackets.at(-1)?.group ?? 0 });
      if (type.startsWith('Open')) brackets.push({ close: closers[value]!, group: ++this.#groups });
    }
    const edge = (type: string, value: string): Token => ({ value, type, group: 0 });
    const tokens = [edge(open!, kind === '{' ? '{{' : '{%'), ...inside, edge(close!, end!)];
    this.tokens.push(...rewriteTag(tokens, kind === '%'));
  }
}

/** A text without what the tag after it takes away. */
function stripBefore(text: string, sign: string, isBlock: boolean, atLineStart: boolean): string {
  if (sign === '-') return trimEnd(text);
  if (sign === '+' || !isBlock) return text;
  const line = text.lastIndexOf('\n') + 1;
  return (line > 0 || atLineStart) && onlySpace.test(text.slice(line)) ? text.slice(0, line) : text;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const operators: readonly (readonly [string, string])[] = [
  ['**', 'ExponentiationBinaryOperator'],
  ['//', 'MultiplicativeBinaryOperator'],
  ['==', 'ComparisonBinaryOperator'],
  ['!=', 'ComparisonBinaryOperator'],
  ['>=', 'ComparisonBinaryOperator'],
  ['<=', 'ComparisonBinaryOperator'],
  ['>', 'ComparisonBinaryOperator'],
  ['<', 'ComparisonBinaryOperator'],
  ['=', 'Equals'],
  ['+', 'AdditiveBinaryOperator'],
  ['-', 'AdditiveBinaryOperator'],
  ['~', 'AdditiveBinaryOperator'],
  ['*', 'MultiplicativeBinaryOperator'],
  ['/', 'MultiplicativeBinaryOperator'],
  ['%', 'MultiplicativeBinaryOperator'],
  ['(', 'OpenParen'],
  [')', 'CloseParen'],
  ['[', 'OpenSquareBracket'],
  [']', 'CloseSquareBracket'],
  ['{', 'OpenCurlyBracket'],
  ['}', 'CloseCurlyBracket'],
  ['.', 'Dot'],
  [':', 'Colon'],
  ['|', 'Pipe'],
  [',', 'Comma'],
];

const floatPattern = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const integerPattern = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const namePattern = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const stringPattern = /'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)"/sy;

interface Read {
  readonly value: string;
  readonly type: string;
  readonly length: number;
}

function readToken(source: string, at: number): Read {
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const float = match(floatPattern);
  if (float !== null) {
    const [mantissa, exponent] = float[0].replaceAll('_', '').toLowerCase().split('e');
    const value =
      (mantissa!.includes('.') ? mantissa! : `${mantissa}.0`) + (exponent === undefined ? '' : `e${exponent}`);
    return { value, type: 'NumericLiteral', length: float[0].length };
  }
  const integer = match(integerPattern);
  if (integer !== null) {
    const value = BigInt(integer[0].replaceAll('_', ''));
    if (value > Number.MAX_SAFE_INTEGER)
      throw new Error(`integer literals up to 2^53 are supported, found ${integer[0]}`);
    return { value: String(value), type: 'NumericLiteral', length: integer[0].length };
  }
  const name = match(namePattern);
  if (name !== null) return { value: name[0], type: 'Identifier', length: name[0].length };
  const string = match(stringPattern);
  if (string !== null) {
    return { value: withEscapes(string[1] ?? string[2]!), type: 'StringLiteral', length: string[0].length };
  }
  const operator = operators.find(([text]) => source.startsWith(text, at));
  if (operator === undefined) throw new Error(`unexpected char '${String.fromCodePoint(source.codePointAt(at)!)}'`);
  return { value: operator[0], type: operator[1], length: operator[0].length };
}

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapeSequence = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([xuUN])|(.))/gs;

/** Python's escapes; a backslash before anything else stays one. */
function withEscapes(text: string): string {
  return text.replace(escapeSequence, (whole, octal, x, u, long, broken, other: string | undefined) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const hex = (x ?? u ?? long) as string | undefined;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (broken !== undefined) throw new Error(`the escape ${whole} in a string is not understood`);
    return simple[other!] ?? whole;
  });
}
