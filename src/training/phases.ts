/**
 * A recipe of several phases, each from the weights of the one before. A phase is a recipe that says what it changes: of the
 * whole file, and of the earlier phase that it `extends`. `data.weights` chooses among the file's sources by name.
 */
import { JambalayaError } from '../errors/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../formats/index.js';

export interface Phase {
  readonly name: string;
  /** A recipe of one phase. */
  readonly recipe: JsonObject;
}

/** The phases of a file in their order; undefined if it has none. @throws `config` naming the field */
export function phasesOf({ phases, ...base }: JsonObject, file: string): readonly Phase[] | undefined {
  if (phases === undefined) return undefined;
  const fail = (field: string, expected: string, found: string): never => {
    throw new JambalayaError('config', { file, field, expected, found });
  };
  if (!Array.isArray(phases) || phases.length === 0) return fail('phases', 'a list of phases', JSON.stringify(phases));
  const changes = new Map<string, JsonObject>();
  return (phases as readonly JsonValue[]).map((phase, i) => {
    const place = `phases[${i}]`;
    if (!isJsonObject(phase)) return fail(place, 'an object', JSON.stringify(phase));
    const { name, extends: from, ...own } = phase;
    if (typeof name !== 'string' || !/^[\w-]+$/.test(name)) {
      return fail(`${place}.name`, 'letters, digits, _ and -', JSON.stringify(name ?? null));
    }
    if (changes.has(name)) return fail(`${place}.name`, 'a name of its own', JSON.stringify(name));
    if (from !== undefined && !changes.has(String(from))) {
      return fail(`${place}.extends`, 'the name of an earlier phase', JSON.stringify(from));
    }
    const change = from === undefined ? own : merged(changes.get(String(from))!, own);
    changes.set(name, change);
    const { model, ...rest } = merged(base, change);
    // The first phase makes the model, the others continue it.
    const recipe = i === 0 && model !== undefined ? { ...rest, model } : rest;
    return { name, recipe: withChosenSources(recipe, `${place}.data.weights`, fail) };
  });
}

/** Objects field by field; anything else is replaced. */
function merged(base: JsonObject, change: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    // Weights are a choice, not an addition to one.
    const joins = key !== 'weights' && isJsonObject(value) && isJsonObject(before);
    result[key] = joins ? merged(before, value) : value;
  }
  return result;
}

type Fail = (field: string, expected: string, found: string) => never;

function withChosenSources(recipe: JsonObject, field: string, fail: Fail): JsonObject {
  const { data } = recipe;
  if (!isJsonObject(data) || data.weights === undefined) return recipe;
  const { weights, sources, ...rest } = data;
  const known = (Array.isArray(sources) ? sources : []).filter(isJsonObject);
  if (!isJsonObject(weights)) return fail(field, 'weights by the names of sources', JSON.stringify(weights));
  const chosen = Object.entries(weights).map(([name, weight]) => {
    const source = known.find((each) => each.name === name);
    return source === undefined ? fail(field, 'the name of a source', JSON.stringify(name)) : { ...source, weight };
  });
  return { ...recipe, data: { ...rest, sources: chosen } };
}
