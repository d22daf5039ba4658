import { basename, dirname } from 'node:path';
import { type ComparisonSeries, compareOverContext, defaultContexts, transformerTwin } from '../cost/index.js';
import { type CostConfig, printReading, readCostConfig, readingJson } from './costConfig.js';
import {
  formatDuration,
  formatFlops,
  formatMaximum,
  formatNumber,
  given,
  layoutOf,
  namedHardware,
} from './costOptions.js';
import type { ServeFlags } from './costServe.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

interface CompareFlags extends ServeFlags {
  readonly with?: readonly string[];
  readonly contexts?: readonly number[];
}

/** A model beside others, or beside the Transformer of its own sizes, over context length. */
export function costCompare(flags: CompareFlags): void {
  const reading = readCostConfig(flags.config);
  const others = (flags.with ?? []).map(readCostConfig);
  const named = ({ file, shape }: CostConfig) => ({ name: nameOf(file), shape });
  const twin = { name: 'the same with attention in every layer', shape: transformerTwin(reading.shape) };
  const models = [named(reading), ...(others.length > 0 ? others.map(named) : [twin])];
  const { count, weights, kvDtype, batch, prefillChunk, experts, usable, efficiency, price } = flags;
  const serving =
    flags.hardware === undefined
      ? {}
      : {
          serving: {
            hardware: namedHardware(flags.hardware, flags),
            layout: layoutOf(flags),
            weights,
            ...given({ count, batch, prefillChunk, experts, usable, efficiency, dollarsPerHour: price }),
          },
        };
  const contexts = flags.contexts ?? defaultContexts(models.map(({ shape }) => shape));
  const series = compareOverContext(models, { contexts, kvDType: kvDtype, ...serving });
  if (flags.json) {
    Output.json({ contexts, kvDType: kvDtype, weights, series, ...readingJson(reading) });
    return;
  }
  for (const each of series) printSeries(each);
  printReading(reading);
}

/** A config is called after its file, or after its folder. */
const nameOf = (file: string): string =>
  basename(file) === 'config.json' ? basename(dirname(file)) : basename(file, '.json');

function printSeries({ name, points, maxContext, naiveMaxContext }: ComparisonSeries): void {
  Output.line(name);
  const serves = points[0]?.serving !== undefined;
  const titles = ['context', 'KV cache', 'state', 'prompt FLOPs', 'token FLOPs'];
  const servingTitles = ['fits', 'at once', 'tokens/s bound', 'first token'];
  const rows = points.map(({ context, kvCacheBytes, stateBytes, promptFlops, tokenFlops, serving }) => [
    formatCount(context),
    formatBytes(kvCacheBytes),
    formatBytes(stateBytes),
    formatFlops(promptFlops),
    formatFlops(tokenFlops),
    ...(serving === undefined
      ? []
      : [
          serving.fits ? 'yes' : 'no',
          formatMaximum(serving.maxConcurrency),
          formatNumber(serving.tokensPerSecondBound),
          formatDuration(serving.promptSecondsBound),
        ]),
  ]);
  Output.line(formatTable([[...titles, ...(serves ? servingTitles : [])], ...rows], [0, 1, 2, 3, 4, 6, 7, 8]));
  if (maxContext !== undefined && naiveMaxContext !== undefined) {
    Output.line(`longest sequence: ${formatMaximum(maxContext)} (naive: ${formatMaximum(naiveMaxContext)})`);
  }
  Output.line();
}
