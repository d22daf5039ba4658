/** Arrays: their first items, those after them, and how many there may be. */
import type { JsonValue } from '../../formats/index.js';
import type { GrammarBuilder } from '../builder.js';
import { fail } from '../failure.js';
import { whitespace } from '../json/values.js';
import type { RuleNfa } from '../ruleNfa.js';
import type { Schema } from './document.js';
import { largest, smallest } from './facets.js';
import { keyword, type Part, partsOf } from './parts.js';
import { itemSchemas } from './validate.js';

/** Items that are counted at most. */
const mostCounted = 2_000;

export interface ArrayShape {
  readonly min: number;
  readonly max: number;
  /** What each of the first items is; undefined from where on there can be none. */
  readonly first: readonly (readonly Part[] | undefined)[];
  readonly rest: readonly Part[] | undefined;
  readonly unique: boolean;
}

export function arrayShape(parts: readonly Part[]): ArrayShape {
  const items = parts.map(({ schema }) => itemSchemas(schema));
  const longest = Math.max(0, ...items.map(({ first }) => first.length));
  const at = (i: number) =>
    partsOf(
      ...(items
        .map(({ first, rest }) => (i < first.length ? first[i] : rest))
        .filter((schema): schema is JsonValue => schema !== undefined) as Schema[]),
    );
  return {
    min: largest(parts, 'minItems', 0),
    max: smallest(parts, 'maxItems'),
    first: Array.from({ length: longest }, (_, i) => at(i)),
    rest: at(longest),
    unique: parts.some((part) => keyword(part, 'uniqueItems') === true),
  };
}

/** Reads an array from one state to another. */
export function addArray(
  nfa: RuleNfa,
  builder: GrammarBuilder,
  from: number,
  to: number,
  { min, max, first, rest, unique }: ArrayShape,
  ruleOf: (parts: readonly Part[]) => number,
): void {
  if (unique && max > 1) {
    fail('JSON schema', 'uniqueItems', 'this keyword is not supported', 'leave it out and check the answer afterwards');
  }
  const space = whitespace(builder);
  const counted = Math.max(first.length, min, max < Number.POSITIVE_INFINITY ? max : 0);
  if (counted > mostCounted) fail('JSON schema', 'minItems, maxItems', `at most ${mostCounted} items are counted`);
  let state = nfa.call(nfa.text(from, '['), space);
  for (let count = 0; ; count++) {
    if (count >= min) nfa.text(count === 0 ? state : nfa.call(state, space), ']', to);
    if (count >= max) return;
    const item = count < first.length ? first[count] : rest;
    if (item === undefined) return;
    const begin = count === 0 ? state : nfa.call(nfa.text(state, ','), space);
    const isLast = count >= counted && count > 0;
    const next = nfa.call(begin, ruleOf(item), isLast ? state : undefined);
    if (isLast) return;
    state = next;
  }
}
