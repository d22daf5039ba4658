/** The frozen model that reads a text for an input-dependent prompt: another one, or the base itself. */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { loadCheckpoint, type Model, openModel } from '../models/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import { tokenizerOfFolder } from '../training/index.js';

export interface Encoder extends Disposable {
  /** As a recipe names it; undefined for the base. */
  readonly name: string | undefined;
  readonly model: Model;
  /** Of a text: its beginning, where it is longer than the encoder reads after `taken` positions. At least one. */
  idsOf(text: string, taken: number): number[];
}

const encoderOf = (
  name: string | undefined,
  model: Model,
  tokenizer: Tokenizer,
  longest: number,
  dispose: () => void,
): Encoder => ({
  name,
  model,
  idsOf: (text, taken) => {
    const ids = tokenizer.encode(text, { addSpecialTokens: true }).slice(0, Math.max(1, longest - taken));
    return ids.length > 0 ? ids : [0];
  },
  [Symbol.dispose]: dispose,
});

/** Tokens that an encoder reads at most where its config says nothing. */
const usualLength = 512;

/**
 * Opens a model as an encoder, on the base's device.
 *
 * @throws what opening a model does; `unavailable` without a tokenizer
 */
export async function openEncoder(name: string, device: Device): Promise<Encoder> {
  const checkpoint = await openModel(name);
  let model: Model | undefined;
  try {
    ({ model } = await loadCheckpoint(checkpoint, device));
    const loaded = await tokenizerOfFolder(checkpoint.folder);
    if (loaded === undefined) {
      throw new JambalayaError('unavailable', { what: 'text', reason: `${name} has no tokenizer.json` });
    }
    const owned = model;
    const longest = owned.description.maxLength ?? usualLength;
    return encoderOf(name, owned, loaded.tokenizer, longest, () => {
      owned.dispose();
      void checkpoint.close();
    });
  } catch (error) {
    model?.dispose();
    await checkpoint.close();
    throw error;
  }
}

/** The base, which stays the caller's. */
export const baseAsEncoder = (model: Model, tokenizer: Tokenizer): Encoder =>
  encoderOf(undefined, model, tokenizer, model.description.maxLength ?? usualLength, () => {});
