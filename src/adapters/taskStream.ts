/** Rows of a task as batches without end: rows of like length together, in an order that hangs on the seed alone. */
import { JambalayaError } from '../errors/index.js';
import { ignoredLabel } from '../nn/index.js';
import { type Batch, type BatchStream, type DataCursor, Random } from '../training/index.js';
import type { EncodedRow } from './rows.js';

export class TaskStream implements BatchStream {
  private batches = 0;
  private readonly fingerprint: string;
  private readonly perEpoch: number;
  private epoch: { readonly number: number; readonly batches: readonly (readonly EncodedRow[])[] } | undefined;

  constructor(
    private readonly rows: readonly EncodedRow[],
    private readonly size: number,
    private readonly seed: number,
  ) {
    this.perEpoch = Math.ceil(rows.length / size);
    this.fingerprint = `${rows.length} rows ${hashOf(rows)} by ${size} seed ${seed}`;
  }

  next(): Batch {
    const number = Math.floor(this.batches / this.perEpoch);
    if (this.epoch?.number !== number) this.epoch = { number, batches: this.shuffled(number) };
    return batchOfRows(this.epoch.batches[this.batches++ % this.perEpoch]!);
  }

  get cursor(): DataCursor {
    return { version: 1, fingerprint: this.fingerprint, batches: this.batches, sources: [] };
  }

  seek({ fingerprint, batches }: DataCursor): void {
    if (fingerprint !== this.fingerprint) {
      const reason = `its rows were ${fingerprint}, and are ${this.fingerprint} now`;
      throw new JambalayaError('state', { reason }, { hint: 'continue with the rows that it was begun with' });
    }
    this.batches = batches;
  }

  /** Sorted by length, those of one length in a new order each time; then cut into batches, which come in a new order. */
  private shuffled(epoch: number): readonly (readonly EncodedRow[])[] {
    const random = new Random(this.seed, `rows ${epoch}`);
    const length = (row: EncodedRow) => row.prompt.length + row.completion.length;
    const sorted = shuffle(this.rows, random).sort((a, b) => length(a) - length(b));
    const batches = Array.from({ length: this.perEpoch }, (_, i) => sorted.slice(i * this.size, (i + 1) * this.size));
    return shuffle(batches, random);
  }
}

/** A copy in random order (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}

/** A batch, and what its prompts say. */
export interface TaskBatch extends Batch {
  readonly prompts: readonly string[];
}

/** Each row a segment; what counts are the tokens of the completions. */
export function batchOfRows(rows: readonly EncodedRow[]): TaskBatch {
  // The last token is only predicted.
  const lengths = rows.map(({ prompt, completion }) => prompt.length + completion.length - 1);
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets.at(-1)! + length);
  const ids = new Int32Array(offsets.at(-1)!);
  const labels = new Int32Array(ids.length).fill(ignoredLabel);
  rows.forEach(({ prompt, completion }, s) => {
    const start = offsets[s]!;
    ids.set(prompt, start);
    ids.set(completion.slice(0, -1), start + prompt.length);
    // An empty prompt leaves the first token to nobody.
    completion.forEach((id, i) => {
      const row = prompt.length + i - 1;
      if (row >= 0) labels[start + row] = id;
    });
  });
  return {
    ids,
    labels,
    lengths,
    offsets: Int32Array.from(offsets),
    countedLabels: labels.reduce((count, label) => count + (label === ignoredLabel ? 0 : 1), 0),
    prompts: rows.map(({ text }) => text),
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** FNV-1a over all ids. */
function hashOf(rows: readonly EncodedRow[]): string {
  let hash = 0x811c9dc5;
  const add = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const { prompt, completion } of rows) for (const ids of [prompt, [-1], completion, [-2]]) ids.forEach(add);
  return (hash >>> 0).toString(16);
}
