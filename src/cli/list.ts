import { JambalayaError } from '../errors/index.js';
import { type CachedModel, listModels } from '../formats/index.js';
import { formatBytes, formatTable, Output } from './output.js';

/** Models in the hub's cache; of one name, if it is given. */
export async function list(name: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const { folder: cache, models: all } = await listModels();
  const models =
    name === undefined ? all : all.filter((model) => model.name.toLowerCase().includes(name.toLowerCase()));
  if (name !== undefined && models.length === 0) {
    throw new JambalayaError(
      'file',
      { file: name, operation: 'read', reason: 'no model of that name in the cache' },
      { hint: `fetch it: npx jambalaya pull ${name.includes('/') ? name : 'ORG/NAME'}` },
    );
  }
  if (json) {
    Output.json({ cache, models: models.map((model) => ({ ...model, form: formOf(model) })) });
    return;
  }
  if (models.length === 0) {
    Output.line(`no models in ${cache}`);
    Output.note('fetch one: npx jambalaya pull ORG/NAME');
    return;
  }
  const rows = models.map((model) => [model.name, formatBytes(model.bytes), formOf(model), stateOf(model), model.path]);
  Output.line(formatTable([['model', 'size', 'form', '', 'where'], ...rows], [1]));
}

/** How the weights are stored. */
function formOf({ files }: CachedModel): 'safetensors' | 'GGUF' | 'no weights' {
  if (files.some((file) => file.endsWith('.safetensors'))) return 'safetensors';
  return files.some((file) => /\.gguf$/i.test(file)) ? 'GGUF' : 'no weights';
}

const stateOf = ({ incompleteBytes }: CachedModel) =>
  incompleteBytes === 0 ? '' : `${formatBytes(incompleteBytes)} of a stopped download`;
