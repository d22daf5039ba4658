/** For a minimum of texts: how many texts each n-gram stands in, by one more pass over the ids for each length. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../formats/index.js';
import { NgramRows } from '../counts.js';
import { type JobFolder, readInto } from './job.host.node.js';
import { rowFiles, rowWords } from './mergePass.host.node.js';

const textEnd = 0xffffffff;
const boundary = 0xfffffffe;

/** Keeps the rows of n-grams that stand in at least `minimum` texts, and gives their numbers. */
export async function keepByTexts(
  folder: JobFolder,
  { ids, rankOf, minimum }: { readonly ids: number; readonly rankOf: Uint32Array; readonly minimum: number },
): Promise<number[]> {
  const kept: number[] = [];
  for (const [i, name] of rowFiles.entries()) {
    const width = rowWords(i);
    const bytes = await readFile(folder.place(name));
    const rows = new NgramRows(
      width - 1,
      new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    );
    const texts = await textsOfRows(folder, ids, rankOf, rows);
    const values = rows.values.filter((_, at) => texts[Math.floor(at / width)]! >= minimum);
    await writeFileAtomically(folder.place(name), new Uint8Array(values.buffer));
    kept.push(values.length / width);
  }
  return kept;
}

/** The number of texts of each word, by id. */
export async function textsOfWords(folder: JobFolder, ids: number, words: number): Promise<Uint32Array> {
  const texts = new Uint32Array(words);
  const last = new Uint32Array(words);
  let text = 1;
  await eachId(folder, ids, (id) => {
    if (id === textEnd) text++;
    else if (id !== boundary && last[id] !== text) {
      last[id] = text;
      texts[id]!++;
    }
  });
  return texts;
}

async function textsOfRows(folder: JobFolder, ids: number, rankOf: Uint32Array, rows: NgramRows): Promise<Uint32Array> {
  const texts = new Uint32Array(rows.length);
  const last = new Uint32Array(rows.length);
  const { n } = rows;
  let window: number[] = [];
  let text = 1;
  await eachId(folder, ids, (id) => {
    if (id === textEnd) text++;
    const rank = id >= boundary ? 0 : rankOf[id]!;
    if (rank === 0) {
      window = [];
      return;
    }
    window.push(rank);
    if (window.length > n) window.shift();
    const row = window.length === n ? rows.find(window) : -1;
    if (row < 0 || last[row] === text) return;
    last[row] = text;
    texts[row]!++;
  });
  return texts;
}

async function eachId(folder: JobFolder, ids: number, visit: (id: number) => void): Promise<void> {
  const part = new Uint32Array(2 ** 20);
  for (let at = 0; at < ids; at += part.length) {
    const some = part.subarray(0, Math.min(part.length, ids - at));
    await readInto(folder.place('ids'), some, 4 * at);
    for (const id of some) visit(id);
  }
}
