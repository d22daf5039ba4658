/** Writes a model as a Hugging Face folder: one safetensors file of floats, `config.json`, and what lay beside. */
import {
  type Checkpoint,
  type JsonObject,
  readTensor,
  type TensorToWrite,
  writeFileAtomically,
  writeFolder,
  writeSafetensors,
} from '../../formats/index.js';
import { convertedBytes } from './convert.js';
import { commonFloatType, plainTensors } from './plainTensors.js';

export type FloatType = 'F32' | 'F16' | 'BF16';

export interface ExportOptions<T> {
  /** What float tensors become; the dtype that most of them have unless told. */
  readonly type?: T | undefined;
  readonly onTensor?: ((name: string, done: number, total: number) => void) | undefined;
}

export interface ExportReport<T> {
  readonly type: T;
  readonly tensors: number;
  /** Of all tensors. */
  readonly bytes: number;
}

const torchNames: Readonly<Record<FloatType, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };
const typeBytes: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Writes `model.safetensors` (experts one by one, int8 rows as floats), `config.json` and the tokenizer's files into the
 * folder `output`, as one: a model that was there is replaced at the end. Tensors of whole numbers stay as they are.
 *
 * @throws `limit` for values that the type cannot hold, `file` if the disk refuses
 */
export async function exportToHuggingFace(
  checkpoint: Checkpoint,
  output: string,
  { type = commonFloatType(checkpoint), onTensor }: ExportOptions<FloatType> = {},
): Promise<ExportReport<FloatType>> {
  const plain = [...plainTensors(checkpoint).values()];
  let done = 0;
  let bytes = 0;
  const tensors = plain.map((tensor): TensorToWrite => {
    const { name, shape, entry, floats } = tensor;
    const kept = floats === undefined ? entry : undefined;
    const values = shape.reduce((product, size) => product * size, 1);
    bytes += kept?.byteLength ?? values * typeBytes[type];
    return {
      name,
      dtype: kept?.dtype ?? type,
      shape,
      bytes: async () => {
        const content = await (kept === undefined ? convertedBytes(tensor, type) : readTensor(kept));
        onTensor?.(name, ++done, plain.length);
        return content;
      },
    };
  });
  const config = `${JSON.stringify(configOf(checkpoint.config, type), null, 2)}\n`;
  await writeFolder(output, async (folder) => {
    await writeSafetensors(`${folder}/model.safetensors`, tensors, { format: 'pt' });
    await writeFileAtomically(`${folder}/config.json`, config);
    await copyCompanions(checkpoint, folder);
  });
  return { type, tensors: plain.length, bytes };
}

function configOf({ quantization_config: _, ...config }: JsonObject, type: FloatType): JsonObject {
  const names = Object.hasOwn(config, 'dtype') ? ['dtype', 'torch_dtype'] : ['torch_dtype'];
  const present = names.filter((name) => name === names[0] || Object.hasOwn(config, name));
  return { ...config, ...Object.fromEntries(present.map((name) => [name, torchNames[type]])) };
}

/** Copies a model's tokenizer, templates, generation settings and texts; weights and config are written anew. */
export async function copyCompanions(checkpoint: Checkpoint, output: string): Promise<void> {
  for (const file of await checkpoint.folder.list()) {
    if (!/\.(json|jinja|txt|model|md)$|^LICENSE/.test(file) || file === 'config.json' || file.endsWith('.index.json'))
      continue;
    await copyFile(checkpoint, file, `${output}/${file}`);
  }
}

/** Copies one file of a model's folder. */
export async function copyFile({ folder }: Checkpoint, file: string, path: string): Promise<void> {
  const source = await folder.open(file);
  try {
    await writeFileAtomically(path, await source.read(0, source.size));
  } finally {
    await source.close();
  }
}
