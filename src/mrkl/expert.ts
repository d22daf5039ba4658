/**
 * Experts: something that answers typed calls, by rules or by a model. `defineExpert` is how a built-in one and one of yours
 * are made; the input is checked against the schema before every run, and the output after it.
 */
import { JambalayaError } from '../errors/index.js';
import type { Json, Result } from './plan.js';

/** What a validator of any library offers (standardschema.dev, version 1). */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: Output; readonly issues?: undefined }
      | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }
      | Promise<unknown>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What an expert may read of the world: everything that could change between two runs is here. */
export interface ExpertContext {
  /** An instant in ISO 8601 with Z. */
  readonly now: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly offline: boolean;
  readonly signal: AbortSignal;
  /** A clock for deadlines only, in milliseconds; it never reaches a result. */
  readonly elapsed: () => number;
}

export interface ExpertDefinition<Input> {
  readonly name: string;
  /** One sentence: what it answers. */
  readonly description: string;
  readonly input: StandardSchema<Input>;
  readonly output?: StandardSchema<Result>;
  /** Questions for it; a router learns from five. */
  readonly examples: readonly string[];
  /** Part of the trace: another version may give other bits. */
  readonly version?: string;
  readonly timeoutMilliseconds?: number;
  /** In the units of the budget of a plan; 1 by default. */
  readonly cost?: number;
  /** `network` experts do not run offline. */
  readonly permission?: 'none' | 'network';
  /** Its answers depend on more than its input and the context: a replay takes them from the trace. */
  readonly volatile?: boolean;
  readonly run: (input: Input, context: ExpertContext) => Result | Promise<Result> | AsyncIterable<Result>;
}

export interface Expert {
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  readonly version: string;
  readonly timeoutMilliseconds: number;
  readonly cost: number;
  readonly permission: 'none' | 'network';
  readonly volatile: boolean;
  readonly inputSchema: StandardSchema;
  readonly run: (input: Json, context: ExpertContext) => Promise<Result> | Result;
}

/**
 * @throws JambalayaError `usage` for a name that cannot stand in a plan; the expert itself throws it for an input that is not
 * of its schema
 */
export function defineExpert<Input>(definition: ExpertDefinition<Input>): Expert {
  const { name, run, input, output } = definition;
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw new JambalayaError('usage', {
      argument: 'name of an expert',
      expected: 'lower-case letters, digits and -',
      found: name,
    });
  }
  return {
    name,
    description: definition.description,
    examples: definition.examples,
    version: definition.version ?? '1',
    timeoutMilliseconds: definition.timeoutMilliseconds ?? 2000,
    cost: definition.cost ?? 1,
    permission: definition.permission ?? 'none',
    volatile: definition.volatile ?? false,
    inputSchema: input,
    run: (raw, context) => {
      const parsed = validate(input, raw, `input of ${name}`);
      if (parsed instanceof Promise)
        return parsed.then(async (value) => checked(output, await last(run(value, context)), name));
      const result = run(parsed, context);
      if (Symbol.asyncIterator in result || result instanceof Promise)
        return last(result).then((value) => checked(output, value, name));
      return output === undefined ? result : (checked(output, result, name) as Result);
    },
  };
}

const checked = (schema: StandardSchema<Result> | undefined, result: Result, name: string): Promise<Result> | Result =>
  schema === undefined ? result : validate(schema, result, `output of ${name}`);

/** A stream's last result is the answer. */
async function last(result: Result | Promise<Result> | AsyncIterable<Result>): Promise<Result> {
  if (!(Symbol.asyncIterator in result)) return result;
  let final: Result | undefined;
  for await (const part of result) final = part;
  if (final === undefined)
    throw new JambalayaError('usage', {
      argument: 'expert',
      expected: 'at least one result',
      found: 'an empty stream',
    });
  return final;
}

function validate<T>(schema: StandardSchema<T>, value: unknown, argument: string): T | Promise<T> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise)
    return result.then((late) => outcome<T>(late as ReturnType<(typeof schema)['~standard']['validate']>, argument));
  return outcome<T>(result, argument);
}

function outcome<T>(result: unknown, argument: string): T {
  const { issues, value } = result as { issues?: readonly { message: string; path?: readonly unknown[] }[]; value: T };
  if (issues === undefined) return value;
  const [first] = issues;
  const where =
    first?.path
      ?.map((part) => (typeof part === 'object' && part !== null && 'key' in part ? String(part.key) : String(part)))
      .join('.') ?? '';
  throw new JambalayaError('usage', {
    argument: where === '' ? argument : `${argument}: ${where}`,
    expected: 'a value of its schema',
    found: first?.message ?? 'another',
  });
}
