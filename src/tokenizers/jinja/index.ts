/**
 * Jinja as Python's: the library's parser, and here what goes before it (`scan.ts`, `rewrite.ts`) and after it (`interpreter.ts`).
 * The library's own interpreter takes values for JavaScript's: it prints and compares them otherwise, ignores arguments of
 * methods, and lacks half of the filters and tests.
 */
import { parse } from '../libraries.js';
import { Interpreter } from './interpreter.js';
import type { Program } from './nodes.js';
import { scan } from './scan.js';

export { formatTime } from './time.js';
export { Callable, Dict, type Value } from './values.js';
export { Interpreter, type Program };

/** @throws an error for what is no template */
export function parseTemplate(source: string): Program {
  const tokens = scan(source);
  try {
    return parse(tokens) as Program;
  } catch (cause) {
    // The parser reads past the last token of a block that nothing ends.
    if (cause instanceof TypeError) throw new Error('the template ends within a block or an expression', { cause });
    throw cause;
  }
}
