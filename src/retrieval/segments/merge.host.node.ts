/** Segments into one, without the passages that are no longer in the index; only one term's lists are in memory. */

import { PostingsWriter } from './builder.host.node.js';
import { compareTerms } from './layout.js';
import type { Segment, TermEntry } from './segment.host.node.js';
import { SegmentSink } from './sink.host.node.js';

export interface SegmentToMerge {
  readonly segment: Segment;
  /** (P) 1 where the passage is still in the index. */
  readonly live: Uint8Array;
}

/** Gives the bytes of the new segment, and for each of the old ones where its passages are now; −1 for none. */
export async function mergeSegments(
  path: string,
  parts: readonly SegmentToMerge[],
  check: () => void,
): Promise<{ readonly bytes: number; readonly places: readonly Int32Array[] }> {
  const sink = await SegmentSink.create(path);
  try {
    const places: Int32Array[] = [];
    for (const { segment, live } of parts) {
      const place = new Int32Array(segment.passages).fill(-1);
      for (let number = 0; number < segment.passages; number++) {
        if (live[number] !== 1) continue;
        check();
        place[number] = sink.passages;
        await sink.addPassage(await segment.passage(number), segment.lengths[number]!);
      }
      places.push(place);
    }
    const cursors = await Promise.all(parts.map(async ({ segment }, i) => TermCursor.open(segment, places[i]!)));
    const writer = new PostingsWriter();
    for (;;) {
      const rest = cursors.filter(({ entry }) => entry !== undefined);
      if (rest.length === 0) break;
      check();
      const term = rest.map(({ entry }) => entry!.term).reduce((a, b) => (compareTerms(a, b) <= 0 ? a : b));
      writer.clear();
      for (const cursor of rest) if (cursor.entry!.term === term) await cursor.copyTo(writer);
      if (writer.count > 0) await sink.addTerm(term, writer.count, writer.bytes);
    }
    return { bytes: await sink.finish(), places };
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

class TermCursor {
  entry: TermEntry | undefined;

  static async open(segment: Segment, places: Int32Array): Promise<TermCursor> {
    const cursor = new TermCursor(segment, places, segment.terms());
    await cursor.#advance();
    return cursor;
  }

  private constructor(
    private readonly segment: Segment,
    private readonly places: Int32Array,
    private readonly terms: AsyncGenerator<TermEntry>,
  ) {}

  async copyTo(writer: PostingsWriter): Promise<void> {
    const postings = await this.segment.postings(this.entry!);
    while (postings.next()) {
      const place = this.places[postings.passage]!;
      if (place >= 0) writer.add(place, postings.times);
    }
    await this.#advance();
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.terms.next();
    this.entry = done ? undefined : value;
  }
}
