/** Texts to measure on, and the training text that coders are primed with. */
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * The text files of a folder, by name.
 *
 * @param {string} folder
 * @param {readonly string[]} [wanted] all of them unless told
 * @returns {Record<string, string>}
 */
export function heldOutTexts(folder, wanted) {
  if (!existsSync(folder)) throw new RangeError(`expected a folder of held-out texts at ${folder}`);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort();
  if (files.length === 0) throw new RangeError(`expected files NAME.txt in ${folder}, found none`);
  const all = files.map((file) => basename(file, '.txt'));
  const missing = wanted?.find((name) => !all.includes(name));
  if (missing !== undefined) throw new RangeError(`expected one of the texts ${all.join(', ')}, got ${missing}`);
  return Object.fromEntries((wanted ?? all).map((name) => [name, readFileSync(join(folder, `${name}.txt`), 'utf8')]));
}

/** Each text up to so many characters; none is cut within a character, so that its bytes stay UTF-8. */
export function beginnings(texts, characters) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '')]),
  );
}

/**
 * Writes the texts of `FOLDER/*.jsonl.gz` into one file, an empty line between two, files by name. Generated ones are left out: they are no
 * text of the kind that is measured.
 *
 * @returns {Promise<string[]>} the names of the files that are in it
 */
export async function writeTrainingText(folder, path) {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl.gz') && name !== 'generated.jsonl.gz')
    .sort();
  if (names.length === 0) throw new RangeError(`expected files NAME.jsonl.gz in ${folder}, found none`);
  const out = createWriteStream(path);
  for (const name of names) {
    const lines = createInterface({
      input: createReadStream(join(folder, name)).pipe(createGunzip()),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      if (line === '') continue;
      if (!out.write(`${JSON.parse(line).text}\n\n`)) await new Promise((resolve) => out.once('drain', resolve));
    }
  }
  out.end();
  await finished(out);
  return names;
}
