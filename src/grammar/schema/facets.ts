/** What plain parts say together of each type of value. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail } from '../failure.js';
import { type NumberBounds, numbersOf } from '../json/number.js';
import { compileRegex } from '../regex/compile.js';
import { and, anyTextDfa, type Dfa, isEmpty, minus, ofLength, textsDfa } from '../regex/dfa.js';
import type { SchemaDocument } from './document.js';
import { formats, unsupportedFormats } from './formats.js';
import { excludedPattern, excludedValues } from './negate.js';
import { keyword, type Part } from './parts.js';
import { equal, satisfiesParts } from './validate.js';

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';
const typeNames: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export interface Facets {
  readonly types: ReadonlySet<TypeName>;
  /** Whether numbers have to be whole. */
  readonly integer: boolean;
  /** The only values, where they are listed. */
  readonly values: readonly JsonValue[] | undefined;
  readonly excluded: readonly JsonValue[];
}

export function facetsOf(parts: readonly Part[], document: SchemaDocument): Facets {
  let types = new Set(typeNames);
  let integer = false;
  let values: readonly JsonValue[] | undefined;
  const excluded: JsonValue[] = [];
  for (const part of parts) {
    const type = keyword(part, 'type');
    if (type !== undefined) {
      const names = [type].flat() as string[];
      if (names.includes('integer') && !names.includes('number')) integer = true;
      const allows = (name: TypeName) => names.includes(name) || (name === 'number' && names.includes('integer'));
      types = new Set(typeNames.filter((name) => types.has(name) && allows(name)));
    }
    for (const listed of [keyword(part, 'enum'), part.done.has('const') ? undefined : constOf(part)]) {
      if (listed === undefined) continue;
      const list = listed as readonly JsonValue[];
      values = values === undefined ? list : values.filter((value) => list.some((item) => equal(item, value)));
    }
    excluded.push(...((keyword(part, excludedValues) as readonly JsonValue[] | undefined) ?? []));
  }
  if (values !== undefined) values = distinct(values).filter((value) => satisfiesParts(value, parts, document));
  return { types, integer, values, excluded };
}

const constOf = ({ schema }: Part): readonly JsonValue[] | undefined =>
  Object.hasOwn(schema, 'const') ? [schema.const as JsonValue] : undefined;

const distinct = (values: readonly JsonValue[]) =>
  values.filter((value, i) => !values.slice(0, i).some((before) => equal(before, value)));

/** Values of one keyword in all parts. */
const all = (parts: readonly Part[], name: string): JsonValue[] =>
  parts.map((part) => keyword(part, name)).filter((value): value is JsonValue => value !== undefined);

export const largest = (parts: readonly Part[], name: string, fallback: number): number =>
  Math.max(fallback, ...(all(parts, name) as number[]));
export const smallest = (parts: readonly Part[], name: string): number =>
  Math.min(Number.POSITIVE_INFINITY, ...(all(parts, name) as number[]));

export interface TextFacets {
  readonly min: number;
  readonly max: number;
  /** Undefined where any text of these lengths will do. */
  readonly language: Dfa | undefined;
}

export function textFacets(parts: readonly Part[], { excluded }: Facets): TextFacets {
  const min = largest(parts, 'minLength', 0);
  const max = smallest(parts, 'maxLength');
  const languages: Dfa[] = [];
  for (const pattern of all(parts, 'pattern')) {
    // These two are in many schemas and mean nothing.
    if (pattern !== '.*' && pattern !== '^.*$' && pattern !== '') languages.push(compileRegex(pattern as string));
    else if (pattern === '^.*$') languages.push(compileRegex(pattern));
  }
  for (const format of all(parts, 'format') as string[]) {
    if (unsupportedFormats.includes(format)) fail('JSON schema', 'format', `the format ${format} is not supported`);
    const expression = formats[format];
    if (expression !== undefined) languages.push(compileRegex(expression, { full: true }));
  }
  const removed = all(parts, excludedPattern).map((pattern) => compileRegex(pattern as string));
  const texts = excluded.filter((value): value is string => typeof value === 'string');
  if (texts.length > 0) removed.push(textsDfa(texts));
  if (languages.length + removed.length === 0) return { min, max, language: undefined };
  let language = languages.reduce(and, anyTextDfa);
  language = removed.reduce(minus, language);
  if (min > 0 || max < Number.POSITIVE_INFINITY) language = ofLength(language, min, max);
  return { min, max, language };
}

export function numberFacets(parts: readonly Part[], { integer, excluded }: Facets): Dfa {
  let [min, max] = [undefined as NumberBounds['min'], undefined as NumberBounds['max']];
  const lower = (value: number, exclusive: boolean) => {
    if (min === undefined || value > min.value || (value === min.value && exclusive)) min = { value, exclusive };
  };
  const upper = (value: number, exclusive: boolean) => {
    if (max === undefined || value < max.value || (value === max.value && exclusive)) max = { value, exclusive };
  };
  for (const part of parts) {
    const [minimum, maximum] = [keyword(part, 'minimum'), keyword(part, 'maximum')];
    const [above, below] = [keyword(part, 'exclusiveMinimum'), keyword(part, 'exclusiveMaximum')];
    if (typeof minimum === 'number') lower(minimum, above === true);
    if (typeof maximum === 'number') upper(maximum, below === true);
    if (typeof above === 'number') lower(above, true);
    if (typeof below === 'number') upper(below, true);
  }
  const dfa = numbersOf({ integer, min, max, multiplesOf: all(parts, 'multipleOf') as number[] });
  const numbers = excluded.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return dfa;
  if (!integer) fail('JSON schema', 'not', 'numbers are excluded from whole numbers only');
  return minus(dfa, textsDfa(numbers.flatMap((value) => (value === 0 ? ['0', '-0'] : [String(value)]))));
}

/** Whether no string, or no number, is left. */
export const noText = ({ min, max, language }: TextFacets): boolean =>
  min > max || (language !== undefined && isEmpty(language));

export const noNumber = (parts: readonly Part[], facets: Facets): boolean => isEmpty(numberFacets(parts, facets));

/** The keyword's objects, such as `properties`, of the parts that have it. */
export function objectsOf(part: Part, name: string): JsonObject {
  const value = keyword(part, name);
  return isJsonObject(value) ? value : {};
}
