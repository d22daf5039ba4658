/**
 * From a JSON schema (drafts 4 to 2020-12) to a grammar of the values that satisfy it. The language is never larger than the
 * schema's; where it is smaller, models lose nothing: properties come in the order of the schema, with others behind them,
 * characters have one spelling where a pattern looks at them, and bounded numbers have no exponent.
 */
import type { JsonValue } from '../../formats/index.js';
import type { Grammar } from '../automaton.js';
import { GrammarBuilder } from '../builder.js';
import { fail } from '../failure.js';
import { addPlain, anyString, stringOf, stringOfLength } from '../json/text.js';
import { addLiteral, anyValue, numberRule } from '../json/values.js';
import { accepts, anyTextDfa, combine, type Dfa, ofLength } from '../regex/dfa.js';
import type { RuleNfa } from '../ruleNfa.js';
import { addArray, arrayShape } from './array.js';
import { type Schema, SchemaDocument } from './document.js';
import { Expander } from './expand.js';
import { type Facets, facetsOf, noNumber, noText, numberFacets, type TypeName, textFacets } from './facets.js';
import { addObject, objectShape } from './object.js';
import { keyword, type Part, partsOf } from './parts.js';
import { equal } from './validate.js';

/** How deep emptiness is looked for: properties within properties. */
const emptinessDepth = 3;

/** @throws `grammar` naming the keyword that is not supported, or what cannot be satisfied */
export function compileSchema(schema: Schema): Grammar {
  return new SchemaCompiler(schema).compile();
}

class SchemaCompiler {
  private readonly builder = new GrammarBuilder('JSON schema');
  private readonly document: SchemaDocument;
  private readonly expander: Expander;
  private readonly rules = new Map<string, number>();
  private readonly waiting: { rule: number; parts: readonly Part[] }[] = [];
  private emptyDepth = 0;

  constructor(private readonly schema: Schema) {
    this.document = new SchemaDocument(schema);
    this.expander = new Expander(this.document, (parts) => this.isEmpty(parts));
  }

