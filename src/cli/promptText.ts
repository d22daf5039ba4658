/** Where a prompt comes from: the command line, a file, or standard input. */
import { readFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';

export interface PromptSource {
  readonly text?: string | undefined;
  readonly file?: string | undefined;
  readonly ids?: readonly number[] | undefined;
}

/** @throws `usage` for none and for two, `file` for a file that cannot be read or is no UTF-8 */
export async function promptOf({ text, file, ids }: PromptSource): Promise<string | readonly number[]> {
  const given = [text, file, ids].filter((each) => each !== undefined);
  if (given.length > 1) throw wrongPrompt('several');
  if (ids !== undefined) return ids;
  if (file !== undefined && file !== '-')
    return decoded(file, await readFile(file).catch((cause: Error) => unreadable(file, cause)));
  if (text !== undefined && text !== '-') return text;
  if (given.length === 0 && process.stdin.isTTY) throw wrongPrompt('none');
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return decoded('standard input', Buffer.concat(pieces));
}

function decoded(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const reason = 'it is no UTF-8 text';
    throw new JambalayaError('file', { file, operation: 'read', reason }, { cause });
  }
}

function unreadable(file: string, cause: Error): never {
  throw new JambalayaError('file', { file, operation: 'read', reason: cause.message }, { cause });
}

const wrongPrompt = (found: string) =>
  new JambalayaError(
    'usage',
    { argument: 'prompt', expected: 'one prompt', found },
    { hint: 'give a text, `-` or a pipe for standard input, `--file FILE`, or `--ids 1,2,3`' },
  );
