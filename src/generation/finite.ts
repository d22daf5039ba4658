/** Logits that are no numbers: a damaged model must not end in silence as token 0 for ever, nor compare as perfect. */
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import { expectFinite } from '../nn/index.js';
import { findNonFinite, type Tensor } from '../tensor/index.js';

/**
 * @throws `checkpoint` naming the parameter of the model that is to blame, else `device` with `reason`: only then are matrices that
 *   lie in a file read from end to end
 */
export async function blame({ parameters, device }: Model, reason: string): Promise<never> {
  for (const [name, tensor] of parameters) await expectFinite('the model', name, tensor);
  throw new JambalayaError('device', { device: device.name, reason });
}

const reasonOf = (id: number, value: number) => `the model's logit of token ${id} is ${value}`;

export function isFiniteRow(logits: ArrayLike<number>): boolean {
  for (let id = 0; id < logits.length; id++) if (!Number.isFinite(logits[id]!)) return false;
  return true;
}

/** What {@link blame} throws for a row of logits with one that is not finite. */
export async function failureOfRow(model: Model, logits: ArrayLike<number>): Promise<unknown> {
  const id = Array.from(logits).findIndex((value) => !Number.isFinite(value));
  return blame(model, reasonOf(id, logits[id]!)).catch((error: unknown) => error);
}

/** @throws as {@link blame} if one of the logits (rows, V) is not finite */
export async function expectFiniteLogits(model: Model, logits: Tensor): Promise<void> {
  const place = await findNonFinite(logits);
  if (place === undefined) return;
  const value = (await logits.read())[place]!;
  await blame(model, reasonOf(place % model.description.vocabularySize, value));
}
