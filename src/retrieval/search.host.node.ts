/** Searches an index. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { bm25Defaults, luceneIdf, okapiIdf, termScore } from './bm25.js';
import { indexFolderName } from './build.host.node.js';
import { livePassages, type Manifest, manifestName, readManifest } from './manifest.host.node.js';
import type { Hit, PassageIndex, SearchOptions } from './options.js';
import type { Passage } from './passage.js';
import { compareTerms } from './segments/layout.js';
import { type Postings, Segment, type TermEntry } from './segments/segment.host.node.js';
import { termsOf } from './terms.js';

/** Passages that tie with the last place and are looked at to choose among them. */
const mostTies = 256;

/**
 * Opens the index of a folder, or an index folder itself.
 *
 * @throws `file` with the command that makes one, `format` for a damaged one
 */
export async function openIndex(
  folder: string,
  { index }: { readonly index?: string | undefined } = {},
): Promise<PassageIndex> {
  const path = index ?? ((await isFile(join(folder, manifestName))) ? folder : join(folder, indexFolderName));
  for (let attempt = 0; ; attempt++) {
    const manifest = await readManifest(path);
    if (manifest === undefined) {
      throw new JambalayaError(
        'file',
        { file: path, operation: 'read', reason: 'there is no index' },
        { hint: `Make one: npx jambalaya index ${folder}${index === undefined ? '' : ` --index ${index}`}` },
      );
    }
    try {
      return await OpenedIndex.open(path, manifest);
    } catch (error) {
      // Between the two reads another process may have merged segments.
      if (attempt >= 3) throw error;
    }
  }
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

interface OpenedSegment {
  readonly segment: Segment;
  /** Undefined where all passages are in the index. */
  readonly live: Uint8Array | undefined;
  /** Room for scores, and for which passages have one; zero between queries. */
  readonly scores: Float64Array;
  readonly scored: Uint8Array;
}

/** A term of a query in a segment. */
interface Found {
  readonly part: OpenedSegment;
  readonly entry: TermEntry;
  readonly postings: Postings;
}

class OpenedIndex implements PassageIndex {
  readonly files: number;
  readonly passages: number;
  readonly meanLength: number;
  #meanIdf: number | undefined;
  /** Queries use the same room, one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  static async open(path: string, manifest: Manifest): Promise<OpenedIndex> {
    const segments = new Map<string, Segment>();
    try {
      for (const name of manifest.segments) segments.set(name, await Segment.open(join(path, name)));
    } catch (error) {
      for (const segment of segments.values()) await segment.close();
      throw error;
    }
    const live = livePassages(manifest, new Map([...segments].map(([name, { passages }]) => [name, passages])));
    const parts = [...segments].map(([name, segment]) => ({
      segment,
      live: live.get(name)!.includes(0) ? live.get(name)! : undefined,
      scores: new Float64Array(segment.passages),
      scored: new Uint8Array(segment.passages),
    }));
    return new OpenedIndex(path, manifest, parts);
  }

  private constructor(
    readonly path: string,
    { files }: Manifest,
    private readonly parts: readonly OpenedSegment[],
  ) {
    const indexed = Object.values(files);
    this.files = indexed.length;
    this.passages = indexed.reduce((sum, { ranges }) => sum + ranges.reduce((own, { count }) => own + count, 0), 0);
    this.meanLength = this.passages === 0 ? 0 : indexed.reduce((sum, { terms }) => sum + terms, 0) / this.passages;
  }

  search(query: string, options: SearchOptions = {}): Promise<readonly Hit[]> {
    const result = this.#turn.then(() => this.#search(query, options));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #search(query: string, { limit = 10, ...options }: SearchOptions): Promise<readonly Hit[]> {
    if (typeof query !== 'string') {
      throw new JambalayaError('usage', { argument: 'query', expected: 'a text', found: typeof query });
    }
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new JambalayaError('usage', { argument: 'limit', expected: 'a whole number from 1', found: String(limit) });
    }
    const {
      k1 = bm25Defaults.k1,
      b = bm25Defaults.b,
      idf: form = bm25Defaults.idf,
      epsilon = bm25Defaults.epsilon,
    } = options;
    const counts = new Map<string, number>();
    for (const term of termsOf(query)) counts.set(term, (counts.get(term) ?? 0) + 1);
    if (form === 'okapi') this.#meanIdf ??= await this.#meanOkapi();
    const floor = epsilon * (this.#meanIdf ?? 0);
    const touched = new Map<OpenedSegment, number[]>(this.parts.map((part) => [part, []]));
    try {
      const lists = await Promise.all([...counts.keys()].map((term) => this.#find(term)));
      for (const [i, times] of [...counts.values()].entries()) {
        const found = lists[i]!;
        const having = await this.#having(found);
        if (having === 0) continue;
        const raw = form === 'lucene' ? luceneIdf(this.passages, having) : okapiIdf(this.passages, having);
        const idf = raw < 0 ? floor : raw;
        for (const { part, postings } of found) {
          const { scores, scored, live, segment } = part;
          const list = touched.get(part)!;
          while (postings.next()) {
            const number = postings.passage;
            if (live?.[number] === 0) continue;
            if (scored[number] === 0) {
              scored[number] = 1;
              list.push(number);
            }
            scores[number]! += times * termScore(idf, postings.times, segment.lengths[number]!, this.meanLength, k1, b);
          }
        }
      }
      return await this.#best(touched, limit);
    } finally {
      for (const [{ scores, scored }, list] of touched) {
        for (const number of list) {
          scores[number] = 0;
          scored[number] = 0;
        }
      }
    }
  }

  async #find(term: string): Promise<Found[]> {
    const found = await Promise.all(
      this.parts.map(async (part) => {
        const entry = await part.segment.find(term);
        return entry && { part, entry, postings: await part.segment.postings(entry) };
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  /** Passages of the index that have a term: those that are gone do not count. */
  async #having(found: readonly Found[]): Promise<number> {
    let having = 0;
    for (const { part, entry } of found) {
      if (part.live === undefined) having += entry.passages;
      else {
        const postings = await part.segment.postings(entry);
        while (postings.next()) having += part.live[postings.passage]!;
      }
    }
    return having;
  }

  /** The mean over the vocabulary, which `okapi` needs: all terms are read once. */
  async #meanOkapi(): Promise<number> {
    const cursors = this.parts.map((part) => ({
      part,
      terms: part.segment.terms(),
      entry: undefined as TermEntry | undefined,
    }));
    const advance = async (cursor: (typeof cursors)[number]) => {
      const { value, done } = await cursor.terms.next();
      cursor.entry = done ? undefined : value;
    };
    for (const cursor of cursors) await advance(cursor);
    let sum = 0;
    let count = 0;
    for (;;) {
      const rest = cursors.filter(({ entry }) => entry !== undefined);
      if (rest.length === 0) return count === 0 ? 0 : sum / count;
      const term = rest.map(({ entry }) => entry!.term).reduce((a, b) => (compareTerms(a, b) <= 0 ? a : b));
      const same = rest.filter(({ entry }) => entry!.term === term);
      const found = same.map(async ({ part, entry }) => ({
        part,
        entry: entry!,
        postings: await part.segment.postings(entry!),
      }));
      const having = await this.#having(await Promise.all(found));
      if (having > 0) {
        sum += okapiIdf(this.passages, having);
        count++;
      }
      for (const cursor of same) await advance(cursor);
    }
  }

  /** The first by score; among those that tie with the last place the first by source and place. */
  async #best(touched: ReadonlyMap<OpenedSegment, readonly number[]>, limit: number): Promise<readonly Hit[]> {
    const least = new Largest(limit);
    for (const [{ scores }, list] of touched) for (const number of list) least.add(scores[number]!);
    const found: { part: OpenedSegment; number: number; score: number }[] = [];
    let ties = 0;
    for (const [part, list] of touched) {
      for (const number of list) {
        const score = part.scores[number]!;
        if (score < least.smallest || (score === least.smallest && ++ties > limit + mostTies)) continue;
        found.push({ part, number, score });
      }
    }
    const hits = await Promise.all(
      found.map(async ({ part, number, score }) => ({ passage: await part.segment.passage(number), score })),
    );
    return hits.sort((a, b) => b.score - a.score || byPlace(a.passage, b.passage)).slice(0, limit);
  }

  async close(): Promise<void> {
    await this.#turn;
    for (const { segment } of this.parts) await segment.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const byPlace = (a: Passage, b: Passage) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.begin - b.begin);

/** The largest of many numbers. */
class Largest {
  /** Falling. */
  readonly #values: number[] = [];

  constructor(private readonly most: number) {}

  /** The last of them; below all numbers while there are too few. */
  get smallest(): number {
    return this.#values.length < this.most ? Number.NEGATIVE_INFINITY : this.#values[this.most - 1]!;
  }

  add(value: number): void {
    if (value <= this.smallest) return;
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! >= value) low = middle + 1;
      else high = middle;
    }
    this.#values.splice(low, 0, value);
    if (this.#values.length > this.most) this.#values.pop();
  }
}
