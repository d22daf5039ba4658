/**
 * Scopes free what a step made. `scope(body)` disposes of every tensor that was made while `body` ran, but for those in
 * its result, which pass to the scope around it. Scopes are synchronous: nothing is awaited inside.
 */
import { JambalayaError } from '../errors/index.js';

type Owned = { dispose(): void };

let current: Set<Owned> | undefined;

/** Called by every new tensor. */
export function register(tensor: Owned): void {
  current?.add(tensor);
}

/** Disposes of all that `body` made and did not return (in arrays and plain objects, however deep). */
export function scope<T>(body: () => T): T {
  const outer = current;
  const made = new Set<Owned>();
  current = made;
  try {
    const result = body();
    expectSynchronous('scope', result);
    release(result, made, outer);
    return result;
  } finally {
    current = outer;
    for (const tensor of made) tensor.dispose();
  }
}

/** Runs `body` outside every scope: what it makes lives until it is disposed of by hand (parameters, caches). */
export function unscoped<T>(body: () => T): T {
  const outer = current;
  current = undefined;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/** Takes every tensor within `value` out of `made` and gives it to `outer`. */
function release(value: unknown, made: Set<Owned>, outer: Set<Owned> | undefined): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (made.delete(value as Owned)) {
    outer?.add(value as Owned);
    return;
  }
  if (Array.isArray(value)) for (const item of value) release(item, made, outer);
  else if (value instanceof Map) for (const item of value.values()) release(item, made, outer);
  else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) release(item, made, outer);
  }
}

/** Refuses the promise of an `async` body: what it makes after its first `await` would belong to nobody. */
export function expectSynchronous(argument: string, result: unknown): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => undefined);
  throw new JambalayaError(
    'usage',
    { argument, expected: 'a synchronous function', found: 'a promise' },
    { hint: 'return the tensors and await `read` outside' },
  );
}
