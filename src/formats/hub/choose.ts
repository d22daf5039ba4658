/** Which files of a repository are fetched. */
import { JambalayaError } from '../../errors/index.js';
import { ggufParts } from '../gguf/parts.js';
import { shown } from '../phrases.js';
import { isModelFile } from './names.js';

export interface FileOfRepo {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface FileChoice<F> {
  /** `config.json` before the others, where it is among them. */
  readonly files: readonly F[];
  /** The GGUF file that the model is, the first of its parts. */
  readonly gguf?: string;
}

const isGguf = (name: string) => /\.gguf$/i.test(name);
const isSafetensors = (name: string) => name.endsWith('.safetensors') && isModelFile(name);
/** Weights in forms that are not read. */
const isOtherWeights = (name: string) =>
  /\.(bin|pt|pth|ckpt|h5|msgpack|onnx|pkl|tflite|mlmodel|ot|pdparams)$/.test(name);

/**
 * The files of a model: safetensors with what belongs to them, else the only GGUF file; or the file that is asked for, all
 * parts of it.
 *
 * @throws `usage` for a file that is not there, or if there are several GGUF files; `download` if nothing in the repository
 *   can be read
 */
export function chooseFiles<F extends FileOfRepo>(repo: string, listed: readonly F[], asked?: string): FileChoice<F> {
  if (asked !== undefined) return askedFile(repo, listed, asked);
  const small = listed.filter(({ name }) => isModelFile(name));
  if (listed.some(({ name }) => isSafetensors(name))) {
    const config = small.filter(({ name }) => name === 'config.json');
    if (config.length === 0) {
      throw new JambalayaError(
        'download',
        { file: repo, reason: 'it has safetensors but no config.json, so nothing says what model they are' },
        { hint: 'Take the repository of the whole model; an adapter or a part of one is not a model.' },
      );
    }
    return { files: [...config, ...small.filter((file) => !config.includes(file))] };
  }
  const models = listed.filter(({ name }) => isGguf(name) && ggufParts(name)[0] === name && !/^mmproj/i.test(name));
  const [only] = models;
  if (only === undefined) throw nothingToRead(repo, listed);
  if (models.length > 1) throw severalModels(repo, listed, models);
  const parts = partsOf(repo, listed, only.name);
  return { files: [...small, ...parts], gguf: only.name };
}

function askedFile<F extends FileOfRepo>(repo: string, listed: readonly F[], asked: string): FileChoice<F> {
  const found = listed.find(({ name }) => name === asked);
  if (found === undefined) {
    const ending = asked.slice(asked.lastIndexOf('.'));
    const others = listed.filter(({ name }) => name.endsWith(ending)).map(({ name }) => name);
    throw new JambalayaError(
      'usage',
      { argument: 'file', expected: `a file of ${repo}`, found: shown(asked) },
      { hint: others.length === 0 ? undefined : `it has ${listOf(others)}` },
    );
  }
  if (!isGguf(asked)) return { files: [found] };
  const files = partsOf(repo, listed, asked);
  return { files, gguf: files[0]!.name };
}

function partsOf<F extends FileOfRepo>(repo: string, listed: readonly F[], file: string): F[] {
  return ggufParts(file).map((part) => {
    const found = listed.find(({ name }) => name === part);
    if (found !== undefined) return found;
    throw new JambalayaError('download', { file: repo, reason: `it has ${file} and not ${part}, another part of it` });
  });
}

function severalModels(repo: string, listed: readonly FileOfRepo[], models: readonly FileOfRepo[]): JambalayaError {
  const sizes = models.map(({ name }) => {
    const bytes = ggufParts(name).reduce(
      (sum, part) => sum + (listed.find((file) => file.name === part)?.size ?? 0),
      0,
    );
    return `${name} (${(bytes / 1e9).toFixed(2)} GB)`;
  });
  return new JambalayaError(
    'usage',
    { argument: 'file', expected: `one of the ${models.length} GGUF files of ${repo}`, found: 'none named' },
    { hint: `npx jambalaya pull ${repo} FILE, where FILE is one of ${listOf(sizes)}` },
  );
}

function nothingToRead(repo: string, listed: readonly FileOfRepo[]): JambalayaError {
  const others = listed.filter(({ name }) => isOtherWeights(name)).map(({ name }) => name);
  const inFolders = listed
    .filter(({ name }) => name.includes('/') && /\.safetensors$/.test(name))
    .map(({ name }) => name);
  const found =
    others.length > 0
      ? `its weights are ${listOf(others)}`
      : inFolders.length > 0
        ? `its safetensors are in folders: ${listOf(inFolders)}`
        : `there are no weights among its ${listed.length} files`;
  return new JambalayaError(
    'download',
    { file: repo, reason: `${found}, and safetensors or GGUF is what can be read` },
    { hint: 'Look for the same model in safetensors or GGUF; nothing was fetched.' },
  );
}

const mostNames = 20;

function listOf(names: readonly string[]): string {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${names.slice(0, mostNames).join(', ')}${more}`;
}
