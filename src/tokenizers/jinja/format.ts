/**
 * Python's two ways to format: `'%s' % value` and `'{}'.format(value)`.
 */
import type { Budget } from './budget.js';
import { escaped, floatText, repr, str } from './show.js';
import {
  characters,
  Dict,
  isInteger,
  isNumber,
  type Keywords,
  Lazy,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values.js';

interface Layout {
  readonly fill: string;
  /** `<`, `>`, `^`, or `=`: the padding goes between sign and digits. */
  readonly align: string;
  /** What stands before a number that is not negative: '', '+' or ' '. */
  readonly plus: string;
  readonly width: number;
  /** Puts `0x` and its like before digits. */
  readonly prefixed?: boolean;
  readonly group?: string;
  readonly precision: number | undefined;
}

const maxWidth = 2 ** 20;
const maxPrecision = 100;

const directive = /%(?:\((.*?)\))?([-+ 0#]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?([a-zA-Z%]?)/gs;

/** `format % value`, where value is a tuple of the values, a map for `%(name)s`, or the one value. */
export function percentFormat(format: string, value: Value, budget: Budget): string {
  const values = value instanceof Tuple ? value.items : [value];
  let used = 0;
  const next = () => {
    if (used >= values.length) throw new Error('not enough arguments for format string');
    return values[used++]!;
  };
  let named = false;
  const out = format.replace(directive, (whole, name: string | undefined, flags: string, width, precision, kind) => {
    budget.steps(1);
    if (kind === '%') return '%';
    if (kind === '') throw new Error(`incomplete format: ${whole}`);
    if (name !== undefined) {
      named = true;
      if (!(value instanceof Dict)) throw new Error('format requires a mapping');
    }
    const size = (text: string | undefined) => (text === '*' ? Number(toInteger(next())) : Number(text || 0));
    const wide = size(width as string);
    const layout: Layout = {
      fill: flags.includes('0') && !flags.includes('-') ? '0' : ' ',
      align: flags.includes('-') || wide < 0 ? '<' : flags.includes('0') ? '=' : '>',
      plus: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
      width: Math.abs(wide),
      prefixed: flags.includes('#'),
      precision: precision === undefined ? undefined : size(precision as string),
    };
    const item = name === undefined ? next() : (value as Dict).get(name);
    if (item === undefined) throw new Error(`key '${name}' is not in the map`);
    return conversion(item, kind as string, layout, budget);
  });
  // What has items counts as a map here, of which nothing need be used.
  const isMap =
    value instanceof Dict ||
    value instanceof Undefined ||
    Array.isArray(value) ||
    (value instanceof Lazy && value.kind === 'range');
  const isSpare = used < values.length && !named && !isMap;
  if (isSpare) throw new Error('not all arguments converted during string formatting');
  return budget.made(out);
}

function conversion(value: Value, kind: string, layout: Layout, budget: Budget): string {
  switch (kind) {
    case 's':
    case 'r':
    case 'a': {
      const text = kind === 's' ? str(value, budget) : kind === 'r' ? repr(value, budget) : ascii(value, budget);
      const cut = layout.precision === undefined ? text : [...text].slice(0, layout.precision).join('');
      return pad(cut, { ...layout, fill: ' ', align: layout.align === '=' ? '>' : layout.align }, budget);
    }
    case 'c':
      if (typeof value === 'string' && characters(value) !== 1) throw new Error('%c requires an int or a character');
      return pad(typeof value === 'string' ? value : String.fromCodePoint(Number(toInteger(value))), layout, budget);
    case 'd':
    case 'i':
    case 'u': {
      if (!isNumber(value)) throw new Error(`%${kind} format: a real number is required, not ${typeName(value)}`);
      return numeric(typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value), 'd', layout, budget);
    }
    case 'x':
    case 'X':
    case 'o':
      return numeric(toInteger(value), kind, layout, budget);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      if (!isNumber(value)) throw new Error(`must be real number, not ${typeName(value)}`);
      return numeric(Number(value), kind, layout, budget);
    default:
      throw new Error(`unsupported format character '${kind}'`);
  }
}

/** `repr` in which anything beyond ASCII is an escape. */
const ascii = (value: Value, budget: Budget): string =>
  repr(value, budget).replace(/[^\0-\x7f]/gu, (char) => escaped(char.codePointAt(0)!));

function toInteger(value: Value): bigint {
  if (value instanceof Undefined) value.fail();
  if (!isInteger(value)) throw new Error(`an integer is required, not ${typeName(value)}`);
  return BigInt(value);
}

/** A number in one of the kinds `d b o x X e E f F g G n %`, with its sign, grouped and padded. */
function numeric(value: bigint | number, kind: string, layout: Layout, budget: Budget): string {
  const isNegative = value < 0 || Object.is(value, -0);
  const magnitude = typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(value);
  let digits = typeof magnitude === 'bigint' ? integerDigits(magnitude, kind) : floatDigits(magnitude, kind, layout);
  if (layout.group) digits = digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, layout.group!));
  const prefix = layout.prefixed && /[xXob]/.test(kind) ? `0${kind}` : '';
  return pad(digits, layout, budget, (isNegative ? '-' : layout.plus) + prefix);
}

