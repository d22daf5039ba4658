import {
  type Checkpointing,
  planTraining,
  type Range,
  type TrainingPlan,
  type TrainingPrecision,
  type ZeroStage,
} from '../cost/index.js';
import { printReading, readCostConfig, readingJson } from './costConfig.js';
import {
  formatDollars,
  formatDuration,
  formatFlops,
  formatNumber,
  formatRange,
  given,
  type HardwareFlags,
  type LayoutFlags,
  layoutOf,
  namedHardware,
} from './costOptions.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

interface TrainFlags extends HardwareFlags, LayoutFlags {
  readonly config: string;
  readonly hardware: string;
  readonly tokens: number;
  readonly count: number;
  readonly context?: number;
  readonly batchTokens?: number;
  readonly microBatch?: number;
  readonly zero?: number;
  readonly checkpointing?: Checkpointing;
  readonly precision?: TrainingPrecision;
  readonly utilisation?: Range;
  readonly restarts?: Range;
  readonly price?: Range;
  readonly overhead?: Range;
  readonly load?: Range;
  readonly carbon?: Range;
  readonly network?: number;
  readonly runs?: number;
  readonly configurations?: number;
  readonly json?: boolean;
}

/** FLOPs, memory, time, money and energy of a training run. */
export function costTrain(flags: TrainFlags): void {
  const reading = readCostConfig(flags.config);
  const { tokens, count, json } = flags;
  const { context, batchTokens, microBatch, checkpointing, precision, runs, configurations } = flags;
  const { utilisation, restarts, overhead, load, zero, price, carbon, network } = flags;
  const plan = planTraining(reading.shape, {
    hardware: namedHardware(flags.hardware, flags),
    tokens,
    count,
    layout: layoutOf(flags),
    ...given({ context, batchTokens, microBatch, checkpointing, precision, runs, configurations }),
    ...given({ utilisation, restarts, overhead, load, zero: zero as ZeroStage | undefined }),
    ...given({ dollarsPerHour: price, carbonKilogramsPerKilowattHour: carbon, networkBytesPerSecond: network }),
  });
  if (json) Output.json({ ...plan, ...readingJson(reading) });
  else {
    printPlan(plan, reading.modelType);
    printReading(reading);
  }
}

function printPlan(plan: TrainingPlan, modelType: string): void {
  const { total, active } = plan.parameters;
  const { tensor, pipeline, expert, data } = plan.layout;
  Output.line(`${modelType}: ${formatCount(total)} parameters, ${formatCount(active)} active per token`);
  Output.line(
    `${formatNumber(plan.tokens)} tokens in sequences of ${formatCount(plan.context)}, ${formatCount(plan.steps)} steps of ` +
      `${formatNumber(plan.batchTokens)} tokens, on ${plan.count} × ${plan.hardware}`,
  );
  Output.line(
    `layout: tensor ${tensor}, pipeline ${pipeline}, expert ${expert}, data ${data}; ZeRO-${plan.zero}, ` +
      `checkpointing ${plan.checkpointing}, ${plan.precision} precision`,
  );
  Output.line();
  const six = (100 * plan.flops) / plan.sixActiveParametersTokens;
  const rows = [
    ['FLOPs', `${formatFlops(plan.flops)} (${six.toFixed(0)} % of 6 · active parameters · tokens)`],
    ['FLOPs with recomputation', formatFlops(plan.hardwareFlops)],
    ['time', formatRange(plan.seconds, formatDuration)],
    ['dollars, one run', formatRange(plan.dollars, formatDollars)],
    [
      `dollars, ${plan.fullyLoaded.configurations} configurations × ${plan.fullyLoaded.runs} runs`,
      formatRange(plan.fullyLoaded.dollars, formatDollars),
    ],
    ['energy', `${formatRange(plan.energyKilowattHours, formatNumber)} kWh`],
    ['carbon', `${formatRange(plan.carbonKilograms, formatNumber)} kg CO2`],
    ['set by', plan.limit === 'flops' ? 'arithmetic' : 'the interconnect'],
  ];
  Output.line(formatTable(rows));
  Output.line();
  const kinds = Object.entries(plan.flopsPerToken).filter(([, { forward }]) => forward > 0);
  const all = kinds.reduce((sum, [, { forward, backward }]) => sum + forward + backward, 0);
  const perKind = kinds.map(([kind, { forward, backward }]) => [
    kind,
    formatFlops(forward),
    formatFlops(backward),
    `${((100 * (forward + backward)) / all).toFixed(1)} %`,
  ]);
  Output.line(formatTable([['FLOPs of a token', 'forward', 'backward', 'share'], ...perKind], [1, 2, 3]));
  Output.line();
  const memory = plan.perDevice;
  const parts = [
    ['weights', memory.weightsBytes],
    ['gradients', memory.gradientsBytes],
    ['optimizer', memory.optimizerBytes],
    ['activations', memory.activationsBytes],
    ['work space', memory.workspaceBytes],
    ['together', plan.perDeviceBytes],
    ['usable', plan.usableBytesPerDevice],
  ] as const;
  const bytes = parts.map(([name, value]) => [name, formatBytes(value)]);
  Output.line(formatTable([['memory of a device', plan.fits ? 'fits' : 'DOES NOT FIT'], ...bytes], [1]));
  Output.line();
  Output.line('one per cent more of each costs so many per cent more:');
  const drivers = Object.entries(plan.elasticities).map(([name, value]) => [name, value.toFixed(3)]);
  Output.line(formatTable(drivers, [1]));
  Output.line();
  Output.line('assumed (every one is an option):');
  const assumed = Object.entries(plan.assumptions).map(([name, value]) => [name, formatRange(value, formatNumber)]);
  Output.line(formatTable(assumed));
  Output.line('Prices are list prices: discounts, preemptible and owned hardware cost less.');
}
