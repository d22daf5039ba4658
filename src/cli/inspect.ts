import { availableParallelism } from 'node:os';
import { PlanningDevice } from '../devices/index.js';
import type { Checkpoint } from '../formats/index.js';
import { loadCheckpoint, type Model, type ModelDescription, openModel, panelLayouts } from '../models/index.js';
import type { KvDType } from '../nn/index.js';
import { MemoryPlanner, type RunMemoryPlan, type WeightScheme } from '../runtime/index.js';
import type { Tensor } from '../tensor/index.js';
import { formatBytes, formatCount, formatTable, Output } from './output.js';

interface InspectOptions {
  readonly strict?: boolean;
  readonly weights?: WeightScheme;
  readonly kv?: KvDType;
  readonly context?: number;
  readonly batch: number;
  readonly json?: boolean;
}

const contexts = [1024, 4096, 16_384, 65_536, 262_144];

interface Totals {
  parameters: number;
  active: number;
  bytes: number;
}

/** Reads the config and the headers alone, and checks every tensor's name, shape and dtype against the architecture. */
export async function inspect(
  name: string,
  { strict = false, weights, kv = 'f32', context, batch, json }: InspectOptions,
): Promise<void> {
  const checkpoint = await openModel(name);
  const sizes = await parameterSizes(checkpoint).catch(async (error) => {
    await checkpoint.close();
    throw error;
  });
  using planner = await MemoryPlanner.open(checkpoint, { weights, strict }).finally(() => checkpoint.close());
  const { model, unusedTensors } = planner.loaded;
  const { description } = model;
  const layers = description.layers.map((layer, index) => ({
    index,
    mixer: layer.mixer,
    experts: layer.experts,
    expertsPerToken: layer.expertsPerToken,
    ...totals(model, sizes, description, (tensor) => tensor.startsWith(layer.prefix)),
  }));
  const all = totals(model, sizes, description, () => true);
  const { maxLength = contexts.at(-1)! } = description;
  const lengths = [...contexts.filter((tokens) => tokens < maxLength), maxLength];
  const asked = context === undefined ? lengths : [context];
  const threads = availableParallelism();
  const plans = asked.map((tokens) => planner.plan({ context: tokens, batch, kvDType: kv, threads }));
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
      memory: plans.map(planJson),
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
  if (plans.length > 0) printPlans(plans, kv);
  if (unusedTensors.length > 0) Output.line(`\nnot used: ${unusedTensors.join(', ')}`);
  if (ignoredConfigKeys.length > 0) Output.line(`\nconfig keys without effect: ${ignoredConfigKeys.join(', ')}`);
}

/** Parameters, those that a token uses, and bytes; scales are bytes, not parameters. */
/** Elements of each parameter under its name in the file, without the padding of panels. */
async function parameterSizes(checkpoint: Checkpoint): Promise<ReadonlyMap<string, number>> {
  const { model } = await loadCheckpoint(checkpoint, new PlanningDevice());
  const panels = panelLayouts(checkpoint);
  const sizes = new Map<string, number>();
  for (const [name, { size }] of model.parameters) {
    if (isScale(name, model.parameters)) continue;
    const layout = panels.get(name);
    sizes.set(name, layout ? layout.rows.reduce((sum, rows) => sum + rows, 0) * layout.columns : size);
  }
  model.dispose();
  return sizes;
}

function totals(
  model: Model,
  sizes: ReadonlyMap<string, number>,
  { layers }: ModelDescription,
  includes: (tensor: string) => boolean,
): Totals {
  const sum = { parameters: 0, active: 0, bytes: 0 };
  for (const [name, { bytes }] of model.parameters) if (includes(name)) sum.bytes += bytes;
  for (const [name, size] of sizes) {
    if (!includes(name)) continue;
    sum.parameters += size;
    const layer = layers.find(({ prefix }) => name.startsWith(prefix));
    const share = layer !== undefined && name.includes('.experts.') ? layer.expertsPerToken / layer.experts : 1;
    sum.active += size * share;
  }
  return sum;
}

const isScale = (name: string, parameters: ReadonlyMap<string, Tensor>) =>
  name.endsWith('_scale') && parameters.has(name.slice(0, -'_scale'.length));

function planJson({ workspace, ...plan }: RunMemoryPlan) {
  return { ...plan, workspaceBytes: workspace.totalBytes };
}

/** What a run takes: weights once, the rest by context. */
function printPlans(plans: readonly RunMemoryPlan[], kv: KvDType): void {
  const [{ batch, weights, workspace, programBytes }] = plans as [RunMemoryPlan];
  const { mappedBytes, ownBytes } = weights;
  Output.line();
  Output.line(
    `memory: weights ${formatBytes(mappedBytes)} as they lie in the file and ${formatBytes(ownBytes)} beside it; ` +
      `a chunk of a prompt works in ${formatBytes(workspace.prefillBytes)}, a decode step in ${formatBytes(workspace.decodeBytes)}; ` +
      `together: with weights, and ${formatBytes(programBytes)} of the program`,
  );
  Output.line();
  const rows = plans.map(({ context, stateBytes, kvCacheBytes, workspace: { totalBytes: work }, totalBytes }) => [
    formatCount(context),
    formatBytes(stateBytes),
    formatBytes(kvCacheBytes),
    formatBytes(work),
    formatBytes(totalBytes),
  ]);
  const title = batch === 1 ? 'context' : `${formatCount(batch)} × context`;
  Output.line(formatTable([[title, 'state', `KV cache (${kv})`, 'work space', 'together'], ...rows], [0, 1, 2, 3, 4]));
}
