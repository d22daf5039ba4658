/**
 * A Hugging Face model folder: `config.json`, and its tensors in one `model.safetensors` or in the shards that
 * `model.safetensors.index.json` lists. As in Transformers, the single file is taken where both exist.
 */
import { JambalayaError } from '../errors/index.js';
import { isJsonObject, type JsonObject, jsonLimits, parseJson } from './json.js';
import { countOf, shown, shownName } from './phrases.js';
import { readSafetensors, type SafetensorsFile, type TensorEntry } from './safetensors/read.js';
import { type ByteSource, isPlainFileName, type ModelFolder } from './source.js';

export interface Checkpoint {
  readonly folder: ModelFolder;
  readonly config: JsonObject;
  /** What error messages about `config` call it. */
  readonly configFile: string;
  /** Of all shards, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Of all shards; where two disagree the first one stands. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Why there is no `tokenizer.json`, where the weights' own file could have held a tokenizer. */
  readonly withoutTokenizer?: string;
  /** Closes the files; entries cannot be read after it. */
  close(): Promise<void>;
}

const configName = 'config.json';
const singleName = 'model.safetensors';
const indexName = 'model.safetensors.index.json';

/** Every shard is an open file; published models have at most some hundreds. */
const maxShards = 4096;

/**
 * Reads the config and the headers of all safetensors files of a folder; no tensor's bytes.
 *
 * @throws `format` where a file is missing or is not what it has to be, and where index and shards disagree
 */
export async function openCheckpoint(folder: ModelFolder): Promise<Checkpoint> {
  const [hasConfig, hasSingle, hasIndex] = await Promise.all(
    [configName, singleName, indexName].map((file) => folder.has(file)),
  );
  const weights = hasSingle ? singleName : hasIndex ? indexName : undefined;
  if (!hasConfig || weights === undefined) {
    throw new JambalayaError(
      'format',
      {
        file: folder.name,
        expected: `a model folder with ${configName} and ${singleName} (or ${indexName})`,
        found: hasConfig ? `${configName} but no weights` : (weights && `${weights} but no ${configName}`) || 'neither',
      },
      { hint: 'Give the folder of a Hugging Face model with safetensors weights.' },
    );
  }

  const { name: configFile, json: config } = await readJson(folder, configName, jsonLimits.config);
  const opened: ByteSource[] = [];
  const openShard = async (file: string) => {
    const source = await folder.open(file);
    opened.push(source);
    return readSafetensors(source);
  };
  const close = async () => {
    await Promise.all(opened.splice(0).map((source) => source.close()));
  };
  try {
    const shards = weights === singleName ? [await openShard(singleName)] : await readShards(folder, openShard);
    return {
      folder,
      config,
      configFile,
      tensors: new Map(shards.flatMap((shard) => [...shard.tensors])),
      metadata: Object.fromEntries(shards.toReversed().flatMap((shard) => Object.entries(shard.metadata))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A JSON file of a folder, with its size checked before it is read, and the name that error messages call it. */
async function readJson(folder: ModelFolder, file: string, maxBytes: number, uniqueKeys = false) {
  const source = await folder.open(file);
  try {
    const { name, size } = source;
    if (size > maxBytes) {
      const expected = `at most ${countOf(maxBytes, 'byte')}`;
      throw new JambalayaError('format', { file: name, expected, found: countOf(size, 'byte') });
    }
    return { name, json: parseJson(name, await source.read(0, size), { maxBytes, uniqueKeys }) };
  } finally {
    await source.close();
  }
}

/** The shards of the index, in the order of their names; each tensor is where the index says, and nowhere else. */
async function readShards(
  folder: ModelFolder,
  openShard: (file: string) => Promise<SafetensorsFile>,
): Promise<SafetensorsFile[]> {
  const { name: index, json } = await readJson(folder, indexName, jsonLimits.index, true);
  const weightMap = readWeightMap(index, json);
  const files = [...new Set(weightMap.values())].sort();
  if (files.length > maxShards) {
    throw new JambalayaError('format', {
      file: index,
      expected: `at most ${maxShards} shards`,
      found: `${files.length}`,
    });
  }

  const shards: SafetensorsFile[] = [];
  let found = 0;
  for (const file of files) {
    if (!(await folder.has(file))) {
      throw new JambalayaError(
        'format',
        { file: index, expected: `the shard ${file} beside it`, found: 'no such file' },
        { hint: 'The download may be incomplete: pull the model again.' },
      );
    }
    const shard = await openShard(file);
    for (const name of shard.tensors.keys()) {
      const listed = weightMap.get(name);
      if (listed !== file) {
        const expected =
          listed === undefined ? `a tensor that ${indexName} lists` : `it in ${listed}, as ${indexName} says`;
        const tensor = shownName(name);
        throw new JambalayaError('format', { file: shard.name, tensor, expected, found: `it in ${file}` });
      }
    }
    found += shard.tensors.size;
    shards.push(shard);
  }
  if (found !== weightMap.size) reportMissing(weightMap, shards);
  return shards;
}

function readWeightMap(index: string, json: JsonObject): Map<string, string> {
  const weightMap = Object.hasOwn(json, 'weight_map') ? json.weight_map : undefined;
  if (!isJsonObject(weightMap)) {
    throw new JambalayaError('format', {
      file: index,
      expected: 'weight_map to be an object',
      found: shown(weightMap),
    });
  }
  const files = new Map<string, string>();
  for (const [name, file] of Object.entries(weightMap)) {
    if (typeof file !== 'string' || !isPlainFileName(file)) {
      throw new JambalayaError('format', {
        file: index,
        tensor: shownName(name),
        expected: 'the name of a file in the same folder',
        found: shown(file),
      });
    }
    files.set(name, file);
  }
  return files;
}

function reportMissing(weightMap: ReadonlyMap<string, string>, shards: readonly SafetensorsFile[]): never {
  const present = new Set(shards.flatMap((shard) => [...shard.tensors.keys()]));
  const [name, file] = [...weightMap].find(([tensor]) => !present.has(tensor))!;
  throw new JambalayaError('format', {
    file,
    tensor: shownName(name),
    expected: `the tensor in this file, as ${indexName} says`,
    found: 'no such tensor',
  });
}