const radix: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function integerDigits(magnitude: bigint, kind: string): string {
  const digits = magnitude.toString(radix[kind] ?? 10);
  return kind === 'X' ? digits.toUpperCase() : digits;
}

function floatDigits(value: number, kind: string, { precision = 6, prefixed }: Layout): string {
  if (precision > maxPrecision)
    throw new Error(`a precision of ${precision} digits: at most ${maxPrecision} are allowed`);
  const isUpper = kind !== kind.toLowerCase();
  const shape = (text: string) => (isUpper ? text.toUpperCase() : text);
  if (!Number.isFinite(value)) return shape(floatText(value));
  switch (kind.toLowerCase()) {
    case 'f':
      return fixed(value, precision);
    case '%':
      return `${fixed(value * 100, precision)}%`;
    case 'e':
      return shape(scientific(value, precision));
    default: {
      const places = Math.max(1, precision);
      const exponent = Number(value.toExponential(places - 1).split('e')[1]);
      const isLong = exponent < -4 || exponent >= places;
      const text = isLong ? scientific(value, places - 1) : fixed(value, places - 1 - exponent);
      return shape(prefixed || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, ''));
    }
  }
}

/** JavaScript goes over to exponents at 1e21. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return roundedHalfEven(value, precision);
  return BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
}

/** `toFixed`, but a value that lies exactly between two goes to the even one. */
export function roundedHalfEven(value: number, precision: number): string {
  const text = value.toFixed(precision);
  const exact = value.toFixed(Math.min(100, precision + 60));
  const dot = exact.indexOf('.');
  const rest = precision === 0 ? exact.slice(dot + 1) : exact.slice(dot + 1 + precision);
  if (!/^50*$/.test(rest)) return text;
  const down = precision === 0 ? exact.slice(0, dot) : exact.slice(0, dot + 1 + precision);
  return /[02468]$/.test(down) ? down : text;
}

const scientific = (value: number, precision: number): string =>
  value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');

function pad(text: string, { fill, align, width }: Layout, budget: Budget, sign = ''): string {
  const missing = width - characters(text) - characters(sign);
  if (missing <= 0) return budget.made(sign + text);
  if (width > maxWidth) throw new Error(`a width of ${width}: at most ${maxWidth} is allowed`);
  budget.text(width * fill.length + text.length);
  switch (align) {
    case '<':
      return sign + text + fill.repeat(missing);
    case '^':
      return fill.repeat(Math.floor(missing / 2)) + sign + text + fill.repeat(Math.ceil(missing / 2));
    case '=':
      return sign + fill.repeat(missing) + text;
    default:
      return fill.repeat(missing) + sign + text;
  }
}

/** How a value's attributes and items are reached. */
export interface Access {
  attribute(value: Value, name: string): Value;
  item(value: Value, key: Value): Value;
}

