import { basename } from 'node:path';
import type { DeviceName, InstructionSet } from '../contract/index.js';
import { writeFileAtomically } from '../formats/index.js';
import { type LogRecord, openRunFolder, plotLibrary, reportPage, type TrainStart, train } from '../training/index.js';
import { readText } from './evaluate.js';
import { formatCount, formatSeconds, interruptible, Output, ProgressLine } from './output.js';

interface TrainFlags {
  readonly out: string;
  readonly data?: string;
  readonly init?: string;
  readonly resume?: boolean;
  readonly steps?: number;
  readonly seed?: number;
  readonly report?: string;
  readonly device?: DeviceName;
  readonly isa?: InstructionSet;
  readonly threads?: number;
  readonly json?: boolean;
}

export async function trainModel(recipe: string, flags: TrainFlags): Promise<void> {
  const { json = false, out, report, device: name, isa, threads } = flags;
  const preparing = new ProgressLine(json);
  let progress: ProgressLine | undefined;
  let steps = 0;
  let measured: number | undefined;
  let folder = out;
  const onNote = (note: string) => {
    preparing.end();
    progress?.end();
    if (json) Output.noteJson(note);
    else Output.note(note);
  };
  const onRecord = (record: LogRecord) => {
    measured = record.heldoutBitsPerByte ?? measured;
    if (json) Output.json(record);
  };
  try {
    const summary = await train({
      recipe,
      out,
      data: flags.data,
      init: flags.init,
      resume: flags.resume,
      steps: flags.steps,
      seed: flags.seed,
      device: { name, isa, threads },
      measurePeak: !json,
      signal: interruptible(),
      onNote,
      onRecord,
      onPrepare: ({ source, done, total, tokens }) =>
        preparing.update(`preparing ${source}`, done, total, `${formatCount(tokens)} tokens`),
      onBegin: (start) => {
        preparing.end();
        steps = start.recipe.steps;
        if (!json) for (const line of describe(start)) Output.note(line);
        progress = new ProgressLine(json);
      },
      onStep: ({ step, first, loss, tokensPerSecond, flopsPerSecond, shareOfPeak }) => {
        const parts = [
          `step ${formatCount(step)} of ${formatCount(steps)}`,
          `loss ${loss.toFixed(4)}`,
          ...(measured === undefined ? [] : [`${measured.toFixed(4)} bits per byte held out`]),
          `${formatCount(Math.round(tokensPerSecond))} tokens/s`,
          `${(flopsPerSecond / 1e9).toFixed(1)} GFLOP/s${shareOfPeak === undefined ? '' : ` (${(100 * shareOfPeak).toFixed(0)} % of peak)`}`,
        ];
        progress?.update('training', step - first, steps - first, parts.join(', '));
      },
    });
    progress?.end();
    if (json) return;
    folder = summary.folder;
    const { heldoutBitsPerByte: bits, weightsOfStep, tokens, seconds } = summary;
    const quality = bits === undefined ? '' : `, ${bits.toFixed(4)} bits per byte held out`;
    Output.line(
      `${folder}: weights of step ${formatCount(weightsOfStep)}${quality}, ${formatCount(tokens)} tokens in ${formatSeconds(seconds)}`,
    );
  } finally {
    preparing.end();
    progress?.end();
    if (report !== undefined) await writeReport(recipe, folder, report);
  }
}

/** What is about to be trained, and on what. */
function describe({ recipe, parameters, sources, device, isa, threads }: TrainStart): string[] {
  const { batch, steps } = recipe;
  const perStep = batch.tokens * batch.sequences * batch.accumulation;
  const counted = sources.map(
    ({ name, tokens, heldOutTokens }) =>
      `${name}: ${formatCount(tokens)} tokens, ${formatCount(heldOutTokens)} held out`,
  );
  return [
    `${formatCount(parameters)} parameters, ${formatCount(steps)} steps of ${formatCount(perStep)} tokens, on ${device} ${isa} with ${threads} threads`,
    ...counted,
  ];
}

/** The log as a page; also of a run that stopped. */
async function writeReport(recipe: string, out: string, file: string): Promise<void> {
  const lines = await (await openRunFolder(out)).readLog();
  const page = reportPage({
    title: `Training: ${basename(recipe, '.json')}`,
    records: lines.map((line) => JSON.parse(line) as LogRecord),
    recipe: JSON.parse(new TextDecoder().decode(await readText(recipe))),
    library: await plotLibrary(),
  });
  await writeFileAtomically(file, page);
}
