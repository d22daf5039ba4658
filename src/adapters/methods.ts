/** Adapters by method: made new by a recipe, or empty, for numbers that are read. */
import { JambalayaError } from '../errors/index.js';
import type { JsonObject } from '../formats/index.js';
import type { Model } from '../models/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import { Random, RecipeFields } from '../training/index.js';
import { type Adapter, adapterMethods } from './adapter.js';
import type { AdapterBase, Base } from './base.js';
import { baseAsEncoder, type Encoder, openEncoder } from './encoder.js';
import { InitialState } from './initialState.js';
import { InputPrompt } from './inputPrompt.js';
import { Lora, usualTargets } from './lora.js';
import { inputPromptSizes, type PromptInit, type TuneRecipe } from './recipe.js';
import type { TaskRow } from './rows.js';
import { SoftPrompt } from './softPrompt.js';
import { shuffle } from './taskStream.js';
import { WholeModel } from './wholeModel.js';

/** An adapter before its first step. */
export async function newAdapter(
  { method, seed }: TuneRecipe,
  { model, tokenizer }: Base,
  rows: readonly TaskRow[],
): Promise<Adapter> {
  switch (method.method) {
    case 'soft-prompt':
      return SoftPrompt.of(model, promptIdsToBeginWith(method.length, method.init, { tokenizer, model }, rows, seed));
    case 'lora':
      return Lora.of(model, { ...method, targets: method.targets ?? usualTargets(model) }, seed);
    case 'initial-state':
      return InitialState.of(model);
    case 'full':
      return new WholeModel(model);
    case 'input-dependent-prompt': {
      const ids = promptIdsToBeginWith(method.queries, method.init, { tokenizer, model }, rows, seed);
      const { queries, width, heads, encoderPrompt } = method;
      const encoder = await encoderFor(method.encoder, model, tokenizer);
      return InputPrompt.of(model, encoder, { queries, width, heads, encoderPrompt }, seed, ids);
    }
  }
}

/**
 * An adapter of the sizes that a file says it has, with any numbers.
 *
 * @throws `config` with the field that means nothing
 */
export async function emptyAdapter(
  { model, tokenizer }: AdapterBase,
  json: JsonObject,
  file: string,
): Promise<Adapter> {
  const fields = new RecipeFields(json, file);
  const method = fields.oneOf('method', adapterMethods, 'lora');
  switch (method) {
    case 'soft-prompt':
      return SoftPrompt.empty(model, fields.whole('length', undefined));
    case 'lora': {
      const targets = fields.texts('targets') ?? fields.fail('targets', 'a list of projections', undefined);
      return Lora.of(
        model,
        { rank: fields.whole('rank', undefined), alpha: fields.number('alpha', undefined), targets },
        0,
      );
    }
    case 'initial-state':
      return InitialState.of(model);
    case 'input-dependent-prompt': {
      const sizes = inputPromptSizes(fields);
      return InputPrompt.of(model, await encoderFor(fields.text('encoder'), model, tokenizer), sizes, 0);
    }
  }
}

async function encoderFor(name: string | undefined, model: Model, tokenizer: Tokenizer | undefined): Promise<Encoder> {
  if (name !== undefined) return openEncoder(name, model.device);
  if (tokenizer !== undefined) return baseAsEncoder(model, tokenizer);
  throw new JambalayaError('unavailable', { what: 'text', reason: 'the base has no tokenizer.json' });
}

function promptIdsToBeginWith(
  length: number,
  init: PromptInit,
  { tokenizer, model }: Pick<Base, 'tokenizer' | 'model'>,
  rows: readonly TaskRow[],
  seed: number,
): number[] {
  const random = new Random(seed, 'prompt');
  if (init === 'vocabulary') {
    const { vocabularySize } = tokenizer;
    const size = Math.min(vocabularySize, model.description.vocabularySize);
    return Array.from({ length }, () => Math.floor(random.uniform() * size));
  }
  const texts =
    init === 'rows' ? shuffle(rows, random).map(({ prompt, completion }) => prompt + completion) : [init.text];
  const ids: number[] = [];
  for (let i = 0; ids.length < length; i++) {
    const text = texts[i % texts.length]!;
    ids.push(...tokenizer.encode(text.endsWith('\n') || init !== 'rows' ? text : `${text}\n`, { parseSpecial: false }));
  }
  return ids.slice(0, length);
}
