import { type TuneStart, tune } from '../adapters/index.js';
import type { DeviceName, InstructionSet } from '../contract/index.js';
import type { WeightScheme } from '../runtime/index.js';
import type { LogRecord } from '../training/index.js';
import { formatCount, formatSeconds, interruptible, Output, ProgressLine } from './output.js';

interface TuneFlags {
  readonly base: string;
  readonly out: string;
  readonly data?: string;
  readonly resume?: boolean;
  readonly steps?: number;
  readonly seed?: number;
  readonly weights?: WeightScheme;
  readonly device?: DeviceName;
  readonly isa?: InstructionSet;
  readonly threads?: number;
  readonly json?: boolean;
}

export async function tuneModel(recipe: string, flags: TuneFlags): Promise<void> {
  const { json = false, device: name, isa, threads } = flags;
  const progress = new ProgressLine(json);
  let steps = 0;
  const onNote = (note: string) => {
    progress.end();
    if (json) Output.noteJson(note);
    else Output.note(note);
  };
  const onRecord = (record: LogRecord) => {
    if (json) Output.json(record);
  };
  try {
    const summary = await tune({
      recipe,
      base: flags.base,
      data: flags.data,
      out: flags.out,
      resume: flags.resume,
      steps: flags.steps,
      seed: flags.seed,
      weights: flags.weights,
      device: { name, isa, threads },
      signal: interruptible(),
      onNote,
      onRecord,
      onBegin: (start) => {
        steps = start.recipe.steps;
        if (!json) Output.note(describe(start));
      },
      onStep: ({ step, first, loss, tokensPerSecond }) => {
        const rate = `${formatCount(Math.round(tokensPerSecond))} tokens/s`;
        const detail = `step ${formatCount(step)} of ${formatCount(steps)}, loss ${loss.toFixed(4)}, ${rate}`;
        progress.update('tuning', step - first, steps - first, detail);
      },
    });
    progress.end();
    const { trainableParameters, share, baseUnchanged, tokens, seconds } = summary;
    if (json) {
      Output.json({ trainableParameters, share, baseUnchanged, steps: summary.steps, tokens, seconds });
      return;
    }
    const untouched = baseUnchanged ? 'the base is unchanged' : 'THE BASE HAS CHANGED';
    Output.line(
      `${flags.out}: ${formatCount(trainableParameters)} parameters (${percent(share)} of the base), ` +
        `${formatCount(summary.steps)} steps, ${formatCount(tokens)} tokens in ${formatSeconds(seconds)}; ${untouched}`,
    );
  } finally {
    progress.end();
  }
}

const describe = ({ recipe, rows, trainableParameters, share, device, isa, threads }: TuneStart): string =>
  `${recipe.method.method}: ${formatCount(trainableParameters)} parameters (${percent(share)} of the base), ` +
  `${formatCount(rows)} rows, ${formatCount(recipe.steps)} steps of ${recipe.batch}, on ${device} ${isa} with ${threads} threads`;

const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
