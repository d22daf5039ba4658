/**
 * Chat templates: programs in Jinja that come with a model and turn messages into the text it was trained on.
 *
 * They are programs of strangers. The interpreter works on its own copies of the data (maps, lists, strings), so that
 * no name in a template leads to a JavaScript object; it has a budget of steps and of memory, which ends a
 * loop on every host. A deadline around it is the caller's.
 */
import { JambalayaError } from '../errors/index.js';
import { Callable, Dict, formatTime, Interpreter, type Program, parseTemplate, type Value } from './jinja/index.js';

const maxDepth = 64;
const maxTemplateLength = 2 ** 20;

/** A chat template, compiled once. */
export class ChatTemplate {
  readonly #program: Program;

  /** @throws whatever the parser throws at a template that is none. */
  constructor(source: string) {
    if (source.length > maxTemplateLength) {
      throw new JambalayaError('limit', {
        what: 'characters of a chat template',
        limit: maxTemplateLength,
        found: source.length,
      });
    }
    this.#program = parseTemplate(source);
  }

  /** The text for these variables, which are taken as plain data. */
  render(variables: Readonly<Record<string, unknown>>): string {
    const interpreter = new Interpreter();
    const names = new Map<string, Value>([
      ['strftime_now', new Callable('strftime_now', ([format]) => formatTime(new Date(), String(format)))],
      [
        'raise_exception',
        new Callable('raise_exception', ([message]) => {
          throw new Error(String(message));
        }),
      ],
    ]);
    for (const [name, value] of Object.entries(variables)) {
      if (name === 'namespace') {
        throw new JambalayaError('usage', {
          argument: name,
          expected: 'another name',
          found: 'a function of templates',
        });
      }
      if (value !== undefined) names.set(name, plainData(value, name, 0));
    }
    return interpreter.run(this.#program, names);
  }
}

/** A deep copy as values of a template, of nothing but null, booleans, numbers, strings, lists and objects. */
function plainData(value: unknown, where: string, depth: number): Value {
  if (depth > maxDepth) {
    throw new JambalayaError('usage', { argument: where, expected: `at most ${maxDepth} levels`, found: 'more' });
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item, index) => plainData(item, `${where}[${index}]`, depth + 1));
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return new Dict(entries.map(([key, item]) => [key, plainData(item, `${where}.${key}`, depth + 1)]));
  }
  throw new JambalayaError('usage', { argument: where, expected: 'plain data', found: `a ${typeof value}` });
}
