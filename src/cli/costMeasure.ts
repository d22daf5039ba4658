/** `jambalaya cost measure`: the planner's prediction beside what this machine does. */
import { totalmem } from 'node:os';
import type { DeviceName, InstructionSet } from '../contract/index.js';
import type { ModelShape } from '../cost/index.js';
import { openDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import { printReading, readCostConfig, readingJson, readJsonFile } from './costConfig.js';
import { formatNumber, given } from './costOptions.js';
import { CountingDevice } from './measure/countingDevice.js';
import { type Activity, type MeasuredModel, measureModel } from './measure/measurement.js';
import { trainingBytes } from './measure/prediction.js';
import type { RunSizes } from './measure/runs.js';
import { formatBytes, formatTable, Output } from './output.js';

interface MeasureFlags {
  readonly context: number;
  readonly batch: number;
  readonly repeats: number;
  readonly device?: DeviceName;
  readonly isa?: InstructionSet;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Trains and runs a model of a config with initial weights, and prints what was predicted beside what was measured. */
export async function costMeasure(path: string, flags: MeasureFlags): Promise<void> {
  const reading = readCostConfig(path);
  const { shape } = reading;
  if (shape.family !== 'jamba') {
    throw new JambalayaError(
      'usage',
      { argument: 'config', expected: 'a Jamba config: what is measured has to run here', found: reading.modelType },
      { hint: 'a Transformer of the same sizes is a Jamba with attn_layer_period 1' },
    );
  }
  for (const name of ['context', 'batch', 'repeats'] as const) {
    if (Number.isSafeInteger(flags[name]) && flags[name] >= 1) continue;
    throw new JambalayaError('usage', {
      argument: name,
      expected: 'a whole number from 1',
      found: String(flags[name]),
    });
  }
  const sizes = { batch: flags.batch, context: flags.context, repeats: flags.repeats };
  expectRoom(shape, sizes);
  const { device: deviceName, isa, threads, json } = flags;
  const device = new CountingDevice(await openDevice(given({ name: deviceName, isa, threads })));
  try {
    const { json: config, name } = readJsonFile(path);
    const result = await measureModel(shape, config, name, device, sizes);
    const machine = { device: device.name, isa: device.isa, threads: device.threads };
    if (json) Output.json({ ...machine, ...sizes, ...result, ...readingJson(reading) });
    else {
      Output.line(
        `${machine.device} ${machine.isa}, ${machine.threads} threads; ${sizes.batch} × ${sizes.context} tokens, f32, median of ${sizes.repeats}`,
      );
      printComparison(result);
      printReading(reading);
    }
  } finally {
    device.dispose();
  }
}

/** @throws `limit` if training is predicted to take more than half of the machine's memory */
function expectRoom(shape: ModelShape, sizes: RunSizes): void {
  const bytes = Math.ceil(trainingBytes(shape, sizes));
  const room = Math.floor(totalmem() / 2);
  if (bytes <= room) return;
  throw new JambalayaError(
    'limit',
    { what: 'bytes that training this model here takes', limit: room, found: bytes },
    { hint: 'give a smaller config, a shorter --context or a smaller --batch' },
  );
}

const names: Readonly<Record<Activity, string>> = {
  training: 'a training step',
  prompt: 'reading a prompt',
  token: 'one more token',
};

function printComparison({ runs, rates, rssBytes }: MeasuredModel): void {
  Output.line();
  const line = (name: string, predicted: number, measured: number, format: (value: number) => string) => [
    name,
    format(predicted),
    format(measured),
    measured === predicted ? 'equal' : `${(100 * (predicted / measured - 1)).toFixed(1)} %`,
  ];
  const rows = (Object.keys(names) as Activity[]).flatMap((activity) => {
    const { predicted, measured } = runs[activity];
    return [
      [names[activity], '', '', ''],
      line('  FLOPs', predicted.flops, measured.flops, formatNumber),
      ...(predicted.recomputedFlops + measured.recomputedFlops === 0
        ? []
        : [line('  FLOPs done again', predicted.recomputedFlops, measured.recomputedFlops, formatNumber)]),
      line('  bytes', predicted.bytes, measured.bytes, formatBytes),
      line('  seconds', predicted.seconds, measured.seconds, formatSeconds),
    ];
  });
  Output.line(formatTable([['', 'predicted', 'measured', 'predicted over measured'], ...rows], [1, 2, 3]));
  Output.line(`\nthe process grew by ${formatBytes(rssBytes)} (RSS; freed buffers and JavaScript included)`);
  Output.line(
    `rates: products ${formatNumber(1e-9 / rates.product)} GFLOP/s, with gradients ${formatNumber(1e-9 / rates.productTraining)}; ` +
      `weights ${formatNumber(1e-9 / rates.weightByte)} GB/s, elementwise ${formatNumber(1e-9 / rates.elementwise)} GB/s` +
      `${rates.scan === 0 ? '' : `; scan ${formatNumber(1e-9 / rates.scan)} G steps/s`}; ` +
      `an op ${formatNumber(1e6 * rates.op)} µs, captured ${formatNumber(1e6 * rates.capturedOp)} µs`,
  );
}

const formatSeconds = (value: number): string =>
  value < 1 ? `${formatNumber(1000 * value)} ms` : `${formatNumber(value)} s`;
