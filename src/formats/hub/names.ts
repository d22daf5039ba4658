/** Names that come from a person or from a hub and become parts of URLs and paths: repositories, revisions, files. */
import { JambalayaError } from '../../errors/index.js';
import { shown } from '../phrases.js';
import { isPlainFileName } from '../source.js';

export interface RepoName {
  /** `ORG/NAME`; some old models have no organisation. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const part = '[A-Za-z0-9](?:[\\w.-]{0,94}[A-Za-z0-9_])?';
const repoPattern = new RegExp(`^(?:${part}/)?${part}$`);
const revisionPattern = /^[\w][\w.-]{0,199}(?:\/[\w][\w.-]{0,199}){0,3}$/;
const commitPattern = /^[0-9a-f]{40}$/;

/** Whether `name` is the name of a model on a hub: `ORG/NAME`. `--` separates parts in the cache, so no part has it. */
export function isRepoName(name: string): boolean {
  return repoPattern.test(name) && !/--|\.\./.test(name);
}

/** Whether `revision` may be a branch (`main`, `refs/pr/1`), a tag or a commit. */
export function isRevision(revision: string): boolean {
  return revisionPattern.test(revision) && !revision.includes('..');
}

export function isCommit(revision: string): boolean {
  return commitPattern.test(revision);
}

/** `ORG/NAME` or `ORG/NAME@REVISION`, or undefined if it is neither. */
export function parseRepoName(text: string): RepoName | undefined {
  if (typeof text !== 'string') return undefined;
  const at = text.indexOf('@');
  const repo = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? 'main' : text.slice(at + 1);
  return isRepoName(repo) && isRevision(revision) ? { repo, revision } : undefined;
}

/** The folder of a repository in the cache: `models--ORG--NAME`. */
export function cacheFolderName(repo: string): string {
  return `models--${repo.replace('/', '--')}`;
}

/** The repository of a folder in the cache, or undefined if it is none of a model. */
export function repoOfCacheFolder(folder: string): string | undefined {
  const repo = folder.startsWith('models--') ? folder.slice('models--'.length).replace('--', '/') : '';
  return isRepoName(repo) ? repo : undefined;
}

/**
 * The parts of a file's path in a repository. The hub's word is not trusted: a path that could lead out of the
 * snapshot is a `download` error.
 */
export function repoFileParts(path: unknown): string[] {
  const parts = typeof path === 'string' && path.length <= 1000 ? path.split('/') : [];
  if (parts.length > 0 && parts.every(isPlainFileName)) return parts;
  throw new JambalayaError('download', {
    file: shown(path),
    reason: 'the hub lists a file whose name is a path out of the folder, so nothing was fetched',
  });
}

/**
 * The files of a repository that a model needs: weights in safetensors, configuration, tokenizer, template, licence;
 * not the same weights in other formats, and of subfolders only what modules of sentence encoders say of themselves.
 */
export function isModelFile(name: string): boolean {
  if (/^\d+_\w+\/config\.json$/.test(name)) return true;
  if (name.includes('/') || name.startsWith('consolidated')) return false;
  return /\.(safetensors|json|jinja|txt|model)$/.test(name) || /^(LICEN[CS]E|NOTICE|README)(\.|$)/i.test(name);
}
