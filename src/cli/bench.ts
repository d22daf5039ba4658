import { writeFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';
import { type BenchmarkProfile, type BenchmarkResult, benchmark } from '../runtime/index.js';
import { type ModelOptions, modelOptions } from './options.js';
import { formatBytes, formatCount, formatTable, interruptible, Output, ProgressLine } from './output.js';

interface BenchFlags extends ModelOptions {
  readonly prompt: readonly number[];
  readonly generate: number;
  readonly batch: readonly number[];
  readonly repeats: number;
  readonly profile?: string;
  readonly json?: boolean;
}

export async function bench(
  name: string,
  { prompt, generate, batch, repeats, profile: profileFile, json, ...options }: BenchFlags,
): Promise<void> {
  const line = new ProgressLine(json === true);
  const signal = interruptible();
  const { result, profile } = await benchmark(name, {
    ...modelOptions(options),
    prompts: prompt,
    generate,
    batches: batch,
    repeats,
    profile: profileFile !== undefined,
    aborted: () => signal.aborted,
    onProgress: (what, done, total) => line.update(what, done, total),
  }).finally(() => line.end());
  if (profile !== undefined) await writeTrace(profileFile!, profile.trace);
  if (json) {
    Output.json(profile === undefined ? result : { ...result, profile: profile.table });
    return;
  }
  printResult(result);
  if (profile !== undefined) printProfile(profile, profileFile!);
}

async function writeTrace(file: string, trace: string): Promise<void> {
  try {
    await writeFile(file, trace);
  } catch (cause) {
    throw new JambalayaError('file', { file, operation: 'write', reason: (cause as Error).message }, { cause });
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rate = (value: number) => value.toFixed(value < 100 ? 1 : 0);

function printResult({ decode, prefill, batch, memory, machine }: BenchmarkResult): void {
  const rows = [
    [
      'decode, 1 sequence',
      rate(decode.tokensPerSecond),
      `${rate(decode.gigabytesPerSecond)} GB/s`,
      `${percent(decode.shareOfReadBandwidth)} of reading`,
    ],
    ...Object.entries(batch)
      .filter(([size]) => size !== '1')
      .map(([size, { tokensPerSecond, shareOfReadBandwidth }]) => [
        `decode, ${size} sequences`,
        rate(tokensPerSecond),
        `${rate(shareOfReadBandwidth * machine.readGigabytesPerSecond)} GB/s`,
        `${percent(shareOfReadBandwidth)} of reading`,
      ]),
    ...Object.entries(prefill).map(([length, { tokensPerSecond, gigaOpsPerSecond, shareOfPeak }]) => [
      `prompt of ${formatCount(Number(length))}`,
      rate(tokensPerSecond),
      `${rate(gigaOpsPerSecond)} GOP/s`,
      `${percent(shareOfPeak)} of the peak`,
    ]),
  ];
  Output.line(formatTable([['', 'tokens/s', 'rate', 'share'], ...rows], [1, 2, 3]));
  Output.line();
  Output.line(`memory: ${formatBytes(memory.peakBytes)} at most, ${formatBytes(memory.plannedBytes)} planned`);
  Output.line(
    `machine (${machine.isa}, threads: ${machine.threads}): reads ${rate(machine.readGigabytesPerSecond)} GB/s, ` +
      `multiplies int8 at ${rate(machine.int8GigaOpsPerSecond)} GOP/s, bf16 at ${rate(machine.bf16GigaFlopsPerSecond)}, ` +
      `f32 at ${rate(machine.f32GigaFlopsPerSecond)} GFLOP/s`,
  );
}

function printProfile({ table }: BenchmarkProfile, file: string): void {
  const rows = table.map(({ phase, op, calls, milliseconds, share, gigabytesPerSecond, gigaOpsPerSecond }) => [
    phase,
    op,
    formatCount(calls),
    milliseconds.toFixed(2),
    percent(share),
    gigabytesPerSecond === undefined ? '' : rate(gigabytesPerSecond),
    gigaOpsPerSecond === undefined ? '' : rate(gigaOpsPerSecond),
  ]);
  const title = ['phase', 'op', 'calls', 'ms', 'share', 'GB/s', 'GOP/s'];
  Output.line();
  Output.line(formatTable([title, ...rows], [2, 3, 4, 5, 6]));
  Output.line(`\n${file}: every op in its time; open it in ui.perfetto.dev or chrome://tracing`);
}
