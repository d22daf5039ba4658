import { readFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';
import { Assistant, type CaseResult, parseCases, runCase } from '../mrkl/index.js';
import { formatCount, formatTable, Output } from './output.js';

interface Options {
  readonly now?: string;
  readonly timeZone?: string;
  readonly locale?: string;
  readonly json?: boolean;
}

const shownFailures = 50;
const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]!;

/** Exit code 1 if a case is not right. */
export async function evaluateMrkl(file: string, { json, ...options }: Options): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new JambalayaError('file', { file, operation: 'read', reason: (cause as Error).message }, { cause });
  });
  const cases = parseCases(text, file);
  const defaults = { ...options, offline: true };
  const assistant = new Assistant(defaults);
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await runCase(one, defaults, assistant));
  const count = (verdict: CaseResult['verdict'], of = results) =>
    of.filter((result) => result.verdict === verdict).length;
  const times = results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const name = result.case.group ?? 'other';
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  const summary = {
    count: results.length,
    right: count('right'),
    wrong: count('wrong'),
    abstained: count('abstained'),
    milliseconds: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
  };
  const failures = results.filter(({ verdict }) => verdict !== 'right');
  if (json) {
    const by = Object.fromEntries(
      [...groups].map(([name, of]) => [
        name,
        { count: of.length, right: count('right', of), wrong: count('wrong', of), abstained: count('abstained', of) },
      ]),
    );
    Output.json({
      ...summary,
      by,
      failures: failures.map(({ case: one, verdict, why }) => ({ question: one.question, verdict, why })),
    });
  } else {
    const rows = [...groups]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, of]) => [
        name,
        formatCount(of.length),
        formatCount(count('right', of)),
        formatCount(count('wrong', of)),
        formatCount(count('abstained', of)),
      ]);
    rows.push([
      'all',
      formatCount(results.length),
      formatCount(summary.right),
      formatCount(summary.wrong),
      formatCount(summary.abstained),
    ]);
    Output.line(formatTable([['group', 'cases', 'right', 'wrong', 'abstained'], ...rows], [1, 2, 3, 4]));
    for (const { case: one, verdict, why } of failures.slice(0, shownFailures))
      Output.line(`\n${verdict}: ${one.question}\n  ${why}`);
    if (failures.length > shownFailures)
      Output.line(`\nand ${failures.length - shownFailures} more (--json names all)`);
  }
  if (failures.length > 0) process.exitCode = 1;
}
