/** Objects: which names they have, in which order, and what their values are. */
import type { JsonValue } from '../../formats/index.js';
import type { GrammarBuilder } from '../builder.js';
import { fail } from '../failure.js';
import { addString, otherStrings, quoted } from '../json/text.js';
import { whitespace } from '../json/values.js';
import { compileRegex } from '../regex/compile.js';
import { and, anyTextDfa, type Dfa, isEmpty, minus, textsDfa } from '../regex/dfa.js';
import type { RuleNfa } from '../ruleNfa.js';
import type { Schema } from './document.js';
import { largest, objectsOf, smallest } from './facets.js';
import { keyword, type Part, partsOf } from './parts.js';
import { propertySchemas } from './validate.js';

/** Patterns of names at most: every combination of them is a kind of name of its own. */
const mostPatterns = 5;

export interface Property {
  readonly name: string;
  readonly required: boolean;
  /** Undefined if it must not be there. */
  readonly value: readonly Part[] | undefined;
}

/** Names that no schema lists, by what holds for their values. */
export interface OtherNames {
  /** Undefined for all names that are not listed. */
  readonly language: Dfa | undefined;
  readonly value: readonly Part[];
}

export interface ObjectShape {
  readonly properties: readonly Property[];
  readonly others: readonly OtherNames[];
  readonly minProperties: number;
  readonly maxProperties: number;
}

/** @param namesOf the texts that `propertyNames` allows, and whether a name is one */
export function objectShape(
  parts: readonly Part[],
  namesOf: (schema: Schema) => { language: Dfa | undefined; has: (name: string) => boolean },
): ObjectShape {
  const required = new Set(parts.flatMap((part) => (keyword(part, 'required') as string[] | undefined) ?? []));
  const names = new Set([...parts.flatMap((part) => Object.keys(objectsOf(part, 'properties'))), ...required]);
  const nameRules = parts
    .map((part) => keyword(part, 'propertyNames'))
    .filter((schema): schema is Exclude<JsonValue, undefined> => schema !== undefined)
    .map((schema) => namesOf(schema as Schema));
  const properties = [...names].map((name): Property => {
    const schemas = parts.flatMap(({ schema }) => propertySchemas(schema, name)) as Schema[];
    const allowed = nameRules.every(({ has }) => has(name));
    return { name, required: required.has(name), value: allowed ? partsOf(...schemas) : undefined };
  });
  return {
    properties,
    others: otherNames(
      parts,
      [...names],
      nameRules.map(({ language }) => language),
    ),
    minProperties: largest(parts, 'minProperties', 0),
    maxProperties: smallest(parts, 'maxProperties'),
  };
}

function otherNames(
  parts: readonly Part[],
  listed: readonly string[],
  nameRules: readonly (Dfa | undefined)[],
): OtherNames[] {
  const patterns = [...new Set(parts.flatMap((part) => Object.keys(objectsOf(part, 'patternProperties'))))];
  if (patterns.length > mostPatterns) {
    fail('JSON schema', 'patternProperties', `more than ${mostPatterns} patterns at one place are not supported`);
  }
  const languages = nameRules.filter((language): language is Dfa => language !== undefined);
  const found: OtherNames[] = [];
  for (let chosen = 0; chosen < 2 ** patterns.length; chosen++) {
    const matched = new Set(patterns.filter((_, i) => (chosen >> i) & 1));
    const schemas = parts.flatMap((part): JsonValue[] => {
      const own = Object.entries(objectsOf(part, 'patternProperties')).filter(([pattern]) => matched.has(pattern));
      const additional = keyword(part, 'additionalProperties');
      if (own.length > 0) return own.map(([, schema]) => schema as JsonValue);
      return additional === undefined ? [] : [additional];
    });
    const value = partsOf(...(schemas as Schema[]));
    if (value === undefined) continue;
    if (patterns.length + languages.length === 0) {
      found.push({ language: undefined, value });
      continue;
    }
    let language = languages.reduce(and, anyTextDfa);
    for (const pattern of patterns) {
      language = matched.has(pattern) ? and(language, compileRegex(pattern)) : minus(language, compileRegex(pattern));
    }
    if (listed.length > 0) language = minus(language, textsDfa(listed));
    if (!isEmpty(language)) found.push({ language, value });
  }
  return found;
}

