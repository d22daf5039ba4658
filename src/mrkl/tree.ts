/** A trace as a tree for a terminal. */
import type { Answer } from './assistant.js';
import type { Json } from './plan.js';
import type { TraceStep } from './trace.js';

const short = (value: Json, most = 96): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

/** What a step was asked, in a line. */
function inputText({ input }: TraceStep): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return short(input);
  const { expression, ...rest } = input as { readonly [key: string]: Json };
  const others = Object.entries(rest).map(([key, value]) => `${key} ${short(value, 60)}`);
  return [...(expression === undefined ? [] : [short(expression)]), ...others].join(', ');
}

function outcomeText({ output, failed }: TraceStep): string {
  if (failed !== undefined) return `unsure (${failed.reason}): ${failed.question}`;
  const { answer = '', basis } = output as { answer?: string; basis?: { readonly [key: string]: Json } };
  const facts = ['rate', 'date', 'ageDays', 'source', 'rule', 'from', 'to', 'counted', 'calendar'].flatMap((name) =>
    basis?.[name] === undefined ? [] : [`${name} ${short(basis[name]!, 48)}`],
  );
  return facts.length === 0 ? answer : `${answer} [${facts.join('; ')}]`;
}

/** The last step at the root, the steps that it took results from below it. */
export function formatTree({ trace, probabilities }: Answer): string {
  const lines: string[] = [];
  const likely = Object.entries(probabilities)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3);
  lines.push(
    `route: ${trace.router.decidedBy} (${likely.map(([name, p]) => `${name} ${(100 * p).toFixed(1)} %`).join(', ')}); ${trace.router.why}`,
  );
  for (const { from, to } of trace.corrections) lines.push(`read ${from} as ${to}`);
  for (const assumption of trace.assumptions) lines.push(`taken for granted: ${assumption}`);
  const byId = new Map(trace.steps.map((step) => [step.id, step]));
  const used = new Set(trace.steps.flatMap(({ from }) => from));
  const draw = (step: TraceStep, indent: string, last: boolean, root: boolean) => {
    const branch = root ? '' : last ? '└─ ' : '├─ ';
    lines.push(
      `${indent}${branch}${step.expert}: ${inputText(step)} → ${outcomeText(step)} (${step.milliseconds.toFixed(1)} ms)`,
    );
    const below = root ? indent : `${indent}${last ? '   ' : '│  '}`;
    for (const [i, id] of step.from.entries()) draw(byId.get(id)!, below, i === step.from.length - 1, false);
  };
  for (const step of trace.steps.filter(({ id }) => !used.has(id))) draw(step, '', true, true);
  return lines.join('\n');
}
