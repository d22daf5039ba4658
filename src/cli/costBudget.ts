import {
  contextsForBytes,
  type Hardware,
  type KvDType,
  parametersForBytes,
  parametersForDollars,
  peakFor,
  type Range,
  tokensForDollars,
  trainingAssumptions,
} from '../cost/index.js';
import { JambalayaError } from '../errors/index.js';
import { type CostConfig, printReading, readCostConfig, readingJson } from './costConfig.js';
import {
  formatDuration,
  formatMaximum,
  formatNumber,
  formatRange,
  given,
  type HardwareFlags,
  namedHardware,
} from './costOptions.js';
import { formatBytes, formatTable, Output } from './output.js';

interface BudgetFlags extends HardwareFlags {
  readonly config?: string;
  readonly dollars?: number;
  readonly memory?: number;
  readonly hardware: string;
  readonly count: number;
  readonly context?: number;
  readonly kvDtype: KvDType;
  readonly prefillChunk?: number;
  readonly utilisation?: Range;
  readonly price?: Range;
  readonly tokensPerParameter: number;
  readonly json?: boolean;
}

/** What a sum of money trains, and what context or model fits in so much memory. */
export function costBudget(flags: BudgetFlags): void {
  if (flags.dollars === undefined && flags.memory === undefined) {
    throw new JambalayaError('usage', { argument: 'budget', expected: '--dollars or --memory', found: 'neither' });
  }
  const reading = flags.config === undefined ? undefined : readCostConfig(flags.config);
  const answer = {
    ...(flags.dollars === undefined ? {} : { training: trainingFor(flags.dollars, flags, reading) }),
    ...(flags.memory === undefined ? {} : { memory: memoryFor(flags.memory, flags, reading) }),
  };
  if (flags.json) Output.json({ ...answer, ...(reading === undefined ? {} : readingJson(reading)) });
  else {
    if (answer.training !== undefined) printTraining(answer.training);
    if (answer.memory !== undefined) printMemory(answer.memory);
    if (reading !== undefined) printReading(reading);
  }
}

function trainingFor(dollars: number, flags: BudgetFlags, reading: CostConfig | undefined) {
  const hardware: Hardware = namedHardware(flags.hardware, flags);
  const { count, context, price, tokensPerParameter, utilisation = trainingAssumptions.utilisation } = flags;
  const dense = parametersForDollars(dollars, {
    flopsPerSecond: peakFor(hardware, 'bf16').flopsPerSecond,
    utilisation,
    dollarsPerHour: price ?? hardware.dollarsPerHour,
    tokensPerParameter,
  });
  const options = { hardware, count, utilisation, ...given({ context, dollarsPerHour: price }) };
  const config = reading === undefined ? undefined : tokensForDollars(reading.shape, dollars, options);
  return { hardware: hardware.id, count, dense, ...given({ config }) };
}

function memoryFor(bytes: number, { kvDtype, prefillChunk }: BudgetFlags, reading: CostConfig | undefined) {
  const contexts =
    reading === undefined
      ? undefined
      : contextsForBytes(reading.shape, bytes, { kvDType: kvDtype, ...given({ prefillChunk }) });
  return { bytes, parameters: parametersForBytes(bytes), ...given({ contexts }) };
}

function printTraining({ hardware, count, dense, config }: ReturnType<typeof trainingFor>): void {
  const { dollars, tokensPerParameter, parameters, tokens } = dense;
  Output.line(`$${formatNumber(dollars)} on ${hardware} trains, in one run:`);
  const rows = [
    [
      `a dense model with ${tokensPerParameter} tokens a parameter`,
      `${formatRange(parameters, formatNumber)} parameters`,
    ],
    ['', `${formatRange(tokens, formatNumber)} tokens`],
  ];
  if (config !== undefined) {
    rows.push(
      ['this config', `${formatRange(config.tokens, formatNumber)} tokens`],
      ['', `${formatRange(config.tokensPerActiveParameter, formatNumber)} a parameter that is active`],
      [`on ${count} of them`, `${formatRange(config.seconds, formatDuration)}${config.fits ? '' : '; DOES NOT FIT'}`],
    );
  }
  Output.line(formatTable(rows));
  Output.line();
}

function printMemory({ bytes, parameters, contexts }: ReturnType<typeof memoryFor>): void {
  Output.line(`${formatBytes(bytes)} hold:`);
  const alone = Object.entries(parameters).map(([form, count]) => [form, `${formatNumber(count)} parameters alone`]);
  Output.line(formatTable(alone));
  if (contexts !== undefined) {
    const rows = contexts.map(({ weights, maxContext, naiveMaxContext, weightsFit }) => [
      weights,
      weightsFit ? formatMaximum(maxContext) : 'weights do not fit',
      weightsFit ? formatMaximum(naiveMaxContext) : '',
    ]);
    Output.line();
    Output.line(formatTable([['this config as', 'longest sequence', 'naive'], ...rows], [1, 2]));
  }
  Output.line();
}
