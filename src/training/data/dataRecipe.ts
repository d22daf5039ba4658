/** The part `data` of a recipe: which texts, in which shares, and what of them is held out. */
import type { JsonObject } from '../../formats/index.js';
import { RecipeFields } from '../recipeFields.js';
import type { DataSource, JsonFields } from './source.js';

export interface RecipeSource extends DataSource {
  /** Its share of the tokens is in proportion to it. */
  readonly weight: number;
  /** Files whose documents are held out, all of them; then none of `files` is. */
  readonly heldOutFiles?: readonly string[] | undefined;
  /** The share of its documents that is held out, by their hashes; the recipe's unless told. */
  readonly heldOut?: number | undefined;
}

export interface DataRecipe {
  readonly sources: readonly RecipeSource[];
  /** A `tokenizer.json`, or the folder that has it with what belongs to it. */
  readonly tokenizer: string | undefined;
  /** The share of the documents that is held out, by their hashes. */
  readonly heldOut: number;
  /** Held-out tokens that are measured, of all sources together. */
  readonly heldOutTokens: number;
  /** Whether scan, convolution and attention begin anew with each document, or only with each sequence. */
  readonly resetAtDocuments: boolean;
}

/**
 * @param file what error messages call the recipe
 * @throws `config` with the field, what was expected and what was found; an unknown key names the nearest known one
 */
export function parseDataRecipe(json: JsonObject, file: string): DataRecipe {
  const fields = new RecipeFields(json, file, 'data');
  const recipe: DataRecipe = {
    sources: fields.parts('sources', readSource),
    tokenizer: fields.text('tokenizer'),
    heldOut: fields.number('heldOut', 0.01, { below: 1 }),
    heldOutTokens: fields.whole('heldOutTokens', 65_536),
    resetAtDocuments: fields.flag('resetAtDocuments', true),
  };
  fields.finish();
  const names = recipe.sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fields.fail('sources', 'a name of its own for each source', `"${twice}" twice`);
  return recipe;
}

function readSource(fields: RecipeFields): RecipeSource {
  const name = fields.text('name');
  const format = fields.oneOf('format', ['text', 'jsonl', 'by name'] as const, 'by name');
  return {
    name: name === undefined || name === '' ? fields.fail('name', 'a name', name) : name,
    files: fields.texts('files') ?? fields.fail('files', 'a list of paths', undefined),
    format: format === 'by name' ? undefined : format,
    separator: fields.text('separator'),
    fields: readJsonFields(fields),
    heldOutBy: fields.text('heldOutBy'),
    weight: fields.number('weight', 1, { from: 1e-9 }),
    heldOutFiles: fields.texts('heldOutFiles'),
    heldOut: fields.share('heldOut'),
  };
}

/** `"text": NAME` or a list of names, `"prompt"` with `"completion"`, or `"messages"`: names of fields of the JSON lines. */
function readJsonFields(fields: RecipeFields): JsonFields | undefined {
  const text = fields.textOrTexts('text');
  const [prompt, completion, messages] = [fields.text('prompt'), fields.text('completion'), fields.text('messages')];
  const given = [text, prompt ?? completion, messages].filter((names) => names !== undefined);
  if (given.length > 1) fields.fail('text', 'one of text, prompt with completion, and messages', 'several');
  if (text !== undefined) return { text };
  if (messages !== undefined) return { messages };
  if (prompt === undefined && completion === undefined) return undefined;
  if (prompt === undefined) return fields.fail('prompt', 'the name of a field, as there is a completion', undefined);
  if (completion === undefined)
    return fields.fail('completion', 'the name of a field, as there is a prompt', undefined);
  return { prompt, completion };
}
