/**
 * Which tokens may come next at a state of a rule, as far as the rule itself and what it calls can say; and where in the
 * tree of tokens the rule may end, so that whatever called it decides there. The first part is worked out once a state.
 *
 * The idea of masks by state, with the rest decided on the stack, is XGrammar's (arXiv 2411.15100).
 */
import { type Automaton, dead, type Grammar } from './automaton.js';
import type { LocalMask, Vocabulary } from './vocabulary.js';

/** A state of a rule, and what was called inside of the rule where a walk began. */
interface Place {
  readonly rule: number;
  readonly state: number;
  readonly inside: Frame | undefined;
}

interface Frame {
  readonly id: number;
  readonly rule: number;
  readonly returnTo: number;
  readonly parent: Frame | undefined;
  readonly children: Map<number, Frame>;
}

/** Places that a text can be at, at once, with what each byte leads to. */
interface PlaceSet {
  readonly places: readonly Place[];
  /** Whether the rule where the walk began may be done here. */
  readonly exit: boolean;
  /** Set by byte; `unknown` where nobody asked yet. */
  readonly next: Int32Array;
}

const unknown = -2;
/** Masks that a grammar keeps of its own. */
const keptMasks = 2_000;
const longestRun = 256;

export class Masks {
  private readonly sets: PlaceSet[] = [];
  private readonly setIds = new Map<string, number>();
  private readonly starts = new Map<number, number>();
  private readonly own = new Map<number, LocalMask>();
  private readonly frames = new Map<number, Frame>();
  private frameCount = 0;
  private readonly visited: Int32Array;

  constructor(
    private readonly grammar: Grammar,
    private readonly vocabulary: Vocabulary,
  ) {
    this.visited = new Int32Array(vocabulary.longest + 1);
  }

  /** Tokens that may follow at a state that reads bytes. */
  local(rule: number, state: number): LocalMask {
    const automaton = this.grammar.rules[rule]!;
    const { longest } = this.vocabulary;
    const key = keyOf(rule, automaton.maskKey(state, longest));
    let mask = this.own.get(key);
    if (mask === undefined) {
      const sharedKey = automaton.sharedKey?.(state, longest);
      if (sharedKey === undefined) mask = this.workOut(rule, state);
      else {
        const shared = this.shared(sharedKey, rule, automaton.sharedState?.(state) ?? state);
        mask = this.without(shared, automaton.exceptions?.(state) ?? []);
      }
      if (this.own.size >= keptMasks) this.own.delete(this.own.keys().next().value!);
      this.own.set(key, mask);
    }
    return mask;
  }

  private shared(key: string, rule: number, state: number): LocalMask {
    const { masks } = this.vocabulary;
    let mask = masks.get(key);
    if (mask === undefined) {
      mask = this.workOut(rule, state);
      masks.set(key, mask);
    }
    return mask;
  }

  private workOut(rule: number, state: number): LocalMask {
    const bits = new Uint32Array(this.vocabulary.words);
    const exits: number[] = [];
    this.walk(0, this.setOf([{ rule, state, inside: undefined }], false), bits, exits);
    return { bits, exits: Int32Array.from(exits) };
  }

  /** A mask without the tokens, and the ways on, that end in one of some texts. */
  private without(mask: LocalMask, texts: readonly Uint8Array[]): LocalMask {
    const { tokensFrom, tokens } = this.vocabulary;
    const nodes = new Set(texts.flatMap((text) => this.vocabulary.find(text) ?? []));
    if (nodes.size === 0) return mask;
    const bits = mask.bits.slice();
    for (const node of nodes) {
      for (let i = tokensFrom[node]!; i < tokensFrom[node + 1]!; i++) {
        const token = tokens[i]!;
        bits[token >> 5] = bits[token >> 5]! & ~(1 << (token & 31));
      }
    }
    return { bits, exits: mask.exits.filter((node) => !nodes.has(node)) };
  }

  /** Goes on below nodes from a state that a rule returned to; true if that rule, too, may be done without a byte. */
  follow(
    rule: number,
    state: number,
    nodes: Int32Array | readonly number[],
    bits: Uint32Array,
    exits: number[],
  ): boolean {
    const key = keyOf(rule, state);
    let start = this.starts.get(key);
    if (start === undefined) {
      const { places, exit } = this.closure([{ rule, state, inside: undefined }]);
      start = this.setOf(places, exit);
      this.starts.set(key, start);
    }
    for (const node of nodes) this.walk(node, start, bits, exits);
    return this.sets[start]!.exit;
  }

