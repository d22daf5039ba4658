import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSet } from '../../../test/golden/support.js';
import { openDevice } from '../../devices/index.js';
import { isJambalayaError } from '../../errors/index.js';
import { ignoredLabel, Segments } from '../../nn/index.js';
import { scope } from '../../tensor/index.js';
import { Random } from '../random.js';
import type { Batch, DataCursor } from './batch.js';
import { heldOutBatches } from './heldOutBatches.js';
import { splitDocuments } from './pieces.js';
import { MixedStream, type MixedStreamOptions } from './stream.js';
import { openTokenFile, TokenFileWriter } from './tokenFile.host.node.js';
import type { TokenFile } from './tokenFile.js';

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Id 1 begins and id 2 ends a document; ids up to 96 are of as many bytes as their last digit says. */
const bytesOf = Uint16Array.from({ length: 97 }, (_, id) => (id < 3 ? 0 : id % 10));

async function tokenFile(
  name: string,
  documents: readonly (readonly number[])[],
  learnedFrom?: number,
): Promise<TokenFile> {
  const writer = await TokenFileWriter.create(join(folder, name), 'key', bytesOf);
  for (const [i, inner] of documents.entries()) {
    const ids = [1, ...inner, 2];
    const learned = learnedFrom === undefined ? {} : { learned: ids.map((_, at) => at >= learnedFrom) };
    await writer.add({ ids, ...learned });
    writer.endDocument(Math.floor((i / documents.length) * 2 ** 32));
  }
  await writer.finish();
  return (await openTokenFile(join(folder, name), 'key'))!;
}

/** Documents of random lengths and tokens, the first of which says which document it is. */
function randomDocuments(count: number, longest: number, seed: number): number[][] {
  const random = new Random(seed, 'test');
  const below = (n: number) => Math.floor(random.uniform() * n);
  return Array.from({ length: count }, () => Array.from({ length: 1 + below(longest) }, () => 3 + below(90)));
}

const documents = randomDocuments(40, 50, 1);
const all = (file: TokenFile) => Uint32Array.from({ length: file.documents }, (_, i) => i);
const file = await tokenFile('a', documents);
const other = await tokenFile('b', randomDocuments(7, 200, 2));
const parts = await tokenFile('c', randomDocuments(30, 12, 3), 4);

const options = (more: Partial<MixedStreamOptions> = {}): MixedStreamOptions => ({
  tokens: 16,
  sequences: 3,
  resetAtDocuments: true,
  seed: 5,
  fingerprint: 'data',
  sources: [{ name: 'a', weight: 1, file, documents: all(file) }],
  ...more,
});
const mixed = options({
  sources: [
    { name: 'a', weight: 3, file, documents: all(file) },
    { name: 'b', weight: 2, file: other, documents: all(other) },
    { name: 'c', weight: 1, file: parts, documents: all(parts) },
  ],
});
const take = (stream: MixedStream, count: number): Batch[] => Array.from({ length: count }, () => stream.next());
/** A cursor as it comes out of a checkpoint. */
const stored = (stream: MixedStream) => JSON.parse(JSON.stringify(stream.cursor)) as DataCursor;

describe('a batch', () => {
  it('is flat tokens, whole, with the labels that they predict', () => {
    for (const { ids, labels, lengths, offsets, countedLabels, bytes } of take(new MixedStream(options()), 20)) {
      expect(ids.length).toBe(48);
      expect(labels.length).toBe(48);
      expect(offsets.at(-1)).toBe(48);
      expect([...offsets].slice(1).map((end, i) => end - offsets[i]!)).toEqual(lengths);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(16);
      const counted = [...labels].filter((label) => label !== ignoredLabel);
      expect(countedLabels).toBe(counted.length);
      expect(bytes).toBe(counted.reduce((sum, label) => sum + bytesOf[label]!, 0));
      for (const [t, id] of ids.entries()) {
        if (id === 2) expect(labels[t]).toBe(ignoredLabel);
        else if (t + 1 < ids.length && !offsets.includes(t + 1)) expect(labels[t]).toBe(ids[t + 1]);
        else expect(labels[t]).toBeGreaterThan(1);
      }
    }
  });

  it('has every token of every document once in a pass, as input and but for the first as label', () => {
    const stream = new MixedStream(options());
    const inputs: number[] = [];
    const labels: number[] = [];
    const perPass = file.tokens;
    while (inputs.length < perPass) {
      const batch = stream.next();
      inputs.push(...batch.ids);
      labels.push(...batch.labels);
    }
    const expected = documents.flatMap((inner) => [1, ...inner, 2]);
    const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    expect(sorted(inputs.slice(0, perPass))).toEqual(sorted(expected));
    const predicted = labels.slice(0, perPass).filter((label) => label !== ignoredLabel);
    expect(sorted(predicted)).toEqual(sorted(documents.flatMap((inner) => [...inner, 2])));
  });

  it('has the same tokens and labels where documents do not reset, in segments of whole sequences', () => {
    const resetting = take(new MixedStream(mixed), 30);
    const flowing = take(new MixedStream({ ...mixed, resetAtDocuments: false }), 30);
    for (const [i, { ids, labels, lengths }] of flowing.entries()) {
      expect(ids).toEqual(resetting[i]!.ids);
      expect(labels).toEqual(resetting[i]!.labels);
      expect(lengths.slice(0, -1).every((length) => length === 16)).toBe(true);
    }
    expect(resetting.some(({ lengths }) => lengths.length > 3)).toBe(true);
  });
});

