/**
 * Regular expressions of ECMA-262 with the flag `u`, as JSON schemas write them: into a tree. What no finite automaton can
 * do (back references, look-behind) and what we do not do (word boundaries) is an error that says so.
 */
import { anyChar, type CharSet, charRange, charsMatching, charsOf, complement, union } from '../charSet.js';
import { fail, limits } from '../failure.js';

export type RegexNode =
  | { readonly type: 'chars'; readonly set: CharSet }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly items: readonly RegexNode[] }
  | { readonly type: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number }
  | { readonly type: 'start' }
  | { readonly type: 'end' }
  | { readonly type: 'ahead'; readonly item: RegexNode; readonly negative: boolean };

const digits = charRange(0x30, 0x39);
const wordChars = union(digits, charRange(0x41, 0x5a), charRange(0x61, 0x7a), charsOf('_'));
/** Worked out where it is first asked for: it takes a look at every code point. */
const spaces = () => charsMatching('\\s');
const lineEnds = charsOf('\n\r\u2028\u2029');
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

/** @throws `grammar` naming the position */
export function parseRegex(source: string): RegexNode {
  if (source.length > limits.textLength) {
    fail('regular expression', `${source.length} characters`, `at most ${limits.textLength} are read`);
  }
  return new Parser(source).parse();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly source: string) {}

  parse(): RegexNode {
    const node = this.choice();
    if (this.at < this.source.length) this.fail('a ) without its (');
    return node;
  }

  private choice(): RegexNode {
    if (++this.depth > limits.nesting) this.fail(`groups are nested more than ${limits.nesting} deep`);
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    this.depth--;
    return items.length === 1 ? items[0]! : { type: 'choice', items };
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.at < this.source.length && !this.sees('|') && !this.sees(')')) items.push(this.quantified());
    return { type: 'sequence', items };
  }

  private quantified(): RegexNode {
    const item = this.atom();
    const bounds = this.quantifier();
    if (bounds === undefined) return item;
    // A lazy quantifier matches the same texts.
    this.take('?');
    if (this.sees('*') || this.sees('+')) this.fail('a quantifier after a quantifier');
    if (item.type === 'start' || item.type === 'end' || item.type === 'ahead')
      this.fail('a quantifier of an assertion');
    return { type: 'repeat', item, ...bounds };
  }

  private quantifier(): { min: number; max: number } | undefined {
    if (this.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at, this.at + 32));
    if (counted === null) return undefined;
    this.at += counted[0].length;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
    if (max < min) this.fail('numbers out of order in {}');
    return { min, max };
  }

  private atom(): RegexNode {
    const char = this.next();
    if (char === '(') return this.group();
    if (char === '[') return { type: 'chars', set: this.charClass() };
    if (char === '.') return { type: 'chars', set: complement(lineEnds) };
    if (char === '^') return { type: 'start' };
    if (char === '$') return { type: 'end' };
    if (char === '\\') return { type: 'chars', set: this.escape(false) };
    if (char === '*' || char === '+' || char === '?') this.fail('nothing to repeat');
    return { type: 'chars', set: charsOf(char) };
  }

  private group(): RegexNode {
    let ahead: boolean | undefined;
    if (this.take('?')) {
      if (this.take('=')) ahead = true;
      else if (this.take('!')) ahead = false;
      else if (this.take('<')) {
        if (this.sees('=') || this.sees('!')) this.fail('look-behind is not supported');
        while (!this.take('>')) this.next();
      } else if (!this.take(':')) this.fail('an unknown kind of group');
    }
    const item = this.choice();
    if (!this.take(')')) this.fail('a ( without its )');
    return ahead === undefined ? item : { type: 'ahead', item, negative: !ahead };
  }

  /** After `[`, up to and with its `]`. */
  private charClass(): CharSet {
    const negated = this.take('^');
    const sets: CharSet[] = [];
    while (!this.take(']')) {
      const low = this.classAtom();
      if (this.sees('-') && this.source[this.at + 1] !== ']') {
        this.at++;
        const high = this.classAtom();
        const [lo, hi] = [single(low), single(high)];
        if (lo === undefined || hi === undefined) sets.push(low, charsOf('-'), high);
        else if (lo > hi) this.fail('a range out of order');
        else sets.push(charRange(lo, hi));
      } else sets.push(low);
    }
    const set = union(...sets);
    return negated ? complement(set) : set;
  }

  private classAtom(): CharSet {
    const char = this.next();
    return char === '\\' ? this.escape(true) : charsOf(char);
  }

  /** After a backslash. */
  private escape(inClass: boolean): CharSet {
    const char = this.next();
    if (char === 'd') return digits;
    if (char === 'D') return complement(digits);
    if (char === 'w') return wordChars;
    if (char === 'W') return complement(wordChars);
    if (char === 's') return spaces();
    if (char === 'S') return complement(spaces());
    if (char === 'p' || char === 'P') return this.property(char);
    if (char === 'b' && inClass) return charsOf('\b');
    if (char === 'b' || char === 'B') this.fail('word boundaries are not supported');
    if (/[1-9k]/.test(char)) this.fail('references to a group are not supported');
    if (char === 'x') return this.hexadecimal(2);
    if (char === 'u') return this.take('{') ? this.hexadecimalUntilBrace() : this.utf16();
    if (char === 'c') return charsOf(String.fromCharCode(this.next().charCodeAt(0) % 32));
    return charsOf(controls[char] ?? char);
  }

  private property(kind: string): CharSet {
    const name = /^\{[A-Za-z0-9_=]+\}/.exec(this.source.slice(this.at, this.at + 80))?.[0];
    if (name === undefined) this.fail(`\\${kind} without a property in braces`);
    this.at += name!.length;
    try {
      return charsMatching(`\\${kind}${name}`);
    } catch {
      return this.fail(`an unknown property ${name}`);
    }
  }

  private hexadecimal(length: number): CharSet {
    const text = this.source.slice(this.at, this.at + length);
    if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(text)) this.fail(`${length} hexadecimal digits are missing`);
    this.at += length;
    const char = Number.parseInt(text, 16);
    return charRange(char, char);
  }

  /** `\uXXXX`; two halves of a pair are one character. */
  private utf16(): CharSet {
    const text = this.source.slice(this.at, this.at + 10);
    const pair = /^([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})$/.exec(text);
    if (pair === null) return this.hexadecimal(4);
    this.at += 10;
    return charsOf(String.fromCharCode(Number.parseInt(pair[1]!, 16), Number.parseInt(pair[2]!, 16)));
  }

  private hexadecimalUntilBrace(): CharSet {
    let text = '';
    while (!this.take('}')) text += this.next();
    const char = Number.parseInt(text, 16);
    if (!/^[0-9a-fA-F]+$/.test(text) || char > 0x10ffff) this.fail('no code point in \\u{}');
    return charRange(char, char);
  }

  private next(): string {
    const char = this.source.codePointAt(this.at);
    if (char === undefined) return this.fail('it ends too early');
    const text = String.fromCodePoint(char);
    this.at += text.length;
    return text;
  }

  private sees(char: string): boolean {
    return this.source[this.at] === char;
  }

  private take(char: string): boolean {
    if (!this.sees(char)) return false;
    this.at++;
    return true;
  }

  private fail(reason: string): never {
    const shown = this.source.length > 60 ? `${this.source.slice(0, 60)}…` : this.source;
    return fail('regular expression', `${JSON.stringify(shown)} at ${this.at}`, reason);
  }
}

function single(set: CharSet): number | undefined {
  const [range] = set;
  return set.length === 1 && range!.lo === range!.hi ? range!.lo : undefined;
}

export const anyText: RegexNode = {
  type: 'repeat',
  item: { type: 'chars', set: anyChar },
  min: 0,
  max: Number.POSITIVE_INFINITY,
};
