/**
 * A grammar over tokens: named rules with alternatives, all readings kept, each with a cost. A rule is read once at each
 * position (packrat), so that time stays polynomial; nothing is understood unless the whole question is.
 */
import { compilePattern, type Element, firstWords, neededWords } from './pattern.js';
import type { Token } from './tokens.js';

export interface Parse<T> {
  /** The first token behind it. */
  readonly end: number;
  readonly value: T;
  /** 0 for the plain reading; readings of the same words with a lower cost win. */
  readonly cost: number;
}

export type Rule<T> = (input: Input, at: number) => readonly Parse<T>[];

/** Readings of one rule at one position that are kept, cheapest first. */
const maximumReadings = 24;

/** A question on its way through a grammar. */
export class Input {
  private readonly words: ReadonlySet<string>;
  private readonly memo = new Map<string, (readonly Parse<unknown>[] | undefined)[]>();

  constructor(
    readonly tokens: readonly Token[],
    /** BCP 47; decides about 3/4, dollars, gallons. */
    readonly locale: string,
  ) {
    this.words = new Set(tokens.map(({ text }) => text));
  }

  get length(): number {
    return this.tokens.length;
  }
  text(at: number): string | undefined {
    return this.tokens[at]?.text;
  }

  /** Whether one word of each group stands in the question. */
  has(groups: readonly (readonly string[])[]): boolean {
    return groups.every((group) => group.some((word) => this.words.has(word)));
  }

  remember<T>(name: string, at: number, read: () => readonly Parse<T>[]): readonly Parse<T>[] {
    const row = this.memo.get(name) ?? [];
    this.memo.set(name, row);
    const known = row[at];
    if (known !== undefined) return known as readonly Parse<T>[];
    // A rule that asks for itself at the same place reads nothing there.
    row[at] = [];
    const readings = cheapest(read());
    row[at] = readings;
    return readings;
  }
}

function cheapest<T>(readings: readonly Parse<T>[]): readonly Parse<T>[] {
  if (readings.length <= 1) return readings;
  const sorted = [...readings].sort((a, b) => a.cost - b.cost || b.end - a.end);
  return sorted.length > maximumReadings ? sorted.slice(0, maximumReadings) : sorted;
}

type Required<N extends string> = N extends `${string}?` ? never : N;
type Optional<N extends string> = N extends `${infer M}?` ? M : never;
type SlotNames<P extends string> = P extends `${string}{${infer N}:${string}}${infer Rest}`
  ? N | SlotNames<Rest>
  : never;
type RuleOf<P extends string, N extends string> = P extends `${string}{${N}:${infer R}}${string}`
  ? R
  : P extends `${string}{${N}?:${infer R}}${string}`
    ? R
    : never;
/** What the slots of a pattern bind: `{name:rule}` always, `{name?:rule}` perhaps. */
export type Slots<P extends string, Types> = {
  readonly [N in Required<SlotNames<P>>]: Types[RuleOf<P, N> & keyof Types];
} & { readonly [N in Optional<SlotNames<P>>]?: Types[RuleOf<P, N> & keyof Types] };

interface Alternative {
  readonly elements: readonly Element[];
  /** Words that it may begin with; undefined if any token may. */
  readonly first: ReadonlySet<string> | undefined;
  readonly needed: readonly (readonly string[])[];
  readonly build: (slots: Readonly<Record<string, unknown>>, input: Input) => unknown;
  readonly cost: number;
}

interface Match {
  readonly end: number;
  readonly cost: number;
  readonly slots: Readonly<Record<string, unknown>>;
}

const noSlots: Match['slots'] = {};

export class Grammar<Types> {
  private readonly handwritten = new Map<string, Rule<unknown>[]>();
  private readonly alternatives = new Map<string, Alternative[]>();
  private readonly words = new Set<string>();
  private readonly viableRows = new WeakMap<Input, Map<string, readonly Alternative[]>>();

  /** A rule written as a function. */
  rule<K extends keyof Types & string>(name: K, read: Rule<Types[K]>): this {
    this.handwritten.set(name, [...(this.handwritten.get(name) ?? []), read]);
    return this;
  }

