/** Which model a command means, and what a model's folder says of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JambalayaError } from '../errors/index.js';

/** The model that comes with the package. */
export const bundledModel = fileURLToPath(new URL('../../models/nano', import.meta.url));

/**
 * The model of a command line: given by its place, by `--model`, or the bundled one.
 *
 * @throws `usage` if it is given twice
 */
export function chosenModel(positional: string | undefined, option: string | undefined): string {
  if (positional !== undefined && option !== undefined) {
    throw new JambalayaError('usage', {
      argument: 'model',
      expected: 'one model',
      found: `${positional} and --model ${option}`,
    });
  }
  return positional ?? option ?? bundledModel;
}

/**
 * The model and the text of `[model] [text]`, where either may be missing: a lone word is the text, unless the text comes from
 * elsewhere or the word is a folder or file that exists.
 */
export function modelAndText(
  first: string | undefined,
  second: string | undefined,
  { model, textElsewhere }: { readonly model: string | undefined; readonly textElsewhere: boolean },
): { readonly model: string; readonly text: string | undefined } {
  if (second !== undefined) return { model: chosenModel(first, model), text: second };
  const isModel = first !== undefined && model === undefined && (textElsewhere || (first !== '-' && existsSync(first)));
  return isModel ? { model: first, text: undefined } : { model: chosenModel(undefined, model), text: first };
}

/** What a model can and cannot do, and prompts that work: `chat.json` of its folder. */
export interface ChatCard {
  readonly can: string;
  readonly cannot: string;
  readonly prompts: readonly string[];
  /** What suits it where nothing is asked for. */
  readonly temperature: number | undefined;
}

/** Undefined where the folder says nothing, or something else. */
export function chatCard(model: string): ChatCard | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(model, 'chat.json'), 'utf8'));
  } catch {
    return undefined;
  }
  const { can, cannot, prompts, temperature } = (value ?? {}) as Record<string, unknown>;
  if (typeof can !== 'string' || typeof cannot !== 'string' || !Array.isArray(prompts)) return undefined;
  return {
    can,
    cannot,
    prompts: prompts.filter((prompt) => typeof prompt === 'string'),
    temperature: typeof temperature === 'number' ? temperature : undefined,
  };
}
