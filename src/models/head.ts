import { loadLinear, type Projection, type WeightSource } from '../nn/index.js';

/**
 * The output head `name` (V, D). A tied one is the matrix `embedding`, and undefined here, unless the checkpoint holds another
 * matrix in its place: then that is the head, as in Transformers 5.
 */
export async function loadHead(
  weights: WeightSource,
  name: string,
  { outputs, inputs, tiedTo }: { outputs: number; inputs: number; tiedTo: string | undefined },
): Promise<Projection | undefined> {
  if (tiedTo !== undefined && (await weights.repeats(`${name}.weight`, tiedTo))) return undefined;
  return loadLinear(weights, name, { outputs, inputs, role: 'head' });
}
