/**
 * GGUF files that were split for uploading: `NAME-00001-of-00003.gguf` and so on, the metadata in the first, every tensor
 * whole in one of them. `split.no` (from 0) and `split.count` in the metadata say so.
 */
import { JambalayaError } from '../../errors/index.js';
import { shown, shownName } from '../phrases.js';
import type { ByteSource, ModelFolder } from '../source.js';
import { type GgufFile, readGguf } from './read.js';

const partPattern = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i;

/** More parts than any model has; each is an open file. */
const maxParts = 4096;

/** The names of all parts of the file, the first one first; its name alone if it is not a part. */
export function ggufParts(file: string): readonly string[] {
  const [, stem, , last] = partPattern.exec(file) ?? [];
  const count = Number(last);
  if (stem === undefined || count < 1 || count > maxParts) return [file];
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${last}.gguf`);
}

/** A GGUF file, of whatever parts, and the way to close them. */
export interface OpenGguf extends GgufFile {
  close(): Promise<void>;
}

/**
 * Reads the head of a GGUF file, or of all parts of one of which `file` is any.
 *
 * @throws as `readGguf`; `format` for a part that is missing, twice there, or of another model
 */
export async function openGguf(folder: ModelFolder, file: string): Promise<OpenGguf> {
  const opened: ByteSource[] = [];
  const close = async () => {
    await Promise.all(opened.splice(0).map((source) => source.close()));
  };
  const read = async (name: string) => {
    const source = await folder.open(name);
    opened.push(source);
    return readGguf(source);
  };
  try {
    const given = await read(file);
    const count = numberOf(given, 'split.count') ?? 1;
    if (count <= 1) return { ...given, close };
    const names = ggufParts(file);
    const which = `part ${(numberOf(given, 'split.no') ?? 0) + 1} of ${count}`;
    if (names.length !== count) {
      const expected = `a name such as model-00001-of-${String(count).padStart(5, '0')}.gguf, as this is ${which}`;
      throw new JambalayaError('format', { file: given.name, expected, found: shownName(file) });
    }
    await expectAll(folder, given.name, which, names);
    const parts: GgufFile[] = [];
    for (const name of names) parts.push(name === file ? given : await read(name));
    return { ...joined(parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function expectAll(folder: ModelFolder, file: string, which: string, names: readonly string[]): Promise<void> {
  const found = await Promise.all(names.map((name) => folder.has(name)));
  const missing = names.filter((_, i) => !found[i]);
  if (missing.length === 0) return;
  const [first] = missing;
  throw new JambalayaError(
    'format',
    {
      file,
      expected: `all ${names.length} parts of the model beside each other, as this is ${which}`,
      found: missing.length === 1 ? `no ${first}` : `no ${first} and ${missing.length - 1} more missing`,
    },
    { hint: 'Fetch the other parts into the same folder: npx jambalaya pull ORG/NAME FILE.gguf takes all of them.' },
  );
}

function joined(parts: readonly GgufFile[]): GgufFile {
  const [first] = parts as [GgufFile];
  const tensors = new Map(first.tensors);
  for (const [i, part] of parts.entries()) {
    const [no, count] = [numberOf(part, 'split.no'), numberOf(part, 'split.count')];
    if (no !== i || count !== parts.length) {
      const expected = `part ${i + 1} of ${parts.length}, as its name says`;
      const found = `split.no ${shown(no)} and split.count ${shown(count)}`;
      throw new JambalayaError('format', { file: part.name, expected, found });
    }
    if (i === 0) continue;
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) {
        const found = `it in ${tensors.get(name)!.source.name} too`;
        throw new JambalayaError('format', { file: part.name, tensor: shownName(name), expected: 'it once', found });
      }
      tensors.set(name, tensor);
    }
  }
  const all = numberOf(first, 'split.tensors.count');
  if (all !== undefined && all !== tensors.size) {
    const found = `${tensors.size} in its parts`;
    throw new JambalayaError('format', { file: first.name, expected: `${all} tensors`, found });
  }
  return { ...first, tensors };
}

function numberOf({ metadata }: GgufFile, key: string): number | undefined {
  const value = metadata.get(key)?.value;
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
}
