/** The first pass: texts to ids of words, four bytes each, in one file; the words and how often each stands. */
import { JambalayaError } from '../../errors/index.js';
import { characterTable, composedBlock } from '../characterTable.js';
import type { Kernels } from '../kernels.js';
import { Appended, type JobFolder, type PhaseState, readInto } from './job.host.node.js';
import type { PassOptions } from './options.js';
import { blockBytes, blocksOf, type TextBlock } from './texts.host.node.js';

export interface CountedWords {
  readonly words: number;
  /** Words and marks in the file of ids. */
  readonly ids: number;
  /** By id. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** Of n-grams of 1 … 5 words. */
  readonly totals: readonly number[];
  readonly texts: number;
  /** Word `id` is `arena[offsets[id]] … arena[offsets[id + 1]]`, UTF-8. */
  readonly arena: Uint8Array<ArrayBuffer>;
  readonly offsets: Uint32Array<ArrayBuffer>;
}

/** Blocks from one note of where the pass stands to the next. */
const blocksPerState = 64;
const most32 = 2 ** 32 - 2 ** 24;

/** The words of a pass, in tables that grow. */
class WordTables {
  readonly state: Uint32Array<ArrayBuffer>;
  slots: Uint32Array<ArrayBuffer>;
  offsets: Uint32Array<ArrayBuffer>;
  arena: Uint8Array<ArrayBuffer>;
  counts: Uint32Array<ArrayBuffer>;
  readonly totals: Float64Array<ArrayBuffer>;

  constructor(private readonly kernels: Kernels) {
    this.state = kernels.allocate(Uint32Array, 2);
    this.slots = kernels.allocate(Uint32Array, 2 ** 18);
    this.offsets = kernels.allocate(Uint32Array, 2 ** 16);
    this.counts = kernels.allocate(Uint32Array, 2 ** 16);
    this.arena = kernels.allocate(Uint8Array, 2 ** 20);
    this.totals = kernels.allocate(Float64Array, 8);
  }

  get words(): number {
    return this.state[0]!;
  }

  get used(): number {
    return this.state[1]!;
  }

  /** Makes room for so many words and bytes of words more. */
  async grow(words: number, bytes: number): Promise<void> {
    const entries = this.words + words + 2;
    if (entries > most32 || this.used + bytes > most32) {
      throw new JambalayaError(
        'limit',
        { what: 'bytes of distinct words', limit: most32, found: this.used + bytes },
        { hint: 'Count parts of the corpus on their own.' },
      );
    }
    const { kernels } = this;
    if (this.offsets.length < entries) {
      const length = Math.max(entries, 2 * this.offsets.length);
      this.offsets = copied(this.offsets, kernels.allocate(Uint32Array, length));
      this.counts = copied(this.counts, kernels.allocate(Uint32Array, length));
    }
    if (this.arena.length < this.used + bytes) {
      const length = Math.max(this.used + bytes, Math.ceil(1.5 * this.arena.length));
      this.arena = copied(this.arena, kernels.allocate(Uint8Array, length));
    }
    let slots = this.slots.length / 2;
    while (slots <= entries) slots *= 2;
    if (slots === this.slots.length / 2) return;
    const wider = kernels.allocate(Uint32Array, 2 * slots);
    await kernels.run('fillSlots', [this.slots, wider], []);
    this.slots = wider;
  }

  /** Enters the words of a pass that goes on. */
  async enter(folder: JobFolder, words: number, bytes: number): Promise<void> {
    await this.grow(words, bytes);
    const given = this.kernels.allocate(Uint32Array, words + 1);
    await readInto(folder.place('offsets'), given.subarray(1), 0);
    await readInto(folder.place('arena'), this.arena.subarray(0, bytes), 0);
    const entered = await this.kernels.run('enterWords', [this.slots, this.offsets, this.arena, given], [words]);
    if (entered !== words) throw damaged(folder.place('arena'), `${words} distinct words`, `${entered}`);
    this.state.set([words, bytes]);
  }

  async tally(ids: Uint32Array<ArrayBuffer>, count: number, file: string): Promise<void> {
    const status = await this.kernels.run('tally', [ids, this.counts, this.totals], [count, this.words]);
    if (status !== 0) throw damaged(file, 'ids of known words', 'others');
  }
}

const copied = <T extends Uint8Array | Uint32Array>(from: T, to: T): T => {
  to.set(from);
  return to;
};

const damaged = (file: string, expected: string, found: string) =>
  new JambalayaError(
    'format',
    { file, expected, found },
    { hint: 'The file is damaged: remove the folder and count again.' },
  );

