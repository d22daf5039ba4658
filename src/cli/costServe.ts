import {
  type ExpertExecution,
  fittingMachines,
  type KvDType,
  type Machine,
  planServing,
  type Range,
  type ServingPlan,
  type WeightForm,
} from '../cost/index.js';
import { printReading, readCostConfig, readingJson } from './costConfig.js';
import {
  formatDollars,
  formatDuration,
  formatMaximum,
  formatNumber,
  formatRange,
  given,
  type HardwareFlags,
  hardwareOf,
  type LayoutFlags,
  layoutOf,
  namedHardware,
} from './costOptions.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

export interface ServeFlags extends HardwareFlags, LayoutFlags {
  readonly config: string;
  readonly context?: number;
  readonly count?: number;
  readonly batch?: number;
  readonly weights: WeightForm;
  readonly kvDtype: KvDType;
  readonly prefillChunk?: number;
  readonly experts?: ExpertExecution;
  readonly usable?: number;
  readonly efficiency?: Range;
  readonly price?: Range;
  readonly json?: boolean;
}

/** Whether a model fits, how many it serves, how fast at most and for how much. Without hardware: what it fits on. */
export function costServe(flags: ServeFlags): void {
  const reading = readCostConfig(flags.config);
  const { context, batch, weights, kvDtype, prefillChunk, experts, usable, efficiency, price, json } = flags;
  const load = { weights, kvDType: kvDtype, ...given({ context, batch, prefillChunk, experts, usable }) };
  const plan =
    flags.hardware === undefined
      ? undefined
      : planServing(reading.shape, {
          ...load,
          hardware: namedHardware(flags.hardware, flags),
          layout: layoutOf(flags),
          ...given({ count: flags.count, efficiency, dollarsPerHour: price }),
        });
  const machines = fittingMachines(reading.shape, hardwareOf(flags), load);
  if (json) {
    Output.json({ ...plan, machines, ...readingJson(reading) });
    return;
  }
  if (plan !== undefined) printPlan(plan);
  printMachines(machines);
  printReading(reading);
}

function printPlan(plan: ServingPlan): void {
  const { tensor, pipeline, expert } = plan.layout;
  Output.line(
    `${plan.count} × ${plan.hardware} (tensor ${tensor}, pipeline ${pipeline}, expert ${expert}), ${plan.weights} weights, ` +
      `${plan.kvDType} cache, ${formatCount(plan.context)} tokens${plan.batch === 1 ? '' : ` × ${plan.batch}`}`,
  );
  Output.line();
  const share = (100 * plan.usableBytesPerDevice) / plan.hardwareMemoryBytes;
  const columns = [plan.perDevice, ...(plan.atMaxContext === null ? [] : [plan.atMaxContext])];
  const row = (name: string, of: keyof ServingPlan['perDevice']) => [name, ...columns.map((at) => formatBytes(at[of]))];
  const together = columns.map((at) => Object.values(at).reduce((sum: number, bytes: number) => sum + bytes, 0));
  Output.line(
    formatTable(
      [
        ['memory of a device', plan.fits ? 'fits' : 'DOES NOT FIT', ...(columns.length > 1 ? ['at most'] : [])],
        ['tokens', formatCount(plan.context), ...(columns.length > 1 ? [formatMaximum(plan.maxContext)] : [])],
        row('weights', 'weightsBytes'),
        row('KV cache', 'kvCacheBytes'),
        row('state', 'stateBytes'),
        row(`work space (${plan.widestPart})`, 'workspaceBytes'),
        ['together', ...together.map(formatBytes)],
        [`usable (${share.toFixed(0)} %)`, ...columns.map(() => formatBytes(plan.usableBytesPerDevice))],
        ['memory', ...columns.map(() => formatBytes(plan.hardwareMemoryBytes))],
      ],
      [1, 2],
    ),
  );
  Output.line();
  const maxima = [
    ['', 'practical', 'naive'],
    ['longest sequence', formatMaximum(plan.maxContext), formatMaximum(plan.naiveMaxContext)],
    ['sequences at once', formatMaximum(plan.maxConcurrency), formatMaximum(plan.naiveMaxConcurrency)],
  ];
  Output.line(formatTable(maxima, [1, 2]));
  Output.line('naive: all of the memory, and nothing in it but weights, caches and states');
  Output.line();
  const { alone, atMaxConcurrency, dollarsPerMillionTokens } = plan;
  const speed = [
    ['first token after', `at least ${formatDuration(plan.promptSecondsBound)}`],
    ['one sequence', `at most ${formatNumber(alone.tokensPerSecond)} tokens/s (${alone.limit})`],
    ...(atMaxConcurrency === null
      ? [['all sequences', 'none']]
      : [['all sequences', `at most ${formatNumber(plan.tokensPerSecondBound)} tokens/s (${atMaxConcurrency.limit})`]]),
    ...(dollarsPerMillionTokens === null
      ? []
      : [['a million tokens', formatRange(dollarsPerMillionTokens, formatDollars)]]),
  ];
  Output.line(formatTable(speed));
  Output.line(
    `at ${formatRange(plan.dollarsPerHour, formatDollars)} an hour and device, and ` +
      `${formatRange(plan.efficiency, formatNumber)} of the bound`,
  );
  Output.line();
}

function printMachines(machines: readonly Machine[]): void {
  if (machines.length === 0) {
    Output.line('fits on no machine of up to eight devices');
    return;
  }
  const rows = machines.map(({ hardware, count, dollarsPerHour }) => [
    `${count} × ${hardware}`,
    formatRange(dollarsPerHour, formatDollars),
  ]);
  Output.line(formatTable([['fits on', 'an hour'], ...rows]));
}
