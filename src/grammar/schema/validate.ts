/** Whether a value satisfies a schema: which of an enumeration's values are left, which names a property may have. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { compileRegex } from '../regex/compile.js';
import { accepts } from '../regex/dfa.js';
import type { Schema, SchemaDocument } from './document.js';
import { formats } from './formats.js';
import { checkKeywords } from './keywords.js';
import { excludedPattern, excludedValues } from './negate.js';
import type { Part } from './parts.js';

export const satisfiesParts = (value: JsonValue, parts: readonly Part[], document: SchemaDocument): boolean =>
  parts.every(({ schema, done, negated }) => {
    const left = Object.fromEntries(Object.entries(schema).filter(([name]) => !done.has(name)));
    return satisfies(value, left, document, schema) !== negated;
  });

/** @param from where the schema stands, if it is a copy */
export function satisfies(value: JsonValue, schema: Schema, document: SchemaDocument, from = schema): boolean {
  if (typeof schema === 'boolean') return schema;
  checkKeywords(schema);
  const check = (inner: JsonValue, against: JsonValue | undefined) => satisfies(inner, against as Schema, document);
  if (schema.$ref !== undefined && !check(value, document.resolve(schema.$ref, from as JsonObject) as JsonValue))
    return false;
  if (schema.$ref !== undefined && document.refStandsAlone) return true;
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, type as string))) return false;
  if (schema.enum !== undefined && !(schema.enum as JsonValue[]).some((item) => equal(item, value))) return false;
  if (schema.const !== undefined && !equal(schema.const, value)) return false;
  const excluded = schema[excludedValues] as JsonValue[] | undefined;
  if (excluded?.some((item) => equal(item, value))) return false;
  const each = (name: string) => (schema[name] as JsonValue[] | undefined) ?? [];
  if (!each('allOf').every((item) => check(value, item))) return false;
  if (schema.anyOf !== undefined && !each('anyOf').some((item) => check(value, item))) return false;
  if (schema.oneOf !== undefined && each('oneOf').filter((item) => check(value, item)).length !== 1) return false;
  if (schema.not !== undefined && check(value, schema.not)) return false;
  if (schema.if !== undefined) {
    const side = check(value, schema.if) ? schema.then : schema.else;
    if (side !== undefined && !check(value, side)) return false;
  }
  if (typeof value === 'string') return stringSatisfies(value, schema);
  if (typeof value === 'number') return numberSatisfies(value, schema);
  if (Array.isArray(value)) return arraySatisfies(value, schema, check);
  return isJsonObject(value) ? objectSatisfies(value, schema, check) : true;
}

type Check = (value: JsonValue, schema: JsonValue | undefined) => boolean;

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isJsonObject(value) : typeof value === type;
}

function stringSatisfies(value: string, schema: JsonObject): boolean {
  const { length } = [...value];
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  return (
    !(length < ((schema.minLength as number) ?? 0)) &&
    !(length > ((schema.maxLength as number) ?? Number.POSITIVE_INFINITY)) &&
    (schema.pattern === undefined || accepts(compileRegex(schema.pattern as string), value)) &&
    (schema[excludedPattern] === undefined || !accepts(compileRegex(schema[excludedPattern] as string), value)) &&
    (format === undefined || accepts(compileRegex(format, { full: true }), value))
  );
}

function numberSatisfies(value: number, schema: JsonObject): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) return false;
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) return false;
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false;
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false;
  return typeof multipleOf !== 'number' || Number.isInteger(value / multipleOf);
}

function arraySatisfies(value: readonly JsonValue[], schema: JsonObject, check: Check): boolean {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems } = schema as Record<string, number>;
  if (value.length < minItems || value.length > maxItems) return false;
  if (uniqueItems && value.some((a, i) => value.slice(i + 1).some((b) => equal(a, b)))) return false;
  const { first, rest } = itemSchemas(schema);
  return value.every((item, i) => {
    const own = i < first.length ? first[i] : rest;
    return own === undefined || check(item, own);
  });
}

/** The schemas of an array's first items, and of those after them. */
export function itemSchemas({ prefixItems, items, additionalItems }: JsonObject): {
  first: readonly JsonValue[];
  rest: JsonValue | undefined;
} {
  if (Array.isArray(prefixItems)) return { first: prefixItems, rest: items };
  return Array.isArray(items) ? { first: items, rest: additionalItems } : { first: [], rest: items };
}

function objectSatisfies(value: JsonObject, schema: JsonObject, check: Check): boolean {
  const names = Object.keys(value);
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema as Record<string, number>;
  if (names.length < minProperties || names.length > maxProperties) return false;
  if (Array.isArray(schema.required) && schema.required.some((name) => !Object.hasOwn(value, name as string)))
    return false;
  if (schema.propertyNames !== undefined && !names.every((name) => check(name, schema.propertyNames))) return false;
  for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
    for (const [name, needed] of Object.entries((schema[keyword] as JsonObject | undefined) ?? {})) {
      if (!Object.hasOwn(value, name)) continue;
      const met = Array.isArray(needed)
        ? needed.every((other) => Object.hasOwn(value, other as string))
        : check(value, needed as JsonValue);
      if (!met) return false;
    }
  }
  return names.every((name) => propertySchemas(schema, name).every((own) => check(value[name] as JsonValue, own)));
}

/** What one schema says of a property's value. */
export function propertySchemas(schema: JsonObject, name: string): JsonValue[] {
  const properties = (schema.properties as JsonObject | undefined) ?? {};
  const own = Object.hasOwn(properties, name) ? [properties[name] as JsonValue] : [];
  for (const [pattern, value] of Object.entries(schema.patternProperties ?? {})) {
    if (accepts(compileRegex(pattern), name)) own.push(value as JsonValue);
  }
  return own.length === 0 && schema.additionalProperties !== undefined ? [schema.additionalProperties] : own;
}

/** Equality of values as JSON schema has it: 1 is 1.0, and the order of properties means nothing. */
export function equal(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]!));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equal(a[name]!, b[name]!))
  );
}