/** Reads all texts from where `start` says, or only what is there already if all were read. */
export async function wordPass(
  kernels: Kernels,
  folder: JobFolder,
  start: Omit<PhaseState<'words'>, 'phase'>,
  { signal, onProgress }: PassOptions,
): Promise<CountedWords> {
  const { key } = start;
  const tables = new WordTables(kernels);
  await folder.cut('ids', 4 * start.ids);
  await folder.cut('arena', start.arena);
  await folder.cut('offsets', 4 * start.words);
  let ids = kernels.allocate(Uint32Array, 4 * 2 ** 20);
  if (start.words > 0) await tables.enter(folder, start.words, start.arena);
  for (let at = 0; at < start.ids; at += ids.length) {
    const part = ids.subarray(0, Math.min(ids.length, start.ids - at));
    await readInto(folder.place('ids'), part, 4 * at);
    await tables.tally(ids, part.length, folder.place('ids'));
  }
  const total = key.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = key.files.slice(0, start.file).reduce((sum, { bytes }) => sum + bytes, 0);
  let written = start.ids;
  let saved = { words: start.words, used: start.arena };
  const files = {
    ids: await Appended.open(folder.place('ids')),
    arena: await Appended.open(folder.place('arena')),
    offsets: await Appended.open(folder.place('offsets')),
  };
  const save = async (file: number, offset: number) => {
    await files.arena.append(tables.arena.subarray(saved.used, tables.used));
    await files.offsets.append(tables.offsets.subarray(saved.words + 1, tables.words + 1));
    saved = { words: tables.words, used: tables.used };
    await folder.writeState({ key, phase: 'words', file, offset, ids: written, words: saved.words, arena: saved.used });
  };
  const characters = new Map<boolean, Uint32Array<ArrayBuffer>>();
  const charactersFor = (linesAreTexts: boolean) => {
    const table =
      characters.get(linesAreTexts) ??
      copied(
        characterTable(key.normalisation, linesAreTexts) as Uint32Array<ArrayBuffer>,
        kernels.allocate(Uint32Array, 0x110000),
      );
    characters.set(linesAreTexts, table);
    return table;
  };
  let text = kernels.allocate(Uint8Array, 2 * blockBytes);
  const put = (bytes: Uint8Array) => {
    if (bytes.length > text.length) text = kernels.allocate(Uint8Array, bytes.length + blockBytes);
    text.set(bytes);
    return bytes.length;
  };
  const take = async (block: TextBlock) => {
    const table = charactersFor(block.linesAreTexts);
    let length = put(block.bytes);
    if ((await kernels.run('isComposed', [text, table], [length])) === 0) {
      length = put(composedTexts(block.bytes, key.normalisation));
    }
    await tables.grow(length / 2 + 2, 2 * length + 8);
    if (ids.length < length) ids = kernels.allocate(Uint32Array, length + blockBytes);
    const count = await kernels.run(
      'wordIds',
      [text, table, tables.slots, tables.offsets, tables.arena, tables.state, ids],
      [length],
    );
    await Promise.all([tables.tally(ids, count, folder.place('ids')), files.ids.append(ids.subarray(0, count))]);
    written += count;
  };
  let blocks = 0;
  try {
    for (let file = start.file; file < key.files.length; file++) {
      const { file: path } = key.files[file]!;
      const options = { separator: key.separator ?? undefined, field: key.field };
      const onRead = (bytes: number) => {
        read += bytes;
      };
      const from = file === start.file ? start.offset : 0;
      const source = blocksOf(path, from, options, onRead);
      // The next block is read while this one is split.
      let next = source.next();
      for (;;) {
        const { value: block, done } = await next;
        if (done) break;
        next = source.next();
        next.catch(() => {});
        await take(block);
        if (++blocks % blocksPerState === 0) await save(file, block.offset);
        onProgress?.({ phase: 'words', done: Math.min(read, total), total, tokens: tables.totals[0]! });
        if (signal?.aborted) {
          await save(file, block.offset);
          throw new JambalayaError('aborted', { what: 'counting' }, { hint: 'Give the same command again to go on.' });
        }
      }
    }
    await save(key.files.length, 0);
  } finally {
    for (const file of Object.values(files)) await file.close();
  }
  return {
    words: tables.words,
    ids: written,
    counts: tables.counts.subarray(0, tables.words),
    totals: Array.from(tables.totals.subarray(0, 5)),
    texts: tables.totals[6]!,
    arena: tables.arena.subarray(0, tables.used),
    offsets: tables.offsets.subarray(0, tables.words + 1),
  };
}

/** As `composedBlock`, text by text: the byte that ends one is no UTF-8. */
function composedTexts(bytes: Uint8Array, normalisation: Parameters<typeof composedBlock>[1]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    const found = bytes.indexOf(0xff, begin);
    const last = found < 0 ? bytes.length : found;
    parts.push(composedBlock(bytes.subarray(begin, last), normalisation), bytes.subarray(last, last + 1));
    begin = last + 1;
  }
  return Buffer.concat(parts);
}
