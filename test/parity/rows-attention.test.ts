/** Attention's rows depend on nothing but the row: not on batch, chunks, pages or threads, bit for bit. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Device, DType, HostArray } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice } from '../../src/devices/index.js';
import { narrowed, offsetsOf, pageTable } from './cases/attention.js';
import { floats, integers, type Operand, runCase } from './harness.js';

/** Sequences that cross page and block edges, end on one, and end before one. */
const lengths = [200, 131, 64, 7];
const rows = lengths.reduce((a, b) => a + b, 0);
const firsts = lengths.map((_, s) => lengths.slice(0, s).reduce((a, b) => a + b, 0));
/** One that needs no padding on any instruction set, one that always does, and more heads than a tile has rows. */
const shapes = [
  { heads: 4, kvHeads: 2, headSize: 32 },
  { heads: 5, kvHeads: 5, headSize: 21 },
  { heads: 72, kvHeads: 1, headSize: 4 },
];
type Shape = (typeof shapes)[number];

interface Sequences {
  readonly q: Operand;
  readonly k: Operand;
  readonly v: Operand;
}

const sequences = ({ heads, kvHeads, headSize }: Shape): Sequences => ({
  q: floats(rows * heads * headSize, 1, 2),
  k: floats(rows * kvHeads * headSize, 2),
  v: floats(rows * kvHeads * headSize, 3),
});

/** The operand's rows [begin, begin + count) of each range, one range behind the other. */
function pick(operand: Operand, ranges: readonly { begin: number; count: number }[]): Operand {
  const width = operand.data.length / rows;
  const picked = new Float32Array(ranges.reduce((sum, { count }) => sum + count, 0) * width);
  let to = 0;
  for (const { begin, count } of ranges) {
    picked.set(operand.data.subarray(begin * width, (begin + count) * width), to);
    to += count * width;
  }
  return { dtype: operand.dtype, data: picked };
}

/** `out` and `logSumExp` of every row, gathered from calls that cover the rows in any order. */
class Results {
  readonly out: Float32Array;
  readonly logSumExp: Float32Array;
  constructor(shape: Shape) {
    this.out = new Float32Array(rows * shape.heads * shape.headSize).fill(Number.NaN);
    this.logSumExp = new Float32Array(rows * shape.heads).fill(Number.NaN);
  }
  place(made: Map<string, HostArray>, ranges: readonly { begin: number; count: number }[]): void {
    for (const name of ['out', 'logSumExp'] as const) {
      const width = this[name].length / rows;
      let from = 0;
      for (const { begin, count } of ranges) {
        this[name].set(made.get(name)!.subarray(from * width, (from + count) * width) as Float32Array, begin * width);
        from += count;
      }
    }
  }
}

/** Where two results differ first, in bits rather than values so that -0 is not 0; undefined where nowhere. */
function difference<T extends object>(actual: T, expected: T): string | undefined {
  for (const [name, values] of Object.entries(expected) as [keyof T & string, Float32Array][]) {
    const wanted = new Uint32Array(values.buffer);
    const found = new Uint32Array((actual[name] as Float32Array).buffer);
    const at = wanted.findIndex((bits, i) => bits !== found[i]);
    if (at >= 0 || found.length !== wanted.length) return `${name}[${at}]`;
  }
  return undefined;
}

const finite = (results: object): boolean =>
  Object.values(results).every((values: Float32Array) => values.every(Number.isFinite));

const outputs = (count: number, { heads, headSize }: Shape) => ({
  out: { dtype: 'f32' as const, length: count * heads * headSize },
  logSumExp: { dtype: 'f32' as const, length: count * heads },
});

async function flat(device: Device, shape: Shape, causal: number, together: boolean): Promise<Results> {
  const { q, k, v } = sequences(shape);
  const results = new Results(shape);
  const whole = lengths.map((count, s) => ({ begin: firsts[s]!, count }));
  for (const batch of together ? [whole] : whole.map((range) => [range])) {
    const count = batch.reduce((sum, range) => sum + range.count, 0);
    const made = await runCase(device, 'attention', {
      title: 'flat',
      inputs: {
        q: pick(q, batch),
        k: pick(k, batch),
        v: pick(v, batch),
        offsets: offsetsOf(batch.map((range) => range.count)),
      },
      outputs: outputs(count, shape),
      numbers: {
        ...shape,
        rows: count,
        segments: batch.length,
        causal,
        pageTokens: 0,
        maxPages: 0,
        pages: 0,
        bf16Products: 0,
        scale: shape.headSize ** -0.5,
      },
    });
    results.place(made, batch);
  }
  return results;
}

