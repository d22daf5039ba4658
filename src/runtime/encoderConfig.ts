/**
 * What a sentence-transformers folder says of its encoder: `modules.json` lists the steps, `1_Pooling/config.json` has the pooling,
 * `sentence_bert_config.json` the longest text. Other folders are pooled by the mean, and their vectors stay as long as they are.
 */
import { JambalayaError } from '../errors/index.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonLimits,
  type ModelFolder,
  parseJson,
} from '../formats/index.js';
import type { Pooling } from '../generation/index.js';

export interface EncoderConfig {
  readonly pooling: Pooling;
  readonly unitLength: boolean;
  /** Tokens of the longest text, special ones included; longer ones are cut. */
  readonly maxTokens?: number;
}

/** @throws `config` for a step, a pooling or a length that we do not carry out, `format` for a file that is none */
export async function readEncoderConfig(folder: ModelFolder): Promise<EncoderConfig> {
  const limit = await readMaxTokens(folder);
  const maxTokens = limit === undefined ? {} : { maxTokens: limit };
  const modules = await readModules(folder);
  if (modules === undefined) return { pooling: 'mean', unitLength: false, ...maxTokens };
  let pooling: Pooling = 'mean';
  let unitLength = false;
  for (const [index, { type, path }] of modules.entries()) {
    const kind = type.split('.').at(-1);
    if (kind === 'Transformer' && index === 0) continue;
    if (kind === 'Pooling' && index === 1) pooling = await readPooling(folder, path);
    else if (kind === 'Normalize' && index > 1) unitLength = true;
    else {
      throw new JambalayaError('config', {
        file: `${folder.name}/modules.json`,
        field: `[${index}].type`,
        expected: 'Transformer, Pooling and Normalize, in this order',
        found: JSON.stringify(type),
      });
    }
  }
  return { pooling, unitLength, ...maxTokens };
}

interface Module {
  readonly type: string;
  readonly path: string;
}

async function readModules(folder: ModelFolder): Promise<Module[] | undefined> {
  const file = 'modules.json';
  const text = await textOf(folder, file);
  if (text === undefined) return undefined;
  // The file is a list; the reader of untrusted JSON takes objects.
  const { modules } = parseJson(`${folder.name}/${file}`, `{"modules":${text}}`, { maxBytes: jsonLimits.config });
  const isModule = (value: JsonValue): value is { type: string; path: string } =>
    isJsonObject(value) && typeof value.type === 'string' && typeof value.path === 'string';
  if (Array.isArray(modules) && modules.every(isModule)) return modules as unknown as Module[];
  const expected = 'a list of modules with type and path';
  throw new JambalayaError('format', { file: `${folder.name}/${file}`, expected, found: 'something else' });
}

/** Flags of the older files, and names of the newer ones. */
const modes: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_lasttoken: 'last',
};
const names: Readonly<Record<string, Pooling>> = { cls: 'cls', mean: 'mean', max: 'max', lasttoken: 'last' };

async function readPooling(folder: ModelFolder, path: string): Promise<Pooling> {
  const file = `${folder.name}/${path}/config.json`;
  const text = folder.within && (await textOf(folder.within(path), 'config.json'));
  if (text === undefined) {
    throw new JambalayaError(
      'file',
      { file, operation: 'read', reason: 'no such file, and modules.json names it' },
      { hint: 'Fetch the model again: `jambalaya pull` takes this file, too.' },
    );
  }
  const json = parseJson(file, text, { maxBytes: jsonLimits.config });
  const named = json.pooling_mode;
  const chosen =
    typeof named === 'string'
      ? [named]
      : Object.keys(json).filter((key) => /^pooling_mode_/.test(key) && json[key] === true);
  const [mode = '', ...others] = chosen;
  const table = typeof named === 'string' ? names : modes;
  const pooling = Object.hasOwn(table, mode) ? table[mode] : undefined;
  if (pooling !== undefined && others.length === 0) return pooling;
  throw new JambalayaError('config', {
    file,
    field: 'pooling_mode',
    expected: 'one of mean, cls, max and last token',
    found: chosen.join(' and ') || 'none',
  });
}

async function readMaxTokens(folder: ModelFolder): Promise<number | undefined> {
  const file = 'sentence_bert_config.json';
  const text = await textOf(folder, file);
  if (text === undefined) return undefined;
  const json: JsonObject = parseJson(`${folder.name}/${file}`, text, { maxBytes: jsonLimits.config });
  const { max_seq_length: length = null } = json;
  if (length === null) return undefined;
  if (typeof length === 'number' && Number.isInteger(length) && length > 0) return length;
  throw new JambalayaError('config', {
    file: `${folder.name}/${file}`,
    field: 'max_seq_length',
    expected: 'a whole number from 1, or null',
    found: JSON.stringify(length),
  });
}

async function textOf(folder: ModelFolder, file: string): Promise<string | undefined> {
  if (!(await folder.has(file))) return undefined;
  const source = await folder.open(file);
  try {
    return new TextDecoder().decode(await source.read(0, Math.min(source.size, jsonLimits.config + 1)));
  } finally {
    await source.close();
  }
}
