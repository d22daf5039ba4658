/** Writes a Jamba as one GGUF file that llama.cpp loads. */
import { PlanningDevice } from '../../devices/index.js';
import { JambalayaError } from '../../errors/index.js';
import {
  type Checkpoint,
  type GgufTensorToWrite,
  type GgufValue,
  type GgufWriteType,
  ggufTensorTypes,
  type ModelFolder,
  writeGguf,
} from '../../formats/index.js';
import { ggufMetadata } from '../gguf/jamba.js';
import { ggufPlace, negatedExp } from '../gguf/jambaNames.js';
import { ggufTokenizer } from '../gguf/writeTokenizer.js';
import { parseJambaConfig } from '../jamba.js';
import { loadCheckpoint } from '../load.js';
import { convertedBytes } from './convert.js';
import type { ExportOptions, ExportReport } from './huggingFace.js';
import { commonFloatType, type PlainTensor, plainTensors } from './plainTensors.js';

export interface GgufExportReport extends ExportReport<GgufWriteType> {
  /** Matrices that stay F16 because Q8_0's blocks do not divide their rows. */
  readonly keptF16: readonly string[];
  /** `inside` the file; or why it is not, if the model has one. */
  readonly tokenizer: 'inside' | 'none' | { readonly reason: string };
}

/**
 * Writes the file `output`. Matrices get `type`; vectors, norms, convolutions, routers and A stay F32, as llama.cpp's own
 * converter has them.
 *
 * @throws `config` for a model that the architecture `jamba` of llama.cpp has no place for, `checkpoint` where tensors are
 * missing or misshapen, `limit` for values that the type cannot hold, `file` if the disk refuses
 */
export async function exportToGguf(
  checkpoint: Checkpoint,
  output: string,
  { type = commonFloatType(checkpoint), onTensor }: ExportOptions<GgufWriteType> = {},
): Promise<GgufExportReport> {
  const { config: json, configFile, folder } = checkpoint;
  const config = parseJambaConfig(json, configFile);
  const contextLength = typeof json.max_position_embeddings === 'number' ? json.max_position_embeddings : 262_144;
  const metadata = ggufMetadata(config, configFile, { name: nameOf(checkpoint), type, contextLength });
  const texts = await tokenizerTexts(folder);
  const made = texts && ggufTokenizer(texts, `${folder.name}/tokenizer.json`, config.vocabularySize);
  const inside = made !== undefined && !('reason' in made) ? made : undefined;
  // Without a vocabulary llama.cpp loads a model that takes token ids alone.
  const tokenizer: ReadonlyMap<string, GgufValue> =
    inside ?? new Map([['tokenizer.ggml.model', { type: 'string' as const, value: 'none' }]]);

  const stacks = await stacksOf(checkpoint);
  const keptF16: string[] = [];
  let done = 0;
  const tensors = [...stacks].map(([name, parts]): GgufTensorToWrite => {
    const first = parts[0]!;
    const wanted = tensorType(name, first, type);
    if (wanted !== type && wanted === 'F16') keptF16.push(name);
    return {
      name,
      type: wanted,
      shape: shapeOf(name, parts),
      async *pieces() {
        for (const part of parts) yield await convertedBytes(name.endsWith('.ssm_a') ? negated(part) : part, wanted);
        onTensor?.(name, ++done, stacks.size);
      },
    };
  });
  // The ids of the config stand where the tokenizer names others.
  await writeGguf(output, tensors, new Map([...metadata, ...tokenizer, ...metadata]));
  const bytes = tensors.reduce((total, { type: stored, shape }) => {
    const { blockBytes, blockValues } = ggufTensorTypes[stored];
    return total + (shape.reduce((product, size) => product * size, 1) / blockValues) * blockBytes;
  }, 0);
  const reason = made !== undefined && 'reason' in made ? made : undefined;
  return { type, tensors: tensors.length, bytes, keptF16, tokenizer: reason ?? (inside ? 'inside' : 'none') };
}

/** Every tensor that the model uses, by its name in the file; a stack has one part for each expert. */
async function stacksOf(checkpoint: Checkpoint): Promise<Map<string, PlainTensor[]>> {
  const unused = new Set(await unusedTensors(checkpoint));
  const stacks = new Map<string, PlainTensor[]>();
  for (const tensor of plainTensors(checkpoint).values()) {
    if (unused.has(tensor.name)) continue;
    const place = ggufPlace(tensor.name);
    if (place === undefined) {
      throw new JambalayaError('checkpoint', {
        file: checkpoint.folder.name,
        tensor: tensor.name,
        expected: 'a tensor that a GGUF of this architecture has a place for',
        found: 'none',
      });
    }
    const parts = stacks.get(place.name) ?? [];
    parts[place.expert ?? 0] = tensor;
    stacks.set(place.name, parts);
  }
  return stacks;
}

/** Checks every name, shape and dtype against the architecture, on a device without memory. */
async function unusedTensors(checkpoint: Checkpoint): Promise<readonly string[]> {
  const { model, unusedTensors } = await loadCheckpoint(checkpoint, new PlanningDevice());
  model.dispose();
  return unusedTensors;
}

/** Norms are told by their names, all other vectors by their shape. */
function tensorType(name: string, { shape }: PlainTensor, type: GgufWriteType): GgufWriteType {
  if (shape.length < 2 || /_norm\.weight$|\.ssm_conv1d\.weight$|\.ssm_a$|\.ffn_gate_inp\.weight$/.test(name))
    return 'F32';
  return type === 'Q8_0' && shape.at(-1)! % ggufTensorTypes.Q8_0.blockValues !== 0 ? 'F16' : type;
}

function shapeOf(name: string, parts: readonly PlainTensor[]): number[] {
  const [{ shape }] = parts as [PlainTensor];
  if (name.endsWith('_exps.weight')) return [parts.length, ...shape];
  return name.endsWith('.ssm_conv1d.weight') ? [shape[0]!, shape[2]!] : [...shape];
}

/** A = −exp(A_log), computed in float64 and rounded once. */
function negated({ name, shape, floats }: PlainTensor): PlainTensor {
  return { name, shape, ...(floats && { floats: async () => (await floats()).map(negatedExp) }) };
}

const nameOf = ({ config, folder }: Checkpoint): string => {
  const given = typeof config._name_or_path === 'string' ? config._name_or_path : folder.name;
  return (
    given
      .split(/[/\\]/)
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.gguf$/i, '') ?? 'jamba'
  );
};

async function tokenizerTexts(folder: ModelFolder) {
  const text = async (file: string) => {
    if (!(await folder.has(file))) return undefined;
    const source = await folder.open(file);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
    } finally {
      await source.close();
    }
  };
  const tokenizer = await text('tokenizer.json');
  if (tokenizer === undefined) return undefined;
  return {
    tokenizer,
    config: await text('tokenizer_config.json'),
    specialTokensMap: await text('special_tokens_map.json'),
    chatTemplate: await text('chat_template.jinja'),
  };
}
