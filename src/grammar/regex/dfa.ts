/** Deterministic automata over code points: what a string of a schema may be. Closed under "and", "or" and "not". */
import { anyChar, type CharSet } from '../charSet.js';
import { Deadline, fail, limits } from '../failure.js';

/** No transition. */
export const dead = -1;

export interface Dfa {
  readonly start: number;
  readonly states: number;
  /** Code points from `bounds[i]` up to `bounds[i + 1]` behave alike: they are of class `classOf[i]`. */
  readonly bounds: readonly number[];
  readonly classOf: readonly number[];
  readonly classes: number;
  /** (states, classes), row-major. */
  readonly next: Int32Array;
  readonly accepting: readonly boolean[];
}

/** Edges on sets of code points and on nothing, as they are put together. */
export class Nfa {
  readonly edges: { set: CharSet; to: number }[][] = [];
  readonly empty: number[][] = [];
  /** Edges that hold only where nothing was read, or only where nothing follows. */
  readonly atStart: number[][] = [];
  readonly atEnd: number[][] = [];

  state(): number {
    if (this.edges.length > limits.states) fail('regular expression', 'its states', `there are over ${limits.states}`);
    this.edges.push([]);
    this.empty.push([]);
    this.atStart.push([]);
    this.atEnd.push([]);
    return this.edges.length - 1;
  }

  /** A state that `set` leads to. */
  read(from: number, set: CharSet, to = this.state()): number {
    if (set.length > 0) this.edges[from]!.push({ set, to });
    return to;
  }

  determinize(start: number, accept: number): Dfa {
    const sets = [...new Set(this.edges.flat().map(({ set }) => set))];
    const alphabet = partition(sets);
    const closed = (from: Iterable<number>, kinds: readonly number[][][]) => {
      const seen = new Set(from);
      for (const state of seen) for (const kind of kinds) for (const to of kind[state]!) seen.add(to);
      return [...seen].sort((a, b) => a - b);
    };
    const subsets = new Map<string, number>();
    const members: number[][] = [];
    const intern = (states: number[], first: boolean) => {
      const key = `${first ? '^' : ''}${states.join()}`;
      let id = subsets.get(key);
      if (id === undefined) {
        id = members.length;
        if (id > limits.states) fail('regular expression', 'its states', `there are over ${limits.states}`);
        subsets.set(key, id);
        members.push(states);
      }
      return id;
    };
    intern(closed([start], [this.empty, this.atStart]), true);
    const rows: number[][] = [];
    const accepting: boolean[] = [];
    const deadline = new Deadline('regular expression');
    for (let id = 0; id < members.length; id++) {
      deadline.check();
      const states = members[id]!;
      const ends = id === 0 ? [this.empty, this.atStart, this.atEnd] : [this.empty, this.atEnd];
      accepting.push(closed(states, ends).includes(accept));
      const targets = Array.from({ length: alphabet.classes }, () => new Set<number>());
      for (const state of states)
        for (const { set, to } of this.edges[state]!) for (const c of alphabet.classesOf.get(set)!) targets[c]!.add(to);
      rows.push(targets.map((to) => (to.size === 0 ? dead : intern(closed(to, [this.empty]), false))));
    }
    const { bounds, classOf, classes } = alphabet;
    return trim({
      start: 0,
      states: rows.length,
      bounds,
      classOf,
      classes,
      next: Int32Array.from(rows.flat()),
      accepting,
    });
  }
}

/** The coarsest classes of code points that every set is a union of. */
function partition(sets: readonly CharSet[]) {
  const bounds = [...new Set([0, ...sets.flat().flatMap(({ lo, hi }) => [lo, hi + 1])])].sort((a, b) => a - b);
  const members: number[][] = bounds.map(() => []);
  sets.forEach((set, s) => {
    for (const { lo, hi } of set)
      for (let i = search(bounds, lo); i < bounds.length && bounds[i]! <= hi; i++) members[i]!.push(s);
  });
  const byMembers = new Map<string, number>();
  const classesOf = new Map<CharSet, Set<number>>(sets.map((set) => [set, new Set()]));
  const classOf = members.map((list) => {
    const key = list.join();
    if (!byMembers.has(key)) byMembers.set(key, byMembers.size);
    const id = byMembers.get(key)!;
    for (const s of list) classesOf.get(sets[s]!)!.add(id);
    return id;
  });
  return { bounds, classOf, classes: byMembers.size, classesOf };
}

/** The last index whose bound is at most `char`. */
function search(bounds: readonly number[], char: number): number {
  let [lo, hi] = [0, bounds.length - 1];
  while (lo < hi) {
    const middle = (lo + hi + 1) >> 1;
    if (bounds[middle]! <= char) lo = middle;
    else hi = middle - 1;
  }
  return lo;
}

