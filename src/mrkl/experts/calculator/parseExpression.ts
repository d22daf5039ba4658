/** The calculator's own input: `15% * 2340.5 EUR`, `(3+4)*5`, `sqrt(2)`, `5 ft + 3 in to cm`, `5!`, `$1 - $2`. */
import { JambalayaError } from '../../../errors/index.js';
import { parseNumeral } from '../../exact/rational.js';
import { parseUnitText, type UnitProduct } from '../../quantities/units.js';
import { type BinaryOperator, binary, call, type Expression, numberOf } from './expression.js';
import { functionNames } from './functions.js';

export const maximumExpression = 4000;
const maximumDepth = 200;

const tokenPattern =
  /\s*(?:(\$\d+)|(\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)|\[([^\]]*)\]|(\*\*|\/\/|[-+*/^%!(),=])|([\p{L}°µ]+))/iuy;

interface Token {
  readonly kind: 'given' | 'number' | 'unit' | 'symbol' | 'word';
  readonly text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  tokenPattern.lastIndex = 0;
  const rest = text.trimEnd();
  while (tokenPattern.lastIndex < rest.length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(rest);
    if (match === null) throw failure('a number, a unit, an operator or a bracket', rest.slice(at, at + 12).trim());
    const [, given, number, unit, symbol, word] = match;
    if (given !== undefined) found.push({ kind: 'given', text: given });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (unit !== undefined) found.push({ kind: 'unit', text: unit });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol === '**' ? '^' : symbol });
    else found.push({ kind: 'word', text: word! });
  }
  return found;
}

const failure = (expected: string, found: string) =>
  new JambalayaError('usage', { argument: 'expression', expected, found: found === '' ? 'its end' : found });

class Parser {
  private at = 0;
  private depth = 0;
  constructor(private readonly all: readonly Token[]) {}

  private get text(): string {
    return this.all[this.at]?.text ?? '';
  }
  private is(text: string): boolean {
    return this.text === text && this.all[this.at]!.kind !== 'unit';
  }
  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }
  private expect(text: string): void {
    if (!this.take(text)) throw failure(text, this.text);
  }

  whole(): Expression {
    let expression = this.sum();
    if (this.take('to')) {
      const units: UnitProduct[] = [];
      do units.push(this.unit() ?? raise(failure('a unit', this.text)));
      while (this.take(','));
      expression = { kind: 'convert', of: expression, units };
    }
    if (this.at < this.all.length) throw failure('an operator or the end', this.text);
    return expression;
  }

  private sum(): Expression {
    if (++this.depth > maximumDepth) {
      throw new JambalayaError('limit', { what: 'depth of an expression', limit: maximumDepth, found: this.depth });
    }
    let left = this.product();
    while (this.is('+') || this.is('-')) {
      const operator = this.text as BinaryOperator;
      this.at++;
      left = binary(operator, left, this.product());
    }
    this.depth--;
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    while (this.is('*') || this.is('/') || this.is('//') || this.is('mod')) {
      const operator = this.text;
      this.at++;
      const right = this.signed();
      left = operator === '//' ? call('quotient', left, right) : binary(operator as BinaryOperator, left, right);
    }
    return left;
  }

  private signed(): Expression {
    let negative = false;
    for (;;) {
      if (this.take('-')) negative = !negative;
      else if (!this.take('+')) break;
    }
    const of = this.power();
    return negative ? { kind: 'negative', of } : of;
  }

  private power(): Expression {
    const base = this.postfix();
    return this.take('^') ? binary('^', base, this.signed()) : base;
  }

  private postfix(): Expression {
    let of = this.atom();
    for (;;) {
      const units = this.unit();
      if (units !== undefined) of = { kind: 'quantity', of, units };
      else if (this.take('%')) of = { kind: 'percent', of };
      else if (this.take('!')) of = { kind: 'factorial', of };
      else return of;
    }
  }

  private unit(): UnitProduct | undefined {
    const token = this.all[this.at];
    if (
      token === undefined ||
      (token.kind !== 'unit' && token.kind !== 'word') ||
      token.text === 'to' ||
      token.text === 'mod'
    )
      return undefined;
    const units = parseUnitText(token.text);
    if (units === undefined) throw failure('a unit', token.text);
    this.at++;
    return units;
  }

  private atom(): Expression {
    const token = this.all[this.at];
    if (token === undefined) throw failure('a number', '');
    this.at++;
    if (token.kind === 'number') return numberOf(parseNumeral(token.text)!);
    if (token.kind === 'given') return { kind: 'given', name: token.text };
    if (token.text === '(' && token.kind === 'symbol') {
      const inside = this.sum();
      this.expect(')');
      return inside;
    }
    if (token.kind === 'word') {
      const name = token.text.toLowerCase();
      if (name === 'pi' || name === 'e') return { kind: 'constant', name };
      if (functionNames.has(name)) {
        this.expect('(');
        const args = [this.sum()];
        while (this.take(',')) args.push(this.sum());
        this.expect(')');
        return call(name, ...args);
      }
    }
    throw failure('a number or a function', token.text);
  }
}

function raise(error: Error): never {
  throw error;
}

export function parseExpression(text: string): Expression {
  if (text.length > maximumExpression) {
    throw new JambalayaError('limit', {
      what: 'characters of an expression',
      limit: maximumExpression,
      found: text.length,
    });
  }
  return new Parser(tokens(text)).whole();
}
