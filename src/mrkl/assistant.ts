/** The assistant: question in, exact answer or a named `unsure` out, with the way that it went. */

import type { Expert, ExpertContext } from './expert.js';
import { calculator } from './experts/calculator/calculator.js';
import { countryExpert, countryTableHash } from './experts/countries/countries.js';
import { currencyExpert } from './experts/currency/currency.js';
import { shippedRates } from './experts/currency/rates.js';
import { dates } from './experts/dates/dates.js';
import { type Json, planJson, type Result, type Step, type UnsureAnswer } from './plan.js';
import { type Reading, type Understanding, understand } from './reader.js';
import { combine, type Route } from './router/combine.js';
import { shippedNgrams } from './router/ngrams.js';
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

/** Of the grammar and of the built-in experts: changed when they may answer otherwise. */
const packageVersion = 'mrkl 1';
const defaultBudget = 32;
/** Readings that cost alike are compared. */
const sameCost = 0.05;

export class Assistant {
  readonly experts: ReadonlyMap<string, Expert>;

  constructor(private readonly options: AssistantOptions = {}) {
    this.experts = new Map(
      [calculator, currencyExpert(), dates, countryExpert, ...(options.experts ?? [])].map((expert) => [
        expert.name,
        expert,
      ]),
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
    const { decided, ...router } = await this.route(question, decision);
    const outcome =
      decision.reading === undefined && decision.alternatives.length === 0 ? unread(decided) : decision.outcome;
    const { now, timeZone, locale, offline } = context;
    const trace: Trace = {
      version: traceVersion,
      question,
      context: { now, timeZone, locale, offline },
      sources: await this.sources(),
      router,
      corrections: understanding.corrections,
      assumptions: decision.reading?.step.assumptions ?? [],
      plan: decision.reading === undefined ? null : planJson(decision.reading.step),
      alternatives: decision.alternatives,
      steps: decision.steps,
      milliseconds: performance.now() - started,
    };
    return answerOf(decision.reading, outcome, decided, router, trace);
  }

  /** The n-grams alone, as if no grammar had read the question. */
  async routeByNgrams(question: string): Promise<Route> {
    return combine(question, null, await shippedNgrams(), this.options.experts);
  }

  /** What answers rest on, for the trace. */
  private async sources(): Promise<Record<string, string>> {
    const { hash } = await shippedNgrams();
    return { package: packageVersion, router: hash, rates: shippedRates().hash, countries: countryTableHash };
  }

  /** Where the question belongs, by the grammar's reading or else by the n-grams. */
  private async route(question: string, decision: Decision): Promise<Route> {
    const { reading, outcome } = decision;
    const failed = outcome.kind === 'unsure' && reading === undefined;
    return combine(
      question,
      failed ? null : (reading?.step.expert ?? null),
      await shippedNgrams(),
      this.options.experts,
    );
  }
}

/** What to ask back when the grammar read nothing, by the expert that the question was probably for. */
function unread(expert: string | null): { readonly kind: 'unsure'; readonly unsure: UnsureAnswer } {
  const questions: Readonly<Record<string, string>> = {
    calculator: 'That looks like a calculation. Which numbers or units, and what shall I do with them?',
    currency: 'That looks like a question about money. Which amount, from which currency, into which one?',
    dates: 'That looks like a question about dates or times. Which date, time or place do you mean exactly?',
    countries: 'That looks like a question about a country. Which country, and what about it?',
  };
  if (expert === 'weather')
    return {
      kind: 'unsure',
      unsure: {
        reason: 'no data',
        question: 'I have no weather data. Is there a date, a sum or a country that I can help with?',
      },
    };
  const question =
    expert === null
      ? undefined
      : (questions[expert] ?? `That looks like a question for ${expert}. Can you say it in other words?`);
  if (question !== undefined) return { kind: 'unsure', unsure: { reason: 'missing argument', question } };
  return {
    kind: 'unsure',
    unsure: {
      reason: 'out of scope',
      question:
        'I calculate, convert units and money, reckon with dates and know countries. Can you put it as one of these?',
    },
  };
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
        ? unread(null).unsure
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

function answerOf(
  reading: Reading | undefined,
  outcome: Decision['outcome'],
  decided: string | null,
  router: RouterTrace,
  trace: Trace,
): Answer {
  const { probabilities } = router;
  if (outcome.kind === 'unsure') {
    const { unsure } = outcome;
    return {
      answer: `I am not sure: ${unsure.question}`,
      value: null,
      expert: reading?.step.expert ?? decided,
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
