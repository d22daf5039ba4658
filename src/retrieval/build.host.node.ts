/** Makes the index of a folder, or brings it up to date: files that did not change are not read again. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import { fileError, lock } from '../formats/index.js';
import { usualFields } from './documents/jsonLines.js';
import { type DocumentKind, documentKind, partsOf } from './documents/parts.host.node.js';
import {
  type IndexedFile,
  type IndexSettings,
  livePassages,
  type Manifest,
  newManifest,
  type PassageRange,
  readManifest,
  writeManifest,
} from './manifest.host.node.js';
import type { IndexOptions, IndexReport } from './options.js';
import { SegmentBuilder } from './segments/builder.host.node.js';
import { mergeSegments } from './segments/merge.host.node.js';
import { Segment } from './segments/segment.host.node.js';

/** The index of a folder unless told otherwise. */
export const indexFolderName = '.jambalaya-index';

/** More segments than this are merged: a query asks all of them. */
const mostSegments = 8;
/** A segment of whose passages fewer are in the index is written anew. */
const leastLive = 0.6;
/** A file that was changed so shortly before it was read may change again within the same instant. */
const unsureNanoseconds = 20_000_000n;

interface FoundFile {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly size: number;
  readonly modified: bigint;
}

/**
 * Indexes the texts of `folder` (text, Markdown, HTML, JSON lines; names that begin with a dot, and `node_modules`, are passed over) into
 * `options.index`. A run that is killed loses at most what it read since the last segment; the index that was there stays
 * usable until the new one is whole.
 *
 * @throws `file` if the folder cannot be read, the index not written, or another process writes it; `aborted`
 */
export async function indexFolder(folder: string, options: IndexOptions = {}): Promise<IndexReport> {
  const { passageWords = 200, fields } = options;
  if (!Number.isSafeInteger(passageWords) || passageWords < 1) {
    throw new JambalayaError('usage', {
      argument: 'passageWords',
      expected: 'a whole number from 1',
      found: String(passageWords),
    });
  }
  const place = options.index ?? join(folder, indexFolderName);
  const found = await filesIn(folder, resolve(place));
  try {
    await mkdir(place, { recursive: true });
  } catch (error) {
    throw fileError(place, 'write', error, 'Give a folder for the index that can be written to: --index DIR');
  }
  await using _ = await lock(join(place, '.lock'), place);
  const run = new IndexRun(folder, place, { passageWords, fields: { ...usualFields, ...fields } }, options);
  return run.run(found);
}

class IndexRun {
  #manifest: Manifest;
  #builder: SegmentBuilder | undefined;
  #segment = '';
  /** Files that are read, and their passages in segments that are not yet in the manifest. */
  readonly #finished = new Map<string, IndexedFile>();
  #notes = 0;

  constructor(
    private readonly folder: string,
    private readonly place: string,
    settings: IndexSettings,
    private readonly options: IndexOptions,
  ) {
    this.#manifest = newManifest(settings);
  }

