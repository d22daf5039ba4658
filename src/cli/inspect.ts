import { kvBytesPerToken, mambaStateBytes } from '../cost/index.js';
import { PlanningDevice } from '../devices/index.js';
import { loadCheckpoint, type Model, type ModelDescription, openModel } from '../models/index.js';
import type { LayerStateLayout } from '../nn/index.js';
import { quantizer } from '../quantization/index.js';
import type { WeightScheme } from '../runtime/index.js';
import type { Tensor } from '../tensor/index.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

interface InspectOptions {
  readonly strict?: boolean;
  readonly weights?: WeightScheme;
  readonly json?: boolean;
}

const contexts = [1024, 4096, 16_384, 65_536, 262_144];

interface Totals {
  parameters: number;
  active: number;
  bytes: number;
}

/** Reads the config and the headers alone, and checks every tensor's name, shape and dtype against the architecture. */
export async function inspect(name: string, { strict = false, weights, json }: InspectOptions): Promise<void> {
  const checkpoint = await openModel(name);
  const quantize = weights && weights !== 'file' ? quantizer(weights) : undefined;
  const loading = loadCheckpoint(checkpoint, new PlanningDevice(), { strict, quantize });
  const { model, unusedTensors } = await loading.finally(() => checkpoint.close());
  const { description } = model;
  const layers = description.layers.map((layer, index) => ({
    index,
    mixer: layer.mixer,
    experts: layer.experts,
    expertsPerToken: layer.expertsPerToken,
    ...totals(model, description, (tensor) => tensor.startsWith(layer.prefix)),
  }));
  const all = totals(model, description, () => true);
  const memory = contexts.map((context) => ({ context, ...sequenceBytes(model.stateLayouts, context) }));
  const { architecture, hiddenSize, vocabularySize, tiedHead, ignoredConfigKeys } = description;
  if (json) {
    Output.json({
      architecture,
      hiddenSize,
      vocabularySize,
      tiedHead,
      parameters: { total: all.parameters, active: all.active },
      bytes: all.bytes,
      layers,
      memory,
      unusedTensors,
      ignoredConfigKeys,
    });
    return;
  }
  Output.line(
    `${architecture}: ${formatCount(all.parameters)} parameters, ${formatCount(all.active)} active per token, ${formatBytes(all.bytes)}; ` +
      `hidden ${hiddenSize}, vocabulary ${formatCount(vocabularySize)}, ${tiedHead ? 'tied' : 'separate'} head`,
  );
  Output.line();
  const rows = layers.map((layer) => [
    String(layer.index),
    layer.mixer,
    layer.experts === 1 ? 'dense' : `${layer.experts} experts, top ${layer.expertsPerToken}`,
    formatCount(layer.parameters),
    formatCount(layer.active),
    formatBytes(layer.bytes),
  ]);
  Output.line(
    formatTable([['layer', 'mixer', 'feed-forward', 'parameters', 'active', 'bytes'], ...rows], [0, 3, 4, 5]),
  );
  if (model.stateLayouts.length > 0) {
    Output.line();
    const sizes = memory.map(({ context, stateBytes, kvCacheBytes }) => [
      formatCount(context),
      formatBytes(stateBytes),
      formatBytes(kvCacheBytes),
    ]);
    Output.line(formatTable([['context', 'state', 'KV cache (f32)'], ...sizes], [0, 1, 2]));
  }
  if (unusedTensors.length > 0) Output.line(`\nnot used: ${unusedTensors.join(', ')}`);
  if (ignoredConfigKeys.length > 0) Output.line(`\nconfig keys without effect: ${ignoredConfigKeys.join(', ')}`);
}

/** Parameters, those that a token uses, and bytes; scales are bytes, not parameters. */
function totals(model: Model, { layers }: ModelDescription, includes: (tensor: string) => boolean): Totals {
  const sum = { parameters: 0, active: 0, bytes: 0 };
  for (const [name, tensor] of model.parameters) {
    if (!includes(name)) continue;
    sum.bytes += tensor.bytes;
    if (isScale(name, model.parameters)) continue;
    sum.parameters += tensor.size;
    const layer = layers.find(({ prefix }) => name.startsWith(prefix));
    const share = layer !== undefined && name.includes('.experts.') ? layer.expertsPerToken / layer.experts : 1;
    sum.active += tensor.size * share;
  }
  return sum;
}

const isScale = (name: string, parameters: ReadonlyMap<string, Tensor>) =>
  name.endsWith('_scale') && parameters.has(name.slice(0, -'_scale'.length));

/** What one sequence of `context` tokens keeps: scan and convolution state, and keys and values, all in f32. */
function sequenceBytes(
  layouts: readonly LayerStateLayout[],
  context: number,
): { stateBytes: number; kvCacheBytes: number } {
  let stateBytes = 0;
  let kvCacheBytes = 0;
  for (const layout of layouts) {
    if (layout.kind === 'mamba') stateBytes += mambaStateBytes({ ...layout, convWidth: layout.width }, 4);
    else kvCacheBytes += kvBytesPerToken(layout, 4) * context;
  }
  return { stateBytes, kvCacheBytes };
}
