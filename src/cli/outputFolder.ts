import { mkdir, realpath } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';

/** Makes the folder if there is none. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new JambalayaError('file', { file: path, operation: 'write', reason: (cause as Error).message }, { cause });
  }
}

/** Refuses a folder to write that is the model's own, under whatever name. */
export async function checkOutputFolder(input: string, output: string): Promise<void> {
  if (await isSamePlace(input, output)) throw notTheModel('another folder than the model’s own', output);
}

/** Refuses a file to write that is the model itself. */
export async function checkOutputFile(input: string, output: string): Promise<void> {
  if (await isSamePlace(input, output)) throw notTheModel('another file than the model’s own', output);
}

const isSamePlace = async (input: string, output: string) =>
  (await realpath(input)) === (await realpath(output).catch(() => undefined));

const notTheModel = (expected: string, found: string) =>
  new JambalayaError('usage', { argument: 'out', expected, found });
