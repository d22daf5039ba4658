/** `pullModel`: a model from a hub into the local cache. */

import { stat } from 'node:fs/promises';
import type { ListFileEntry } from '@huggingface/hub';
import { JambalayaError } from '../../errors/index.js';
import { openFile } from '../files/host.node.js';
import { jsonLimits, parseJson } from '../json.js';
import { shown, shownName } from '../phrases.js';
import { hubCacheFolder, hubToken, linkBlob, repoCache, writeRef } from './cache/host.node.js';
import { chooseFiles, type FileChoice } from './choose.js';
import { fetchBlob } from './download/host.node.js';
import { isCommit, isRevision, parseRepoName, type RepoName, repoFileParts } from './names.js';
import type { PullOptions, PullResult } from './options.js';
import { progressMeter } from './progress.js';
import { apiFetch, type HubAccess } from './request.js';

export { resolveModelPath } from './cache/host.node.js';
export { listModels } from './cache/list.host.node.js';

/** A file of the repository as the hub lists it, checked. */
interface ListedFile {
  readonly parts: readonly string[];
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of any other. */
  readonly hash: string;
}

const maxFiles = 100_000;

/**
 * Fetches the files of a model into the Hugging Face cache, or what is missing of them.
 *
 * Files that are here are not fetched again; a download that was stopped goes on where it was, and one of another process
 * is waited for. Sizes and hashes are checked. The token is sent to the hub alone, and appears in no message.
 *
 * @param repo `ORG/NAME`, or `ORG/NAME@REVISION`
 * @throws `usage` for names that cannot be and where a GGUF file has to be named, `download` with a hint for what the hub refuses or sends wrong, `file` for
 * what the disk refuses, `aborted` when `signal` fires
 */
export async function pullModel(repo: string, options: PullOptions = {}): Promise<PullResult> {
  const name = pulledName(repo, options.revision);
  const access = await hubAccess(name, options);
  const { commit, listed } = await listRepo(name, access);
  const { files, gguf } = options.files
    ? wantedFiles(name, listed, options.files)
    : chooseFiles(name.repo, listed, options.file);

  const cache = repoCache(options.cacheDir ?? hubCacheFolder(), name.repo);
  const path = cache.snapshot(commit);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const presentBytes = await bytesHere(files.map(({ hash, size }) => ({ path: cache.blob(hash), size })));
  options.onPlan?.({ files: files.map((file) => file.name), bytes: total, presentBytes });
  const meter = progressMeter(total, options.onProgress ?? (() => {}));
  let downloadedBytes = 0;
  let reusedBytes = 0;
  for (const { parts, name: file, size, hash } of files) {
    meter.file(file, size);
    const url = `${access.endpoint}/${name.repo}/resolve/${commit}/${parts.map(encodeURIComponent).join('/')}`;
    const blob = { file, url, commit, size, hash, path: cache.blob(hash) };
    const { downloaded, reused } = await fetchBlob(access, blob, meter);
    downloadedBytes += downloaded;
    reusedBytes += reused;
    if (file === 'config.json' && gguf === undefined) await checkConfig(blob.path, options);
    await linkBlob(blob.path, [path, ...parts].join('/'));
    meter.fileDone();
  }
  // Last, so that a name in the cache never leads to a snapshot that is not whole.
  if (!isCommit(name.revision)) await writeRef(cache.ref(name.revision), commit);
  return {
    path,
    files: files.map((file) => file.name),
    ...(gguf === undefined ? {} : { gguf }),
    revision: commit,
    downloadedBytes,
    reusedBytes,
  };
}

function wantedFiles(
  { repo }: RepoName,
  listed: readonly ListedFile[],
  wanted: (name: string) => boolean,
): FileChoice<ListedFile> {
  const files = listed.filter((file) => wanted(file.name));
  if (files.length > 0) return { files };
  throw new JambalayaError('download', { file: repo, reason: `none of its ${listed.length} files is wanted` });
}

/** Bytes of the blobs that are here, whole. */
async function bytesHere(blobs: readonly { readonly path: string; readonly size: number }[]): Promise<number> {
  let bytes = 0;
  for (const { path, size } of blobs) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() && found.size === size) bytes += size;
  }
  return bytes;
}

