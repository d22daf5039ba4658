/** Rules by number while a grammar is put together; at the end, what no text can reach is taken out. */
import { type Automaton, type Call, CountedAutomaton, dead, type Grammar, TableAutomaton } from './automaton.js';
import { Deadline, fail, type GrammarSource, limits } from './failure.js';
import { RuleNfa } from './ruleNfa.js';

export class GrammarBuilder {
  private readonly rules: (Automaton | undefined)[] = [];
  private readonly named = new Map<string, number>();
  readonly deadline: Deadline;

  constructor(readonly source: GrammarSource) {
    this.deadline = new Deadline(source);
  }

  /** The number of a rule that is defined later. */
  reserve(): number {
    if (this.rules.length >= limits.rules) fail(this.source, 'the whole', `it has over ${limits.rules} rules`);
    this.rules.push(undefined);
    return this.rules.length - 1;
  }

  define(rule: number, automaton: Automaton): number {
    this.rules[rule] = automaton;
    return rule;
  }

  add(automaton: Automaton): number {
    return this.define(this.reserve(), automaton);
  }

  /** A rule that is the same in every grammar and calls no other, made once a process. */
  shared(name: string, make: () => TableAutomaton): number {
    let automaton = sharedAutomata.get(name);
    if (automaton === undefined) {
      automaton = make();
      sharedAutomata.set(name, automaton);
    }
    const same = automaton;
    return this.once(name, () => same);
  }

  /** One rule of this name, made where it is first asked for. */
  once(name: string, make: () => Automaton): number {
    let rule = this.named.get(name);
    if (rule === undefined) {
      rule = this.reserve();
      this.named.set(name, rule);
      this.define(rule, make());
    }
    return rule;
  }

  nfa(): RuleNfa {
    return new RuleNfa(this.source);
  }

  /** @throws `grammar` if no text is of the root rule, or if a rule calls itself before it reads anything */
  build(root: number): Grammar {
    const rules = this.rules.map((rule, id) => rule ?? fail(this.source, `rule ${id}`, 'it is not defined'));
    const productive = productiveRules(rules, this.deadline);
    if (!productive.has(root)) fail(this.source, 'the whole', 'nothing can satisfy it');
    const pruned = rules.map((rule) => (rule instanceof TableAutomaton ? prune(rule, productive) : rule));
    this.refuseLeftRecursion(pruned);
    return { rules: pruned, root };
  }

  private refuseLeftRecursion(rules: readonly Automaton[]): void {
    const canBeEmpty = emptyRules(rules);
    /** Rules that are entered before a byte is read. */
    const entered = rules.map((rule) => {
      const states = new Set([rule.start]);
      const callees = new Set<number>();
      for (const state of states) {
        for (const { rule: callee, returnTo } of rule.calls(state)) {
          callees.add(callee);
          if (canBeEmpty.has(callee)) states.add(returnTo);
        }
      }
      return callees;
    });
    const done = new Set<number>();
    for (let first = 0; first < rules.length; first++) {
      const path = new Set<number>();
      const visit = [{ rule: first, leave: false }];
      while (visit.length > 0) {
        const { rule, leave } = visit.pop()!;
        if (leave) {
          path.delete(rule);
          done.add(rule);
          continue;
        }
        if (done.has(rule)) continue;
        if (path.has(rule)) fail(this.source, 'the whole', 'a rule begins with itself, which is not supported');
        path.add(rule);
        visit.push({ rule, leave: true });
        for (const callee of entered[rule]!) {
          if (path.has(callee)) fail(this.source, 'the whole', 'a rule begins with itself, which is not supported');
          visit.push({ rule: callee, leave: false });
        }
      }
    }
  }
}

const sharedAutomata = new Map<string, TableAutomaton>();

/** Rules that some text is of. */
function productiveRules(rules: readonly Automaton[], deadline: Deadline): ReadonlySet<number> {
  const productive = new Set<number>();
  for (let before = -1; before < productive.size; ) {
    before = productive.size;
    deadline.check();
    // What is called is mostly made after what calls it.
    for (let id = rules.length - 1; id >= 0; id--) {
      if (!productive.has(id) && usefulStates(rules[id]!, productive)[rules[id]!.start]) productive.add(id);
    }
  }
  return productive;
}

/** A flag for each state from which a rule can end, where it may only call some. */
function usefulStates(rule: Automaton, callable: ReadonlySet<number>): Uint8Array {
  if (!(rule instanceof TableAutomaton)) {
    const flags = new Uint8Array(rule.start + 1);
    if (!(rule instanceof CountedAutomaton) || rule.satisfiable) flags[rule.start] = 1;
    return flags;
  }
  const { states, classes, next } = rule;
  const useful = new Uint8Array(states);
  for (let state = 0; state < states; state++) useful[state] = rule.accepts[state] ? 1 : 0;
  // States are numbered away from the start, so that going backwards settles most of them at once.
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = states - 1; state >= 0; state--) {
      if (useful[state]) continue;
      let leads = rule.calls(state).some(({ rule: callee, returnTo }) => useful[returnTo] && callable.has(callee));
      for (let c = 0; c < classes && !leads; c++) {
        const to = next[state * classes + c]!;
        leads = to !== dead && useful[to] === 1;
      }
      if (leads) {
        useful[state] = 1;
        changed = true;
      }
    }
  }
  return useful;
}

/** The rule without the transitions and calls after which it could not end. */
function prune(rule: TableAutomaton, productive: ReadonlySet<number>): TableAutomaton {
  const useful = usefulStates(rule, productive);
  const calls = ({ rule: callee, returnTo }: Call) => useful[returnTo] === 1 && productive.has(callee);
  if (useful.every((flag) => flag === 1) && rule.callsOf.every((list) => list.every(calls))) return rule;
  const next = rule.next.map((to) => (to !== dead && useful[to] === 1 ? to : dead));
  const callsOf = rule.callsOf.map((list) => list.filter(calls));
  return new TableAutomaton(rule.start, rule.classOf, rule.classes, next, rule.accepts, callsOf, rule.shared);
}

/** Rules that the empty text is of. */
function emptyRules(rules: readonly Automaton[]): ReadonlySet<number> {
  const empty = new Set<number>();
  for (let changed = true; changed; ) {
    changed = false;
    rules.forEach((rule, id) => {
      if (empty.has(id)) return;
      const states = new Set([rule.start]);
      for (const state of states)
        for (const { rule: callee, returnTo } of rule.calls(state)) if (empty.has(callee)) states.add(returnTo);
      if ([...states].some((state) => rule.accepting(state))) {
        empty.add(id);
        changed = true;
      }
    });
  }
  return empty;
}
