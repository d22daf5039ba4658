/** Tables and sizes that attention must refuse before it follows them. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Device } from '../../src/contract/index.js';
import { nativeInstructionSets, openDevice, ReferenceDevice } from '../../src/devices/index.js';
import { offsetsOf } from './cases/attention.js';
import { floats, integers, type ParityCase, runCase } from './harness.js';

const sizes = { rows: 3, segments: 2, pageTokens: 64, maxPages: 2, pages: 3 };
const pool = { dtype: 'f32' as const, data: new Float32Array(3 * 64 * 8) };
const places = { pageTable: integers([0, 2, 1, -1]), offsets: offsetsOf([2, 1]), starts: integers([63, 5]) };

const paged: ParityCase = {
  title: 'paged',
  inputs: { q: floats(3 * 16, 1), keyPages: pool, valuePages: pool, ...places },
  outputs: { out: { dtype: 'f32', length: 3 * 16 }, logSumExp: { dtype: 'f32', length: 3 * 4 } },
  numbers: { ...sizes, heads: 4, kvHeads: 2, headSize: 4, bf16Products: 0, causal: 1, scale: 0.5 },
};
const flat: ParityCase = {
  title: 'flat',
  inputs: { q: floats(3 * 16, 1), k: floats(3 * 8, 2), v: floats(3 * 8, 3), offsets: places.offsets },
  outputs: paged.outputs,
  numbers: { ...paged.numbers, pageTokens: 0, maxPages: 0, pages: 0 },
};
const append: ParityCase = {
  title: 'append',
  inputs: { k: floats(3 * 8, 1), v: floats(3 * 8, 2), ...places, keyPages: pool, valuePages: pool },
  outputs: {},
  numbers: { ...sizes, width: 8 },
};

type Change = { inputs?: ParityCase['inputs']; numbers?: ParityCase['numbers']; without?: string[] };
function changed(test: ParityCase, { inputs = {}, numbers = {}, without = [] }: Change): ParityCase {
  const kept = Object.entries({ ...test.inputs, ...inputs }).filter(([name]) => !without.includes(name));
  return { ...test, inputs: Object.fromEntries(kept), numbers: { ...test.numbers, ...numbers } };
}

const tables: Record<string, Change> = {
  'a page behind the pool': { inputs: { pageTable: integers([0, 3, 1, -1]) } },
  'a negative page': { inputs: { pageTable: integers([0, -1, 1, -1]) } },
  'a start before the sequence': { inputs: { starts: integers([63, -1]) } },
  'more positions than the table has pages for': { inputs: { starts: integers([127, 5]) } },
  'offsets that fall': { inputs: { offsets: integers([0, 4, 3]) } },
  'offsets that end early': { inputs: { offsets: integers([0, 1, 2]) } },
  'pages that cut a key block': { numbers: { pageTokens: 32, maxPages: 4 } },
};
const refused: { op: 'attention' | 'appendKeyValue'; title: string; test: ParityCase; nativeOnly?: boolean }[] = [
  ...Object.entries(tables).flatMap(([title, change]) => [
    { op: 'attention' as const, title, test: changed(paged, change) },
    { op: 'appendKeyValue' as const, title, test: changed(append, change) },
  ]),
  { op: 'attention', title: 'neither keys nor pages', test: changed(flat, { without: ['k', 'v'] }) },
  {
    op: 'attention',
    title: 'keys and pages',
    test: changed(paged, { inputs: { k: floats(24, 2), v: floats(24, 3) } }),
  },
  {
    op: 'attention',
    title: 'products in bf16 with pages of f32',
    test: changed(paged, { numbers: { bf16Products: 1 } }),
    nativeOnly: true,
  },
  {
    op: 'attention',
    title: 'products in bf16 without pages',
    test: changed(flat, { numbers: { bf16Products: 1 } }),
    nativeOnly: true,
  },
  { op: 'attention', title: 'pages without a table', test: changed(paged, { without: ['pageTable'] }) },
  {
    op: 'attention',
    title: 'flat keys of rows that start later',
    test: changed(flat, { inputs: { starts: places.starts } }),
  },
  {
    op: 'attention',
    title: 'heads that kvHeads does not divide',
    test: changed(flat, { numbers: { heads: 3 } }),
    nativeOnly: true,
  },
  { op: 'attention', title: 'no key/value heads', test: changed(flat, { numbers: { kvHeads: 0 } }), nativeOnly: true },
  {
    op: 'attention',
    title: 'a head that is too large',
    test: changed(flat, { numbers: { headSize: 513 } }),
    nativeOnly: true,
  },
  {
    op: 'attention',
    title: 'more rows than there are queries',
    test: changed(flat, { numbers: { rows: 4 } }),
    nativeOnly: true,
  },
  {
    op: 'attention',
    title: 'sizes whose product overflows',
    test: changed(flat, { numbers: { rows: 2 ** 31 - 1, heads: 2 ** 31 - 2, kvHeads: 2, headSize: 512 } }),
    nativeOnly: true,
  },
  {
    op: 'attention',
    title: 'pages of integers',
    test: changed(paged, { inputs: { keyPages: { dtype: 'i8', data: new Int8Array(1536) } } }),
    nativeOnly: true,
  },
  {
    op: 'appendKeyValue',
    title: 'more pages than the pool has',
    test: changed(append, { numbers: { pages: 4 } }),
    nativeOnly: true,
  },
];

const devices: { title: string; open: () => Promise<Device> }[] = [
  { title: 'reference', open: async () => new ReferenceDevice() },
  ...nativeInstructionSets().map((isa) => ({
    title: `native ${isa}`,
    open: () => openDevice({ name: 'native', isa, threads: 2 }),
  })),
];

describe.each(devices)('$title', ({ title, open }) => {
  let device: Device | undefined;
  afterAll(() => device?.dispose());

  it('takes what the refused calls were made from', async () => {
    device ??= await open();
    for (const test of [paged, flat]) await expect(runCase(device, 'attention', test)).resolves.toBeDefined();
    await expect(runCase(device, 'appendKeyValue', append)).resolves.toBeDefined();
  });

  // Sizes are checked by the devices that could read outside; the reference is only ever called through checked shapes.
  it.each(refused.filter(({ nativeOnly }) => title !== 'reference' || !nativeOnly))(
    '$op: $title',
    async ({ op, test }) => {
      device ??= await open();
      await expect(runCase(device, op, test)).rejects.toMatchObject({ name: 'JambalayaError', code: 'device' });
    },
  );
});
