/** llama.cpp's architectures that are read, by name: the one place that another is added to. */
import type { GgufFile, JsonObject, TensorEntry } from '../../formats/index.js';
import { bertConfigOfGguf, bertEntries } from './bert.js';
import { GgufFields } from './fields.js';
import { jambaConfigOfGguf } from './jamba.js';
import { jambaEntries } from './jambaNames.js';
import { llamaConfigOfGguf, llamaEntries } from './llama.js';

interface GgufArchitecture {
  /** The `config.json` that a file stands for. Its values are checked as those of any config. */
  config(gguf: GgufFile, architecture: string): JsonObject | Promise<JsonObject>;
  /** Every tensor of a file under its name in a checkpoint. */
  entries(gguf: GgufFile, architecture: string, config: JsonObject): Map<string, TensorEntry>;
}

const llama: GgufArchitecture = { config: llamaConfigOfGguf, entries: llamaEntries };

const architectures: Readonly<Record<string, GgufArchitecture>> = {
  jamba: { config: jambaConfigOfGguf, entries: jambaEntries },
  llama,
  qwen2: llama,
  qwen3: llama,
  bert: { config: bertConfigOfGguf, entries: bertEntries },
};

/** Config and tensors of a GGUF as those of a checkpoint. */
export async function checkpointOfGguf(
  gguf: GgufFile,
): Promise<{ config: JsonObject; tensors: Map<string, TensorEntry> }> {
  const fields = new GgufFields(gguf);
  const name = fields.text('general.architecture') ?? 'nothing';
  if (!Object.hasOwn(architectures, name)) {
    const known = Object.keys(architectures).map((known) => `"${known}"`);
    fields.fail('general.architecture', known.join(' or '), JSON.stringify(name));
  }
  const architecture = architectures[name]!;
  const config = await architecture.config(gguf, name);
  return { config, tensors: architecture.entries(gguf, name, config) };
}