  /** Marks the tokens below a node that can be read from a set of places, and notes where the rule may be done. */
  private walk(from: number, start: number, bits: Uint32Array, exits: number[]): void {
    const { byte, depth, subtreeEnd, tokensFrom, tokens } = this.vocabulary;
    const { visited } = this;
    const end = subtreeEnd[from]!;
    visited[depth[from]!] = start;
    for (let node = from + 1; node < end; ) {
      const d = depth[node]!;
      const before = visited[d - 1]!;
      let to = this.sets[before]!.next[byte[node]!]!;
      if (to === unknown) to = this.advance(before, byte[node]!);
      if (to === dead) {
        node = subtreeEnd[node]!;
        continue;
      }
      visited[d] = to;
      for (let i = tokensFrom[node]!; i < tokensFrom[node + 1]!; i++) {
        const token = tokens[i]!;
        bits[token >> 5] = bits[token >> 5]! | (1 << (token & 31));
      }
      if (this.sets[to]!.exit) exits.push(node);
      node++;
    }
  }

  private advance(from: number, byte: number): number {
    const set = this.sets[from]!;
    const stepped: Place[] = [];
    for (const { rule, state, inside } of set.places) {
      const to = this.grammar.rules[rule]!.step(state, byte);
      if (to !== dead) stepped.push({ rule, state: to, inside });
    }
    let next: number = dead;
    if (stepped.length > 0) {
      const { places, exit } = this.closure(stepped);
      if (places.length > 0 || exit) next = this.setOf(places, exit);
    }
    set.next[byte] = next;
    return next;
  }

  /** Enters what is called and leaves what is done; the places that read bytes stay. */
  private closure(from: readonly Place[]): { places: Place[]; exit: boolean } {
    const seen = new Set<string>();
    const places: Place[] = [];
    let exit = false;
    const waiting = [...from];
    for (let at = 0; at < waiting.length && at < longestRun * 16; at++) {
      const place = waiting[at]!;
      const key = placeKey(place);
      if (seen.has(key)) continue;
      seen.add(key);
      const { rule, state, inside } = place;
      const automaton = this.grammar.rules[rule]!;
      if (automaton.reads(state)) places.push(place);
      for (const { rule: callee, returnTo } of automaton.calls(state)) {
        const after = isDone(this.grammar.rules[rule]!, returnTo) ? inside : this.frame(rule, returnTo, inside);
        // A tail call from where the walk began ends where the rule does.
        waiting.push({ rule: callee, state: this.grammar.rules[callee]!.start, inside: after });
      }
      if (automaton.accepting(state)) {
        if (inside === undefined) exit = true;
        else waiting.push({ rule: inside.rule, state: inside.returnTo, inside: inside.parent });
      }
    }
    return { places, exit };
  }

  private frame(rule: number, returnTo: number, parent: Frame | undefined): Frame {
    const siblings = parent?.children ?? this.frames;
    const key = keyOf(rule, returnTo);
    let frame = siblings.get(key);
    if (frame === undefined) {
      frame = { id: ++this.frameCount, rule, returnTo, parent, children: new Map() };
      siblings.set(key, frame);
    }
    return frame;
  }

  private setOf(places: readonly Place[], exit: boolean): number {
    const key = `${exit ? '!' : ''}${places.map(placeKey).sort().join(';')}`;
    let id = this.setIds.get(key);
    if (id === undefined) {
      id = this.sets.length;
      this.setIds.set(key, id);
      this.sets.push({ places, exit, next: new Int32Array(256).fill(unknown) });
    }
    return id;
  }
}

const keyOf = (rule: number, state: number) => rule * 2 ** 30 + state;
const placeKey = ({ rule, state, inside }: Place) => `${rule},${state},${inside?.id ?? 0}`;

/** Whether a state only ends its rule: returning to it is returning further. */
export const isDone = (automaton: Automaton, state: number): boolean =>
  automaton.accepting(state) && !automaton.reads(state) && automaton.calls(state).length === 0;
