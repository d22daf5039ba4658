/**
 * Carries out a parsed template: statements, scopes and macros.
 */
import { Arguments } from './arguments.js';
import { Budget } from './budget.js';
import { equals } from './comparison.js';
import { Expressions } from './expressions.js';
import { mentions } from './mentions.js';
import type { CallBlock, Expression, For, Parameter, Program, SetStatement, Statement } from './nodes.js';
import { withName } from './rewrite.js';
import { Scope } from './scope.js';
import { range } from './sequenceFilters.js';
import {
  Attributes,
  Callable,
  Dict,
  isTrue,
  itemsOf,
  type Keywords,
  Namespace,
  orElse,
  Tuple,
  Undefined,
  type Value,
} from './values.js';

/** What ends a block early. */
type Signal = 'break' | 'continue' | undefined;

/** Text that grows within the budget. */
class Output {
  readonly #parts: string[] = [];
  #length = 0;

  constructor(readonly budget: Budget) {}

  push(part: string): void {
    this.#length += part.length;
    this.budget.text(part.length);
    this.#parts.push(part);
  }

  toString(): string {
    this.budget.text(this.#length);
    return this.#parts.join('');
  }
}

export class Interpreter {
  readonly budget = new Budget();
  readonly #expressions = new Expressions(this.budget);

