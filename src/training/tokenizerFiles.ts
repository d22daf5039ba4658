/** A tokenizer's files: read for encoding, and handed on to the model that is trained with it. */
import { type ModelFolder, openFile, openFolder } from '../formats/index.js';
import { Tokenizer, type TokenizerFiles } from '../tokenizers/index.js';

/** What belongs to a tokenizer in a model folder, and to how its model is used. */
const companions = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'generation_config.json',
];

export interface LoadedTokenizer {
  readonly tokenizer: Tokenizer;
  readonly files: TokenizerFiles;
  /** By their names in a model folder. */
  readonly companions: ReadonlyMap<string, string>;
}

/** The tokenizer of a folder, or undefined if it has none. */
export async function tokenizerOfFolder(folder: ModelFolder): Promise<LoadedTokenizer | undefined> {
  const texts = new Map<string, string>();
  for (const name of companions) {
    if (!(await folder.has(name))) continue;
    const source = await folder.open(name);
    try {
      texts.set(name, new TextDecoder().decode(await source.read(0, source.size)));
    } finally {
      await source.close();
    }
  }
  return texts.has('tokenizer.json') ? loaded(`${folder.name}/tokenizer.json`, texts) : undefined;
}

/** The tokenizer of a folder or of a `tokenizer.json` under any name. */
export async function readTokenizer(path: string): Promise<LoadedTokenizer> {
  if (!path.endsWith('.json')) {
    const found = await tokenizerOfFolder(await openFolder(path));
    if (found !== undefined) return found;
  }
  const file = path.endsWith('.json') ? path : `${path}/tokenizer.json`;
  const source = await openFile(file);
  try {
    return loaded(file, new Map([['tokenizer.json', new TextDecoder().decode(await source.read(0, source.size))]]));
  } finally {
    await source.close();
  }
}

function loaded(name: string, texts: ReadonlyMap<string, string>): LoadedTokenizer {
  const files = {
    name,
    tokenizer: texts.get('tokenizer.json')!,
    config: texts.get('tokenizer_config.json'),
    specialTokensMap: texts.get('special_tokens_map.json'),
    chatTemplate: texts.get('chat_template.jinja'),
  };
  return { tokenizer: Tokenizer.create(files), files, companions: texts };
}
