/** A trace: everything that went into an answer and came out, so that a replay gives the same bits. */
import type { Json, UnsureAnswer } from './plan.js';

export const traceVersion = 1;

export interface TraceStep {
  /** Steps are numbered in the order in which they ended; the plan's last one gives the answer. */
  readonly id: number;
  readonly expert: string;
  readonly version: string;
  /** Results of other steps in place. */
  readonly input: Json;
  /** The steps whose results are in the input. */
  readonly from: readonly number[];
  readonly output?: Json;
  readonly failed?: UnsureAnswer;
  /** Wall time; no part of what is compared. */
  readonly milliseconds: number;
}

export interface RouterTrace {
  /** What decided: the grammar, the n-grams, or a combination that says so. */
  readonly decidedBy: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly why: string;
}

export interface Trace {
  readonly version: typeof traceVersion;
  readonly question: string;
  readonly context: {
    readonly now: string;
    readonly timeZone: string;
    readonly locale: string;
    readonly offline: boolean;
  };
  /** Versions and hashes of what answers rest on. */
  readonly sources: Readonly<Record<string, string>>;
  readonly router: RouterTrace;
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
  readonly assumptions: readonly string[];
  readonly plan: Json;
  /** Other readings of the question, with what was wrong with them. */
  readonly alternatives: readonly { readonly plan: Json; readonly outcome: string }[];
  readonly steps: readonly TraceStep[];
  readonly milliseconds: number;
}

/** What two runs of one question must have in common: all but times. */
export function comparable(trace: Trace): Json {
  return JSON.parse(
    JSON.stringify(trace, (key, value: unknown) => (key === 'milliseconds' ? undefined : value)),
  ) as Json;
}
