/**
 * Splitting text by a pattern, in the one form that the tokenizer library carries out as its Rust original does.
 *
 * A `Split` has a pattern, a behaviour (what becomes of the matches) and `invert` (matches and the text between them
 * change places). The library knows "keep matches and gaps apart" and "keep the matches only". Every other
 * combination is put into one of these two by a larger pattern, or refused: a wrong split gives wrong ids silently.
 */
import { unsupportedHint } from './hints.js';
import { spelledOut } from './oniguruma.js';
import type { JsonObject, Shape } from './shape.js';

export { unsupportedHint };

/** A pattern is compiled and scanned with nested loops: far above any real one, and still quick. */
const maxPatternLength = 10_000;

/** The source of a `{String}` or `{Regex}` pattern, as a regular expression in the file's dialect (Oniguruma). */
export function patternSource(shape: Shape, value: unknown, where: string): string {
  const pattern = shape.object(value, where);
  const regex = shape.optionalString(pattern.Regex, `${where}.Regex`, maxPatternLength);
  if (regex !== undefined) return spelledOut(shape, regex, where);
  return escapePattern(shape.string(pattern.String, `${where}.String`, maxPatternLength));
}

/** A regular expression that matches `text` and nothing else. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Keeps the matches and the text between them as separate pieces. */
export function isolate(source: string): JsonObject {
  return { type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false };
}

/** Keeps only the matches. */
export function keepMatches(source: string): JsonObject {
  return { type: 'Split', pattern: { Regex: source }, behavior: 'Removed', invert: true };
}

const anything = '[\\s\\S]';

/** Matches of `source` go to the end of the piece before them. */
function mergeWithPrevious(source: string): JsonObject {
  return keepMatches(`(?:(?!${source})${anything})*(?:${source})|(?:(?!${source})${anything})+`);
}

/** Matches of `source` go to the beginning of the piece after them. */
export function mergeWithNext(source: string): JsonObject {
  return keepMatches(`(?:${source})(?:(?!${source})${anything})*|(?:(?!${source})${anything})+`);
}

/** A `Split` with this behaviour, as one that the library carries out. */
export function split(shape: Shape, where: string, source: string, behavior: string, invert: boolean): JsonObject {
  switch (behavior.toLowerCase()) {
    case 'isolated':
      return isolate(source);
    case 'removed':
      if (invert) return keepMatches(source);
      // A split at a pattern with groups of its own would return what the groups matched as pieces.
      if (/\((?!\?)|\(\?<[^=!]/.test(source.replace(/\\./gs, ''))) {
        return shape.fail(`${where}: a pattern with capturing groups cannot be removed`, unsupportedHint);
      }
      return { type: 'Split', pattern: { Regex: source }, behavior: 'Removed', invert: false };
    case 'contiguous':
      if (!invert) return isolate(`(?:${source})+`);
      break;
    case 'mergedwithprevious':
    case 'merged_with_previous':
      if (!invert) return mergeWithPrevious(source);
      break;
    case 'mergedwithnext':
    case 'merged_with_next':
      if (!invert) return mergeWithNext(source);
      break;
  }
  return shape.fail(`${where}: behavior ${behavior}${invert ? ' (inverted)' : ''} is not supported`, unsupportedHint);
}
