/**
 * Names within names: a loop, a macro and a block each have a scope of their own, a condition has none.
 */
import type { Value } from './values.js';

export class Scope {
  readonly #names = new Map<string, Value>();

  constructor(readonly parent?: Scope) {}

  get(name: string): Value | undefined {
    let scope: Scope | undefined = this;
    while (scope !== undefined) {
      const value = scope.#names.get(name);
      if (value !== undefined) return value;
      scope = scope.parent;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }
}
