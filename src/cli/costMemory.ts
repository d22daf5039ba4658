import { type KvDType, parametersByPart, planMemory, type WeightForm } from '../cost/index.js';
import { printReading, readCostConfig, readingJson } from './costConfig.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

interface MemoryFlags {
  readonly config: string;
  readonly context?: number;
  readonly batch: number;
  readonly weights: WeightForm;
  readonly kvDtype: KvDType;
  readonly json?: boolean;
}

/** What weights, keys and values, and states take; no work space: `cost serve` counts that. */
export function costMemory({ config, context, batch, weights, kvDtype, json }: MemoryFlags): void {
  const reading = readCostConfig(config);
  const options = { batch, weights, kvDType: kvDtype, ...(context === undefined ? {} : { context }) };
  const plan = planMemory(reading.shape, options);
  if (json) {
    Output.json({ ...plan, parametersByPart: parametersByPart(reading.shape), ...readingJson(reading) });
    return;
  }
  const { total, active } = plan.parameters;
  Output.line(`${reading.modelType}: ${formatCount(total)} parameters, ${formatCount(active)} active per token`);
  Output.line();
  const shares = Object.entries(parametersByPart(reading.shape)).filter(([, count]) => count > 0);
  const rows = shares.map(([part, count]) => [part, formatCount(count), `${((100 * count) / total).toFixed(1)} %`]);
  Output.line(formatTable([['part', 'parameters', 'share'], ...rows], [1, 2]));
  Output.line();
  const sequences = plan.batch === 1 ? 'one sequence' : `${formatCount(plan.batch)} sequences`;
  const bytes = [
    [`weights (${weights})`, formatBytes(plan.weightsBytes), formatCount(plan.weightsBytes)],
    [`KV cache (${kvDtype})`, formatBytes(plan.kvCacheBytes), formatCount(plan.kvCacheBytes)],
    ['state (f32 SSM, 16-bit convolution)', formatBytes(plan.stateBytes), formatCount(plan.stateBytes)],
    ['together', formatBytes(plan.totalBytes), formatCount(plan.totalBytes)],
  ];
  const title = `${sequences} of ${formatCount(plan.context)} tokens`;
  Output.line(formatTable([[title, '', 'bytes'], ...bytes], [1, 2]));
  printReading(reading);
}
