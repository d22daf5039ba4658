/**
 * Arguments of a call, taken one by one in the order of the parameters; `end` refuses what is left.
 */
import type { Budget } from './budget.js';
import { isTrue, type Keywords, toIndex, typeName, type Value } from './values.js';

export class Arguments {
  #taken = 0;
  readonly #names = new Set<string>();

  constructor(
    readonly name: string,
    readonly positional: readonly Value[],
    readonly keywords: Keywords = new Map(),
  ) {}

  /** The next parameter, by place or by name; undefined if the call leaves it out. */
  take(parameter: string): Value | undefined {
    this.#names.add(parameter);
    const value = this.positional[this.#taken++];
    if (value !== undefined && this.keywords.has(parameter)) {
      throw new Error(`${this.name}() got multiple values for argument '${parameter}'`);
    }
    return value === undefined ? this.keywords.get(parameter) : value;
  }

  need(parameter: string): Value {
    const value = this.take(parameter);
    if (value === undefined) throw new Error(`${this.name}() missing a required argument: '${parameter}'`);
    return value;
  }

  text(parameter: string): string {
    const value = this.need(parameter);
    if (typeof value !== 'string') {
      throw new Error(`${this.name}(): ${parameter} must be str, not ${typeName(value)}`);
    }
    return value;
  }

  /** A string, or undefined where it is left out or None. */
  optionalText(parameter: string): string | undefined {
    const value = this.take(parameter);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') {
      throw new Error(`${this.name}(): ${parameter} must be str or None, not ${typeName(value)}`);
    }
    return value;
  }

  index(parameter: string, whenAbsent: number): number {
    const value = this.take(parameter);
    return value === undefined ? whenAbsent : toIndex(value, `${this.name}(): ${parameter}`);
  }

  flag(parameter: string, whenAbsent: boolean): boolean {
    const value = this.take(parameter);
    return value === undefined ? whenAbsent : isTrue(value);
  }

  /** Everything by place that has not been taken. */
  rest(): readonly Value[] {
    const rest = this.positional.slice(this.#taken);
    this.#taken = Math.max(this.#taken, this.positional.length);
    return rest;
  }

  end(): void {
    if (this.positional.length > this.#taken) {
      throw new Error(`${this.name}() takes at most ${this.#taken} arguments, got ${this.positional.length}`);
    }
    for (const name of this.keywords.keys()) {
      if (!this.#names.has(name)) throw new Error(`${this.name}() got an unexpected keyword argument '${name}'`);
    }
  }
}

export type Filter = (value: Value, given: Arguments, budget: Budget) => Value;
