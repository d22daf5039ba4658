/** Which keywords a schema may have, and what their values have to be: what is known and not done is an error, never ignored. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail } from '../failure.js';

/** Assertions that no token mask of ours holds a model to. */
const unsupported = [
  'contains',
  'unevaluatedProperties',
  'unevaluatedItems',
  '$dynamicRef',
  '$recursiveRef',
  'extends',
  'disallow',
  'divisibleBy',
];

const typeNames = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const isSchema = (value: JsonValue) => typeof value === 'boolean' || isJsonObject(value);
const isText = (value: JsonValue) => typeof value === 'string';
const isNumber = (value: JsonValue) => typeof value === 'number';
const isCount = (value: JsonValue) => typeof value === 'number' && value >= 0 && Number.isInteger(value);
const isTypeName = (value: JsonValue) => typeof value === 'string' && typeNames.includes(value);
const listOf = (check: (value: JsonValue) => boolean) => (value: JsonValue) =>
  Array.isArray(value) && value.every(check);
const mapOf = (check: (value: JsonValue) => boolean) => (value: JsonValue) =>
  isJsonObject(value) && Object.values(value).every(check);
const either =
  (...checks: readonly ((value: JsonValue) => boolean)[]) =>
  (value: JsonValue) =>
    checks.some((check) => check(value));

const aSchema = [isSchema, 'a schema'] as const;
const schemas = [listOf(isSchema), 'a list of schemas'] as const;
const schemasByName = [mapOf(isSchema), 'schemas by name'] as const;
const count = [isCount, 'a whole number from 0'] as const;
const number = [isNumber, 'a number'] as const;
const text = [isText, 'a string'] as const;
const numberOrFlag = [either(isNumber, (value) => typeof value === 'boolean'), 'a number'] as const;

const shapes: Readonly<Record<string, readonly [check: (value: JsonValue) => boolean, expected: string]>> = {
  $ref: text,
  type: [either(isTypeName, listOf(isTypeName)), `one or more of ${typeNames.join(', ')}`],
  enum: [Array.isArray, 'a list of values'],
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: aSchema,
  if: aSchema,
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON schema
  then: aSchema,
  else: aSchema,
  properties: schemasByName,
  patternProperties: schemasByName,
  dependentSchemas: schemasByName,
  dependentRequired: [mapOf(listOf(isText)), 'lists of names by name'],
  dependencies: [mapOf(either(isSchema, listOf(isText))), 'schemas or lists of names by name'],
  additionalProperties: aSchema,
  propertyNames: aSchema,
  // Draft 3 wrote a flag beside each property.
  required: [either(listOf(isText), (value) => typeof value === 'boolean'), 'a list of names'],
  items: [either(isSchema, listOf(isSchema)), 'a schema or a list of schemas'],
  prefixItems: schemas,
  additionalItems: aSchema,
  uniqueItems: [(value) => typeof value === 'boolean', 'true or false'],
  minItems: count,
  maxItems: count,
  minLength: count,
  maxLength: count,
  minProperties: count,
  maxProperties: count,
  minimum: number,
  maximum: number,
  exclusiveMinimum: numberOrFlag,
  exclusiveMaximum: numberOrFlag,
  multipleOf: [(value) => typeof value === 'number' && value > 0, 'a number over 0'],
  pattern: text,
  format: text,
};

/** @throws `grammar` naming a keyword that is not supported, or whose value is not what it has to be */
export function checkKeywords(schema: JsonObject): void {
  if (checked.has(schema)) return;
  for (const [name, value] of Object.entries(schema)) {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape !== undefined && !shape[0](value)) {
      const found = JSON.stringify(value).slice(0, 60);
      fail('JSON schema', name, `expected ${shape[1]}, found ${found}`);
    }
    if (unsupported.includes(name) && !hasNoEffect(name, schema)) {
      fail('JSON schema', name, 'this keyword is not supported', 'leave it out and check the answer afterwards');
    }
  }
  checked.add(schema);
}
const checked = new WeakSet<JsonObject>();

function hasNoEffect(keyword: string, schema: JsonObject): boolean {
  const value = schema[keyword];
  if (keyword === 'contains') return schema.minContains === 0 && schema.maxContains === undefined;
  if (keyword === 'extends' || keyword === 'disallow') return !isJsonObject(value) && !Array.isArray(value);
  return value === true || (isJsonObject(value) && Object.keys(value).length === 0);
}
