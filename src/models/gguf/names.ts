/** Names of tensors in two worlds: those of a Hugging Face checkpoint and llama.cpp's. */

export type NamePair = readonly [huggingFace: string, gguf: string];

export interface NamePairs {
  /** Outside of the layers. */
  readonly outer: readonly NamePair[];
  /** What a layer's names begin with, before its number and a dot. */
  readonly layerPrefix: string;
  /** Within a layer, after that and after `blk.I.`. */
  readonly layer: readonly NamePair[];
}

/** The name that a tensor of a GGUF has in a checkpoint. */
export function fromGguf({ outer, layerPrefix, layer }: NamePairs, name: string): string | undefined {
  const [, index, inside] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (inside === undefined) return outer.find(([, gguf]) => gguf === name)?.[0];
  const found = layer.find(([, gguf]) => gguf === inside);
  return found && `${layerPrefix}${index}.${found[0]}`;
}
