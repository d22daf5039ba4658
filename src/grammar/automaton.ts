/**
 * The one form that schemas, regular expressions and GBNF become: rules, each an automaton over bytes whose states can also
 * call another rule and go on when it is done. A text's place in a grammar is a state and a stack of states to return to.
 */

/** No transition. */
export const dead = -1;

export interface Call {
  readonly rule: number;
  /** The state of the calling rule after it. */
  readonly returnTo: number;
}

export interface Automaton {
  readonly start: number;
  /** The state after a byte, or `dead`. */
  step(state: number, byte: number): number;
  /** Whether the rule may end here. */
  accepting(state: number): boolean;
  calls(state: number): readonly Call[];
  /** Whether any byte leads on. */
  reads(state: number): boolean;
  /** States with the same key allow the same tokens of at most `longest` bytes. */
  maskKey(state: number, longest: number): number;
  /** A name under which a mask is the same in every grammar, so that it is worked out once a vocabulary. */
  sharedKey?(state: number, longest: number): string | undefined;
  /** The state that the shared mask is of, where it is another one. */
  sharedState?(state: number): number;
  /** Bytes from here after which the rule is not done, although the shared mask says so. */
  exceptions?(state: number): readonly Uint8Array[];
}

export interface Grammar {
  readonly rules: readonly Automaton[];
  readonly root: number;
}

const none: readonly Call[] = [];

/** Transitions in a table of states by classes of bytes. */
export class TableAutomaton implements Automaton {
  constructor(
    readonly start: number,
    /** (256) */
    readonly classOf: Uint8Array,
    readonly classes: number,
    /** (states, classes) */
    readonly next: Int32Array,
    readonly accepts: readonly boolean[],
    readonly callsOf: readonly (readonly Call[])[],
    /** Its name where it is the same in every grammar. */
    readonly shared?: string,
  ) {}

  get states(): number {
    return this.accepts.length;
  }

  step(state: number, byte: number): number {
    return this.next[state * this.classes + this.classOf[byte]!]!;
  }

  accepting(state: number): boolean {
    return this.accepts[state]!;
  }

  calls(state: number): readonly Call[] {
    return this.callsOf[state] ?? none;
  }

  reads(state: number): boolean {
    const { classes, next } = this;
    for (let c = 0; c < classes; c++) if (next[state * classes + c] !== dead) return true;
    return false;
  }

  maskKey(state: number): number {
    return state;
  }

  sharedKey(state: number): string | undefined {
    return this.shared && `${this.shared} ${state}`;
  }
}

/**
 * A text of `min` to `max` characters between two quotes, without a state for each length: a table for one character, and
 * a count beside it. Of the table's states one stands between characters, and a quote leads from there to the last one.
 */
export class CountedAutomaton implements Automaton {
  private readonly cap: number;
  private readonly between: number;
  private readonly closed: number;

  constructor(
    private readonly table: TableAutomaton,
    private readonly min: number,
    private readonly max: number,
  ) {
    this.cap = max === Number.POSITIVE_INFINITY ? min : max;
    this.between = table.step(table.start, quote);
    this.closed = table.step(this.between, quote);
  }

  get start(): number {
    return this.table.start;
  }

  get satisfiable(): boolean {
    return this.min <= this.max;
  }

  step(state: number, byte: number): number {
    const { table, between, closed, cap } = this;
    const count = Math.floor(state / table.states);
    const place = state % table.states;
    const to = table.step(place, byte);
    if (to === dead) return dead;
    if (place === between && (to === closed ? count < this.min : count >= this.max)) return dead;
    const read = to === between && place !== table.start ? Math.min(count + 1, cap) : count;
    return read * table.states + to;
  }

  accepting(state: number): boolean {
    return state % this.table.states === this.closed;
  }

  calls(): readonly Call[] {
    return none;
  }

  reads(state: number): boolean {
    return !this.accepting(state);
  }

  maskKey(state: number, longest: number): number {
    const { table } = this;
    const count = Math.floor(state / table.states);
    const missing = Math.min(Math.max(0, this.min - count), longest + 1);
    const room = Math.min(this.max - count, longest + 1);
    return (missing * (longest + 2) + room) * table.states + (state % table.states);
  }

  sharedKey(state: number, longest: number): string {
    return `counted text ${this.maskKey(state, longest)}`;
  }
}

/** Texts of a shared table but for some, without a state for each letter of those: the keys that a schema does not name. */
export class ExcludingAutomaton implements Automaton {
  /** The excluded texts as a tree; node 0 is for texts that none of them begins with, node 1 its root. */
  private readonly children: Map<number, number>[] = [new Map(), new Map()];
  private readonly excluded = new Set<number>();

  constructor(
    private readonly table: TableAutomaton,
    excluded: readonly Uint8Array[],
  ) {
    for (const text of excluded) {
      let node = 1;
      for (const byte of text) {
        let next = this.children[node]!.get(byte);
        if (next === undefined) {
          next = this.children.length;
          this.children[node]!.set(byte, next);
          this.children.push(new Map());
        }
        node = next;
      }
      this.excluded.add(node);
    }
  }

  get start(): number {
    return this.table.states + this.table.start;
  }

  step(state: number, byte: number): number {
    const { table, children } = this;
    const to = table.step(state % table.states, byte);
    if (to === dead) return dead;
    const node = children[Math.floor(state / table.states)]!.get(byte) ?? 0;
    return this.excluded.has(node) ? dead : node * table.states + to;
  }

  accepting(state: number): boolean {
    return this.table.accepting(state % this.table.states);
  }

  calls(): readonly Call[] {
    return none;
  }

  reads(state: number): boolean {
    return this.table.reads(state % this.table.states);
  }

  maskKey(state: number): number {
    return state;
  }

  sharedKey(state: number): string | undefined {
    return this.table.sharedKey(state % this.table.states);
  }

  /** The same place in a text that none of the excluded ones begins with. */
  sharedState(state: number): number {
    return state % this.table.states;
  }

  exceptions(state: number): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    const visit = (node: number, path: readonly number[]) => {
      for (const [byte, next] of this.children[node]!) {
        if (this.excluded.has(next)) found.push(Uint8Array.from([...path, byte]));
        else visit(next, [...path, byte]);
      }
    };
    visit(Math.floor(state / this.table.states), []);
    return found;
  }
}

const quote = 0x22;