/** Joins two automata; `accept` says of which pairs of outcomes the result is. */
export function combine(a: Dfa, b: Dfa, accept: (a: boolean, b: boolean) => boolean): Dfa {
  const bounds = [...new Set([...a.bounds, ...b.bounds])].sort((x, y) => x - y);
  const classIds = new Map<number, number>();
  const classPairs: [number, number][] = [];
  const classOf = bounds.map((char) => {
    const pair: [number, number] = [a.classOf[search(a.bounds, char)]!, b.classOf[search(b.bounds, char)]!];
    const key = pair[0] * b.classes + pair[1];
    if (!classIds.has(key)) {
      classIds.set(key, classPairs.length);
      classPairs.push(pair);
    }
    return classIds.get(key)!;
  });
  const ids = new Map<number, number>();
  const pairs: [number, number][] = [];
  const intern = (x: number, y: number) => {
    const key = (x + 1) * (b.states + 1) + y + 1;
    let id = ids.get(key);
    if (id === undefined) {
      id = pairs.length;
      if (id > limits.states) fail('regular expression', 'its states', `there are over ${limits.states}`);
      ids.set(key, id);
      pairs.push([x, y]);
    }
    return id;
  };
  intern(a.start, b.start);
  const next: number[] = [];
  const accepting: boolean[] = [];
  const hopeless = !accept(false, false);
  const deadline = new Deadline('regular expression');
  for (let id = 0; id < pairs.length; id++) {
    if (id % 1000 === 0) deadline.check();
    const [x, y] = pairs[id]!;
    accepting.push(accept(x !== dead && a.accepting[x]!, y !== dead && b.accepting[y]!));
    for (const [ca, cb] of classPairs) {
      const to: [number, number] = [
        x === dead ? dead : a.next[x * a.classes + ca]!,
        y === dead ? dead : b.next[y * b.classes + cb]!,
      ];
      next.push(hopeless && to[0] === dead && to[1] === dead ? dead : intern(...to));
    }
  }
  const classes = classPairs.length;
  return trim({ start: 0, states: pairs.length, bounds, classOf, classes, next: Int32Array.from(next), accepting });
}

export const and = (a: Dfa, b: Dfa): Dfa => combine(a, b, (x, y) => x && y);
export const minus = (a: Dfa, b: Dfa): Dfa => combine(a, b, (x, y) => x && !y);
export const isEmpty = (dfa: Dfa): boolean => !dfa.accepting.some(Boolean);

/** Any text at all. */
export const anyTextDfa: Dfa = (() => {
  const nfa = new Nfa();
  const state = nfa.state();
  nfa.read(state, anyChar, state);
  return nfa.determinize(state, state);
})();

/** Exactly these texts. */
export function textsDfa(texts: readonly string[]): Dfa {
  const nfa = new Nfa();
  const [start, accept] = [nfa.state(), nfa.state()];
  for (const text of texts) {
    let state = start;
    for (const char of text) state = nfa.read(state, [{ lo: char.codePointAt(0)!, hi: char.codePointAt(0)! }]);
    nfa.empty[state]!.push(accept);
  }
  return nfa.determinize(start, accept);
}

/** Texts of `min` to `max` characters of a language. */
export function ofLength(dfa: Dfa, min: number, max: number): Dfa {
  const cap = max === Number.POSITIVE_INFINITY ? min : max + 1;
  if ((cap + 1) * dfa.states > limits.states) {
    fail(
      'JSON schema',
      'minLength, maxLength',
      'these lengths of a text with a pattern or format need too many states',
    );
  }
  const { states, classes, next } = dfa;
  const table = new Int32Array((cap + 1) * states * classes).fill(dead);
  const accepting: boolean[] = [];
  for (let length = 0; length <= cap; length++) {
    const following = Math.min(length + 1, cap);
    for (let state = 0; state < states; state++) {
      accepting.push(dfa.accepting[state]! && length >= min && length <= max);
      for (let c = 0; c < classes; c++) {
        const to = next[state * classes + c]!;
        if (to !== dead) table[(length * states + state) * classes + c] = following * states + to;
      }
    }
  }
  return trim({ ...dfa, states: (cap + 1) * states, next: table, accepting });
}

/** Whether a text is of the language. */
export function accepts(dfa: Dfa, text: string): boolean {
  let state = dfa.start;
  for (const char of text) {
    state = dfa.next[state * dfa.classes + dfa.classOf[search(dfa.bounds, char.codePointAt(0)!)]!]!;
    if (state === dead) return false;
  }
  return dfa.accepting[state]!;
}

/** Takes out the states that nothing leads to or that lead nowhere; the start stays, also of the empty language. */
function trim(dfa: Dfa): Dfa {
  const { start, states, classes, next, accepting } = dfa;
  const before: number[][] = Array.from({ length: states }, () => []);
  for (let i = 0; i < next.length; i++) if (next[i] !== dead) before[next[i]!]!.push(Math.floor(i / classes));
  const useful = new Set<number>();
  for (let state = 0; state < states; state++) if (accepting[state]) useful.add(state);
  for (const state of useful) for (const from of before[state]!) useful.add(from);
  const reached = new Set([start]);
  for (const state of reached)
    for (let c = 0; c < classes; c++) {
      const to = next[state * classes + c]!;
      if (to !== dead && useful.has(to)) reached.add(to);
    }
  const order = [...reached];
  const renamed = new Map(order.map((state, i) => [state, i]));
  const table = new Int32Array(order.length * classes);
  order.forEach((state, i) => {
    for (let c = 0; c < classes; c++) table[i * classes + c] = renamed.get(next[state * classes + c]!) ?? dead;
  });
  return {
    ...dfa,
    start: 0,
    states: order.length,
    next: table,
    accepting: order.map((state) => accepting[state]!),
  };
}
