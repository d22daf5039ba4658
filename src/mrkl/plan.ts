/** Plans: calls of experts whose inputs are data or the results of other calls. A grammar makes them; nothing else can. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type PlanInput = Json | Step | readonly PlanInput[] | { readonly [key: string]: PlanInput };

/** One call of an expert. A step inside its input is made first, and its result takes its place. */
export class Step {
  constructor(
    readonly expert: string,
    readonly input: { readonly [key: string]: PlanInput },
    /** What the reading took for granted, in words: which pound, which gallon. */
    readonly assumptions: readonly string[] = [],
  ) {}
}

/** Why nothing is answered. */
export const unsureReasons = [
  'out of scope',
  'ambiguous',
  'missing argument',
  'invalid',
  'no data',
  'stale data',
  'expert failed',
] as const;
export type UnsureReason = (typeof unsureReasons)[number];

export interface UnsureAnswer {
  readonly reason: UnsureReason;
  /** One concrete question back. */
  readonly question: string;
}

/** Thrown by an expert that understood its input and has no answer. */
export class Unsure extends Error {
  override readonly name = 'Unsure';
  constructor(
    readonly reason: UnsureReason,
    readonly question: string,
  ) {
    super(`${reason}: ${question}`);
  }
}

/** What an expert answers: typed data, and a sentence for people. */
export interface Result {
  /** Exact, as one string; rows of a table as JSON. */
  readonly value: string | null;
  readonly answer: string;
  readonly unit?: string;
  readonly currency?: string;
  readonly exactness?: 'exact' | 'repeating' | 'approximate';
  readonly numerator?: string;
  readonly denominator?: string;
  /** The same as input of another step. */
  readonly expression?: string;
  /** What it rests on: rates with their dates, conventions. */
  readonly basis?: { readonly [key: string]: Json };
}

/** A plan as data, for the trace. */
export function planJson(input: PlanInput): Json {
  if (input instanceof Step) return { expert: input.expert, input: planJson(input.input) };
  if (Array.isArray(input)) return input.map(planJson);
  if (typeof input === 'object' && input !== null) {
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, planJson(value)]));
  }
  return input as Json;
}
