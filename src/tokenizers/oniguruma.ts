/**
 * What of a file's regular expressions (Oniguruma, in Ruby's syntax) the library would carry out otherwise in silence: atomic
 * groups and possessive quantifiers gave back what they had matched, case was ignored for ASCII alone. Both are put into what
 * JavaScript does the same; `\G` and what has no such form is refused.
 */
import { unsupportedHint } from './hints.js';
import type { Shape } from './shape.js';

/** The pattern with its atomic groups, possessive quantifiers and case-insensitive groups spelled out. */
export function spelledOut(shape: Shape, source: string, where: string): string {
  return new Speller(shape, source, where).whole();
}

interface Group {
  /** Where it begins in the output. */
  readonly start: number;
  readonly close: string;
  readonly ignoresCase: boolean;
}

/** Strings that are one letter in another case: `ſt` and `st`, `ß` and `ss`. */
const foldedPairs = /ss|ff|fi|fl|st|[\u0080-\u{10ffff}]{2}/iu;

class Speller {
  private out = '';
  private at = 0;
  /** Where the last thing begins that a quantifier could follow. */
  private atom = -1;
  private captures = 0;
  private readonly groups: Group[] = [];
  private ignoresCase = false;
  /** Letters in a row whose case is ignored. */
  private letters = '';

  constructor(
    private readonly shape: Shape,
    private readonly source: string,
    private readonly where: string,
  ) {}

  whole(): string {
    while (this.at < this.source.length) this.step();
    return this.out;
  }

  private step(): void {
    const { source } = this;
    const rest = source.slice(this.at, this.at + 32);
    const quantifier = /^[?*+](\+?)/.exec(rest);
    if (quantifier !== null && this.atom >= 0) {
      this.quantify(quantifier[0]);
      return;
    }
    const counted = /^\{(?:\d+(?:,\d*)?|,\d+)\}\??/.exec(rest);
    if (counted !== null && this.atom >= 0) {
      this.out += counted[0];
      this.at += counted[0].length;
      return;
    }
    if (rest[0] === '(') this.open(rest);
    else if (rest[0] === ')') this.close();
    else if (rest[0] === '|') this.alternative();
    else this.item(rest);
  }

  private alternative(): void {
    this.letters = '';
    this.atom = -1;
    this.out += '|';
    this.at++;
  }

  private item(rest: string): void {
    const { source } = this;
    const length = rest[0] === '\\' ? this.escapeLength() : rest[0] === '[' ? this.classLength() : undefined;
    const text =
      length === undefined ? String.fromCodePoint(rest.codePointAt(0)!) : source.slice(this.at, this.at + length);
    this.atom = this.out.length;
    this.at += text.length;
    this.out += this.ignoresCase ? this.inAnyCase(text) : text;
  }

  private quantify(text: string): void {
    this.letters = '';
    this.at += text.length;
    const isPossessive = text.length === 2;
    if (isPossessive) this.hold(this.atom, `${this.out.slice(this.atom)}${text[0]}`);
    else {
      this.out += text;
      const lazy = this.source[this.at] === '?';
      if (lazy) {
        this.out += '?';
        this.at++;
      }
    }
    this.atom = isPossessive ? this.atom : -1;
  }

  /** A match that is not given back: looked for ahead and then taken as it was found. */
  private hold(start: number, content: string): void {
    const name = `held${this.captures++}`;
    this.out = `${this.out.slice(0, start)}(?:(?=(?<${name}>${content}))\\k<${name}>)`;
  }

  private open(rest: string): void {
    const { start, prefix, close, ignoresCase } = this.prefixOf(rest);
    this.groups.push({ start, close, ignoresCase: this.ignoresCase });
    this.ignoresCase ||= ignoresCase;
    this.letters = '';
    this.atom = -1;
    this.out += prefix.written;
    this.at += prefix.read.length;
  }