  compile(): Grammar {
    const parts = partsOf(this.schema);
    if (parts === undefined) return fail('JSON schema', 'the whole', 'nothing can satisfy it');
    const root = this.ruleOf(parts);
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      this.builder.deadline.check();
      this.define(next.rule, next.parts);
    }
    return this.builder.build(root);
  }

  /** The rule of the values that satisfy all parts. */
  private readonly ruleOf = (parts: readonly Part[]): number => {
    const bound = parts.filter((part) => part.negated || Object.keys(part.schema).some((name) => !isAnnotation(name)));
    if (bound.length === 0) return anyValue(this.builder);
    const key = this.expander.key(bound);
    let rule = this.rules.get(key);
    if (rule === undefined) {
      rule = this.builder.reserve();
      this.rules.set(key, rule);
      this.waiting.push({ rule, parts: bound });
    }
    return rule;
  };

  private define(rule: number, parts: readonly Part[]): void {
    const nfa = this.builder.nfa();
    const [start, end] = [nfa.state(), nfa.state()];
    for (const alternative of this.expander.expand(parts)) this.addAlternative(nfa, start, end, alternative);
    this.builder.define(rule, nfa.determinize(start, end, this.builder.deadline));
  }

  private addAlternative(nfa: RuleNfa, start: number, end: number, parts: readonly Part[]): void {
    const { builder } = this;
    const facets = facetsOf(parts, this.document);
    if (facets.values !== undefined) {
      for (const value of facets.values) addLiteral(nfa, builder, start, value, end);
      return;
    }
    const isExcluded = (value: JsonValue) => facets.excluded.some((item) => equal(item, value));
    for (const type of facets.types) {
      if (type === 'null' && !isExcluded(null)) nfa.text(start, 'null', end);
      if (type === 'boolean')
        for (const value of [true, false]) if (!isExcluded(value)) nfa.text(start, String(value), end);
      if (type === 'number') this.addNumber(nfa, start, end, parts, facets);
      if (type === 'string') nfa.call(start, this.textRule(parts, facets), end);
      if (type === 'array' || type === 'object') {
        if (facets.excluded.some((value) => typeof value === 'object' && value !== null)) {
          fail('JSON schema', 'not', 'arrays and objects cannot be excluded one by one');
        }
        if (type === 'array') addArray(nfa, builder, start, end, arrayShape(parts), this.ruleOf);
        else addObject(nfa, builder, start, end, this.shapeOf(parts), this.ruleOf);
      }
    }
  }

  private addNumber(nfa: RuleNfa, start: number, end: number, parts: readonly Part[], facets: Facets): void {
    const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
    const isFree = !facets.integer && parts.every((part) => bounds.every((name) => keyword(part, name) === undefined));
    if (isFree && !facets.excluded.some((value) => typeof value === 'number')) {
      nfa.call(start, numberRule(this.builder), end);
    } else addPlain(nfa, start, numberFacets(parts, facets), end);
  }

  private textRule(parts: readonly Part[], facets: Facets): number {
    const { min, max, language } = textFacets(parts, facets);
    if (language !== undefined) return this.builder.add(stringOf(this.builder, language));
    return min === 0 && max === Number.POSITIVE_INFINITY
      ? anyString(this.builder)
      : stringOfLength(this.builder, min, max);
  }

  private shapeOf(parts: readonly Part[]) {
    return objectShape(parts, (schema) => {
      const languages = this.textsOf(schema);
      if (languages === undefined) return { language: undefined, has: () => true };
      const language = languages.reduce((a, b) => combine(a, b, (x, y) => x || y));
      return { language, has: (name) => accepts(language, name) };
    });
  }

  /** The languages of the strings that satisfy a schema; undefined for all strings. */
  private textsOf(schema: Schema): Dfa[] | undefined {
    const languages: Dfa[] = [];
    const parts = partsOf(schema);
    if (parts === undefined) return [combine(anyTextDfa, anyTextDfa, () => false)];
    for (const alternative of this.expander.expand(parts)) {
      const facets = facetsOf(alternative, this.document);
      if (facets.values !== undefined) {
        fail('JSON schema', 'propertyNames', 'names are listed by `properties`, not by `enum`');
      }
      if (!facets.types.has('string')) continue;
      const { min, max, language } = textFacets(alternative, facets);
      if (language === undefined && min === 0 && max === Number.POSITIVE_INFINITY) return undefined;
      languages.push(language ?? ofLength(anyTextDfa, min, max));
    }
    return languages.length === 0 ? [combine(anyTextDfa, anyTextDfa, () => false)] : languages;
  }

  /** Whether nothing satisfies the parts; false also where that cannot be seen. */
  private isEmpty(parts: readonly Part[]): boolean {
    if (this.emptyDepth >= emptinessDepth) return false;
    this.emptyDepth++;
    try {
      return new Expander(this.document, (inner) => this.isEmpty(inner))
        .expand(parts)
        .every((alternative) => this.isEmptyAlternative(alternative));
    } catch {
      // What cannot be worked out may be there.
      return false;
    } finally {
      this.emptyDepth--;
    }
  }

  private isEmptyAlternative(parts: readonly Part[]): boolean {
    const facets = facetsOf(parts, this.document);
    if (facets.values !== undefined) return facets.values.length === 0;
    const empty: Readonly<Record<TypeName, () => boolean>> = {
      null: () => facets.excluded.includes(null),
      boolean: () => facets.excluded.includes(true) && facets.excluded.includes(false),
      number: () => noNumber(parts, facets),
      string: () => noText(textFacets(parts, facets)),
      array: () => {
        const { min, max, first, rest } = arrayShape(parts);
        if (min > max) return true;
        const needed = Array.from({ length: Math.min(min, 16) }, (_, i) => (i < first.length ? first[i] : rest));
        return needed.some((item) => item === undefined || this.isEmpty(item));
      },
      object: () =>
        this.shapeOf(parts).properties.some(
          ({ required, value }) => required && (value === undefined || this.isEmpty(value)),
        ),
    };
    return [...facets.types].every((type) => empty[type]());
  }
}

const annotations = new Set(
  'title description default examples example $comment $id id $schema $anchor $defs definitions deprecated readOnly writeOnly'.split(
    ' ',
  ),
);
const isAnnotation = (name: string) => annotations.has(name);
