import { type AnsweredRow, evaluateTask, loadAdapter, openBase, readRows } from '../adapters/index.js';
import { JambalayaError } from '../errors/index.js';
import type { ModelOptions } from './options.js';
import { formatCount, interruptible, Output, ProgressLine } from './output.js';

interface TaskFlags extends Pick<ModelOptions, 'device' | 'isa' | 'threads' | 'weights'> {
  readonly adapter?: string;
  readonly examples?: string;
  readonly shots?: number;
  readonly seed?: number;
  readonly limit?: number;
  readonly answers?: boolean;
  readonly json?: boolean;
}

export async function evaluateTaskFile(file: string, name: string, flags: TaskFlags): Promise<void> {
  const { json = false, device, isa, threads, weights } = flags;
  if (flags.shots !== undefined && flags.examples === undefined) {
    const expected = 'a file of examples (--examples) to take them from';
    throw new JambalayaError('usage', { argument: 'shots', expected, found: `${flags.shots} of none` });
  }
  const rows = (await readRows(file)).slice(0, flags.limit);
  const examples = flags.examples === undefined ? undefined : await readRows(flags.examples);
  const base = await openBase(name, { device: { name: device, isa, threads }, weights });
  const progress = new ProgressLine(json);
  try {
    using adapter = flags.adapter === undefined ? undefined : await loadAdapter(flags.adapter, base);
    const answers: AnsweredRow[] = [];
    const score = await evaluateTask(base, rows, {
      adapter,
      examples,
      shots: flags.shots,
      seed: flags.seed,
      signal: interruptible(),
      onRow: (row, done, total) => {
        if (flags.answers) answers.push(row);
        progress.update('answering', done, total, `${formatCount(done)} rows`);
      },
    });
    progress.end();
    for (const row of answers.sort((a, b) => a.index - b.index)) Output.json(row);
    if (json) Output.json(score);
    else {
      const { count, exactMatch, f1 } = score;
      Output.line(`${(100 * exactMatch).toFixed(1)} % exact, F1 ${f1.toFixed(3)}, of ${formatCount(count)} rows`);
    }
  } finally {
    progress.end();
    await base.dispose();
  }
}
