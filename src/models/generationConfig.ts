/** What a model folder's `generation_config.json` says of generation: which tokens end an answer, beside the config's own. */
import { JambalayaError } from '../errors/index.js';
import { jsonLimits, parseJson } from '../formats/index.js';

/**
 * Ids of `eos_token_id`, one or a list, as Transformers reads it; its other fields are the business of whoever samples.
 *
 * @throws `format` if it is no JSON object, `config` if an id is none of the vocabulary
 */
export function endIdsOf(file: string, text: string, vocabularySize: number): readonly number[] {
  const { eos_token_id: field = null } = parseJson(file, text, { maxBytes: jsonLimits.config });
  const ids = field === null ? [] : Array.isArray(field) ? field : [field];
  for (const id of ids) {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
    const expected = `one or several ids from 0 to ${vocabularySize - 1}`;
    throw new JambalayaError('config', { file, field: 'eos_token_id', expected, found: JSON.stringify(field) });
  }
  return ids as readonly number[];
}
