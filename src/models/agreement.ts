/** What a checkpoint holds and what a model uses of it must agree. */
import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, readFloats } from '../formats/index.js';
import type { LayerDescription } from './model.js';

/** Buffers that older versions of Transformers saved, and that follow from the config. */
const derived = /(^|\.)(rotary_emb\.inv_freq|position_ids)$/;

const parentOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('.')));

/**
 * Refuses tensors that belong to modules of the model, or to layers like its own, and that the config says are not there: a bias
 * beside a weight that is used, a norm that was turned off, a layer too many. A bias of zeros makes no difference. Heads of other
 * tasks and copies of what is used are none of these.
 *
 * @throws `checkpoint` naming the tensor
 */
export async function expectAgreement(
  { tensors, folder }: Checkpoint,
  unused: readonly string[],
  { used, repeated }: { readonly used: ReadonlySet<string>; readonly repeated: ReadonlySet<string> },
  layers: readonly LayerDescription[],
): Promise<void> {
  const parents = new Set([...used].map(parentOf));
  const stems = new Set(layers.map(({ prefix }) => prefix.replace(/\d+\.$/, '')));
  const isOfLayer = (name: string) =>
    // A tensor of a module; what stands in a layer by itself is of none that we know.
    [...stems].some((stem) => name.startsWith(stem) && /^\d+\.[^.]+\./.test(name.slice(stem.length)));
  for (const name of unused) {
    if (repeated.has(name) || derived.test(name) || !(parents.has(parentOf(name)) || isOfLayer(name))) continue;
    const entry = tensors.get(name)!;
    if (name.endsWith('.bias') && (await readFloats(entry)).every((value) => value === 0)) continue;
    throw new JambalayaError(
      'checkpoint',
      { file: folder.name, tensor: name, expected: 'none, as the config says', found: `(${entry.shape.join(', ')})` },
      { hint: 'the config does not fit these weights: the answers would not be those of the model that was trained' },
    );
  }
}
