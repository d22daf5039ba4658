import type { DeviceName } from '../contract/index.js';
import { fineTune as run, type TaskKind } from '../training/index.js';
import { formatCount, interruptible, Output, ProgressLine } from './output.js';

interface FineTuneFlags {
  readonly task: TaskKind;
  readonly train: string;
  readonly dev?: string;
  readonly out?: string;
  readonly epochs: number;
  readonly rate: number;
  readonly batch: number;
  readonly seed: number;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly json?: boolean;
}

export async function fineTune(model: string, flags: FineTuneFlags): Promise<void> {
  const { json = false, rate, device: name, threads, ...options } = flags;
  const progress = new ProgressLine(json);
  try {
    const summary = await run({
      ...options,
      model,
      learningRate: rate,
      device: { name, threads },
      signal: interruptible(),
      onStep: ({ step, steps, loss }) => progress.update('fine-tuning', step, steps, `loss ${loss.toFixed(4)}`),
    });
    progress.end();
    if (json) return Output.json({ out: flags.out ?? null, ...summary });
    const { examples, steps, accuracy, devExamples, skipped } = summary;
    const quality =
      accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % of ${formatCount(devExamples ?? 0)} right`;
    Output.line(`${formatCount(examples)} examples, ${formatCount(steps)} steps${quality}`);
    if (skipped > 0)
      Output.note(`${formatCount(skipped)} rows were passed over: their answers are cut off, or begin within a word`);
  } finally {
    progress.end();
  }
}