  async run(found: readonly FoundFile[]): Promise<IndexReport> {
    const started = performance.now();
    await this.#open();
    const before = this.#manifest.files;
    const paths = new Set(found.map(({ path }) => path));
    const removed = Object.keys(before).filter((path) => !paths.has(path));
    const changed = found.filter(({ path, size, modified }) => {
      const known = Object.hasOwn(before, path) ? before[path] : undefined;
      return known?.size !== size || known.modified !== String(modified);
    });
    const skipped = await this.#read(changed);
    const dropped = new Set([...removed, ...skipped]);
    const files = Object.entries(this.#manifest.files).filter(([path]) => !dropped.has(path));
    if (dropped.size > 0) this.#manifest = { ...this.#manifest, files: Object.fromEntries(files) };
    const touched = changed.length > 0 || dropped.size > 0;
    if (touched || this.#manifest.segments.length === 0) await writeManifest(this.place, this.#manifest);
    if (touched) await this.#tidy();
    await this.#removeOthers();
    return {
      index: this.place,
      files: Object.keys(this.#manifest.files).length,
      passages: this.#passages(),
      read: changed.length - skipped.length,
      unchanged: found.length - changed.length,
      removed: removed.length,
      skipped: skipped.length,
      segments: this.#manifest.segments.length,
      bytes: await this.#bytes(),
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** The manifest that is there, without what is damaged. */
  async #open(): Promise<void> {
    const { settings } = this.#manifest;
    try {
      const there = await readManifest(this.place);
      if (there === undefined) return;
      if (JSON.stringify(there.settings) !== JSON.stringify(settings)) {
        this.#note('the index was made with other settings: made anew');
        this.#manifest = { ...this.#manifest, next: there.next };
        return;
      }
      this.#manifest = there;
    } catch (error) {
      if (!isJambalayaError(error, 'format')) throw error;
      this.#note(`made anew: ${error.message}`);
      this.#manifest = { ...this.#manifest, next: Date.now() };
      return;
    }
    for (const segment of this.#manifest.segments) {
      try {
        await (await Segment.open(join(this.place, segment))).close();
      } catch (error) {
        if (!isJambalayaError(error)) throw error;
        this.#note(`its files are read again: ${error.message}`);
        this.#forget(segment);
      }
    }
  }

  #forget(segment: string): void {
    const { segments, files } = this.#manifest;
    const kept = Object.entries(files).filter(([, { ranges }]) => ranges.every((range) => range.segment !== segment));
    this.#manifest = {
      ...this.#manifest,
      segments: segments.filter((other) => other !== segment),
      files: Object.fromEntries(kept),
    };
  }

  /** Reads files; gives those that could not be. */
  async #read(files: readonly FoundFile[]): Promise<string[]> {
    const { signal, onProgress, memoryBytes = 96 << 20 } = this.options;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const skipped: string[] = [];
    let done = 0;
    let filesDone = 0;
    let passages = 0;
    try {
      for (const file of files) {
        const until = done + file.size;
        const ranges: PassageRange[] = [];
        let terms = 0;
        const tell = () => onProgress?.({ file: file.path, done, total, filesDone, files: files.length, passages });
        const readStart = BigInt(Date.now()) * 1_000_000n;
        try {
          for await (const part of partsOf(join(this.folder, file.path), file.kind, {
            ...this.#manifest.settings,
            onRead: (bytes) => {
              done = Math.min(until, done + bytes);
              tell();
            },
            onSkipped: (line, reason) => this.#noteRow(`${file.path}:${line}`, reason),
          })) {
            if (signal?.aborted) throw new JambalayaError('aborted', { what: `indexing ${this.folder}` });
            const builder = await this.#openBuilder();
            const number = builder.passages;
            terms += await builder.add({ source: file.path, ...part });
            passages++;
            extend(ranges, this.#segment, number);
            if (builder.memoryBytes > memoryBytes) await this.#endSegment();
          }
        } catch (error) {
          // One file that is no text does not keep the others out.
          if (!isJambalayaError(error) || error.code === 'aborted' || isWriting(error)) throw error;
          this.#note(`passed over: ${error.message}`);
          skipped.push(file.path);
          done = until;
          continue;
        }
        const unsure = file.modified + unsureNanoseconds >= readStart;
        const modified = unsure ? '' : String(file.modified);
        this.#finished.set(file.path, { size: file.size, modified, terms, ranges });
        done = until;
        filesDone++;
        tell();
      }
      await this.#endSegment();
    } catch (error) {
      await this.#builder?.abandon();
      throw error;
    }
    return skipped;
  }

  async #openBuilder(): Promise<SegmentBuilder> {
    if (this.#builder === undefined) {
      this.#segment = this.#newSegment();
      this.#builder = await SegmentBuilder.create(join(this.place, this.#segment));
    }
    return this.#builder;
  }

  #newSegment(): string {
    const { next } = this.#manifest;
    this.#manifest = { ...this.#manifest, next: next + 1 };
    return `segment-${next}.bin`;
  }

