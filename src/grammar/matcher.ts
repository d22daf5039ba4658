/** Reads a text token by token along a grammar, and says which tokens may come next. */
import { JambalayaError } from '../errors/index.js';
import { dead, type Grammar } from './automaton.js';
import { limits } from './failure.js';
import { isDone, Masks } from './masks.js';
import type { Vocabulary } from './vocabulary.js';

/** Where to go on when a rule is done. Equal stacks are the same object. */
interface Stack {
  readonly rule: number;
  readonly returnTo: number;
  readonly parent: Stack | undefined;
  readonly depth: number;
  readonly children: Map<number, Stack>;
}

interface Place {
  readonly rule: number;
  readonly state: number;
  readonly stack: Stack | undefined;
}

/** A grammar for one vocabulary: what matchers of it share. */
export class TokenGrammar {
  readonly masks: Masks;
  private readonly bottom = new Map<number, Stack>();

  constructor(
    readonly grammar: Grammar,
    readonly vocabulary: Vocabulary,
  ) {
    this.masks = new Masks(grammar, vocabulary);
  }

  /** @param endIds tokens that end a text, allowed where it is complete */
  matcher(endIds: readonly number[]): GrammarMatcher {
    const { rules, root } = this.grammar;
    const start = { rule: root, state: rules[root]!.start, stack: undefined };
    return new GrammarMatcher(this, endIds, ...this.enter([start]));
  }

  /** Enters what is called and leaves what is done: the places that read bytes, and whether the text may end here. */
  enter(from: readonly Place[]): [places: Place[], complete: boolean] {
    const { rules } = this.grammar;
    const places: Place[] = [];
    let complete = false;
    const seen = new Map<Stack | undefined, Set<number>>();
    const waiting = [...from];
    for (const place of waiting) {
      const { rule, state, stack } = place;
      let known = seen.get(stack);
      if (known === undefined) {
        known = new Set();
        seen.set(stack, known);
      }
      const key = keyOf(rule, state);
      if (known.has(key)) continue;
      known.add(key);
      const automaton = rules[rule]!;
      if (automaton.reads(state)) places.push(place);
      for (const { rule: callee, returnTo } of automaton.calls(state)) {
        const after = isDone(automaton, returnTo) ? stack : this.push(rule, returnTo, stack);
        waiting.push({ rule: callee, state: rules[callee]!.start, stack: after });
      }
      if (automaton.accepting(state)) {
        if (stack === undefined) complete = true;
        else waiting.push({ rule: stack.rule, state: stack.returnTo, stack: stack.parent });
      }
      if (places.length > limits.stacks) {
        const found = places.length;
        throw new JambalayaError('limit', { what: 'ways to read a text of a grammar', limit: limits.stacks, found });
      }
    }
    return [places, complete];
  }

  private push(rule: number, returnTo: number, parent: Stack | undefined): Stack {
    const siblings = parent?.children ?? this.bottom;
    const key = keyOf(rule, returnTo);
    let stack = siblings.get(key);
    if (stack === undefined) {
      const depth = (parent?.depth ?? 0) + 1;
      if (depth > limits.depth) {
        throw new JambalayaError('limit', {
          what: 'calls within calls of a grammar',
          limit: limits.depth,
          found: depth,
        });
      }
      stack = { rule, returnTo, parent, depth, children: new Map() };
      siblings.set(key, stack);
    }
    return stack;
  }
}

const keyOf = (rule: number, state: number) => rule * 2 ** 30 + state;

export class GrammarMatcher {
  private mask: Uint32Array | undefined;
  private ended = false;

  constructor(
    private readonly owner: TokenGrammar,
    private readonly endIds: readonly number[],
    private places: readonly Place[],
    private complete: boolean,
  ) {}

  /** Whether the text so far is one of the grammar's. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** Whether nothing may follow but the end. */
  get isDone(): boolean {
    return this.ended || (this.complete && this.places.length === 0);
  }

  /** A bit for each token that may come next (token i is bit i mod 32 of word ⌊i / 32⌋); end tokens where the text is complete. */
  allowed(): Uint32Array {
    if (this.mask !== undefined) return this.mask;
    const { masks, vocabulary } = this.owner;
    const bits = new Uint32Array(vocabulary.words);
    if (!this.ended) {
      for (const { rule, state, stack } of this.places) {
        const local = masks.local(rule, state);
        for (let i = 0; i < bits.length; i++) bits[i] = bits[i]! | local.bits[i]!;
        if (local.exits.length > 0) this.followStack(stack, local.exits, bits);
      }
    }
    if (this.complete && !this.ended) for (const id of this.endIds) bits[id >> 5] = bits[id >> 5]! | (1 << (id & 31));
    this.mask = bits;
    return bits;
  }

  private followStack(stack: Stack | undefined, nodes: Int32Array | number[], bits: Uint32Array): void {
    const { masks } = this.owner;
    for (
      let at = stack, from: Int32Array | readonly number[] = nodes;
      at !== undefined && from.length > 0;
      at = at.parent
    ) {
      const exits: number[] = [];
      // Where a rule is done without a byte, all nodes are exits of it, too.
      if (masks.follow(at.rule, at.returnTo, from, bits, exits)) for (const node of from) exits.push(node);
      from = exits;
    }
  }

  /** Reads a token; false, and nothing changed, if it may not come here. */
  accept(id: number): boolean {
    if (this.endIds.includes(id)) {
      if (!this.complete || this.ended) return false;
      this.ended = true;
      this.mask = undefined;
      return true;
    }
    const bytes = this.owner.vocabulary.bytes[id];
    return bytes !== undefined && bytes.length > 0 && this.acceptBytes(bytes);
  }

  /** Reads bytes; false, and nothing changed, if they may not come here. */
  acceptBytes(bytes: Uint8Array): boolean {
    if (this.ended) return false;
    const { rules } = this.owner.grammar;
    let { places, complete } = this;
    for (const byte of bytes) {
      const stepped: Place[] = [];
      for (const { rule, state, stack } of places) {
        const to = rules[rule]!.step(state, byte);
        if (to !== dead) stepped.push({ rule, state: to, stack });
      }
      if (stepped.length === 0) return false;
      [places, complete] = this.owner.enter(stepped);
    }
    this.places = places;
    this.complete = complete;
    this.mask = undefined;
    return true;
  }

  /** The bytes that can only come next, without a choice; at most `longest` of them. */
  forcedBytes(longest = 256): Uint8Array {
    const { rules } = this.owner.grammar;
    const forced: number[] = [];
    let { places, complete } = this;
    while (!complete && !this.ended && forced.length < longest) {
      let only = -1;
      for (let byte = 0; byte < 256 && only !== -2; byte++) {
        if (!places.some(({ rule, state }) => rules[rule]!.step(state, byte) !== dead)) continue;
        only = only === -1 ? byte : -2;
      }
      if (only < 0) break;
      forced.push(only);
      const stepped = places.flatMap(({ rule, state, stack }) => {
        const to = rules[rule]!.step(state, only);
        return to === dead ? [] : [{ rule, state: to, stack }];
      });
      [places, complete] = this.owner.enter(stepped);
    }
    return Uint8Array.from(forced);
  }

  /** The same place, to go on from in another way. */
  clone(): GrammarMatcher {
    const copy = new GrammarMatcher(this.owner, this.endIds, this.places, this.complete);
    copy.ended = this.ended;
    copy.mask = this.mask;
    return copy;
  }
}
