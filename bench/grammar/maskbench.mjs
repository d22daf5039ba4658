/** One schema of MaskBench with its instances: whether each is told apart, byte by byte and, with tokens, how long masks take. */
import { readFileSync } from 'node:fs';
import { compileSchema, TokenGrammar } from '../../dist/grammar/index.js';

/** As Python's `json.dumps` writes it, which is what MaskBench feeds. */
export function dumps(value) {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${dumps(item)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' && value.startsWith(rawNumber)
    ? value.slice(rawNumber.length)
    : JSON.stringify(value);
}

const rawNumber = '\0number ';
/** Numbers keep their digits: 1.0 is no integer to every draft. */
const keepNumbers = (json) =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?(?:\d+[.eE]|\d{16})/.test(token) ? JSON.stringify(rawNumber + token) : token,
  );

/**
 * @param tokenizer whose `tokenize` gives the ids of a text, or undefined to read bytes
 * @returns {Promise<{ error?: string, wrong?: string, compileMs: number, masks: number[] }>}
 */
export async function runFile(path, vocabulary, tokenizer) {
  const json = readFileSync(path, 'utf8');
  const { schema } = JSON.parse(json);
  const { tests } = JSON.parse(keepNumbers(json));
  const result = { compileMs: 0, masks: [] };
  const began = performance.now();
  let grammar;
  try {
    grammar = new TokenGrammar(compileSchema(schema), vocabulary);
  } catch (error) {
    if (error.code === undefined) throw new Error(`${path}: ${error.stack}`);
    return { ...result, compileMs: performance.now() - began, error: error.message };
  }
  result.compileMs = performance.now() - began;
  for (const [i, { valid, data }] of tests.entries()) {
    const text = dumps(data);
    const matcher = grammar.matcher([]);
    let accepted = true;
    if (tokenizer === undefined) accepted = matcher.acceptBytes(new TextEncoder().encode(text));
    else {
      for (const id of await tokenizer.tokenize(text, { addSpecialTokens: false, parseSpecial: false })) {
        const start = performance.now();
        const allowed = matcher.allowed();
        const read = matcher.accept(id);
        result.masks.push(performance.now() - start);
        if (((allowed[id >> 5] >>> (id & 31)) & 1) !== Number(read)) {
          result.wrong ??= `test ${i}: the mask and the matcher do not agree on token ${id}`;
        }
        accepted = read;
        if (!accepted) break;
      }
    }
    // A text that is cut short is no answer either.
    if (accepted) accepted = matcher.isComplete;
    if (accepted && !valid) result.wrong = `test ${i}: invalid accepted`;
    else if (!accepted && valid) result.wrong ??= `test ${i}: valid refused`;
  }
  return result;
}
