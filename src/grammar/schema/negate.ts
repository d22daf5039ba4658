/**
 * `not`: what does not satisfy a schema fails one of its keywords. Keywords whose failure we cannot write as a schema give
 * no branch; if none does, `not` is refused.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail } from '../failure.js';
import { checkKeywords } from './keywords.js';
import { type Part, type PartContext, partsOf, schemaOf } from './parts.js';

const types = ['null', 'boolean', 'number', 'string', 'array', 'object'];
/** Keywords that only say something about a schema. */
const annotations = new Set(
  '$schema $id id $comment $anchor $defs definitions title description default examples example deprecated readOnly writeOnly'.split(
    ' ',
  ),
);
/** Internal keywords: values and patterns that are excluded. */
export const excludedValues = ' excluded values';
export const excludedPattern = ' excluded pattern';

type Failure = (value: JsonValue, schema: JsonObject, context: PartContext) => (JsonObject | Part[])[] | undefined;

const inverse = (type: string, keyword: string, shift: number): Failure => {
  return (value) => (typeof value === 'number' && value + shift >= 0 ? [{ type, [keyword]: value + shift }] : []);
};

/** How a value fails a keyword. */
const failures: Readonly<Record<string, Failure>> = {
  type: (value) => {
    const excluded = new Set([value].flat());
    if (excluded.has('integer')) excluded.add('number');
    const left = types.filter((type) => !excluded.has(type));
    return left.length === 0 ? [] : [{ type: left }];
  },
  const: (value) => [{ [excludedValues]: [value] }],
  enum: (value) => [{ [excludedValues]: value }],
  required: (value) => (value as string[]).map((name) => ({ type: 'object', properties: { [name]: false } })),
  properties: (value) =>
    Object.entries(value as JsonObject).flatMap(([name, schema]) =>
      schema === true ? [] : [{ type: 'object', required: [name], properties: { [name]: { not: schema! } } }],
    ),
  minLength: inverse('string', 'maxLength', -1),
  maxLength: inverse('string', 'minLength', 1),
  minItems: inverse('array', 'maxItems', -1),
  maxItems: inverse('array', 'minItems', 1),
  minProperties: inverse('object', 'maxProperties', -1),
  maxProperties: inverse('object', 'minProperties', 1),
  pattern: (value) => [{ type: 'string', [excludedPattern]: value }],
  minimum: (value, { exclusiveMinimum }) =>
    exclusiveMinimum === true ? [{ type: 'number', maximum: value }] : [{ type: 'number', exclusiveMaximum: value }],
  maximum: (value, { exclusiveMaximum }) =>
    exclusiveMaximum === true ? [{ type: 'number', minimum: value }] : [{ type: 'number', exclusiveMinimum: value }],
  exclusiveMinimum: (value) => (typeof value === 'number' ? [{ type: 'number', maximum: value }] : []),
  exclusiveMaximum: (value) => (typeof value === 'number' ? [{ type: 'number', minimum: value }] : []),
  not: (value) => {
    const parts = partsOf(schemaOf(value, 'not'));
    return parts === undefined ? [] : [parts];
  },
  allOf: (value, _, context) =>
    (value as JsonValue[]).flatMap((item) => {
      const schema = schemaOf(item, 'allOf');
      return typeof schema === 'boolean' ? (schema ? [] : [[]]) : negate(schema, context);
    }),
  anyOf: (value) => {
    const schemas = (value as JsonValue[]).map((item) => schemaOf(item, 'anyOf'));
    if (schemas.includes(true)) return [];
    return [schemas.filter(isJsonObject).map((schema) => ({ schema, done: new Set<string>(), negated: true }))];
  },
  $ref: (value, schema, context) => {
    const target = context.document.resolve(value, schema);
    return typeof target === 'boolean' ? (target ? [] : [[]]) : negate(target, context);
  },
};

/** @throws `grammar` if nothing can be said of what fails the schema */
export function negate(schema: JsonObject, context: PartContext): Part[][] {
  checkKeywords(schema);
  const branches: Part[][] = [];
  const refAlone = context.document.refStandsAlone && Object.hasOwn(schema, '$ref');
  let unknown: string | undefined;
  for (const [keyword, value] of Object.entries(schema)) {
    if (annotations.has(keyword) || (refAlone && keyword !== '$ref')) continue;
    const failure = failures[keyword];
    const made = failure?.(value as JsonValue, schema, context);
    if (made === undefined) {
      unknown = keyword;
      continue;
    }
    made.forEach((item, i) => {
      if (Array.isArray(item)) branches.push(item);
      else branches.push(partsOf(context.synthetic(schema, `not ${keyword} ${i}`, () => item))!);
    });
  }
  if (branches.length === 0 && unknown !== undefined) {
    fail('JSON schema', 'not', `its opposite of ${JSON.stringify(unknown)} is not supported`);
  }
  return branches;
}