async function checkConfig(path: string, { onConfig }: PullOptions): Promise<void> {
  if (onConfig === undefined) return;
  const source = await openFile(path);
  try {
    const bytes = await source.read(0, Math.min(source.size, jsonLimits.config + 1));
    onConfig(parseJson('config.json', bytes, { maxBytes: jsonLimits.config }), 'config.json');
  } finally {
    await source.close();
  }
}

function pulledName(repo: string, revision: string | undefined): RepoName {
  const name = parseRepoName(repo);
  if (name === undefined) {
    throw new JambalayaError('usage', { argument: 'repository', expected: 'ORG/NAME', found: shown(repo) });
  }
  if (revision === undefined) return name;
  if (isRevision(revision)) return { ...name, revision };
  throw new JambalayaError('usage', {
    argument: 'revision',
    expected: 'a branch, a tag or a commit',
    found: shown(revision),
  });
}

async function hubAccess(name: RepoName, options: PullOptions): Promise<HubAccess> {
  const { HF_ENDPOINT, HF_HUB_OFFLINE } = process.env;
  if (/^(1|on|yes|true)$/i.test(HF_HUB_OFFLINE ?? '')) {
    throw new JambalayaError('unavailable', { what: 'the network', reason: 'HF_HUB_OFFLINE is set' });
  }
  const { HUB_URL } = await import('@huggingface/hub');
  const endpoint = (options.endpoint ?? (HF_ENDPOINT || HUB_URL)).replace(/\/+$/, '');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '') {
    throw new JambalayaError('usage', {
      argument: 'endpoint',
      expected: 'an http or https URL',
      found: shown(endpoint),
    });
  }
  const token = options.token === undefined ? await hubToken() : options.token.trim() || undefined;
  // A header cannot hold other characters, and the message of `fetch` would show the token.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new JambalayaError('usage', { argument: 'token', expected: 'printable ASCII', found: 'other characters' });
  }
  return {
    endpoint,
    token,
    signal: options.signal,
    what: `pull ${name.repo}`,
    attempts: options.attempts ?? 5,
    retryMilliseconds: options.retryMilliseconds ?? 1000,
    idleMilliseconds: options.idleMilliseconds ?? 60_000,
  };
}

/** The commit that a revision is at, and all files of it. */
async function listRepo(name: RepoName, access: HubAccess): Promise<{ commit: string; listed: ListedFile[] }> {
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const what = name.revision === 'main' ? name.repo : `${name.repo}@${name.revision}`;
  // The library's own token handling is left out: it would send it along with any redirect.
  const common = { hubUrl: access.endpoint, fetch: apiFetch(access, what) };
  try {
    const { sha: commit } = await modelInfo({
      ...common,
      name: name.repo,
      revision: name.revision,
      additionalFields: ['sha'],
    });
    if (typeof commit !== 'string' || !isCommit(commit)) throw unexpected(what, `${shown(commit)} for a commit`);
    const listed: ListedFile[] = [];
    const repo = { type: 'model', name: name.repo } as const;
    for await (const entry of listFiles({ ...common, repo, revision: commit, recursive: true })) {
      if (entry.type !== 'file') continue;
      if (listed.length === maxFiles) throw unexpected(what, `more than ${maxFiles} files`);
      listed.push(checkedEntry(entry));
    }
    return { commit, listed };
  } catch (error) {
    if (error instanceof JambalayaError) throw error;
    throw unexpected(what, shownName(error instanceof Error ? error.message : String(error)));
  }
}

function checkedEntry(entry: ListFileEntry): ListedFile {
  const parts = repoFileParts(entry.path);
  const { size, hash } = entry.lfs
    ? { size: entry.lfs.size, hash: entry.lfs.oid }
    : { size: entry.size, hash: entry.oid };
  const digits = entry.lfs ? 64 : 40;
  // The hash becomes a file name.
  if (typeof hash !== 'string' || hash.length !== digits || !/^[0-9a-f]+$/.test(hash)) {
    throw unexpected(entry.path, `${shown(hash)} for a hash`);
  }
  if (!Number.isSafeInteger(size) || size < 0) throw unexpected(entry.path, `${shown(size)} for a size`);
  return { parts, name: parts.join('/'), size, hash };
}

function unexpected(file: string, found: string): JambalayaError<'download'> {
  return new JambalayaError(
    'download',
    { file, reason: `the server answered with ${found}` },
    { hint: 'The endpoint may not be a model hub: check HF_ENDPOINT.' },
  );
}
