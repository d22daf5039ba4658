import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, isJsonObject, type JsonObject } from '../formats/index.js';
import { CheckpointWeights, type WeightOptions } from '../nn/index.js';
import { expectAgreement } from './agreement.js';
import { Bert } from './bert.js';
import { Jamba } from './jamba.js';
import { Llama, llamaTypes } from './llama.js';
import type { LoadArchitecture, Model } from './model.js';
import { panelLayouts } from './panels.js';

/** Architectures by the `model_type` of their configs: the one place that a new model is added to. */
const architectures: Readonly<Record<string, LoadArchitecture>> = {
  jamba: Jamba.load,
  bert: Bert.load,
  ...Object.fromEntries(llamaTypes.map((type) => [type, Llama.load])),
};

/** Real BERT checkpoints carry heads of other tasks, and some writers keep a tied head's copy: no error, only listed. */
export interface LoadedCheckpoint {
  readonly model: Model;
  /** Tensors of the checkpoint that the model has no use for. */
  readonly unusedTensors: readonly string[];
  /** Those of them that are copies of tensors that it has, such as a tied head's. */
  readonly repeatedTensors: ReadonlySet<string>;
}

/**
 * Builds the model that a checkpoint's config describes, its parameters on `device`. With `strict`, tensors that the model
 * has no use for are an error.
 *
 * @throws `config`, `checkpoint` and `format` errors that name the file, the tensor or field, and both sides
 */
export async function loadCheckpoint(
  checkpoint: Checkpoint,
  device: Device,
  { strict = false, ...options }: WeightOptions & { readonly strict?: boolean } = {},
): Promise<LoadedCheckpoint> {
  checkMethod(checkpoint.config, checkpoint.configFile);
  const panels = panelLayouts(checkpoint);
  const weights = new CheckpointWeights(device, checkpoint, { inPanels: (name) => panels.has(name), ...options });
  try {
    const model = await buildModel(checkpoint.config, checkpoint.configFile, weights);
    const unusedTensors = weights.unused;
    await expectAgreement(checkpoint, unusedTensors, weights, model.description.layers);
    if (strict && unusedTensors.length > 0) {
      throw new JambalayaError(
        'checkpoint',
        {
          file: checkpoint.folder.name,
          tensor: unusedTensors[0]!,
          expected: 'no tensors that the model has no use for',
          found: `${unusedTensors.length} of them`,
        },
        { hint: 'leave out --strict to ignore them' },
      );
    }
    return { model, unusedTensors, repeatedTensors: weights.repeated };
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

/** The model that a config describes, its parameters from `weights`, which it owns from here on. */
export const buildModel: LoadArchitecture = async (config, configFile, weights) =>
  loaderOf(config, configFile)(config, configFile, weights);

/**
 * Refuses a config of an architecture, or of a method of quantization, that is none of ours: what can be told before any
 * weights are there.
 *
 * @throws `config` with the field
 */
export function checkArchitecture(config: JsonObject, configFile: string): void {
  loaderOf(config, configFile);
  checkMethod(config, configFile);
}

function loaderOf(config: JsonObject, configFile: string): LoadArchitecture {
  const type = config.model_type;
  const load = typeof type === 'string' && Object.hasOwn(architectures, type) ? architectures[type] : undefined;
  if (load !== undefined) return load;
  throw new JambalayaError('config', {
    file: configFile,
    field: 'model_type',
    expected: Object.keys(architectures)
      .map((name) => `"${name}"`)
      .join(' or '),
    found: JSON.stringify(type) ?? 'nothing',
  });
}

/** Refuses methods of quantization that are not ours; int8 tensors bring their scales along, so nothing else is needed of ours. */
function checkMethod(config: JsonObject, configFile: string): void {
  const quantization = config.quantization_config;
  if (quantization === undefined || quantization === null) return;
  const method = isJsonObject(quantization) ? quantization.quant_method : quantization;
  if (method === 'experts_int8' || method === 'jambalaya_int8') return;
  throw new JambalayaError('config', {
    file: configFile,
    field: 'quantization_config',
    expected: 'quant_method "experts_int8" or "jambalaya_int8"',
    found: JSON.stringify(method) ?? 'nothing',
  });
}
