/**
 * Chat templates: programs in Jinja that come with a model and turn messages into the text it was trained on.
 *
 * They are programs of strangers. The interpreter works on its own copies of the data (maps, lists, strings), so that
 * no name in a template leads to a JavaScript object; here it also gets a budget of steps and of memory, which ends a
 * loop on every host. A deadline around it is the caller's.
 */
import { JambalayaError } from '../errors/index.js';
import {
  Environment,
  Interpreter,
  parse,
  type TemplateNode,
  type TemplateScope,
  type TemplateValue,
  tokenize,
} from './libraries.js';

/** UTF-16 units of one string, the result included. */
const maxStringLength = 2 ** 24;
/** Evaluated nodes; turns of loops and what a value takes in memory count as several. A long chat needs some 10^5. */
const maxSteps = 1e7;
/** A turn of a loop, even of an empty one, takes as long as about so many nodes: it makes a scope and a dozen values. */
const stepsPerTurn = 20;
/** As many as Python's sandboxed environment gives. */
const maxRange = 100_000;
const maxDepth = 64;
const maxTemplateLength = 2 ** 20;

/** Nodes that make a new value; the others hand on one that has been paid for. */
const makers = new Set([
  'ArrayLiteral',
  'BinaryExpression',
  'CallExpression',
  'FilterExpression',
  'FilterStatement',
  'For',
  'MemberExpression',
  'TupleLiteral',
]);

/** An interpreter that counts what it does, and stops when it has done too much. */
class BoundedInterpreter extends Interpreter {
  #steps = 0;
  readonly #iterables = new WeakSet<TemplateNode>();

  override evaluate(node: TemplateNode | undefined, scope: TemplateScope): TemplateValue {
    if (node?.type === 'For' && node.iterable !== undefined) this.#iterables.add(node.iterable);
    const value = super.evaluate(node, scope);
    this.#charge(1);
    if (node === undefined) return value;
    const { type, value: content } = value;
    if (type === 'StringValue' && typeof content === 'string') {
      if (content.length > maxStringLength) {
        throw new JambalayaError('limit', {
          what: 'characters of a string in a chat template',
          limit: maxStringLength,
          found: content.length,
        });
      }
      if (makers.has(node.type)) this.#charge(content.length / 64);
    } else if (Array.isArray(content)) {
      if (makers.has(node.type)) this.#charge(content.length * 4);
      if (this.#iterables.has(node)) this.#charge(content.length * stepsPerTurn);
    }
    return value;
  }

  #charge(steps: number): void {
    this.#steps += steps;
    if (this.#steps > maxSteps) {
      throw new JambalayaError('limit', {
        what: 'steps of a chat template',
        limit: maxSteps,
        found: Math.ceil(this.#steps),
      });
    }
  }
}

/** A chat template, compiled once. */
export class ChatTemplate {
  readonly #program: TemplateNode;

  /** @throws whatever the parser throws at a template that is none. */
  constructor(source: string) {
    if (source.length > maxTemplateLength) {
      throw new JambalayaError('limit', {
        what: 'characters of a chat template',
        limit: maxTemplateLength,
        found: source.length,
      });
    }
    // The options that Transformers sets: a tag takes its line break and the indentation before it with it.
    this.#program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  }

  /** The text for these variables, which are taken as plain data. */
  render(variables: Readonly<Record<string, unknown>>): string {
    const globals = new Environment();
    const constants = { true: true, false: false, none: null, True: true, False: false, None: null };
    for (const [name, value] of Object.entries(constants)) globals.set(name, value);
    globals.set('range', range);
    globals.set('strftime_now', (format: unknown) => formatTime(new Date(), String(format)));
    globals.set('raise_exception', (message: unknown) => {
      throw new Error(String(message));
    });
    const scope = new Environment(globals);
    for (const [name, value] of Object.entries(variables)) {
      if (name === 'namespace') {
        throw new JambalayaError('usage', {
          argument: name,
          expected: 'another name',
          found: 'a function of templates',
        });
      }
      if (value !== undefined) scope.set(name, plainData(value, name, 0));
    }
    return String(new BoundedInterpreter(scope).run(this.#program).value);
  }
}

/** A deep copy that holds nothing but null, booleans, numbers, strings, lists and objects. */
function plainData(value: unknown, where: string, depth: number): unknown {
  if (depth > maxDepth) {
    throw new JambalayaError('usage', { argument: where, expected: `at most ${maxDepth} levels`, found: 'more' });
  }
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => plainData(item, `${where}[${index}]`, depth + 1));
  if (typeof value === 'object') {
    const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, plainData(item, `${where}.${key}`, depth + 1)]));
  }
  throw new JambalayaError('usage', { argument: where, expected: 'plain data', found: `a ${typeof value}` });
}

/** Python's `range`, for the numbers that fit. */
function range(...bounds: unknown[]): number[] {
  const [first, second, step = 1] = bounds;
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (!isInteger(start) || !isInteger(stop) || !isInteger(step) || step === 0) {
    throw new Error('range() takes integers, and a step that is not zero');
  }
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > maxRange) throw new Error(`range() of ${length} numbers: at most ${maxRange} are allowed`);
  return Array.from({ length }, (_, index) => start + index * step);
}

const isInteger = (value: unknown): value is number => Number.isInteger(value);

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

/** Python's `strftime` in local time and English, for the fields that dates in prompts use. */
export function formatTime(time: Date, format: string): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = days[time.getDay()]!;
  const month = months[time.getMonth()]!;
  const fields: Readonly<Record<string, string>> = {
    Y: String(time.getFullYear()),
    y: two(time.getFullYear() % 100),
    m: two(time.getMonth() + 1),
    d: two(time.getDate()),
    H: two(time.getHours()),
    I: two(time.getHours() % 12 || 12),
    M: two(time.getMinutes()),
    S: two(time.getSeconds()),
    p: time.getHours() < 12 ? 'AM' : 'PM',
    A: day,
    a: day.slice(0, 3),
    B: month,
    b: month.slice(0, 3),
    '%': '%',
  };
  return format.replace(/%([A-Za-z%])/g, (whole, field: string) => fields[field] ?? whole);
}