  /** Puts the segment, and the files that are read whole, into the index. */
  async #endSegment(): Promise<void> {
    if (this.#builder !== undefined) {
      await this.#builder.finish();
      this.#builder = undefined;
      this.#manifest = { ...this.#manifest, segments: [...this.#manifest.segments, this.#segment] };
    }
    const files = { ...this.#manifest.files, ...Object.fromEntries(this.#finished) };
    this.#finished.clear();
    this.#manifest = { ...this.#manifest, files };
    await writeManifest(this.place, this.#manifest);
  }

  /** Writes anew what is mostly gone, and merges the smallest segments while there are too many. */
  async #tidy(): Promise<void> {
    const opened = new Map<string, Segment>();
    try {
      for (const name of this.#manifest.segments) opened.set(name, await Segment.open(join(this.place, name)));
      const live = livePassages(this.#manifest, new Map([...opened].map(([name, { passages }]) => [name, passages])));
      const count = (name: string) => live.get(name)!.reduce((sum, flag) => sum + flag, 0);
      const thin = [...opened]
        .filter(([name, { passages }]) => count(name) < leastLive * passages)
        .map(([name]) => name);
      const chosen = new Set(thin);
      const left = opened.size - thin.length + (thin.length > 0 ? 1 : 0);
      if (left > mostSegments) {
        const bySize = [...opened].filter(([name]) => !chosen.has(name)).sort(([, a], [, b]) => a.bytes - b.bytes);
        for (const [name] of bySize.slice(0, left - mostSegments / 2)) chosen.add(name);
      }
      if (chosen.size > 0) await this.#merge([...chosen], opened, live);
    } finally {
      for (const segment of opened.values()) await segment.close();
    }
  }

  async #merge(
    names: readonly string[],
    opened: ReadonlyMap<string, Segment>,
    live: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    const { signal } = this.options;
    const check = () => {
      if (signal?.aborted) throw new JambalayaError('aborted', { what: `indexing ${this.folder}` });
    };
    const target = this.#newSegment();
    const parts = names.map((name) => ({ segment: opened.get(name)!, live: live.get(name)! }));
    const { places } = await mergeSegments(join(this.place, target), parts, check);
    const placesOf = new Map(names.map((name, i) => [name, places[i]!]));
    const moved = ({ segment, first, count }: PassageRange): PassageRange => {
      const place = placesOf.get(segment);
      return place === undefined ? { segment, first, count } : { segment: target, first: place[first]!, count };
    };
    const files = Object.entries(this.#manifest.files).map(
      ([path, file]) => [path, { ...file, ranges: file.ranges.map(moved) }] as const,
    );
    const others = this.#manifest.segments.filter((name) => !placesOf.has(name));
    this.#manifest = { ...this.#manifest, segments: [...others, target], files: Object.fromEntries(files) };
    await writeManifest(this.place, this.#manifest);
  }

  /** Segments of runs that were killed, and those that were merged. */
  async #removeOthers(): Promise<void> {
    const kept = new Set(this.#manifest.segments);
    for (const name of await readdir(this.place)) {
      const isOurs = /^segment-\d+\.bin$/.test(name) || /^\.segment-\d+\.bin\..*\.partial$/.test(name);
      if (isOurs && !kept.has(name)) await rm(join(this.place, name), { force: true });
    }
  }

  #passages(): number {
    const ranges = Object.values(this.#manifest.files).flatMap((file) => file.ranges);
    return ranges.reduce((sum, { count }) => sum + count, 0);
  }

  async #bytes(): Promise<number> {
    let bytes = 0;
    for (const name of this.#manifest.segments) bytes += (await stat(join(this.place, name))).size;
    return bytes;
  }

  #note(text: string): void {
    this.options.onNote?.(text);
  }

  /** The first rows without a text are told, the others counted. */
  #noteRow(place: string, reason: string): void {
    if (this.#notes++ < 3) this.#note(`${place}: passed over, ${reason}`);
    else if (this.#notes === 4) this.#note('more rows like these are passed over without a note');
  }
}

const isWriting = (error: JambalayaError) => 'operation' in error.fields && error.fields.operation === 'write';

/** Adds one passage to the last range, or begins another. */
function extend(ranges: PassageRange[], segment: string, number: number): void {
  const last = ranges.at(-1);
  if (last?.segment === segment) ranges[ranges.length - 1] = { ...last, count: last.count + 1 };
  else ranges.push({ segment, first: number, count: 1 });
}

/** The documents of a folder, by path. */
async function filesIn(folder: string, index: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const visit = async (path: string) => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw fileError(path, 'read', error);
    });
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || resolve(child) === index) continue;
      if (entry.isDirectory()) await visit(child);
      const kind = entry.isDirectory() ? undefined : documentKind(entry.name);
      if (kind === undefined) continue;
      const stats = await stat(child, { bigint: true }).catch(() => undefined);
      if (!stats?.isFile()) continue;
      const name = relative(folder, child).split(sep).join('/');
      found.push({ path: name, kind, size: Number(stats.size), modified: stats.mtimeNs });
    }
  };
  await visit(folder);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
