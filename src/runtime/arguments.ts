/** Types of what callers hand over who have no TypeScript: told as wrong use before anything runs. */
import { JambalayaError } from '../errors/index.js';

function refuse(argument: string, expected: string, value: unknown): never {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  throw new JambalayaError('usage', { argument, expected, found });
}

export function expectText(argument: string, value: unknown): void {
  if (typeof value !== 'string') refuse(argument, 'text', value);
}

export function expectBytes(argument: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) refuse(argument, 'a Uint8Array', value);
}

export function expectList(argument: string, value: unknown, of: string): void {
  if (!Array.isArray(value)) refuse(argument, `a list of ${of}`, value);
}

/** Token ids as a list or a typed array; which numbers they may be depends on what they are for. */
export function expectIds(argument: string, value: unknown): void {
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && 'length' in value)) {
    refuse(argument, 'a list of token ids', value);
  }
}

export function expectNumber(argument: string, value: unknown): void {
  if (typeof value !== 'number') refuse(argument, 'a number', value);
}

/** A saved state as a `finish` part brings it. */
export function expectSavedState(value: unknown): void {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  expectBytes('state.bytes', fields.bytes);
  expectIds('state.unread', fields.unread);
}
