/** Adapters as Hugging Face's PEFT writes them: LoRA and soft prompts. */
import { JambalayaError } from '../errors/index.js';
import type { JsonObject, TensorEntry } from '../formats/index.js';
import { RecipeFields } from '../training/index.js';

/**
 * The sizes of a PEFT adapter in our words; its tensors have the names that ours have.
 *
 * @throws `config` for another kind, or an option that would change what it computes
 */
export function ofPeft(config: JsonObject, tensors: ReadonlyMap<string, TensorEntry>, file: string): JsonObject {
  const fields = new RecipeFields(config, file);
  const type = fields.oneOf('peft_type', ['LORA', 'PROMPT_TUNING'], 'LORA');
  if (type === 'PROMPT_TUNING') return { method: 'soft-prompt', length: fields.whole('num_virtual_tokens', undefined) };
  for (const [key, plain] of [
    ['use_dora', false],
    ['use_rslora', false],
    ['fan_in_fan_out', false],
    ['bias', 'none'],
  ] as const) {
    const value = config[key];
    if (value === undefined || value === null || value === plain) continue;
    throw new JambalayaError('config', {
      file,
      field: key,
      expected: JSON.stringify(plain),
      found: JSON.stringify(value),
    });
  }
  // What was adapted is what has matrices: target_modules may be a pattern.
  const targets = new Set<string>();
  for (const name of tensors.keys()) {
    const projection = /^base_model\.model\.(.*)\.lora_A\.weight$/.exec(name)?.[1];
    if (projection !== undefined) targets.add(projection);
  }
  const rank = fields.whole('r', undefined);
  return { method: 'lora', rank, alpha: fields.number('lora_alpha', rank), targets: [...targets] };
}
