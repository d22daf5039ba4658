/** The assistant: question in, exact answer or a named `unsure` out, with the way that it went. */

import type { Expert, ExpertContext } from './expert.js';
import { calculator } from './experts/calculator/calculator.js';
import { currencyExpert } from './experts/currency/currency.js';
import { dates } from './experts/dates/dates.js';
import { type Json, planJson, type Result, type Step, type UnsureAnswer } from './plan.js';
import { type Reading, type Understanding, understand } from './reader.js';
import { type Outcome, type Run, type RunOptions, runPlan } from './run.js';
import { type RouterTrace, type Trace, type TraceStep, traceVersion } from './trace.js';

export interface AssistantOptions {
  /** An instant in ISO 8601; by default the clock at each question. */
  readonly now?: string;
  /** IANA name, by default that of the machine. */
  readonly timeZone?: string;
  /** BCP 47, by default en-US. */
  readonly locale?: string;
  readonly offline?: boolean;
  /** Beside the built-in ones. */
  readonly experts?: readonly Expert[];
  /** The most that one answer may cost; every built-in call costs 1. */
  readonly budget?: number;
}

export interface Answer {
  /** For people. */
  readonly answer: string;
  /** For programs; null when unsure. */
  readonly value: string | null;
  readonly unit?: string;
  readonly currency?: string;
  readonly exactness?: 'exact' | 'repeating' | 'approximate';
  readonly numerator?: string;
  readonly denominator?: string;
  readonly expert: string | null;
  readonly unsure: UnsureAnswer | null;
  /** Over experts and `unsure`; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly trace: Trace;
}

const defaultBudget = 32;
/** Readings that cost alike are compared. */
const sameCost = 0.05;

export class Assistant {
  readonly experts: ReadonlyMap<string, Expert>;

  constructor(private readonly options: AssistantOptions = {}) {
    this.experts = new Map(
      [calculator, currencyExpert(), dates, ...(options.experts ?? [])].map((expert) => [expert.name, expert]),
    );
  }

  async ask(
    question: string,
    { signal, recorded }: { signal?: AbortSignal; recorded?: RunOptions['recorded'] } = {},
  ): Promise<Answer> {
    const started = performance.now();
    const context: ExpertContext = {
      now: this.options.now ?? new Date().toISOString(),
      timeZone: this.options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: this.options.locale ?? 'en-US',
      offline: this.options.offline ?? false,
      signal: signal ?? new AbortController().signal,
      elapsed: () => performance.now(),
    };
    const understanding = understand(question, context.locale);
    const options: RunOptions = {
      experts: this.experts,
      context,
      budget: this.options.budget ?? defaultBudget,
      ...(recorded && { recorded }),
    };
    const decision = await decide(understanding, options);
    const router = await this.route(question, decision);
    const { now, timeZone, locale, offline } = context;
    const trace: Trace = {
      version: traceVersion,
      question,
      context: { now, timeZone, locale, offline },
      sources: {},
      router,
      corrections: understanding.corrections,
      assumptions: decision.reading?.step.assumptions ?? [],
      plan: decision.reading === undefined ? null : planJson(decision.reading.step),
      alternatives: decision.alternatives,
      steps: decision.steps,
      milliseconds: performance.now() - started,
    };
    return answerOf(decision, router, trace);
  }

  private async route(_question: string, { reading, outcome }: Decision): Promise<RouterTrace> {
    const expert = reading?.step.expert ?? 'unsure';
    const probabilities = Object.fromEntries(
      [...this.experts.keys(), 'unsure'].map((name) => [name, name === expert ? 1 : 0]),
    );
    return {
      decidedBy: 'grammar',
      probabilities,
      why: outcome.kind === 'result' ? 'the whole question was understood' : 'not understood',
    };
  }
}

interface Decision {
  readonly reading: Reading | undefined;
  readonly outcome: Exclude<Outcome, { kind: 'mismatch' }>;
  readonly steps: readonly TraceStep[];
  readonly alternatives: readonly { readonly plan: Json; readonly outcome: string }[];
}

/** The cheapest reading that makes sense; two that cost alike and differ are a question back. */
async function decide({ readings, unclear }: Understanding, options: RunOptions): Promise<Decision> {
  const alternatives: { plan: Json; outcome: string }[] = [];
  let chosen: { reading: Reading; run: Run } | undefined;
  for (const reading of readings) {
    if (chosen !== undefined && reading.cost > chosen.reading.cost + sameCost) break;
    const run = await runPlan(reading.step, options);
    const { outcome } = run;
    if (outcome.kind === 'mismatch') alternatives.push({ plan: planJson(reading.step), outcome: outcome.message });
    else if (chosen === undefined) chosen = { reading, run };
    else if (outcome.kind === 'result') {
      const first = chosen.run.outcome;
      if (first.kind !== 'result') chosen = { reading, run };
      else if (isOther(first.result, outcome.result)) {
        alternatives.push({ plan: planJson(reading.step), outcome: outcome.result.answer });
        const question = `That can be read in two ways: ${shown(chosen.reading.step, first.result)} or ${shown(reading.step, outcome.result)}. Which do you mean?`;
        return {
          reading: chosen.reading,
          outcome: { kind: 'unsure', unsure: { reason: 'ambiguous', question } },
          steps: [...chosen.run.steps],
          alternatives,
        };
      }
    }
  }
  if (chosen === undefined) {
    const mismatch = alternatives[0];
    const unsure: UnsureAnswer =
      mismatch === undefined
        ? { reason: 'out of scope', question: 'I did not understand all of that. Can you say it in other words?' }
        : { reason: 'invalid', question: `${mismatch.outcome}. What did you mean?` };
    return { reading: undefined, outcome: { kind: 'unsure', unsure }, steps: [], alternatives };
  }
  if (unclear !== undefined) {
    const [first, second] = unclear.meanings;
    const question = `Does ${unclear.numeral} mean ${first} (a decimal point) or ${second} (thousands)?`;
    return {
      reading: chosen.reading,
      outcome: { kind: 'unsure', unsure: { reason: 'ambiguous', question } },
      steps: [],
      alternatives,
    };
  }
  const { reading, run } = chosen;
  return { reading, outcome: run.outcome as Decision['outcome'], steps: run.steps, alternatives };
}

const isOther = (a: Result, b: Result): boolean =>
  a.value !== b.value || a.unit !== b.unit || a.currency !== b.currency;

function shown(step: Step, { answer }: Result): string {
  const { expression } = step.input;
  return typeof expression === 'string' ? `${expression} (${answer})` : answer;
}

function answerOf({ reading, outcome }: Decision, router: RouterTrace, trace: Trace): Answer {
  const { probabilities } = router;
  if (outcome.kind === 'unsure') {
    const { unsure } = outcome;
    return {
      answer: `I am not sure: ${unsure.question}`,
      value: null,
      expert: reading?.step.expert ?? null,
      unsure,
      probabilities,
      trace,
    };
  }
  const { value, answer, unit, currency, exactness, numerator, denominator } = outcome.result;
  return {
    answer,
    value,
    ...(unit !== undefined && { unit }),
    ...(currency !== undefined && { currency }),
    ...(exactness !== undefined && { exactness }),
    ...(numerator !== undefined && denominator !== undefined && { numerator, denominator }),
    expert: reading?.step.expert ?? null,
    unsure: null,
    probabilities,
    trace,
  };
}
