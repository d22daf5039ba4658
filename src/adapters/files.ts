/** An adapter on disk: `adapter.safetensors`, and `adapter_config.json`, which says what base it is for. PEFT's LoRA and soft prompts are read too. */
import { JambalayaError } from '../errors/index.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonLimits,
  type ModelFolder,
  openFolder,
  parseJson,
  readFloats,
  readSafetensors,
  type TensorEntry,
} from '../formats/index.js';
import { checkpointTensors, type RunFolder } from '../training/index.js';
import type { Adapter } from './adapter.js';
import type { AdapterBase, Base } from './base.js';
import { emptyAdapter } from './methods.js';
import { ofPeft } from './peft.js';

const configName = 'adapter_config.json';
const tensorsName = 'adapter.safetensors';
const version = 1;

/** What an adapter asks of its base: any model that agrees in these will do, whatever its weights are held as. */
export const shapeOfBase = ({ model: { description } }: Pick<Base, 'model'>) => ({
  architecture: description.architecture,
  layers: description.layers.length,
  hiddenSize: description.hiddenSize,
  vocabularySize: description.vocabularySize,
});

export interface TrainedShare {
  readonly trainableParameters: number;
  /** Of the base's parameters. */
  readonly share: number;
}

const count = (parameters: Iterable<{ readonly size: number }>) =>
  [...parameters].reduce((sum, { size }) => sum + size, 0);

export function trainedShare(adapter: Adapter, { model }: Pick<Base, 'model'>): TrainedShare {
  const trainableParameters = count(adapter.parameters.values());
  // Scales of int8 rows are a form of their weights, not weights.
  const weights = [...model.parameters].filter(([name]) => !name.endsWith('_scale')).map(([, tensor]) => tensor);
  return { trainableParameters, share: trainableParameters / count(weights) };
}

/** Writes an adapter; the weights last, so that it is none before it is whole. */
export async function writeAdapter(folder: RunFolder, adapter: Adapter, base: Base): Promise<void> {
  const config = {
    version,
    method: adapter.method,
    ...adapter.sizes,
    base: { ...shapeOfBase(base), fingerprint: base.fingerprint },
    ...trainedShare(adapter, base),
  };
  await folder.writeFile(configName, `${JSON.stringify(config, null, 2)}\n`);
  await folder.writeTensors(tensorsName, checkpointTensors(new Map([['', adapter.parameters]])), { format: 'pt' });
}

/**
 * Reads the adapter of a folder for a base.
 *
 * @throws `config` naming the field in which the base differs, or that means nothing; `checkpoint` for a tensor of another shape, or
 *   that is missing or has no use; `format` for a number that is none
 */
export async function loadAdapter(path: string, base: AdapterBase): Promise<Adapter> {
  const folder = await openFolder(path);
  const file = `${folder.name}/${configName}`;
  const config = parseJson(file, await readBytes(folder, configName), { maxBytes: jsonLimits.config });
  const peft = config.peft_type !== undefined && config.method === undefined;
  if (!peft) expectBase(config, base, file);
  const name = peft ? 'adapter_model.safetensors' : tensorsName;
  const source = await folder.open(name);
  try {
    const { tensors } = await readSafetensors(source);
    const adapter = await emptyAdapter(base, peft ? ofPeft(config, tensors, file) : config, file);
    try {
      await fill(adapter, tensors, source.name);
      return adapter;
    } catch (error) {
      adapter[Symbol.dispose]();
      throw error;
    }
  } finally {
    await source.close();
  }
}

function expectBase(config: JsonObject, base: Pick<Base, 'model'>, file: string): void {
  const refuse = (field: string, expected: string, found: JsonValue | undefined) => {
    const hint = 'give the model that the adapter was trained on, or one of the same shape';
    throw new JambalayaError('config', { file, field, expected, found: JSON.stringify(found) ?? 'nothing' }, { hint });
  };
  if (config.version !== version) refuse('version', String(version), config.version);
  const told = isJsonObject(config.base) ? config.base : {};
  for (const [field, value] of Object.entries(shapeOfBase(base))) {
    if (told[field] !== value) refuse(`base.${field}`, `${JSON.stringify(value)}, as the model has it`, told[field]);
  }
}

async function fill({ parameters }: Adapter, tensors: ReadonlyMap<string, TensorEntry>, file: string): Promise<void> {
  const refuse = (tensor: string, expected: string, found: string) => {
    throw new JambalayaError('checkpoint', { file, tensor, expected, found });
  };
  for (const name of tensors.keys()) if (!parameters.has(name)) refuse(name, 'no tensor of that name', 'one');
  for (const [name, tensor] of parameters) {
    const shape = `(${tensor.shape.join(', ')})`;
    const entry = tensors.get(name);
    if (entry === undefined) return refuse(name, `shape ${shape}`, 'no such tensor');
    if (`(${entry.shape.join(', ')})` !== shape) refuse(name, `shape ${shape}`, `(${entry.shape.join(', ')})`);
    const values = await readFloats(entry);
    const broken = values.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0) {
      const found = `${values[broken]} at ${broken}`;
      throw new JambalayaError('format', { file, tensor: name, expected: 'finite numbers', found });
    }
    tensor.write(values);
  }
}

async function readBytes(folder: ModelFolder, name: string): Promise<Uint8Array> {
  const source = await folder.open(name);
  try {
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}
