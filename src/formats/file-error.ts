import { isJambalayaError, JambalayaError } from '../errors/index.js';

/** The operating system's codes that a person can do something about. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EBADF: 'it is closed',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * An error of the operating system, or of an allocation that cannot be made, as a `file` error. What is ours already,
 * and what is a defect, comes back as it is.
 */
export function fileError(file: string, operation: 'read' | 'write', error: unknown, hint?: string): unknown {
  if (isJambalayaError(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined && !(error instanceof RangeError)) return error;
  const reason = reasons[code ?? ''] ?? (error as Error).message;
  return new JambalayaError('file', { file, operation, reason }, { hint, cause: error });
}
