/**
 * The Hugging Face cache on disk, as every other program that uses it lays it out:
 * `models--ORG--NAME/{blobs/HASH, refs/REVISION, snapshots/COMMIT/FILE -> ../../blobs/HASH}`.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { JambalayaError } from '../../../errors/index.js';
import { fileError } from '../../file-error.js';
import { writeFileAtomically } from '../../files/host.node.js';
import { pathText } from '../../source.js';
import { cacheFolderName, isCommit, parseRepoName } from '../names.js';

function hubHome(): string {
  const { HF_HOME, XDG_CACHE_HOME } = process.env;
  return HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
}

/** $HF_HUB_CACHE, else $HF_HOME/hub, else ~/.cache/huggingface/hub. */
export function hubCacheFolder(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE } = process.env;
  return HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE || join(hubHome(), 'hub');
}

/** The access token of the environment, else of the token file that a login wrote, else undefined. */
export async function hubToken(): Promise<string | undefined> {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_HUB_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN } = process.env;
  const given = HF_TOKEN || HUGGING_FACE_HUB_TOKEN || HF_HUB_TOKEN;
  if (given) return given.trim();
  if (/^(1|on|yes|true)$/i.test(HF_HUB_DISABLE_IMPLICIT_TOKEN ?? '')) return undefined;
  const stored = await readFile(HF_TOKEN_PATH || join(hubHome(), 'token'), 'utf8').catch(() => '');
  return stored.trim() || undefined;
}

/** The paths of one repository in the cache. */
export function repoCache(cacheDir: string, repo: string) {
  const root = join(cacheDir, cacheFolderName(repo));
  return {
    blob: (hash: string) => join(root, 'blobs', hash),
    ref: (revision: string) => join(root, 'refs', ...revision.split('/')),
    snapshot: (commit: string) => join(root, 'snapshots', commit),
  };
}

/** Makes `link` a relative symbolic link to `blob`, or a copy of it where the system has no links. */
export async function linkBlob(blob: string, link: string): Promise<void> {
  const target = relative(dirname(link), blob);
  if ((await readlink(link).catch(() => undefined)) === target) return;
  const temporary = `${link}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, temporary).catch(() => copyFile(blob, temporary));
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(link, 'write', error);
  }
}

/** Notes which commit a branch or a tag is at. */
export async function writeRef(path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError(path, 'write', error);
  });
  await writeFileAtomically(path, commit);
}

/**
 * The model that a person means: the path of a folder or of a GGUF file, or `ORG/NAME` (or `ORG/NAME@REVISION`) of a model that
 * was pulled before.
 *
 * @throws `file` with the command that fetches it
 */
export async function resolveModelPath(nameOrPath: string): Promise<string> {
  const found = await stat(pathText('model', nameOrPath)).catch(() => undefined);
  if (found?.isDirectory() || (found?.isFile() && /\.gguf$/i.test(nameOrPath))) return nameOrPath;
  const fail = (reason: string, hint: string) =>
    new JambalayaError('file', { file: nameOrPath, operation: 'read', reason }, { hint });
  if (found !== undefined) {
    throw fail(
      'it is neither a model folder nor a .gguf file',
      `Give the folder that holds it: ${dirname(nameOrPath)}`,
    );
  }
  const [, repoOfFile, file] = /^([^/]+\/[^/]+)\/(.+\.gguf)$/i.exec(nameOrPath) ?? [];
  const name = parseRepoName(repoOfFile ?? nameOrPath);
  if (name === undefined) {
    throw fail(
      'no such file or folder',
      'Check the path, or fetch a model: npx jambalaya pull ORG/NAME (npx jambalaya list shows what is here)',
    );
  }
  const cache = repoCache(hubCacheFolder(), name.repo);
  const commit = isCommit(name.revision)
    ? name.revision
    : (await readFile(cache.ref(name.revision), 'utf8').catch(() => '')).trim();
  const snapshot = isCommit(commit) ? cache.snapshot(commit) : undefined;
  const place = snapshot !== undefined && file !== undefined ? join(snapshot, file) : snapshot;
  const stats = place === undefined ? undefined : await stat(place).catch(() => undefined);
  if (place !== undefined && (file === undefined ? stats?.isDirectory() : stats?.isFile())) return place;
  const option = name.revision === 'main' ? '' : ` --revision ${name.revision}`;
  throw fail(
    'no such file or folder, and no model of that name in the cache',
    `Check the path, or fetch the model: npx jambalaya pull ${name.repo}${file === undefined ? '' : ` ${file}`}${option}`,
  );
}
