/** Bodies of requests: JSON within limits, then checked field by field. */
import type { z } from 'zod';
import { ApiError, badField } from './apiError.js';

/**
 * The JSON of a body.
 *
 * @throws ApiError 400 for what is no JSON object, or nests deeper than `depth`
 */
export function parseBody(text: string, depth: number): Record<string, unknown> {
  if (nesting(text) > depth)
    throw new ApiError(400, `the request nests deeper than ${depth} levels`, { code: 'too_deep' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, `the request is no JSON: ${(error as Error).message}`, { code: 'invalid_json' });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ApiError(400, 'the request is no JSON object', { code: 'invalid_json' });
}

/** How deep brackets outside of strings stand in each other. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/**
 * A body as its schema says. Fields that the schema does not know are passed over, as other servers do, unless they look like
 * a misspelt one.
 *
 * @throws ApiError 400 naming the field
 */
export function checkBody<S extends z.ZodObject>(schema: S, body: Record<string, unknown>): z.infer<S> {
  const known = Object.keys(schema.shape);
  for (const field of Object.keys(body)) {
    if (known.includes(field) || field.length < 4) continue;
    const meant = known.find((name) => isNear(field, name));
    if (meant === undefined) continue;
    throw badField(field, `unknown field \`${field}\`: did you mean \`${meant}\`?`, 'unknown_parameter');
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = pathOf(issue!.path);
  const missing = issue!.code === 'invalid_type' && valueAt(body, issue!.path) === undefined;
  const message = missing ? `you must provide \`${path}\`` : `\`${path}\`: ${issue!.message}`;
  throw badField(path, message, missing ? 'missing_required_parameter' : 'invalid_value');
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  return at;
}

/** Whether one letter more, less, other, or swapped with its neighbour makes one word the other. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const same = (from: number, to: number) => a.slice(from) === b.slice(to);
  const swapped = a[start] === b[start + 1] && a[start + 1] === b[start] && same(start + 2, start + 2);
  return swapped || same(start + 1, start + 1) || same(start + 1, start) || same(start, start + 1);
}