  private prefixOf(rest: string) {
    const start = this.out.length;
    const plain = (read: string) => ({ start, prefix: { read, written: read }, close: ')', ignoresCase: false });
    if (rest.startsWith('(?>')) {
      const name = `held${this.captures++}`;
      const prefix = { read: '(?>', written: `(?:(?=(?<${name}>` };
      return { start, prefix, close: `))\\k<${name}>)`, ignoresCase: false };
    }
    if (rest.startsWith('(?i:')) {
      return { start, prefix: { read: '(?i:', written: '(?:' }, close: ')', ignoresCase: true };
    }
    const known = /^\((?:\?(?:<?[=!]|:|<[A-Za-z_]\w*>))?/.exec(rest)![0];
    if (known === '(' && rest[1] === '?') return this.refuse(`the group ${rest.slice(0, 4)}`);
    return plain(known);
  }

  private close(): void {
    const group = this.groups.pop();
    if (group === undefined) this.refuse('a parenthesis that closes nothing');
    this.out += group.close;
    this.ignoresCase = group.ignoresCase;
    this.letters = '';
    this.atom = group.start;
    this.at++;
  }

  private escapeLength(): number {
    const rest = this.source.slice(this.at, this.at + 64);
    if (rest[1] === 'G') return this.refuse('\\G');
    const whole = /^\\(?:[pPxu]\{[^}]*\}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[A-Za-z]|k<\w+>|.)/su.exec(rest);
    return whole === null ? this.refuse('a backslash at its end') : whole[0].length;
  }

  /** From a bracket to the one that closes it; classes nest. */
  private classLength(): number {
    let depth = 0;
    for (let at = this.at; at < this.source.length; at++) {
      const char = this.source[at]!;
      if (char === '\\') at++;
      else if (char === '[') {
        depth++;
        if (this.source[at + 1] === '^') at++;
        if (this.source[at + 1] === ']') at++;
      } else if (char === ']' && --depth === 0) return at + 1 - this.at;
    }
    return this.refuse('a character class that nothing closes');
  }

  /** A letter, an escape or a class whose case is ignored. */
  private inAnyCase(text: string): string {
    if (text.startsWith('[')) {
      this.letters = '';
      return this.classInAnyCase(text);
    }
    const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|[xu]\{([\da-fA-F]+)\})$/.exec(text);
    const char = code === null ? text : String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16));
    if (code === null && text.startsWith('\\')) {
      this.letters = '';
      return text;
    }
    const cases = this.casesOf(char);
    this.letters = cases.length === 1 ? '' : this.letters + char;
    if (foldedPairs.test(this.letters)) return this.refuse(`(?i:…) around ${JSON.stringify(this.letters)}`);
    return cases.length === 1 ? text : `[${cases.join('')}]`;
  }

  private classInAnyCase(text: string): string {
    const inside = /^\[((?:[^\\[\]&^-]|[A-Za-z0-9]-[A-Za-z0-9])*)\]$/u.exec(text)?.[1];
    if (inside === undefined) return this.refuse(`(?i:…) around the class ${text}`);
    const members = new Set<string>();
    for (const [, from, to, single] of inside.matchAll(/([A-Za-z0-9])-([A-Za-z0-9])|(.)/gsu)) {
      const first = (single ?? from!).codePointAt(0)!;
      const last = (single ?? to!).codePointAt(0)!;
      for (let code = first; code <= last; code++) {
        for (const char of this.casesOf(String.fromCodePoint(code))) members.add(char);
      }
    }
    return `[${[...members].join('')}]`;
  }

  /** A letter with all that differ from it in case alone. */
  private casesOf(char: string): string[] {
    const upper = char.toUpperCase();
    if (upper === char && char.toLowerCase() === char) return [char];
    if (/[A-Za-z]/.test(char)) {
      const lower = char.toLowerCase();
      return [lower, upper, ...(lower === 's' ? ['\u017f'] : lower === 'k' ? ['\u212a'] : [])];
    }
    const pattern = new RegExp(`^${char}$`, 'iu');
    const cases: string[] = [];
    for (let code = 0x80; code < 0x20000; code++) {
      if (code === 0xd800) code = 0xe000;
      const other = String.fromCodePoint(code);
      if (pattern.test(other)) cases.push(other);
    }
    if (upper.length > char.length || cases.length === 0) return this.refuse(`(?i:…) around ${JSON.stringify(char)}`);
    return cases;
  }

  private refuse(what: string): never {
    return this.shape.fail(`${this.where}: ${what} is not supported in a pattern`, unsupportedHint);
  }
}
