/** Functions and calls of the Berkeley Function Calling Leaderboard as JSON schemas and JSON arguments. */
import { sentencesOf } from '../questions/passages.mjs';

/** What JSON Schema calls the types that the leaderboard names as Python does; `any` is no type at all. */
const typeNames = { dict: 'object', float: 'number', tuple: 'array' };

/**
 * A function as `{ name, description, parameters }`.
 *
 * @param {{ name: string, description: string, parameters: object }} definition
 */
export function readFunction({ name, description, parameters }) {
  return { name, description, parameters: schemaOf(parameters) };
}

function schemaOf({ type, optional: _, ...rest }) {
  return inOrder(
    { ...(type === undefined || type === 'any' ? {} : { type: typeNames[type] ?? type }), ...rest },
    schemaOf,
  );
}

/** A schema with its parts in one order, whatever theirs was, and `read` applied to the schemas in it. */
function inOrder({ items, properties, required, ...rest }, read) {
  const parts = Object.entries(properties ?? {}).map(([key, value]) => [key, read(value)]);
  return {
    ...rest,
    ...(items === undefined ? {} : { items: read(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(parts) }),
    ...(required === undefined ? {} : { required }),
  };
}

/** First sentences of descriptions, of parameters at most so many characters. */
const shortLength = 60;

/** A function whose descriptions are short, without defaults. */
export function shortened({ name, description, parameters }) {
  return { name, description: firstSentence(description, 2 * shortLength), parameters: shortSchema(parameters) };
}

function shortSchema({ description, default: _, type, ...rest }) {
  const short = firstSentence(description ?? '', shortLength);
  const first = { ...(type === undefined ? {} : { type }), ...(short === '' ? {} : { description: short }) };
  return inOrder({ ...first, ...rest }, shortSchema);
}

/** As many whole words of the first sentence as fit, without what says that it is optional. */
function firstSentence(text, length) {
  const sentence = (sentencesOf(text.replace(/^\(?optional\)?[.:]?\s*/i, ''))[0] ?? '').trim();
  if (sentence.length <= length) return sentence;
  return sentence.slice(0, length + 1).replace(/[\s,;:(]*\s\S*$/, '');
}

/**
 * The arguments of a call: of each, the first value that is accepted. One that may be left out (`''` is accepted) is left
 * out unless the request says its value.
 *
 * @param {Record<string, unknown[]>} accepted
 * @param {readonly string[]} required
 * @param {string} request
 */
export function firstAccepted(accepted, required, request) {
  const isSaid = (value) => {
    const said = String(value).toLowerCase();
    const place = said.length > 1 ? request.toLowerCase().indexOf(said) : -1;
    const inWord = (i) => /[\p{L}\d]/u.test(request[i] ?? '');
    return place >= 0 && !inWord(place - 1) && !inWord(place + said.length);
  };
  const chosen = Object.entries(accepted).flatMap(([name, values]) => {
    const value = values.find((one) => one !== '');
    const mayBeLeftOut = values.includes('') && !required.includes(name);
    if (value === undefined || (mayBeLeftOut && !isSaid(value))) return [];
    return [[name, plainValue(value, request)]];
  });
  return Object.fromEntries(chosen);
}

/** Within an object each field lists its accepted values again. */
function plainValue(value, request) {
  if (Array.isArray(value)) return value.map((item) => plainValue(item, request));
  if (typeof value !== 'object' || value === null) return value;
  if (!Object.values(value).every(Array.isArray)) return value;
  return firstAccepted(value, [], request);
}
