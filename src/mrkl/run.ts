/** Runs a plan: inner steps first and side by side, within a budget; a call that was made already is not made again. */
import { errorToData, isJambalayaError } from '../errors/index.js';
import type { Expert, ExpertContext } from './expert.js';
import { type Json, type PlanInput, type Result, Step, Unsure, type UnsureAnswer } from './plan.js';
import { MismatchError } from './quantities/quantity.js';
import type { TraceStep } from './trace.js';

export interface RunOptions {
  readonly experts: ReadonlyMap<string, Expert>;
  readonly context: ExpertContext;
  /** The most that the steps of one answer may cost together. */
  readonly budget: number;
  /** Results of volatile experts from a trace, by the call; with them nothing volatile runs. */
  readonly recorded?: ReadonlyMap<string, Result>;
}

export type Outcome =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'unsure'; readonly unsure: UnsureAnswer }
  /** Units or types that do not fit: the reading was not what was meant. */
  | { readonly kind: 'mismatch'; readonly message: string };

export interface Run {
  readonly outcome: Outcome;
  readonly steps: readonly TraceStep[];
}

export const callKey = (expert: string, input: Json): string => JSON.stringify([expert, input]);

interface Made {
  readonly result: Result;
  readonly id: number;
}

export async function runPlan(plan: Step, options: RunOptions): Promise<Run> {
  const steps: TraceStep[] = [];
  const made = new Map<string, Promise<Made>>();
  let spent = 0;

  const resolve = async (input: PlanInput, from: number[]): Promise<Json> => {
    if (input instanceof Step) {
      const { result, id } = await make(input);
      from.push(id);
      const text = result.expression ?? result.value;
      if (text === null) throw new Unsure('no data', `Step ${id} has no value. What shall I take instead?`);
      return text;
    }
    if (Array.isArray(input)) return Promise.all(input.map((part) => resolve(part, from)));
    if (typeof input === 'object' && input !== null) {
      const entries = await Promise.all(
        Object.entries(input).map(async ([key, value]) => [key, await resolve(value, from)] as const),
      );
      return Object.fromEntries(entries);
    }
    return input as Json;
  };

  const make = async (step: Step): Promise<Made> => {
    const from: number[] = [];
    const input = await resolve(step.input, from);
    const key = callKey(step.expert, input);
    const known = made.get(key) ?? call(step.expert, input, from, key);
    made.set(key, known);
    return known;
  };

  const call = async (name: string, input: Json, from: readonly number[], key: string): Promise<Made> => {
    const { experts, context, budget, recorded } = options;
    const expert = experts.get(name);
    if (expert === undefined) throw new Unsure('no data', `No expert named ${name} is here. What else can I do?`);
    const started = context.elapsed();
    const end = (outcome: { output: Json } | { failed: UnsureAnswer }): number => {
      const id = steps.length + 1;
      const milliseconds = context.elapsed() - started;
      steps.push({
        id,
        expert: name,
        version: expert.version,
        input,
        from: [...from].sort((a, b) => a - b),
        ...outcome,
        milliseconds,
      });
      return id;
    };
    try {
      spent += expert.cost;
      if (spent > budget)
        throw new Unsure(
          'expert failed',
          `The plan needs more than its budget of ${budget}. Can you ask for less at once?`,
        );
      if (expert.permission === 'network' && context.offline && recorded?.has(key) !== true) {
        throw new Unsure('no data', `${name} needs the network, and it is off. Shall I try again with the network on?`);
      }
      const result = recorded?.get(key) ?? (await withTimeout(expert, input, context));
      const id = end({ output: result as unknown as Json });
      return { result, id };
    } catch (error) {
      if (error instanceof MismatchError) throw error;
      const unsure = asUnsure(error, name);
      end({ failed: unsure });
      throw new Unsure(unsure.reason, unsure.question);
    }
  };

  try {
    const { result } = await make(plan);
    return { outcome: { kind: 'result', result }, steps };
  } catch (error) {
    if (error instanceof MismatchError) return { outcome: { kind: 'mismatch', message: error.message }, steps };
    return { outcome: { kind: 'unsure', unsure: asUnsure(error, plan.expert) }, steps };
  }
}

/** An expert that answers at once is not raced. */
function withTimeout(expert: Expert, input: Json, context: ExpertContext): Promise<Result> | Result {
  const result = expert.run(input, context);
  if (!(result instanceof Promise)) return result;
  return new Promise<Result>((resolve, reject) => {
    const question = `${expert.name} did not answer within ${expert.timeoutMilliseconds} ms. Shall I try again?`;
    const timer = setTimeout(() => reject(new Unsure('expert failed', question)), expert.timeoutMilliseconds);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export function asUnsure(error: unknown, expert: string): UnsureAnswer {
  if (error instanceof Unsure) return { reason: error.reason, question: error.question };
  const { message } = errorToData(error);
  if (isJambalayaError(error, 'usage'))
    return { reason: 'invalid', question: `${message}. What did you mean instead?` };
  if (isJambalayaError(error, 'limit'))
    return { reason: 'invalid', question: `That is too large for me (${message}). Can you ask for something smaller?` };
  return { reason: 'expert failed', question: `${expert} failed: ${message}. Shall I try again?` };
}
