/**
 * GBNF, the grammars of llama.cpp: rules of literals, classes of characters, references, groups and repetitions, one of
 * which is named `root`.
 */
import type { Grammar } from './automaton.js';
import { GrammarBuilder } from './builder.js';
import { anyChar, type CharSet, charRange, complement, union } from './charSet.js';
import { fail, limits } from './failure.js';
import type { RuleNfa } from './ruleNfa.js';

/** @throws `grammar` naming the line, and what was expected there */
export function compileGbnf(text: string): Grammar {
  if (text.length > limits.textLength) {
    fail('GBNF grammar', 'the whole', `it has ${text.length} characters, and at most ${limits.textLength} are read`);
  }
  return new GbnfParser(text).parse();
}

type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'chars'; readonly set: CharSet }
  | { readonly type: 'rule'; readonly rule: number }
  | { readonly type: 'sequence' | 'choice'; readonly items: readonly Node[] }
  | { readonly type: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

const nameChar = /[A-Za-z0-9_-]/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class GbnfParser {
  private at = 0;
  private depth = 0;
  private readonly builder = new GrammarBuilder('GBNF grammar');
  private readonly rules = new Map<string, number>();
  private readonly defined = new Set<string>();

  constructor(private readonly text: string) {}

  parse(): Grammar {
    this.space(true);
    while (this.at < this.text.length) this.rule();
    for (const name of this.rules.keys()) {
      if (!this.defined.has(name)) fail('GBNF grammar', name, 'this rule is used and not defined');
    }
    const root = this.rules.get('root');
    return root === undefined ? fail('GBNF grammar', 'root', 'there is no such rule') : this.builder.build(root);
  }

  private rule(): void {
    const name = this.name();
    this.space(false);
    this.expect('::=');
    this.space(true);
    if (this.defined.has(name)) this.fail(`the rule ${name} is defined twice`);
    this.defined.add(name);
    const node = this.choice(false);
    if (this.at < this.text.length && !/[\r\n]/.test(this.text[this.at]!)) this.fail('expected the end of the line');
    this.space(true);
    const nfa = this.builder.nfa();
    const start = nfa.state();
    const end = this.add(nfa, node, start);
    this.builder.define(this.ruleOf(name), nfa.determinize(start, end, this.builder.deadline));
  }

  private ruleOf(name: string): number {
    let rule = this.rules.get(name);
    if (rule === undefined) {
      rule = this.builder.reserve();
      this.rules.set(name, rule);
    }
    return rule;
  }

  /** Within parentheses lines may end anywhere. */
  private choice(nested: boolean): Node {
    if (++this.depth > limits.nesting) this.fail(`parentheses are nested more than ${limits.nesting} deep`);
    const items = [this.sequence(nested)];
    while (this.take('|')) {
      this.space(true);
      items.push(this.sequence(nested));
    }
    this.depth--;
    return { type: 'choice', items };
  }

  private sequence(nested: boolean): Node {
    const items: Node[] = [];
    for (let item = this.item(nested); item !== undefined; item = this.item(nested)) {
      this.space(nested);
      const bounds = this.repetition();
      if (bounds !== undefined) this.space(nested);
      items.push(bounds === undefined ? item : { type: 'repeat', item, ...bounds });
    }
    return { type: 'sequence', items };
  }

  private item(nested: boolean): Node | undefined {
    const char = this.text[this.at];
    if (char === '"') return { type: 'text', text: this.literal() };
    if (char === '[') return { type: 'chars', set: this.charClass() };
    if (this.take('.')) return { type: 'chars', set: anyChar };
    if (this.take('(')) {
      this.space(true);
      const node = this.choice(true);
      this.expect(')');
      return node;
    }
    if (char === '<') this.fail('single tokens in a grammar are not supported');
    if (char === undefined || !nameChar.test(char)) return undefined;
    const begin = this.at;
    const name = this.name();
    this.space(nested);
    // A name that is followed by ::= begins the next rule.
    if (this.text.startsWith('::=', this.at)) {
      this.at = begin;
      return undefined;
    }
    return { type: 'rule', rule: this.ruleOf(name) };
  }

  private repetition(): { min: number; max: number } | undefined {
    if (this.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.take('?')) return { min: 0, max: 1 };
    if (!this.take('{')) return undefined;
    const counts = /^\s*(\d+)\s*(,\s*(\d*)\s*)?\}/.exec(this.text.slice(this.at, this.at + 64));
    if (counts === null) return this.fail('expected {n}, {n,} or {n,m}');
    this.at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    if (max < min) this.fail('numbers out of order in {}');
    if (min > limits.states || (max > limits.states && max !== Number.POSITIVE_INFINITY)) {
      this.fail(`a count over ${limits.states}`);
    }
    return { min, max };
  }

  /** Adds a part behind a state; the state behind it. */
  private add(nfa: RuleNfa, node: Node, from: number): number {
    switch (node.type) {
      case 'text':
        return nfa.text(from, node.text);
      case 'chars':
        return nfa.chars(from, node.set);
      case 'rule':
        return nfa.call(from, node.rule);
      case 'sequence':
        return node.items.reduce((state, item) => this.add(nfa, item, state), from);
      case 'choice': {
        const end = nfa.state();
        for (const item of node.items) nfa.skip(this.add(nfa, item, from), end);
        return end;
      }
      case 'repeat':
        return this.addRepeat(nfa, node, from);
    }
  }

  private addRepeat(nfa: RuleNfa, { item, min, max }: Extract<Node, { type: 'repeat' }>, from: number): number {
    let state = from;
    const once = () => {
      this.builder.deadline.check();
      state = this.add(nfa, item, state);
    };
    for (let i = 0; i < min; i++) once();
    const end = nfa.state();
    if (max === Number.POSITIVE_INFINITY) {
      const loop = nfa.skip(state, nfa.state());
      nfa.skip(this.add(nfa, item, loop), loop);
      return nfa.skip(loop, end);
    }
    nfa.skip(state, end);
    for (let i = min; i < max; i++) {
      once();
      nfa.skip(state, end);
    }
    return end;
  }

  private literal(): string {
    this.expect('"');
    let text = '';
    while (!this.take('"')) text += String.fromCodePoint(this.char());
    return text;
  }

  private charClass(): CharSet {
    this.expect('[');
    const negated = this.take('^');
    const sets: CharSet[] = [];
    while (!this.take(']')) {
      const lo = this.char();
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']') {
        this.at++;
        const hi = this.char();
        if (hi < lo) this.fail('a range out of order');
        sets.push(charRange(lo, hi));
      } else sets.push(charRange(lo, lo));
    }
    const set = union(...sets);
    return negated ? complement(set) : set;
  }

  /** One character of a literal or a class, by an escape or as it is. */
  private char(): number {
    const char = this.text.codePointAt(this.at);
    if (char === undefined) return this.fail('it ends within a literal or a class');
    const text = String.fromCodePoint(char);
    this.at += text.length;
    if (text !== '\\') return char;
    const kind = this.text[this.at++];
    const digits = { x: 2, u: 4, U: 8 }[kind ?? ''];
    if (digits !== undefined) {
      const hex = this.text.slice(this.at, this.at + digits);
      const code = Number.parseInt(hex, 16);
      if (!/^[0-9A-Fa-f]+$/.test(hex) || hex.length < digits || code > 0x10ffff)
        this.fail(`${digits} hexadecimal digits`);
      this.at += digits;
      return code;
    }
    if (kind === undefined) return this.fail('it ends after a backslash');
    return (escapes[kind] ?? kind).codePointAt(0)!;
  }

  private name(): string {
    const begin = this.at;
    while (this.at < this.text.length && nameChar.test(this.text[this.at]!)) this.at++;
    if (this.at === begin) this.fail('expected the name of a rule');
    return this.text.slice(begin, this.at);
  }

  /** Blanks and comments; line ends too, where they mean nothing. */
  private space(lines: boolean): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === '#') while (this.at < this.text.length && !/[\r\n]/.test(this.text[this.at]!)) this.at++;
      else if (char === ' ' || char === '\t' || (lines && (char === '\n' || char === '\r'))) this.at++;
      else return;
    }
  }

  private expect(text: string): void {
    if (!this.text.startsWith(text, this.at)) this.fail(`expected ${text}`);
    this.at += text.length;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private fail(reason: string): never {
    const line = this.text.slice(0, this.at).split('\n').length;
    return fail('GBNF grammar', `line ${line}`, reason);
  }
}
