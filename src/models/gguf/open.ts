/** Opens models of either form, a Hugging Face folder or a GGUF file, as the same thing: a {@link Checkpoint}. */
import { JambalayaError } from '../../errors/index.js';
import {
  bytesSource,
  type Checkpoint,
  type GgufFile,
  type ModelFolder,
  openCheckpoint,
  openGguf,
  openModelFiles,
} from '../../formats/index.js';
import { checkpointOfGguf } from './architectures.js';
import { tokenizerOfGguf } from './readTokenizer.js';

/** Files beside a GGUF that belong to the model. */
const companions = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'generation_config.json',
];

/**
 * The model of a folder, of a `.gguf` file, or of a name in the hub's local cache: headers and config, no tensor's bytes.
 *
 * @throws `file` if there is no such model, `format` and `config` where a file is not what it has to be
 */
export async function openModel(nameOrPath: string): Promise<Checkpoint> {
  const { folder, gguf } = await openModelFiles(nameOrPath);
  return gguf === undefined ? openCheckpoint(folder) : openGgufCheckpoint(folder, gguf);
}

/**
 * A GGUF as a checkpoint: entries under their names on a Hugging Face disk, the config that the metadata stands for, and a
 * folder with the tokenizer that is inside, or else beside the file. F32, F16 and BF16 tensors lie in the file as they are;
 * those in blocks, and what a file keeps a function of, are F32 entries that are decoded when they are read.
 */
export async function openGgufCheckpoint(folder: ModelFolder, file: string): Promise<Checkpoint> {
  const gguf = await openGguf(folder, file);
  try {
    const inside = insideFiles(gguf);
    const withoutTokenizer =
      'reason' in inside && !(await folder.has('tokenizer.json'))
        ? `${inside.reason}, and there is no tokenizer.json beside it`
        : undefined;
    return {
      folder: filesOf(gguf.name, 'reason' in inside ? new Map() : inside.files, folder),
      ...(await checkpointOfGguf(gguf)),
      configFile: gguf.name,
      metadata: {},
      ...(withoutTokenizer === undefined ? {} : { withoutTokenizer }),
      close: gguf.close,
    };
  } catch (error) {
    await gguf.close();
    throw error;
  }
}

/** The texts inside of a GGUF under the names that they would have in a folder. */
function insideFiles(gguf: GgufFile): { files: Map<string, string> } | { reason: string } {
  const found = tokenizerOfGguf(gguf);
  if ('reason' in found) return found;
  const { tokenizer, config, chatTemplate } = found;
  const files = new Map([['tokenizer.json', tokenizer]]);
  if (config !== undefined) files.set('tokenizer_config.json', config);
  if (chatTemplate !== undefined) files.set('chat_template.jinja', chatTemplate);
  return { files };
}

/** The files inside; and, of those beside, the companions. */
function filesOf(name: string, inside: ReadonlyMap<string, string>, beside: ModelFolder): ModelFolder {
  // A tokenizer's files belong together: none of another one is put to those inside.
  const visible = inside.size === 0 ? companions : ['generation_config.json'];
  const has = async (file: string) => inside.has(file) || (visible.includes(file) && (await beside.has(file)));
  return {
    name,
    has,
    async list() {
      const found = await Promise.all(companions.map(has));
      return companions.filter((_, i) => found[i]).sort();
    },
    async open(file) {
      const text = inside.get(file);
      if (text !== undefined) return bytesSource(`${name}: ${file}`, new TextEncoder().encode(text));
      if (visible.includes(file)) return beside.open(file);
      throw new JambalayaError('file', { file: `${name}: ${file}`, operation: 'read', reason: 'no such file' });
    },
  };
}
