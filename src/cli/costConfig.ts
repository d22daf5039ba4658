/** The config that a cost command is about: a `config.json`, or a folder with one. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelReading, readModelShape } from '../cost/index.js';
import { JambalayaError } from '../errors/index.js';
import { jsonLimits, parseJson } from '../formats/index.js';
import { Output } from './output.js';

/** A config with the file that it came from. */
export interface CostConfig extends ModelReading {
  readonly file: string;
}

/** @throws `file` if it cannot be read, `format` if it is no JSON object, `config` if its shape is none */
export function readCostConfig(path: string): CostConfig {
  const file = readJsonFile(path);
  return { file: file.name, ...readModelShape(file.json, file.name) };
}

/** A JSON object from a file, or from the `config.json` of a folder. */
export function readJsonFile(path: string): { readonly name: string; readonly json: ReturnType<typeof parseJson> } {
  try {
    const name = statSync(path).isDirectory() ? join(path, 'config.json') : path;
    return { name, json: parseJson(name, readFileSync(name), { maxBytes: jsonLimits.config }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof JambalayaError) throw error;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new JambalayaError(
      'file',
      { file: path, operation: 'read', reason },
      { hint: 'give a config.json, or a folder with one', cause: error },
    );
  }
}

/** The fields of a JSON answer that tell how the config was understood. */
export const readingJson = ({ file, modelType, ignoredConfigKeys, assumedConfigKeys, notes }: CostConfig) => ({
  config: file,
  modelType,
  ignoredConfigKeys,
  assumedConfigKeys,
  notes,
});

/** The same as lines under a table; nothing where there is nothing to tell. */
export function printReading({ ignoredConfigKeys, assumedConfigKeys, notes }: CostConfig): void {
  const assumed = Object.entries(assumedConfigKeys).map(([key, value]) => `${key} ${String(value)}`);
  for (const note of notes) Output.line(`note: ${note}`);
  if (assumed.length > 0) Output.line(`not in the config, taken as: ${assumed.join(', ')}`);
  if (ignoredConfigKeys.length > 0) Output.line(`config keys without effect: ${ignoredConfigKeys.join(', ')}`);
}