  /** The text of a program with these variables. */
  run(program: Program, variables: Iterable<readonly [string, Value]>): string {
    const globals = new Scope();
    for (const builtin of this.#builtins()) globals.set(builtin.name, builtin);
    for (const [name, value] of variables) globals.set(name, value);
    return this.#render(program.body, new Scope(globals));
  }

  #render(nodes: readonly Statement[], scope: Scope): string {
    const out = new Output(this.budget);
    if (this.#block(nodes, scope, out) !== undefined) throw new Error('break and continue stand in loops');
    return out.toString();
  }

  #block(nodes: readonly Statement[], scope: Scope, out: Output): Signal {
    for (const node of nodes) {
      const signal = this.#statement(node, scope, out);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  #statement(node: Statement, scope: Scope, out: Output): Signal {
    this.budget.steps(1);
    switch (node.type) {
      case 'If':
        return this.#block(isTrue(this.#value(node.test, scope)) ? node.body : node.alternate, scope, out);
      case 'For':
        return this.#for(node, scope, out);
      case 'Set':
        this.#set(node, scope);
        return undefined;
      case 'Macro':
        scope.set(node.name.value, this.#macro(node.name.value, node.args, node.body, scope));
        return undefined;
      case 'CallStatement':
        out.push(this.#callBlock(node, scope));
        return undefined;
      case 'FilterStatement': {
        const text = this.#render(node.body, new Scope(scope));
        out.push(this.#expressions.text(this.#expressions.filter(node.filter, text, scope)));
        return undefined;
      }
      case 'Break':
        return 'break';
      case 'Continue':
        return 'continue';
      case 'Comment':
        return undefined;
      default:
        out.push(this.#expressions.text(this.#value(node, scope)));
        return undefined;
    }
  }

  #value(node: Expression, scope: Scope): Value {
    return this.#expressions.evaluate(node, scope);
  }

  #for(node: For, scope: Scope, out: Output): Signal {
    const { loopvar, iterable, body } = node;
    if (loopvar.type === 'Identifier' && loopvar.value === withName) return this.#with(iterable, body, scope, out);
    const [source, test] = iterable.type === 'SelectExpression' ? [iterable.lhs, iterable.test] : [iterable, undefined];
    const all = itemsOf(this.#value(source, scope));
    this.budget.turns(all.length);
    const items = all.filter((item) => {
      if (test === undefined) return true;
      const inner = new Scope(scope);
      this.#assign(loopvar, item, inner);
      return isTrue(this.#value(test, inner));
    });
    const seen: { last?: readonly Value[] } = {};
    for (const [index, item] of items.entries()) {
      const inner = new Scope(scope);
      inner.set('loop', this.#loop(items, index, seen));
      this.#assign(loopvar, item, inner);
      if (this.#block(body, inner, out) === 'break') break;
    }
    // Jinja's own: the other block runs when there was nothing to run over.
    return items.length === 0 ? this.#block(node.defaultBlock, new Scope(scope), out) : undefined;
  }

  #with(call: Expression, body: readonly Statement[], scope: Scope, out: Output): Signal {
    const inner = new Scope(scope);
    if (call.type === 'CallExpression') {
      const [, keywords] = this.#expressions.arguments(call.args, scope);
      for (const [name, value] of keywords) inner.set(name, value);
    }
    return this.#block(body, inner, out);
  }

  #loop(items: readonly Value[], index: number, seen: { last?: readonly Value[] }): Attributes {
    const at = (place: number, what: string) => orElse(items[place], new Undefined(`there is no ${what} item: it`));
    return new Attributes('LoopContext', (name) => {
      switch (name) {
        case 'index':
          return BigInt(index + 1);
        case 'index0':
          return BigInt(index);
        case 'revindex':
          return BigInt(items.length - index);
        case 'revindex0':
          return BigInt(items.length - index - 1);
        case 'first':
          return index === 0;
        case 'last':
          return index === items.length - 1;
        case 'length':
          return BigInt(items.length);
        case 'depth':
          return 1n;
        case 'depth0':
          return 0n;
        case 'previtem':
          return index === 0 ? new Undefined('there is no previous item: it') : items[index - 1];
        case 'nextitem':
          return at(index + 1, 'next');
        case 'cycle':
          return new Callable('cycle', (values) => {
            if (values.length === 0) throw new Error('no items for cycling given');
            return values[index % values.length]!;
          });
        case 'changed':
          return new Callable('changed', (values) => {
            const { last } = seen;
            seen.last = values;
            return last === undefined || !equals([...last], [...values], this.budget);
          });
      }
      return undefined;
    });
  }

  #set(node: SetStatement, scope: Scope): void {
    if (node.value !== null) {
      this.#assign(node.assignee, this.#value(node.value, scope), scope);
      return;
    }
    // A block's text, through filters where they stand after the name.
    const text = this.#render(node.body, new Scope(scope));
    const filters: Parameters<Expressions['filter']>[0][] = [];
    let target = node.assignee;
    for (; target.type === 'FilterExpression'; target = target.operand) filters.unshift(target.filter);
    this.#assign(
      target,
      filters.reduce<Value>((value, filter) => this.#expressions.filter(filter, value, scope), text),
      scope,
    );
  }

  #assign(target: Expression, value: Value, scope: Scope): void {
    if (target.type === 'Identifier') {
      scope.set(target.value, value);
    } else if (target.type === 'TupleLiteral') {
      const items = itemsOf(value);
      if (items.length !== target.value.length) {
        throw new Error(`expected ${target.value.length} values to unpack, got ${items.length}`);
      }
      for (const [index, item] of items.entries()) this.#assign(target.value[index]!, item, scope);
    } else if (target.type === 'MemberExpression' && target.property.type === 'Identifier') {
      const object = this.#value(target.object, scope);
      if (!(object instanceof Namespace)) throw new Error('cannot assign attribute on non-namespace object');
      object.fields.set(target.property.value, value);
    } else throw new Error(`cannot assign to a ${target.type}`);
  }

  /** A macro sees the names of where it stands, as they are when it is called. */
  #macro(name: string, parameters: readonly Parameter[], body: readonly Statement[], scope: Scope): Callable {
    const [takesMore, takesKeywords] = [mentions(body, 'varargs'), mentions(body, 'kwargs')];
    return new Callable(
      name,
      (args, keywords) => {
        const inner = new Scope(scope);
        const rest = new Map(keywords);
        const pending: [string, Expression][] = [];
        for (const [index, parameter] of parameters.entries()) {
          const key = parameter.type === 'Identifier' ? parameter.value : parameter.key.value;
          const value = args[index] === undefined ? rest.get(key) : args[index];
          if (args[index] === undefined) rest.delete(key);
          inner.set(key, orElse(value, new Undefined(`parameter '${key}'`)));
          if (value === undefined && parameter.type !== 'Identifier') pending.push([key, parameter.value]);
        }
        const caller = rest.get('caller');
        if (caller !== undefined) inner.set('caller', caller);
        rest.delete('caller');
        if (takesKeywords) inner.set('kwargs', new Dict(rest));
        else if (rest.size > 0) throw new Error(`macro '${name}' takes no keyword argument '${[...rest.keys()][0]}'`);
        if (takesMore) inner.set('varargs', new Tuple(args.slice(parameters.length)));
        else if (args.length > parameters.length) {
          throw new Error(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
        }
        for (const [key, node] of pending) inner.set(key, this.#value(node, inner));
        return this.#render(body, inner);
      },
      'Macro',
    );
  }

  #callBlock({ call, callerArgs, body }: CallBlock, scope: Scope): string {
    const [args, keywords] = this.#expressions.arguments(call.args, scope);
    const caller = this.#macro('caller', callerArgs ?? [], body, scope);
    const value = this.#expressions.call(
      this.#value(call.callee, scope),
      args,
      new Map<string, Value>([...keywords, ['caller', caller]]),
    );
    return this.#expressions.text(value);
  }

  #builtins(): Callable[] {
    return [
      new Callable('range', (args, keywords) => {
        const given = new Arguments('range', args, keywords);
        const result = range(given, this.budget);
        given.end();
        return result;
      }),
      new Callable('dict', (args, keywords) => this.#dict(args, keywords)),
      new Callable('namespace', (args, keywords) => {
        const namespace = new Namespace();
        for (const [key, value] of this.#dict(args, keywords).entries()) {
          namespace.fields.set(this.#expressions.text(key), value);
        }
        return namespace;
      }),
      new Callable('cycler', (items) => {
        let at = 0;
        const current = () => orElse(items[at], new Undefined('no items for cycling given: it'));
        const next = () => {
          const item = current();
          at = (at + 1) % Math.max(1, items.length);
          return item;
        };
        const reset = () => {
          at = 0;
          return null;
        };
        return new Attributes('Cycler', (name) =>
          name === 'current'
            ? current()
            : name === 'next'
              ? new Callable(name, next)
              : name === 'reset'
                ? new Callable(name, reset)
                : undefined,
        );
      }),
      new Callable('joiner', ([separator = ', ']) => {
        let used = false;
        return new Callable('joiner', () => {
          const text = used ? separator : '';
          used = true;
          return text;
        });
      }),
    ];
  }

  #dict(args: readonly Value[], keywords: Keywords): Dict {
    const [source = [], ...others] = args;
    if (others.length > 0) throw new Error(`dict expected at most 1 argument, got ${args.length}`);
    const dict = new Dict(source instanceof Dict ? source.entries() : []);
    if (!(source instanceof Dict)) {
      for (const item of itemsOf(source)) {
        const [key, value, ...more] = itemsOf(item);
        if (key === undefined || value === undefined || more.length > 0) throw new Error('dict: expected pairs');
        dict.set(key, value);
      }
    }
    for (const [key, value] of keywords) dict.set(key, value);
    this.budget.items(dict.size);
    return dict;
  }
}
