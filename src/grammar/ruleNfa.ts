/** Puts a rule together: edges on ranges of bytes, on nothing and on calls, made deterministic at the end. */
import { type Call, dead, TableAutomaton } from './automaton.js';
import type { CharSet } from './charSet.js';
import { type Deadline, fail, type GrammarSource, limits } from './failure.js';
import { utf8Sequences } from './utf8.js';

interface ByteEdge {
  readonly lo: number;
  readonly hi: number;
  readonly to: number;
}

export class RuleNfa {
  private readonly edges: ByteEdge[][] = [];
  private readonly empty: (number[] | undefined)[] = [];
  private readonly called: (Call[] | undefined)[] = [];
  /** States that read what is left of a character before a state: so many continuation bytes, any of them. */
  private readonly rests = new Map<string, number>();

  constructor(private readonly source: GrammarSource) {}

  state(): number {
    if (this.edges.length >= limits.states) fail(this.source, 'a rule', `it has over ${limits.states} states`);
    this.edges.push([]);
    this.empty.push(undefined);
    this.called.push(undefined);
    return this.edges.length - 1;
  }

  bytes(from: number, lo: number, hi: number, to = this.state()): number {
    this.edges[from]!.push({ lo, hi, to });
    return to;
  }

  skip(from: number, to: number): number {
    const targets = this.empty[from];
    if (targets === undefined) this.empty[from] = [to];
    else targets.push(to);
    return to;
  }

  call(from: number, rule: number, to = this.state()): number {
    const calls = this.called[from];
    if (calls === undefined) this.called[from] = [{ rule, returnTo: to }];
    else calls.push({ rule, returnTo: to });
    return to;
  }

  /** Reads a text's UTF-8 bytes. */
  text(from: number, text: string, to?: number): number {
    const bytes = encoder.encode(text);
    let state = from;
    bytes.forEach((byte, i) => {
      state = this.bytes(state, byte, byte, i === bytes.length - 1 ? to : undefined);
    });
    return bytes.length === 0 && to !== undefined ? this.skip(from, to) : state;
  }

  /** Reads one character of a set as UTF-8. */
  chars(from: number, set: CharSet, to = this.state()): number {
    for (const sequence of utf8Sequences(set)) {
      let state = from;
      sequence.forEach(({ lo, hi }, i) => {
        const left = sequence.length - 1 - i;
        const rest = left === 0 ? to : sequence.slice(i + 1).every(isAnyContinuation) ? this.rest(to, left) : undefined;
        if (state !== -1) state = this.bytes(state, lo, hi, rest);
        // The shared states read what follows.
        if (rest !== undefined) state = -1;
      });
    }
    return to;
  }

  private rest(to: number, count: number): number {
    const key = `${to}:${count}`;
    let state = this.rests.get(key);
    if (state === undefined) {
      state = this.state();
      this.rests.set(key, state);
      this.bytes(state, 0x80, 0xbf, count === 1 ? to : this.rest(to, count - 1));
    }
    return state;
  }

  determinize(start: number, accept: number, deadline: Deadline, shared?: string): TableAutomaton {
    const { classOf, classes } = this.byteClasses();
    const subsets = new Subsets(this.empty, () => fail(this.source, 'a rule', `it has over ${limits.states} states`));
    subsets.intern([start]);
    const rows: Int32Array[] = [];
    const accepts: boolean[] = [];
    const callsOf: Call[][] = [];
    for (let id = 0; id < subsets.members.length; id++) {
      if (id % 256 === 0) deadline.check();
      const states = subsets.members[id]!;
      accepts.push(states.includes(accept));
      rows.push(this.row(states, classOf, classes, subsets));
      const byRule = new Map<number, number[]>();
      for (const state of states) {
        for (const { rule, returnTo } of this.called[state] ?? none) {
          const targets = byRule.get(rule);
          if (targets === undefined) byRule.set(rule, [returnTo]);
          else targets.push(returnTo);
        }
      }
      callsOf.push([...byRule].map(([rule, targets]) => ({ rule, returnTo: subsets.intern(targets) })));
    }
    const next = new Int32Array(rows.length * classes);
    rows.forEach((row, id) => {
      next.set(row, id * classes);
    });
    return new TableAutomaton(0, classOf, classes, next, accepts, callsOf, shared);
  }

  /** Where each class of bytes leads from a set of states. */
  private row(states: readonly number[], classOf: Uint8Array, classes: number, subsets: Subsets): Int32Array {
    const row = new Int32Array(classes).fill(dead);
    /** Classes that more than one edge reads. */
    let several: Map<number, number[]> | undefined;
    const single = new Int32Array(classes).fill(dead);
    for (const state of states) {
      for (const { lo, hi, to } of this.edges[state]!) {
        for (let c = classOf[lo]!; c <= classOf[hi]!; c++) {
          if (single[c] === dead) single[c] = to;
          else if (single[c] !== to) {
            several ??= new Map();
            if (!several.has(c)) several.set(c, [single[c]!]);
            several.get(c)!.push(to);
          }
        }
      }
    }
    for (let c = 0; c < classes; c++) if (single[c] !== dead) row[c] = subsets.intern(several?.get(c) ?? [single[c]!]);
    return row;
  }

  /** Bytes that no edge tells apart; classes are numbered in the order of bytes. */
  private byteClasses(): { classOf: Uint8Array; classes: number } {
    const starts = new Uint8Array(257);
    for (const edges of this.edges) {
      for (const { lo, hi } of edges) {
        starts[lo] = 1;
        starts[hi + 1] = 1;
      }
    }
    const classOf = new Uint8Array(256);
    for (let byte = 1; byte < 256; byte++) classOf[byte] = classOf[byte - 1]! + starts[byte]!;
    return { classOf, classes: classOf[255]! + 1 };
  }
}

/** Sets of states that a text can be in, closed under edges on nothing, by number. */
class Subsets {
  readonly members: number[][] = [];
  private readonly ofOne = new Map<number, number>();
  private readonly ids = new Map<string, number>();

  constructor(
    private readonly empty: readonly (readonly number[] | undefined)[],
    private readonly tooMany: () => never,
  ) {}

  intern(from: readonly number[]): number {
    const [only] = from;
    if (from.length > 1) return this.internClosed(this.closed(from));
    let id = this.ofOne.get(only!);
    if (id === undefined) {
      // Nothing else has this closure, so that it needs no name.
      if (this.empty[only!] === undefined) id = this.add([only!]);
      else id = this.internClosed(this.closed(from));
      this.ofOne.set(only!, id);
    }
    return id;
  }

  private internClosed(states: number[]): number {
    const key = states.join();
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.add(states);
      this.ids.set(key, id);
    }
    return id;
  }

  private add(states: number[]): number {
    if (this.members.length >= limits.states) this.tooMany();
    return this.members.push(states) - 1;
  }

  private closed(from: readonly number[]): number[] {
    const seen = new Set(from);
    for (const state of seen) for (const to of this.empty[state] ?? none) seen.add(to);
    return [...seen].sort((a, b) => a - b);
  }
}

const isAnyContinuation = ({ lo, hi }: { lo: number; hi: number }) => lo === 0x80 && hi === 0xbf;
const none: readonly never[] = [];
const encoder = new TextEncoder();
