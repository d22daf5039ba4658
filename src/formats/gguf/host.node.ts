/** GGUF files on disk. */
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { JambalayaError } from '../../errors/index.js';
import { openFolder, replaceFile } from '../files/host.node.js';
import { resolveModelPath } from '../hub/cache/host.node.js';
import type { ModelFolder } from '../source.js';
import { checkedPieces, type GgufTensorToWrite, layOutGguf } from './encode.js';
import { ggufParts } from './parts.js';
import type { GgufMetadata } from './types.js';

/**
 * Writes a GGUF file piece by piece; whoever reads `path` meanwhile sees the old file or the new one, whole.
 *
 * @throws `usage` for tensors or values that cannot be stored, `file` if the disk refuses
 */
export async function writeGguf(
  path: string,
  tensors: readonly GgufTensorToWrite[],
  metadata: GgufMetadata,
): Promise<void> {
  const layout = layOutGguf(tensors, metadata);
  await replaceFile(path, async (handle) => {
    await handle.writeFile(layout.head);
    for (const { tensor, byteLength, padding } of layout.tensors) {
      for await (const piece of checkedPieces(tensor, byteLength)) await handle.writeFile(piece);
      await handle.writeFile(new Uint8Array(padding));
    }
  });
}

/** Where a model is: a folder, and in it the GGUF file that the model is, if it is one. */
export interface ModelFiles {
  readonly folder: ModelFolder;
  readonly gguf?: string;
}

/**
 * The model that a person means by a folder, by a `.gguf` file, or by `ORG/NAME` from the hub's local cache. A folder
 * without safetensors whose only `.gguf` file (in however many parts) is the model counts as that file.
 *
 * @throws `file` if there is no such model, `format` for a folder of several GGUF files and nothing else
 */
export async function openModelFiles(nameOrPath: string): Promise<ModelFiles> {
  const path = await resolveModelPath(nameOrPath);
  if (/\.gguf$/i.test(path) && !(await isFolder(path))) {
    return { folder: await openFolder(dirname(path)), gguf: basename(path) };
  }
  const folder = await openFolder(path);
  const files = await folder.list();
  const ggufs = files.filter((file) => /\.gguf$/i.test(file) && firstHere(file, files) === file);
  const [gguf] = ggufs;
  if (gguf === undefined || files.some((file) => /\.safetensors(\.index\.json)?$/.test(file))) return { folder };
  if (ggufs.length === 1) return { folder, gguf };
  throw new JambalayaError(
    'format',
    { file: folder.name, expected: 'one .gguf file', found: `${ggufs.length} of them` },
    { hint: `Name one of them: ${folder.name}/${gguf}` },
  );
}

/** Of a file in parts the first one that is here. */
const firstHere = (file: string, files: readonly string[]) => ggufParts(file).find((part) => files.includes(part));

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