  /**
   * An alternative of a rule. In a pattern a word stands for itself, `(a|b c)` for one of several, `(a)?` for something that
   * may be missing, `{name:rule}` for what a rule reads. A comma may stand between any two words. `build` may refuse by
   * giving undefined.
   */
  add<K extends keyof Types & string, P extends string>(
    name: K,
    pattern: P,
    build: (slots: Slots<P, Types>, input: Input) => Types[K] | undefined,
    cost = 0,
  ): this {
    const elements = compilePattern(pattern);
    const first = firstWords(elements);
    const needed = neededWords(elements);
    const alternative: Alternative = { elements, first, needed, build: build as Alternative['build'], cost };
    this.alternatives.set(name, [...(this.alternatives.get(name) ?? []), alternative]);
    for (const word of pattern.replace(/\{[^}]*\}/g, ' ').match(/\p{L}+/gu) ?? []) this.words.add(word);
    return this;
  }

  /** Words that stand in no pattern but are known all the same (units, countries). */
  know(words: Iterable<string>): this {
    for (const word of words) this.words.add(word);
    return this;
  }
  get vocabulary(): ReadonlySet<string> {
    return this.words;
  }

  read<K extends keyof Types & string>(name: K, input: Input, at: number): readonly Parse<Types[K]>[] {
    return input.remember<Types[K]>(name, at, () => {
      const readings: Parse<Types[K]>[] = [];
      for (const read of this.handwritten.get(name) ?? []) readings.push(...(read(input, at) as Parse<Types[K]>[]));
      for (const alternative of this.viable(name, input)) {
        if (!this.mayBegin(alternative, input, at)) continue;
        for (const match of this.match(alternative.elements, 0, input, at)) {
          const value = alternative.build(match.slots, input) as Types[K] | undefined;
          if (value !== undefined) readings.push({ end: match.end, value, cost: match.cost + alternative.cost });
        }
      }
      return readings;
    });
  }

  /** Alternatives whose words all stand somewhere in the question, looked up once for each question. */
  private viable(name: string, input: Input): readonly Alternative[] {
    let rows = this.viableRows.get(input);
    if (rows === undefined) {
      rows = new Map();
      this.viableRows.set(input, rows);
    }
    const known = rows.get(name);
    if (known !== undefined) return known;
    const found = (this.alternatives.get(name) ?? []).filter(({ needed }) => input.has(needed));
    rows.set(name, found);
    return found;
  }

  /** Readings of the whole question. */
  whole<K extends keyof Types & string>(name: K, input: Input): readonly Parse<Types[K]>[] {
    return this.read(name, input, 0).filter(({ end }) => this.isEnd(input, end));
  }

  private isEnd(input: Input, at: number): boolean {
    for (let i = at; i < input.length; i++) if (!/^[?.!,=;]$/.test(input.text(i)!)) return false;
    return true;
  }

  private mayBegin({ first }: Alternative, input: Input, at: number): boolean {
    if (first === undefined) return true;
    const text = input.text(at);
    return text !== undefined && (first.has(text) || (text === ',' && first.has(input.text(at + 1) ?? '')));
  }

  private match(elements: readonly Element[], index: number, input: Input, at: number): Match[] {
    const element = elements[index];
    if (element === undefined) return [{ end: at, cost: 0, slots: noSlots }];
    const matches: Match[] = [];
    if (element.kind === 'word') {
      // The plain case makes no intermediate lists.
      if (input.text(at) === element.text) this.follow(elements, index, input, at + 1, 0, noSlots, matches);
    } else {
      for (const found of this.one(element, input, at))
        this.follow(elements, index, input, found.end, found.cost, found.slots, matches);
    }
    if (index > 0 && input.text(at) === ',' && !(element.kind === 'word' && element.text === ',')) {
      for (const found of this.one(element, input, at + 1)) {
        if (found.end > at + 1) this.follow(elements, index, input, found.end, found.cost, found.slots, matches);
      }
    }
    if (element.optional) this.follow(elements, index, input, at, 0, noSlots, matches);
    return matches;
  }

  /** The rest of a pattern behind one of its elements. */
  private follow(
    elements: readonly Element[],
    index: number,
    input: Input,
    end: number,
    cost: number,
    slots: Match['slots'],
    matches: Match[],
  ): void {
    for (const rest of this.match(elements, index + 1, input, end)) {
      const all = slots === noSlots ? rest.slots : rest.slots === noSlots ? slots : { ...slots, ...rest.slots };
      matches.push({ end: rest.end, cost: rest.cost + cost, slots: all });
    }
  }

  private one(element: Element, input: Input, at: number): Match[] {
    switch (element.kind) {
      case 'word':
        return input.text(at) === element.text ? [{ end: at + 1, cost: 0, slots: {} }] : [];
      case 'choice':
        return element.choices.flatMap((choice) => this.match(choice, 0, input, at));
      case 'slot':
        if (at >= input.length) return [];
        return this.read(element.rule as keyof Types & string, input, at).map(({ end, value, cost }) => ({
          end,
          cost,
          slots: { [element.name]: value },
        }));
    }
  }
}