/**
 * Reads an object from one state to another: listed properties in their order, then others. Where the number of properties
 * is bounded, a state says how many there were.
 */
export function addObject(
  nfa: RuleNfa,
  builder: GrammarBuilder,
  from: number,
  to: number,
  { properties, others, minProperties, maxProperties }: ObjectShape,
  ruleOf: (parts: readonly Part[]) => number,
): void {
  const space = whitespace(builder);
  const allowed = properties.filter(({ value }) => value !== undefined);
  if (properties.some(({ required, value }) => required && value === undefined)) return;
  const needed = properties.filter(({ required }) => required).length;
  const bounded = minProperties > Math.max(needed, 0) || maxProperties < Number.POSITIVE_INFINITY;
  // Without bounds only whether there was one matters.
  const cap = bounded
    ? Math.min(Math.max(minProperties, maxProperties < 1e6 ? maxProperties : 0), allowed.length + 64)
    : 1;
  if (minProperties > allowed.length + 1 && others.length > 0) {
    fail('JSON schema', 'minProperties', 'more properties than are listed, and one, cannot be asked for');
  }
  const open = nfa.call(nfa.text(from, '{'), space);
  /** Between properties, after so many of them and before the one at a place. */
  const places = Array.from({ length: allowed.length + 1 }, () => Array.from({ length: cap + 1 }, () => nfa.state()));
  nfa.skip(open, places[0]![0]!);
  const start = (count: number, at: number) =>
    count === 0 ? places[at]![0]! : nfa.call(nfa.text(places[at]![count]!, ','), space);
  const within = (count: number) => count < maxProperties;
  allowed.forEach(({ name, required, value }, at) => {
    for (let count = 0; count <= cap; count++) {
      const after = places[at + 1]![Math.min(count + 1, cap)]!;
      if (within(count)) {
        nfa.call(nfa.call(nfa.text(start(count, at), `${quoted(name)}:`), space), ruleOf(value!), after);
      }
      if (!required) nfa.skip(places[at]![count]!, places[at + 1]![count]!);
    }
  });
  const last = places[allowed.length]!;
  const names = properties.map(({ name }) => name);
  /** Others may come twice with one name, so that they count once for the least number. */
  const counted = Array.from({ length: cap + 1 }, () => nfa.state());
  for (const { language, value } of others) {
    for (let count = 0; count <= cap; count++) {
      for (const [states, isFirst] of [
        [last, true],
        [counted, false],
      ] as const) {
        if (!within(count) || (!isFirst && !bounded)) continue;
        const begin = isFirst ? start(count, allowed.length) : nfa.call(nfa.text(states[count]!, ','), space);
        const key = nfa.state();
        if (language === undefined) nfa.call(begin, otherStrings(builder, names), key);
        else addString(nfa, begin, language, key);
        const next = bounded ? counted[nextCount(count, isFirst, cap, minProperties)]! : last[1]!;
        nfa.call(nfa.call(nfa.text(key, ':'), space), ruleOf(value), next);
      }
    }
  }
  for (let count = bounded ? minProperties : 0; count <= cap; count++) {
    if (count > maxProperties) break;
    for (const state of [last[count]!, counted[count]!])
      nfa.text(count === 0 ? state : nfa.call(state, space), '}', to);
  }
}

/** How many properties there were, after another whose name may be that of one before. */
function nextCount(count: number, isFirst: boolean, cap: number, least: number): number {
  return isFirst || count >= least ? Math.min(count + 1, cap) : count;
}
