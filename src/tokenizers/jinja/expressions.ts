/**
 * Evaluates expressions.
 */
import { attributeOf, itemOf, sliceOf } from './access.js';
import type { Budget } from './budget.js';
import { compares } from './comparison.js';
import { applyFilter } from './filters.js';
import type { Argument, Binary, Call, Expression, Member, Name } from './nodes.js';
import { calculate, signed } from './operators.js';
import { negatedPrefix, testPrefix, tupleName } from './rewrite.js';
import type { Scope } from './scope.js';
import { str } from './show.js';
import { passes } from './tests.js';
import {
  Callable,
  Dict,
  isTrue,
  itemsOf,
  type Keywords,
  orElse,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values.js';

const constants: Readonly<Record<string, Value>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

export class Expressions {
  constructor(readonly budget: Budget) {}

  evaluate(node: Expression, scope: Scope): Value {
    this.budget.steps(1);
    switch (node.type) {
      case 'Identifier':
        return this.#name(node, scope);
      case 'StringLiteral':
        return node.value;
      case 'IntegerLiteral':
        return BigInt(node.value);
      case 'FloatLiteral':
        return node.value;
      case 'ArrayLiteral':
        return this.#all(node.value, scope);
      case 'TupleLiteral':
        return new Tuple(this.#all(node.value, scope));
      case 'ObjectLiteral': {
        this.budget.items(node.value.size);
        const dict = new Dict();
        for (const [key, value] of node.value) dict.set(this.evaluate(key, scope), this.evaluate(value, scope));
        return dict;
      }
      case 'MemberExpression':
        return this.#member(node, scope);
      case 'CallExpression':
        return this.#call(node, scope);
      case 'FilterExpression':
        return this.filter(node.filter, this.evaluate(node.operand, scope), scope);
      case 'UnaryExpression': {
        const value = this.evaluate(node.argument, scope);
        return node.operator.value === 'not' ? !isTrue(value) : signed(node.operator.value, value);
      }
      case 'BinaryExpression':
        return this.#binary(node, scope);
      case 'Ternary':
        return this.evaluate(isTrue(this.evaluate(node.condition, scope)) ? node.trueExpr : node.falseExpr, scope);
      case 'SelectExpression':
        if (isTrue(this.evaluate(node.test, scope))) return this.evaluate(node.lhs, scope);
        return new Undefined('the inline if-expression has no else section, and its condition is false: it');
    }
  }

  /** The value through a filter or, as `rewrite.ts` has put them, a test. */
  filter(filter: Name | Call, value: Value, scope: Scope): Value {
    const callee = filter.type === 'CallExpression' ? filter.callee : filter;
    if (callee.type !== 'Identifier') throw new Error('expected the name of a filter');
    const [args, keywords] = filter.type === 'CallExpression' ? this.arguments(filter.args, scope) : [[], new Map()];
    const { value: name } = callee;
    for (const prefix of [testPrefix, negatedPrefix]) {
      if (name.startsWith(prefix)) {
        return passes(name.slice(prefix.length), value, args, this.budget) === (prefix === testPrefix);
      }
    }
    return applyFilter(name, value, args, keywords, this.budget);
  }

  /** Arguments of a call: all by place first, then those by name. */
  arguments(nodes: readonly Argument[], scope: Scope): [Value[], Keywords] {
    const args: Value[] = [];
    const keywords = new Map<string, Value>();
    for (const node of nodes) {
      if (node.type === 'SpreadExpression') args.push(...itemsOf(this.evaluate(node.argument, scope)));
      else if (node.type !== 'KeywordArgumentExpression' && node.type !== 'KeywordSpreadExpression') {
        args.push(this.evaluate(node, scope));
      }
    }
    const add = (name: Value, value: Value) => {
      if (typeof name !== 'string') throw new Error('keywords must be strings');
      if (keywords.has(name)) throw new Error(`got multiple values for keyword argument '${name}'`);
      keywords.set(name, value);
    };
    for (const node of nodes) {
      if (node.type === 'KeywordArgumentExpression') add(node.key.value, this.evaluate(node.value, scope));
      else if (node.type === 'KeywordSpreadExpression') {
        const value = this.evaluate(node.argument, scope);
        if (!(value instanceof Dict)) throw new Error(`argument after ** must be a mapping, not ${typeName(value)}`);
        for (const [name, item] of value.entries()) add(name, item);
      }
    }
    return [args, keywords];
  }

  call(callee: Value, args: readonly Value[], keywords: Keywords): Value {
    if (callee instanceof Undefined) callee.fail();
    if (!(callee instanceof Callable)) throw new Error(`'${typeName(callee)}' object is not callable`);
    return callee.call(args, keywords);
  }

  #name({ value: name }: Name, scope: Scope): Value {
    if (Object.hasOwn(constants, name)) return constants[name]!;
    return orElse(scope.get(name), new Undefined(`'${name}'`));
  }

  #all(nodes: readonly Expression[], scope: Scope): Value[] {
    this.budget.items(nodes.length);
    return nodes.map((node) => this.evaluate(node, scope));
  }

  #call(node: Call, scope: Scope): Value {
    if (node.callee.type === 'Identifier' && node.callee.value === tupleName) {
      return new Tuple(this.arguments(node.args, scope)[0]);
    }
    const callee = this.evaluate(node.callee, scope);
    const [args, keywords] = this.arguments(node.args, scope);
    return this.call(callee, args, keywords);
  }

  #member({ object, property, computed }: Member, scope: Scope): Value {
    const value = this.evaluate(object, scope);
    if (property.type === 'SliceExpression') {
      const bounds = [property.start, property.stop, property.step].map(
        (bound) => bound && this.evaluate(bound, scope),
      );
      return sliceOf(value, bounds, this.budget);
    }
    if (!computed && property.type === 'Identifier') return attributeOf(value, property.value, this.budget);
    return itemOf(value, this.evaluate(property, scope), this.budget);
  }

  #binary(node: Binary, scope: Scope): Value {
    switch (node.operator.type) {
      case 'ComparisonBinaryOperator':
        return this.#comparison(node, scope);
      case 'AdditiveBinaryOperator':
        return this.#sum(node, scope);
      case 'Identifier': {
        if (node.operator.value === 'in') return this.#comparison(node, scope);
        const left = this.evaluate(node.left, scope);
        return isTrue(left) === (node.operator.value === 'or') ? left : this.evaluate(node.right, scope);
      }
    }
    const left = this.evaluate(node.left, scope);
    return calculate(left, node.operator.value, this.evaluate(node.right, scope), this.budget);
  }

  /** `a < b < c` is `a < b and b < c`. */
  #comparison(node: Binary, scope: Scope): Value {
    const [first, ...rest] = chain(
      node,
      (operator) => operator.type === 'ComparisonBinaryOperator' || operator.value === 'in',
    );
    let left = this.evaluate(first!.operand, scope);
    for (const { operator, operand } of rest) {
      const right = this.evaluate(operand, scope);
      if (!compares(left, operator, right, this.budget)) return false;
      left = right;
    }
    return true;
  }

  /** `~` binds closer than `+` and `-`. */
  #sum(node: Binary, scope: Scope): Value {
    const [first, ...rest] = chain(node, (operator) => operator.type === 'AdditiveBinaryOperator');
    const terms: { operator: string; value: Value }[] = [
      { operator: '+', value: this.evaluate(first!.operand, scope) },
    ];
    for (const { operator, operand } of rest) {
      const value = this.evaluate(operand, scope);
      const last = terms.at(-1)!;
      if (operator !== '~') terms.push({ operator, value });
      else last.value = calculate(last.value, '~', value, this.budget);
    }
    const [start, ...others] = terms;
    return others.reduce((sum, { operator, value }) => calculate(sum, operator, value, this.budget), start!.value);
  }

  text(value: Value): string {
    return str(value, this.budget);
  }
}

interface Link {
  readonly operator: string;
  readonly operand: Expression;
}

/** The operands of operators of one rank that no bracket separates; the parser nests them to the left. */
function chain(node: Binary, belongs: (operator: Binary['operator']) => boolean): Link[] {
  const links: Link[] = [];
  let at: Expression = node;
  while (at.type === 'BinaryExpression' && belongs(at.operator) && at.operator.group === node.operator.group) {
    links.push({ operator: at.operator.value, operand: at.right });
    at = at.left;
  }
  links.push({ operator: '', operand: at });
  return links.reverse();
}