/** All sequences side by side, `chunk` rows of each a call, through pages that were full of NaN. */
async function paged(
  device: Device,
  shape: Shape,
  dtype: DType,
  chunk: number,
  pageTokens: number,
  bf16Products = 0,
): Promise<Results> {
  const { q, k, v } = sequences(shape);
  const width = shape.kvHeads * shape.headSize;
  const maxPages = Math.ceil(Math.max(...lengths) / pageTokens);
  const pages = lengths.reduce((sum, length) => sum + Math.ceil(length / pageTokens), 2);
  const table = pageTable(lengths, pageTokens, maxPages, pages);
  const empty: Operand = { dtype: 'f32', data: new Float32Array(pages * pageTokens * width).fill(Number.NaN) };
  let keyPages = narrowed(empty, dtype);
  let valuePages = keyPages;
  const results = new Results(shape);
  for (let start = 0; start < Math.max(...lengths); start += chunk) {
    const ranges = lengths.map((length, s) => ({
      begin: firsts[s]! + Math.min(start, length),
      count: Math.max(0, Math.min(chunk, length - start)),
    }));
    const count = ranges.reduce((sum, range) => sum + range.count, 0);
    const shared = {
      pageTable: table,
      offsets: offsetsOf(ranges.map((range) => range.count)),
      starts: integers(lengths.map((length) => Math.min(start, length))),
    };
    const numbers = { rows: count, segments: lengths.length, pageTokens, maxPages, pages };
    const written = await runCase(device, 'appendKeyValue', {
      title: 'append',
      inputs: { k: pick(k, ranges), v: pick(v, ranges), ...shared, keyPages, valuePages },
      outputs: {},
      numbers: { ...numbers, width },
    });
    keyPages = { dtype, data: written.get('keyPages')! };
    valuePages = { dtype, data: written.get('valuePages')! };
    const made = await runCase(device, 'attention', {
      title: 'paged',
      inputs: { q: pick(q, ranges), keyPages, valuePages, ...shared },
      outputs: outputs(count, shape),
      numbers: { ...numbers, ...shape, bf16Products, causal: 1, scale: shape.headSize ** -0.5 },
    });
    results.place(made, ranges);
  }
  return results;
}

async function gradients(
  device: Device,
  shape: Shape,
  causal: number,
  together: boolean,
): Promise<Record<'dQ' | 'dK' | 'dV', Float32Array>> {
  const { q, k, v } = sequences(shape);
  const whole = lengths.map((count, s) => ({ begin: firsts[s]!, count }));
  const forward = await flat(device, shape, causal, true);
  const out: Operand = { dtype: 'f32', data: forward.out };
  const logSumExp: Operand = { dtype: 'f32', data: forward.logSumExp };
  const dOut = floats(out.data.length, 4);
  const parts: Map<string, HostArray>[] = [];
  for (const batch of together ? [whole] : whole.map((range) => [range])) {
    const count = batch.reduce((sum, range) => sum + range.count, 0);
    const length = (heads: number) => ({ dtype: 'f32' as const, length: count * heads * shape.headSize });
    const operands = Object.entries({ q, k, v, out, logSumExp, dOut }).map(([name, operand]) => [
      name,
      pick(operand, batch),
    ]);
    parts.push(
      await runCase(device, 'attentionBackward', {
        title: 'backward',
        inputs: { ...Object.fromEntries(operands), offsets: offsetsOf(batch.map((range) => range.count)) },
        outputs: {
          dQ: length(shape.heads),
          dK: length(shape.kvHeads),
          dV: length(shape.kvHeads),
          rest: { dtype: 'f32', length: count * shape.heads },
        },
        numbers: { ...shape, rows: count, segments: batch.length, causal, scale: shape.headSize ** -0.5 },
      }),
    );
  }
  const joined = (name: string): Float32Array => {
    const values = parts.map((part) => part.get(name)!);
    const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
    let to = 0;
    for (const part of values) {
      all.set(part, to);
      to += part.length;
    }
    return all;
  };
  return { dQ: joined('dQ'), dK: joined('dK'), dV: joined('dV') };
}

describe.each(nativeInstructionSets())('native %s', (isa) => {
  const opened = new Map<number, Promise<Device>>();
  const device = (threads: number): Promise<Device> => {
    const found = opened.get(threads) ?? openDevice({ name: 'native', isa, threads });
    opened.set(threads, found);
    return found;
  };
  afterAll(async () => {
    for (const one of opened.values()) (await one).dispose();
  });

  describe.each(shapes)('$heads heads on $kvHeads of $headSize', (shape) => {
    it('flat: a sequence in a batch is a sequence alone, with one thread or two', async () => {
      for (const causal of [0, 1]) {
        const whole = await flat(await device(2), shape, causal, true);
        expect(finite(whole)).toBe(true);
        expect(difference(await flat(await device(1), shape, causal, true), whole)).toBe(undefined);
        expect(difference(await flat(await device(2), shape, causal, false), whole)).toBe(undefined);
      }
    });

    it('paged: token by token and in chunks of 7 is the whole sequence', async () => {
      const whole = await flat(await device(1), shape, 1, true);
      for (const threads of [1, 2]) {
        expect(difference(await paged(await device(threads), shape, 'f32', 7, 64), whole)).toBe(undefined);
        expect(difference(await paged(await device(threads), shape, 'f32', 1, 128), whole)).toBe(undefined);
      }
    });

    it.each([
      ['bf16', 0],
      ['bf16', 1],
      ['f16', 0],
    ] as const)(
      '%s pages, bf16Products %i: token by token and in chunks of 7 is the whole sequence',
      async (dtype, bf16Products) => {
        const whole = await paged(await device(1), shape, dtype, Math.max(...lengths), 64, bf16Products);
        expect(finite(whole)).toBe(true);
        expect(difference(await paged(await device(2), shape, dtype, 7, 128, bf16Products), whole)).toBe(undefined);
        expect(difference(await paged(await device(2), shape, dtype, 1, 64, bf16Products), whole)).toBe(undefined);
      },
    );

    it('gradients: a sequence in a batch is a sequence alone, with one thread or two', async () => {
      for (const causal of [0, 1]) {
        const whole = await gradients(await device(2), shape, causal, true);
        expect(finite(whole)).toBe(true);
        expect(difference(await gradients(await device(1), shape, causal, true), whole)).toBe(undefined);
        expect(difference(await gradients(await device(2), shape, causal, false), whole)).toBe(undefined);
      }
    });
  });
});
