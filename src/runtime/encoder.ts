/** A model that turns texts into vectors, in a worker. */
import { type EmbedOptions, expectFacet, type LocalModelInfo } from './languageModel.js';
import { type LoadOptions, loadModel } from './local.js';

export interface Encoder extends AsyncDisposable {
  readonly info: LocalModelInfo;
  /** One vector (D) for each text, in their order. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

/**
 * Loads an encoder such as all-MiniLM-L6-v2, or any model whose hidden states shall stand for texts.
 *
 * ```ts
 * await using encoder = await loadEncoder('all-MiniLM-L6-v2');
 * const [a, b] = await encoder.embed(['A man is eating.', 'Someone has a meal.']);
 * console.log(cosine(a, b));
 * ```
 *
 * @throws `unavailable` for a model that embeds nothing, and what `loadModel` throws
 */
export async function loadEncoder(model: string, options: LoadOptions = {}): Promise<Encoder> {
  const loaded = await loadModel(model, options);
  const dispose = () => loaded.dispose();
  try {
    const embed = expectFacet(loaded, 'embed');
    return {
      info: loaded.info,
      embed: async (texts, embedOptions) => (await embed(texts, embedOptions)).vectors,
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The cosine of the angle between two vectors: 1 for the same direction; 0 if one of them is zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}
