/**
 * What has to hold at one place of a document, as alternatives of plain parts: references, `allOf`, `anyOf`, `oneOf`, `not`,
 * `if` and dependencies are multiplied out. Each part is a schema of which some keywords are dealt with already.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail, limits } from '../failure.js';
import type { Schema, SchemaDocument } from './document.js';
import { checkKeywords } from './keywords.js';
import { negate } from './negate.js';
import { keyword, nothingDone, type Part, type PartContext, partsOf, schemaOf, schemasOf, without } from './parts.js';

export class Expander implements PartContext {
  private readonly ids = new WeakMap<object, number>();
  private readonly made = new Map<string, JsonObject>();
  private idCount = 0;
  private branches = 0;

  constructor(
    readonly document: SchemaDocument,
    /** Whether nothing satisfies all of some parts, as far as can be seen. */
    private readonly isEmpty: (parts: readonly Part[]) => boolean,
  ) {}

  /** A name for parts, the same for the same ones. */
  key(parts: readonly Part[]): string {
    return [...new Set(parts.map((part) => this.partKey(part)))].sort().join(' ');
  }

  private partKey({ schema, done, negated }: Part): string {
    let id = this.ids.get(schema);
    if (id === undefined) {
      id = this.idCount++;
      this.ids.set(schema, id);
    }
    return `${negated ? '!' : ''}${id}${done.size === 0 ? '' : `-${[...done].sort().join('-')}`}`;
  }

  /** A schema that we write ourselves: one object for one text, so that its parts have one key. */
  synthetic(from: JsonObject, what: string, make: () => JsonObject): JsonObject {
    const key = `${this.partKey({ schema: from, done: nothingDone, negated: false })} ${what}`;
    let schema = this.made.get(key);
    if (schema === undefined) {
      schema = make();
      this.made.set(key, schema);
    }
    return schema;
  }

  /** @throws `grammar` for what is not supported and for more alternatives than are worked with */
  expand(parts: readonly Part[]): Part[][] {
    this.branches = 0;
    const found = new Map<string, Part[]>();
    for (const alternative of this.alternatives(parts, [])) found.set(this.key(alternative), alternative);
    return [...found.values()];
  }

  private *alternatives(waiting: readonly Part[], before: readonly Part[]): Generator<Part[]> {
    const out = [...before];
    const queue = [...waiting];
    const seen = new Set(out.map((part) => this.partKey(part)));
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      const key = this.partKey(part);
      if (seen.has(key)) continue;
      seen.add(key);
      checkKeywords(part.schema);
      if (part.negated) {
        yield* this.branch(negate(part.schema, this), queue, out);
        return;
      }
      const together = this.conjunction(part);
      if (together === undefined) return;
      queue.unshift(...together.others);
      if (together.rest === undefined) continue;
      const branches = this.disjunction(together.rest);
      if (branches !== undefined) {
        yield* this.branch(branches.of, [branches.rest, ...queue], out);
        return;
      }
      out.push(together.rest);
    }
    yield out;
  }

  private *branch(branches: readonly Part[][], queue: readonly Part[], out: readonly Part[]): Generator<Part[]> {
    for (const branch of branches) {
      if (++this.branches > limits.alternatives) {
        fail('JSON schema', 'anyOf, oneOf, not', `they multiply to more than ${limits.alternatives} alternatives`);
      }
      yield* this.alternatives([...branch, ...queue], out);
    }
  }

  /** Follows what has to hold as well; undefined if nothing can, and no `rest` where a reference stands alone. */
  private conjunction(part: Part): { rest: Part | undefined; others: Part[] } | undefined {
    const others: Part[] = [];
    let rest = part;
    const ref = keyword(rest, '$ref');
    if (ref !== undefined) {
      const target = partsOf(this.document.resolve(ref, part.schema));
      if (target === undefined) return undefined;
      others.push(...target);
      if (this.document.refStandsAlone) return { rest: undefined, others };
      rest = without(rest, '$ref');
    }
    const all = keyword(rest, 'allOf');
    if (all !== undefined) {
      const parts = partsOf(...schemasOf(all, 'allOf'));
      if (parts === undefined) return undefined;
      others.push(...parts);
      rest = without(rest, 'allOf');
    }
    const not = keyword(rest, 'not');
    if (not !== undefined) {
      if (not === true) return undefined;
      if (isJsonObject(not)) others.push({ schema: not, done: nothingDone, negated: true });
      rest = without(rest, 'not');
    }
    return { rest, others };
  }

  /** The branches of the first keyword that has some. */
  private disjunction(part: Part): { of: Part[][]; rest: Part } | undefined {
    const any = keyword(part, 'anyOf');
    if (any !== undefined)
      return { of: present(schemasOf(any, 'anyOf').map((s) => partsOf(s))), rest: without(part, 'anyOf') };
    const one = keyword(part, 'oneOf');
    if (one !== undefined) return { of: this.exactlyOne(schemasOf(one, 'oneOf'), part), rest: without(part, 'oneOf') };
    const condition = keyword(part, 'if');
    if (condition !== undefined) {
      const names = ['if', 'then', 'else'];
      return { of: this.conditional(part, schemaOf(condition, 'if')), rest: without(part, ...names) };
    }
    for (const name of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
      const dependencies = keyword(part, name);
      if (!isJsonObject(dependencies ?? null)) continue;
      for (const [property, needed] of Object.entries(dependencies as JsonObject)) {
        const mark = `${name}/${property}`;
        if (part.done.has(mark)) continue;
        return { of: this.dependency(part.schema, mark, property, needed), rest: without(part, mark) };
      }
    }
    return undefined;
  }

  private exactlyOne(schemas: readonly Schema[], part: Part): Part[][] {
    const all = schemas.map((schema) => partsOf(schema));
    const beside = [without(part, 'oneOf', '$ref')];
    return present(
      all.map((parts, i) => {
        if (parts === undefined) return undefined;
        const others: Part[] = [];
        for (let j = 0; j < all.length; j++) {
          const other = all[j];
          if (j === i || other === undefined || this.isEmpty([...beside, ...parts, ...other])) continue;
          if (other.length === 0) return undefined;
          others.push(...other.map((o) => ({ ...o, negated: true })));
        }
        return [...parts, ...others];
      }),
    );
  }

  private conditional({ schema }: Part, condition: Schema): Part[][] {
    const side = (name: string) => partsOf(schema[name] === undefined ? true : schemaOf(schema[name]!, name));
    const [then, otherwise] = [side('then'), side('else')];
    const holds = partsOf(condition);
    const branches: (Part[] | undefined)[] = [];
    if (holds !== undefined) branches.push(then && [...holds, ...then]);
    if (condition === false) branches.push(otherwise);
    else if (isJsonObject(condition)) {
      branches.push(otherwise && [{ schema: condition, done: nothingDone, negated: true }, ...otherwise]);
    }
    return present(branches);
  }

  /** Without the property, or with it and what it needs; what is not an object has no properties. */
  private dependency(schema: JsonObject, mark: string, property: string, needed: JsonValue): Part[][] {
    const absent = this.synthetic(schema, `${mark} absent`, () => ({ properties: { [property]: false } }));
    if (Array.isArray(needed)) {
      const both = () => ({ type: 'object', required: [property, ...needed] });
      return present([partsOf(absent), partsOf(this.synthetic(schema, `${mark} needed`, both))]);
    }
    const there = this.synthetic(schema, `${mark} there`, () => ({ type: 'object', required: [property] }));
    return present([partsOf(absent), partsOf(there, schemaOf(needed, mark))]);
  }
}

const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item): item is T => item !== undefined);
