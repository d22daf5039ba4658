/** Replays a trace: the same question at the same clock has to give the same bits; what is volatile comes from the trace. */
import { z } from 'zod';
import { JambalayaError } from '../errors/index.js';
import { type Answer, Assistant } from './assistant.js';
import type { Expert } from './expert.js';
import type { Json, Result } from './plan.js';
import { callKey } from './run.js';
import { comparable, type Trace, traceVersion } from './trace.js';

export interface Replay {
  readonly same: boolean;
  /** Where the two traces part: paths with both values, at most twenty. */
  readonly differences: readonly { readonly path: string; readonly then: Json; readonly now: Json }[];
  readonly answer: Answer;
}

const traceSchema = z.looseObject({
  version: z.literal(traceVersion),
  question: z.string(),
  context: z.strictObject({ now: z.string(), timeZone: z.string(), locale: z.string(), offline: z.boolean() }),
  sources: z.record(z.string(), z.string()),
  steps: z.array(z.looseObject({ expert: z.string(), input: z.json(), output: z.json().optional() })),
});

/** A trace, or the output of `ask --json`, which has one. @throws JambalayaError `format` */
export function parseTrace(text: string, file: string): Trace {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new JambalayaError('format', { file, expected: 'a trace in JSON', found: text.slice(0, 60) });
  }
  const inner = typeof found === 'object' && found !== null && 'trace' in found ? found.trace : found;
  const parsed = traceSchema.safeParse(inner);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new JambalayaError('format', {
      file,
      expected: `a trace of version ${traceVersion}`,
      found: `${issue!.path.join('.')}: ${issue!.message}`,
    });
  }
  return inner as Trace;
}

const shownDifferences = 20;

/** @param experts those beside the built-in ones that the trace was made with */
export async function replay(trace: Trace, experts: readonly Expert[] = []): Promise<Replay> {
  const volatile = new Set(experts.filter((expert) => expert.volatile).map(({ name }) => name));
  const recorded = new Map<string, Result>();
  for (const { expert, input, output } of trace.steps) {
    if (volatile.has(expert) && output !== undefined) recorded.set(callKey(expert, input), output as unknown as Result);
  }
  const assistant = new Assistant({ ...trace.context, experts });
  const answer = await assistant.ask(trace.question, { recorded });
  const differences = compare(comparable(trace), comparable(answer.trace));
  return { same: differences.length === 0, differences, answer };
}

function compare(then: Json, now: Json, path = ''): Replay['differences'] {
  if (JSON.stringify(then) === JSON.stringify(now)) return [];
  if (isObject(then) && isObject(now)) {
    const keys = new Set([...Object.keys(then), ...Object.keys(now)]);
    return [...keys]
      .flatMap((key) => compare(then[key] ?? null, now[key] ?? null, path === '' ? key : `${path}.${key}`))
      .slice(0, shownDifferences);
  }
  return [{ path, then, now }];
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null;