describe('the order', () => {
  it('follows from the seed, and differs from pass to pass', () => {
    const [one, again, third] = [5, 5, 6].map((seed) => take(new MixedStream(options({ seed })), 40));
    expect(again).toEqual(one);
    expect(third).not.toEqual(one);
    const stream = new MixedStream(options());
    const passes = [0, 1].map((epoch) => {
      const ids: number[] = [];
      while (stream.cursor.sources[0]!.epoch === epoch) ids.push(...stream.next().ids);
      return ids.slice(48, 480);
    });
    expect(passes[0]).not.toEqual(passes[1]);
  });

  it('goes on from any place as if it had never stopped', () => {
    const stream = new MixedStream(mixed);
    const cursors: DataCursor[] = [];
    const batches: Batch[] = [];
    for (let i = 0; i < 60; i++) {
      cursors.push(stored(stream));
      batches.push(stream.next());
    }
    expect(cursors.at(-1)!.sources.every(({ epoch }) => epoch > 0)).toBe(true);
    for (const [i, cursor] of cursors.entries()) {
      const resumed = new MixedStream(mixed);
      resumed.seek(cursor);
      expect(stored(resumed)).toEqual(cursor);
      expect(take(resumed, Math.min(3, 60 - i))).toEqual(batches.slice(i, i + 3));
    }
    stream.seek(cursors[0]!);
    expect(stream.next()).toEqual(batches[0]);
  });

  it('takes tokens from each source in proportion to its weight', () => {
    const stream = new MixedStream(mixed);
    take(stream, 500);
    const { sources } = stream.cursor;
    const total = sources.reduce((sum, { tokens }) => sum + tokens, 0);
    for (const [i, weight] of [3, 2, 1].entries()) expect(sources[i]!.tokens / total).toBeCloseTo(weight / 6, 2);
  });

  it('refuses a place in other data', () => {
    const cursor = stored(new MixedStream(mixed));
    const refused = [
      { ...cursor, fingerprint: 'others' },
      { ...cursor, version: 2 },
      { ...cursor, sources: cursor.sources.slice(1) },
      { ...cursor, sources: cursor.sources.map((source) => ({ ...source, piece: 10_000 })) },
      { ...cursor, sources: cursor.sources.map((source) => ({ ...source, offset: -1 })) },
    ];
    for (const wrong of refused) {
      let error: unknown;
      try {
        new MixedStream(mixed).seek(wrong as DataCursor);
      } catch (thrown) {
        error = thrown;
      }
      expect(isJambalayaError(error, 'state')).toBe(true);
    }
  });
});

describe('documents that are learned in part', () => {
  const only = options({ sources: [{ name: 'c', weight: 1, file: parts, documents: all(parts) }] });

  it('are never cut', () => {
    for (const { ids, lengths, offsets } of take(new MixedStream(only), 40)) {
      expect(ids.length).toBeLessThanOrEqual(48);
      for (const [i, length] of lengths.entries()) {
        expect(ids[offsets[i]!]).toBe(1);
        expect(ids[offsets[i]! + length - 1]).toBe(2);
      }
    }
  });

  it('have labels only where they are learned', () => {
    for (const { ids, labels, lengths, offsets } of take(new MixedStream(only), 20)) {
      for (const [i, length] of lengths.entries()) {
        const rows = Array.from({ length }, (_, t) => offsets[i]! + t);
        const expected = rows.map((row, t) => (t + 1 >= 4 && t + 1 < length ? ids[row + 1] : ignoredLabel));
        expect(rows.map((row) => labels[row])).toEqual(expected);
      }
    }
  });
});

describe('held-out batches', () => {
  const { train, heldOut } = splitDocuments(file, 0.25);

  it('are of other documents than those for training', () => {
    expect([...heldOut]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...heldOut, ...train]).toEqual([...all(file)]);
    expect(splitDocuments(file, 0).heldOut).toHaveLength(0);
    expect(splitDocuments(file, 1).train).toHaveLength(0);
  });

  it('have each token once, and no more than asked for but for the rest of a piece', () => {
    const tokensOf = (batches: readonly Batch[]) => batches.reduce((sum, { ids }) => sum + ids.length, 0);
    const whole = heldOutBatches(file, heldOut, 1e9, options());
    expect(tokensOf(whole)).toBe(file.starts[10]);
    const expected = documents.slice(0, 10).flatMap((inner) => [...inner, 2]);
    expect(whole.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(expected.reduce((sum, id) => sum + bytesOf[id]!, 0));
    const some = tokensOf(heldOutBatches(file, heldOut, 60, options()));
    expect(some).toBeGreaterThanOrEqual(60);
    expect(some).toBeLessThan(60 + 16);
    expect(heldOutBatches(file, new Uint32Array(), 60, options())).toEqual([]);
  });
});

describe('through a model', () => {
  it.each([true, false])('a document in a batch computes as alone only if documents reset (%s)', async (reset) => {
    const device = await openDevice({ name: 'reference' });
    const model = await loadSet('jamba-moe', device);
    const { ids, lengths } = new MixedStream(options({ resetAtDocuments: reset })).next();
    const logits = async (rows: Int32Array, segments: readonly number[]) => {
      using output = scope(() => model.forward({ ids: rows, segments: new Segments(device, segments) }).logits!);
      return output.read();
    };
    const together = await logits(ids, lengths);
    // The first document that begins after another one, in one sequence with it.
    const begin = ids.findIndex((id, t) => id === 1 && t % 16 > 2);
    const length = Math.min(ids.findIndex((id, t) => id === 2 && t > begin) + 1, begin - (begin % 16) + 16) - begin;
    expect(length).toBeGreaterThan(2);
    const alone = await logits(ids.slice(begin, begin + length), [length]);
    const vocabulary = alone.length / length;
    const inBatch = together.slice(begin * vocabulary, (begin + length) * vocabulary);
    expect(inBatch.every((value, i) => value === alone[i])).toBe(reset);
  });
});
