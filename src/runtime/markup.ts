/** What models write between their tags, as data. */
import type { ToolCall } from './languageModel.js';

/**
 * The calls of a JSON list, or of one object, each with a `name` and `arguments` (or `parameters`) that are an object or its
 * JSON; undefined for anything else.
 */
export function readToolCalls(content: string): readonly ToolCall[] | undefined {
  const value = parse(content);
  const list = Array.isArray(value) ? value : [value];
  const calls: ToolCall[] = [];
  for (const each of list) {
    if (typeof each !== 'object' || each === null) return undefined;
    const { function: inner, ...outer } = each as Record<string, unknown>;
    const call = (typeof inner === 'object' && inner !== null ? inner : outer) as Record<string, unknown>;
    const { name, arguments: given = call.parameters ?? {} } = call;
    if (typeof name !== 'string' || name === '') return undefined;
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    const read = parse(text);
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
    calls.push({ name, arguments: text });
  }
  return calls;
}

/** Numbers of documents: `[0, 2]`. */
export function readCitations(content: string): readonly number[] | undefined {
  const value = parse(content);
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map((each) => (typeof each === 'string' && /^\d+$/.test(each) ? Number(each) : each));
  return numbers.every((each) => Number.isSafeInteger(each) && each >= 0) ? numbers : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