/** `text.format(*args, **keywords)`. */
export function braceFormat(
  text: string,
  args: readonly Value[],
  keywords: Keywords,
  access: Access,
  budget: Budget,
): string {
  let automatic = 0;
  const expand = (template: string, depth: number): string => {
    if (depth > 2) throw new Error('Max string recursion exceeded');
    let out = '';
    for (let at = 0; at < template.length; ) {
      const char = template[at]!;
      if ((char === '{' || char === '}') && template[at + 1] === char) {
        out += char;
        at += 2;
      } else if (char === '{') {
        const end = closingBrace(template, at);
        out += field(template.slice(at + 1, end), depth);
        at = end + 1;
      } else if (char === '}') {
        throw new Error("Single '}' encountered in format string");
      } else {
        out += char;
        at++;
      }
      budget.steps(1 / 8);
    }
    return budget.made(out);
  };
  const field = (source: string, depth: number): string => {
    const match = /^([^!:[.]*)((?:\.[^!:[.]+|\[[^\]]*\])*)(?:!([rsa]))?(?::(.*))?$/s.exec(source);
    if (match === null) throw new Error(`format field ${repr(source, budget)} is not understood`);
    const [, name = '', path = '', convert, spec = ''] = match;
    const key = name === '' ? String(automatic++) : name;
    let value = /^\d+$/.test(key) ? args[Number(key)] : keywords.get(key);
    if (value === undefined) throw new Error(`format: there is no argument ${key}`);
    for (const [, attribute, item] of path.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
      value =
        attribute === undefined
          ? access.item(value, /^\d+$/.test(item!) ? BigInt(item!) : item!)
          : access.attribute(value, attribute);
    }
    if (convert !== undefined)
      value = convert === 's' ? str(value, budget) : convert === 'r' ? repr(value, budget) : ascii(value, budget);
    return formatted(value, expand(spec, depth + 1), budget);
  };
  return expand(text, 0);
}

function closingBrace(text: string, open: number): number {
  for (let at = open, depth = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error("expected '}' before end of string");
}

/** Python's `format(value, specification)`. */
function formatted(value: Value, specification: string, budget: Budget): string {
  if (specification === '') return str(value, budget);
  const match = /^(?:(.)?([<>=^]))?([-+ ])?z?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su.exec(specification);
  if (match === null) throw new Error(`Invalid format specifier '${specification}'`);
  const [, fill, align, sign = '', alternate, zero, width, group, precision, kind] = match;
  const isText = typeof value === 'string';
  if (!isText && !isNumber(value)) throw new Error(`unsupported format string passed to ${typeName(value)}.__format__`);
  const layout: Layout = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (isText ? '<' : zero === undefined ? '>' : '='),
    plus: sign === '-' ? '' : sign,
    width: Number(width ?? 0),
    prefixed: alternate !== undefined,
    ...(group === undefined ? {} : { group }),
    precision: precision === undefined ? undefined : Number(precision),
  };
  if (isText) {
    if (sign !== '' || group !== undefined) throw new Error(`Invalid format specifier '${specification}' for a str`);
    if (kind !== undefined && kind !== 's') throw new Error(`Unknown format code '${kind}' for object of type 'str'`);
    return pad(precision === undefined ? value : [...value].slice(0, Number(precision)).join(''), layout, budget);
  }
  if (kind === undefined || kind === 'n') {
    if (typeof value !== 'number') return numeric(BigInt(value), 'd', layout, budget);
    if (precision !== undefined) return numeric(value, 'g', layout, budget);
    return pad(floatText(Math.abs(value)), layout, budget, value < 0 ? '-' : layout.plus);
  }
  if (/[dbxXo]/.test(kind)) return numeric(toInteger(value), kind, layout, budget);
  if (/[eEfFgG%]/.test(kind)) return numeric(Number(value), kind, layout, budget);
  throw new Error(`Unknown format code '${kind}' for object of type '${typeName(value)}'`);
}
