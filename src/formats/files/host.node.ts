/** Files and folders on disk. */
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JambalayaError } from '../../errors/index.js';
import { fileError } from '../file-error.js';
import { checkTensorBytes, layOut, type TensorToWrite } from '../safetensors/encode.js';
import { type ByteSource, checkRange, type ModelFolder, pathText, plainFileName } from '../source.js';
import { newPartial } from './process.host.node.js';

export { writeFolder } from './folder.host.node.js';
export { expectUnlocked, lock } from './lock.host.node.js';
export { newPartial } from './process.host.node.js';

/** One system call reads less than 2 GiB. */
const largestRead = 1 << 30;

/**
 * The files of a folder on disk; symbolic links are followed, as the Hugging Face cache is made of them.
 *
 * @throws `file` if there is no such folder
 */
export async function openFolder(path: string): Promise<ModelFolder> {
  const stats = await stat(pathText('path', path)).catch((error: unknown) => {
    throw fileError(path, 'read', error, 'Give the path of a model folder, with config.json and model.safetensors.');
  });
  if (!stats.isDirectory()) {
    throw new JambalayaError(
      'file',
      { file: path, operation: 'read', reason: 'it is a file, not a folder' },
      { hint: `Give the folder that holds it: ${dirname(path)}` },
    );
  }
  return folderAt(path);
}

function folderAt(path: string): ModelFolder {
  const isFile = (file: string) =>
    stat(join(path, file)).then(
      (found) => found.isFile(),
      () => false,
    );
  return {
    name: path,
    async list() {
      const names = await readdir(path).catch((error: unknown) => {
        throw fileError(path, 'read', error);
      });
      const files = await Promise.all(names.map(isFile));
      return names.filter((_, i) => files[i]).sort();
    },
    has: async (file) => isFile(plainFileName(file)),
    open: async (file) => openFile(join(path, plainFileName(file))),
    within: (name) => folderAt(join(path, plainFileName(name))),
  };
}

/**
 * One file on disk, held open until `close`.
 *
 * @throws `file` if it cannot be read or is not a regular file
 */
export async function openFile(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    // Asked before it is opened: opening a named pipe would wait for a writer.
    if (!(await stat(pathText('path', path))).isFile())
      throw new JambalayaError('file', { file: path, operation: 'read', reason: 'it is not a regular file' });
    handle = await open(path, 'r');
    return fileSource(path, handle, (await handle.stat()).size);
  } catch (error) {
    await handle?.close();
    throw fileError(path, 'read', error);
  }
}

function fileSource(path: string, handle: FileHandle, size: number): ByteSource {
  return {
    name: path,
    path,
    size,
    async read(offset, length) {
      checkRange({ name: path, size }, offset, length);
      try {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, largestRead), offset + done);
          if (bytesRead === 0) throw becameShorter(path);
          done += bytesRead;
        }
        return bytes;
      } catch (error) {
        throw fileError(path, 'read', error);
      }
    },
    close: () => handle.close(),
  };
}

function becameShorter(file: string): JambalayaError<'format'> {
  return new JambalayaError('format', { file, expected: 'the size it had when opened', found: 'a shorter file' });
}

/**
 * Writes a safetensors file, one tensor at a time. Whoever reads `path` meanwhile sees the old file or the new one,
 * whole: the bytes go to a temporary name in the same folder, which takes the place of `path` at the end.
 *
 * @throws `usage` for tensors that cannot be stored, `file` if the disk refuses
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const layout = layOut(tensors, metadata);
  await replaceFile(path, async (handle) => {
    await handle.writeFile(layout.head);
    for (const { tensor, byteLength } of layout.tensors) {
      const bytes = await tensor.bytes();
      checkTensorBytes(tensor, bytes, byteLength);
      await handle.writeFile(bytes);
    }
  });
}

/** Writes a file so that `path` is never seen half written, as {@link writeSafetensors}. A text is stored as UTF-8. */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await replaceFile(path, (handle) => handle.writeFile(content));
}

/**
 * Writes to a temporary name in the same folder, which takes the place of `path` at the end. What a process that was killed
 * left of the same file is cleared away.
 */
export async function replaceFile(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = await newPartial(pathText('path', path));
  try {
    const handle = await open(temporary, 'wx');
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(path, 'write', error);
  }
}
