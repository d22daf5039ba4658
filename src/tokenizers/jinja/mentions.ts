/**
 * Whether a name stands in a part of a tree: Jinja gives a macro `varargs` and `kwargs` only if it uses them.
 */
export function mentions(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((item) => mentions(item, name));
  if (part instanceof Map) return [...part].some((item) => mentions(item, name));
  if (typeof part !== 'object' || part === null) return false;
  const node = part as { readonly type?: unknown; readonly value?: unknown };
  if (node.type === 'Identifier' && node.value === name) return true;
  return Object.values(node).some((item) => mentions(item, name));
}
