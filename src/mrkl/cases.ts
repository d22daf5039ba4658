/** Cases: questions with a clock and what must come out, one JSON object a line. */
import { z } from 'zod';
import { JambalayaError } from '../errors/index.js';
import { type Answer, Assistant, type AssistantOptions } from './assistant.js';
import { type Json, unsureReasons } from './plan.js';

const caseSchema = z.strictObject({
  question: z.string(),
  /** Instant, zone and locale of the question; the defaults are those of the run. */
  now: z.string().optional(),
  timeZone: z.string().optional(),
  locale: z.string().optional(),
  /** What must come out; what is not named is not compared. */
  expert: z.string().nullable().optional(),
  value: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .optional(),
  unit: z.string().optional(),
  currency: z.string().optional(),
  exactness: z.enum(['exact', 'repeating', 'approximate']).optional(),
  /** The calculator's expression, or other arguments of the plan's last call. */
  arguments: z.record(z.string(), z.json()).optional(),
  /** A reason, several that are all right, or `true` for any. */
  unsure: z.union([z.enum(unsureReasons), z.array(z.enum(unsureReasons)), z.literal(true)]).optional(),
  /** A right answer or `unsure` are both right. */
  mayBeUnsure: z.boolean().optional(),
  /** For the report. */
  group: z.string().optional(),
  note: z.string().optional(),
});
export type Case = z.infer<typeof caseSchema>;

/** `wrong`: something else came out, and confidently; `abstained`: unsure although an answer was expected. */
export type Verdict = 'right' | 'wrong' | 'abstained';

export interface CaseResult {
  readonly case: Case;
  readonly verdict: Verdict;
  /** What differs, in words; empty if right. */
  readonly why: string;
  readonly answer: Answer;
  readonly milliseconds: number;
}

/** @throws JambalayaError `format` for a line that is no case */
export function parseCases(text: string, file: string): Case[] {
  const cases: Case[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('//')) continue;
    let found: unknown;
    try {
      found = JSON.parse(line);
    } catch {
      throw new JambalayaError('format', { file, line: i + 1, expected: 'a JSON object', found: line.slice(0, 60) });
    }
    const parsed = caseSchema.safeParse(found);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new JambalayaError('format', {
        file,
        line: i + 1,
        expected: 'question, now, and expected value, expert or unsure',
        found: `${issue!.path.join('.')}: ${issue!.message}`,
      });
    }
    if (parsed.data.value === undefined && parsed.data.unsure === undefined && parsed.data.expert === undefined) {
      throw new JambalayaError('format', {
        file,
        line: i + 1,
        expected: 'a value, an expert or unsure to compare',
        found: 'none of them',
      });
    }
    cases.push(parsed.data);
  }
  if (cases.length === 0) throw new JambalayaError('format', { file, expected: 'at least one case', found: 'none' });
  return cases;
}

export async function runCase(one: Case, defaults: AssistantOptions, assistant?: Assistant): Promise<CaseResult> {
  const { now, timeZone, locale } = one;
  const own = now !== undefined || timeZone !== undefined || locale !== undefined;
  const asked =
    !own && assistant !== undefined
      ? assistant
      : new Assistant({
          ...defaults,
          ...(now !== undefined && { now }),
          ...(timeZone !== undefined && { timeZone }),
          ...(locale !== undefined && { locale }),
        });
  const started = performance.now();
  const answer = await asked.ask(one.question);
  const milliseconds = performance.now() - started;
  return { case: one, ...judge(one, answer), answer, milliseconds };
}

export function judge(one: Case, answer: Answer): { verdict: Verdict; why: string } {
  const { unsure } = answer;
  if (one.unsure !== undefined) {
    if (unsure === null) return { verdict: 'wrong', why: `answered ${answer.value}, expected unsure` };
    const allowed = one.unsure === true ? unsureReasons : [one.unsure].flat();
    return allowed.includes(unsure.reason)
      ? { verdict: 'right', why: '' }
      : { verdict: 'abstained', why: `unsure for ${unsure.reason}, expected ${allowed.join(' or ')}` };
  }
  if (unsure !== null) {
    return one.mayBeUnsure === true
      ? { verdict: 'right', why: '' }
      : { verdict: 'abstained', why: `unsure for ${unsure.reason}: ${unsure.question}` };
  }
  const differences: string[] = [];
  const compare = (name: string, expected: Json | undefined, found: Json | undefined) => {
    if (expected !== undefined && JSON.stringify(expected) !== JSON.stringify(found))
      differences.push(`${name} ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  };
  if (
    one.value !== undefined &&
    !(Array.isArray(one.value) && answer.value !== null && one.value.includes(answer.value))
  )
    compare('value', one.value, answer.value);
  compare('expert', one.expert, answer.expert);
  compare('unit', one.unit, answer.unit ?? null);
  compare('currency', one.currency, answer.currency ?? null);
  compare('exactness', one.exactness, answer.exactness ?? null);
  const input = (answer.trace.plan as { input?: { [key: string]: Json } } | null)?.input ?? {};
  for (const [name, value] of Object.entries(one.arguments ?? {})) compare(name, value as Json, input[name]);
  return differences.length === 0 ? { verdict: 'right', why: '' } : { verdict: 'wrong', why: differences.join('; ') };
}
