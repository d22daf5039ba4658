/** A schema of which some keywords are dealt with already. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail } from '../failure.js';
import type { Schema, SchemaDocument } from './document.js';

export interface Part {
  readonly schema: JsonObject;
  /** Keywords that are dealt with. */
  readonly done: ReadonlySet<string>;
  readonly negated: boolean;
}

export const nothingDone: ReadonlySet<string> = new Set();

/** The parts of a schema: none if it allows everything, undefined if it allows nothing. */
export function partsOf(...schemas: readonly Schema[]): Part[] | undefined {
  if (schemas.includes(false)) return undefined;
  return schemas.filter(isJsonObject).map((schema) => ({ schema, done: nothingDone, negated: false }));
}

/** The value of a keyword that is still to be dealt with. */
export const keyword = ({ schema, done }: Part, name: string): JsonValue | undefined =>
  Object.hasOwn(schema, name) && !done.has(name) ? (schema[name] as JsonValue) : undefined;

export const without = (part: Part, ...names: string[]): Part => ({ ...part, done: new Set([...part.done, ...names]) });

/** What the parts of one schema share: its references, and the schemas that we write ourselves. */
export interface PartContext {
  readonly document: SchemaDocument;
  /** A schema of ours: one object for one text, so that its parts have one key. */
  synthetic(from: JsonObject, what: string, make: () => JsonObject): JsonObject;
}

export function schemaOf(value: JsonValue, place: string): Schema {
  if (typeof value === 'boolean' || isJsonObject(value)) return value;
  return fail('JSON schema', place, 'a schema has to be an object, true or false');
}

export function schemasOf(value: JsonValue, place: string): Schema[] {
  if (!Array.isArray(value)) return fail('JSON schema', place, 'it has to be a list of schemas');
  return value.map((item) => schemaOf(item, place));
}
