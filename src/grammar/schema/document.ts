/** A schema with its references: which draft it follows, and what a `$ref` means where it stands. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/index.js';
import { fail } from '../failure.js';

export type Schema = boolean | JsonObject;

const rootBase = 'json-schema://root/';
/** Keywords whose value is data, not schemas. */
const dataKeywords = new Set(['enum', 'const', 'default', 'examples', 'example']);

export class SchemaDocument {
  /** In drafts up to 7 whatever stands beside a `$ref` is ignored. */
  readonly refStandsAlone: boolean;
  private readonly bases = new WeakMap<object, string>();
  private readonly resources = new Map<string, JsonValue>();
  private readonly anchors = new Map<string, JsonValue>();

  constructor(readonly root: Schema) {
    const draft = isJsonObject(root) && typeof root.$schema === 'string' ? root.$schema : '';
    this.refStandsAlone = /draft-0?[3-7]/.test(draft);
    this.resources.set(rootBase, root);
    this.index(root, rootBase, 0);
  }

  /** @throws `grammar` for a reference to something that is not in the document */
  resolve(ref: JsonValue, from: JsonObject): Schema {
    if (typeof ref !== 'string') return fail('JSON schema', '$ref', 'a reference has to be a string');
    const [address, fragment] = split(resolveUri(ref, this.bases.get(from) ?? rootBase));
    const target = this.find(address, fragment);
    if (typeof target === 'boolean' || isJsonObject(target ?? null)) {
      if (isJsonObject(target!) && !this.bases.has(target)) this.index(target, address, 0);
      return target as Schema;
    }
    return fail('JSON schema', '$ref', `${JSON.stringify(ref)} is not a schema of this document`);
  }

  private find(address: string, fragment: string): JsonValue | undefined {
    const resource = this.resources.get(address) ?? this.resources.get(address.replace(/\/$/, ''));
    if (fragment === '') return resource;
    if (!fragment.startsWith('/')) return this.anchors.get(`${address}#${fragment}`);
    let value: JsonValue | undefined = resource;
    for (const part of fragment.slice(1).split('/')) {
      const key = unescapePointer(part);
      if (Array.isArray(value)) value = value[Number(key)];
      else
        value =
          isJsonObject(value ?? null) && Object.hasOwn(value as JsonObject, key)
            ? (value as JsonObject)[key]
            : undefined;
    }
    return value;
  }

  private index(value: JsonValue, base: string, depth: number): void {
    if (depth > 500) fail('JSON schema', 'the whole', 'it is nested more than 500 deep');
    if (Array.isArray(value)) {
      for (const item of value) this.index(item, base, depth + 1);
      return;
    }
    if (!isJsonObject(value)) return;
    // Where a reference stands alone, an identifier beside it is ignored, too.
    const id = this.refStandsAlone && value.$ref !== undefined ? undefined : (value.$id ?? value.id);
    let own = base;
    if (typeof id === 'string') {
      const [address, fragment] = split(resolveUri(id, base));
      if (fragment !== '') this.anchors.set(`${address}#${fragment}`, value);
      if (!id.startsWith('#')) {
        own = address;
        if (!this.resources.has(own)) this.resources.set(own, value);
      }
    }
    for (const key of ['$anchor', '$dynamicAnchor']) {
      if (typeof value[key] === 'string') this.anchors.set(`${own}#${value[key]}`, value);
    }
    this.bases.set(value, own);
    for (const [key, item] of Object.entries(value)) if (!dataKeywords.has(key)) this.index(item, own, depth + 1);
  }
}

function resolveUri(reference: string, base: string): string {
  if (reference.startsWith('#')) return base + reference;
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}

function split(uri: string): [address: string, fragment: string] {
  const at = uri.indexOf('#');
  return at < 0 ? [uri, ''] : [uri.slice(0, at), uri.slice(at + 1)];
}

function unescapePointer(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // Taken as it stands.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
