/** What models the hub's cache on this machine has. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCommit, repoOfCacheFolder } from '../names.js';
import type { CachedModel, ModelList } from '../options.js';
import { hubCacheFolder } from './host.node.js';

/** All of them, by name; none if there is no cache yet. `folder` is the `hub` folder of the cache. */
export async function listModels(folder: string = hubCacheFolder()): Promise<ModelList> {
  const models: CachedModel[] = [];
  for (const entry of (await namesIn(folder)).sort()) {
    const repo = repoOfCacheFolder(entry);
    if (repo !== undefined) models.push(...(await snapshotsOf(repo, join(folder, entry))));
  }
  return { folder, models };
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

async function snapshotsOf(repo: string, root: string): Promise<CachedModel[]> {
  const refs = new Map<string, string>();
  const refsFolder = join(root, 'refs');
  for (const entry of await readdir(refsFolder, { recursive: true }).catch(() => [])) {
    const commit = (await readFile(join(refsFolder, entry), 'utf8').catch(() => '')).trim();
    if (isCommit(commit) && refs.get(commit) !== 'main') refs.set(commit, entry.replaceAll('\\', '/'));
  }
  let incompleteBytes = 0;
  for (const blob of await namesIn(join(root, 'blobs'))) {
    if (blob.endsWith('.incomplete')) incompleteBytes += (await sizeOf(join(root, 'blobs', blob))) ?? 0;
  }
  const models: CachedModel[] = [];
  for (const commit of (await namesIn(join(root, 'snapshots'))).filter(isCommit)) {
    const path = join(root, 'snapshots', commit);
    const files: string[] = [];
    let bytes = 0;
    for (const file of (await readdir(path, { recursive: true }).catch(() => [])).sort()) {
      const size = await sizeOf(join(path, file));
      if (size === undefined) continue;
      files.push(file);
      bytes += size;
    }
    const revision = refs.get(commit) ?? commit;
    const name = revision === 'main' ? repo : `${repo}@${revision}`;
    models.push({ name, revision, commit, path, files, bytes, incompleteBytes });
  }
  return models;
}

/** Undefined for what is no file, and for links to blobs that are gone. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
