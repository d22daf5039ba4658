/**
 * Damaged model files: whatever a reader is given, it returns a file that keeps every promise, or throws a typed error.
 *
 * Case number n is the same in every run. JAMBALAYA_FUZZ_COUNT says how many; `scripts/fuzz-formats.mjs` runs more.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../../src/errors/index.js';
import {
  type ByteSource,
  bytesSource,
  encodeSafetensors,
  jsonLimits,
  memoryFolder,
  openCheckpoint,
  parseJson,
  readFloats,
  readIntegers,
  readSafetensors,
  readTensor,
  type SafetensorsFile,
  storedBytes,
  storedDTypes,
  type TensorEntry,
} from '../../src/formats/index.js';
import { mutateBytes, mutateJson, mutateSafetensors, type Random, seededRandom } from './mutate.js';

const count = Number(process.env.JAMBALAYA_FUZZ_COUNT ?? 2000);
const timeout = 60_000 + count * 20;

const golden = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/golden/${name}`, import.meta.url)));
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text);

const everyDType = encodeSafetensors(
  storedDTypes.map((dtype, i) => {
    const shape = [[4], [2, 2], [1, 4, 1], [0, 4]][i % 4]!;
    const bytes = new Uint8Array(storedBytes(dtype, shape) as number).fill(i * 7);
    return { name: `layer.${i}.${dtype}`, dtype, shape, bytes };
  }),
  { format: 'pt', note: 'é' },
);
const scalar = encodeSafetensors([{ name: 's', dtype: 'F32', shape: [], bytes: new Uint8Array(4) }]);
const files = [
  everyDType,
  everyDType,
  scalar,
  encodeSafetensors([]),
  golden('jamba-odd/model-00003-of-00003.safetensors'),
];

const shards = ['00001', '00002', '00003'].map((number) => `model-${number}-of-00003.safetensors`);
const indexName = 'model.safetensors.index.json';
const checkpointFiles = Object.fromEntries(
  ['config.json', indexName, ...shards].map((name) => [name, golden(`jamba-odd/${name}`)]),
);

/** A source that fails the test when it is asked for more than there is. */
function guarded(bytes: Uint8Array): ByteSource {
  const source = bytesSource('fuzzed', bytes);
  return {
    ...source,
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        throw new RangeError(`read(${offset}, ${length}) of ${bytes.length} bytes`);
      }
      return source.read(offset, length);
    },
  };
}

/** What later code relies on. */
function checkPromises(file: Pick<SafetensorsFile, 'tensors' | 'metadata'>): void {
  for (const value of Object.values(file.metadata)) expect(typeof value).toBe('string');
  const ends = new Map<ByteSource, number>();
  for (const [name, { name: own, dtype, shape, source, offset, byteLength }] of file.tensors) {
    expect(own).toBe(name);
    expect(storedBytes(dtype, shape)).toBe(byteLength);
    if (ends.has(source)) expect(offset).toBe(ends.get(source));
    ends.set(source, offset + byteLength);
  }
  for (const [source, end] of ends) expect(end).toBe(source.size);
}

async function readEverything(entry: TensorEntry): Promise<void> {
  expect(await readTensor(entry)).toHaveLength(entry.byteLength);
  for (const read of [readFloats, readIntegers]) {
    await read(entry).catch((error: unknown) => {
      if (!isJambalayaError(error, 'format')) throw error;
    });
  }
}

const subjects: Record<string, (random: Random) => Promise<void>> = {
  async safetensors(random) {
    const file = await readSafetensors(guarded(mutateSafetensors(random.pick(files), random)));
    checkPromises(file);
    for (const entry of file.tensors.values()) await readEverything(entry);
  },

  async checkpoint(random) {
    const name = random.pick(['config.json', indexName, indexName, ...shards]);
    const bytes = checkpointFiles[name]!;
    const damaged = name.endsWith('.json')
      ? random.pick([mutateBytes(bytes, random), bytesOf(mutateJson(textOf(bytes), random))])
      : mutateSafetensors(bytes, random);
    const folder = memoryFolder('fuzzed', { ...checkpointFiles, [name]: damaged });
    const checkpoint = await openCheckpoint({ ...folder, open: async (file) => guarded(await wholeOf(folder, file)) });
    checkPromises(checkpoint);
    await checkpoint.close();
  },

  async json(random) {
    const text = textOf(checkpointFiles[random.pick(['config.json', indexName])]!);
    const damaged = random.pick([
      () => bytesOf(mutateJson(text, random)),
      () => mutateBytes(bytesOf(text), random),
      () => mutateBytes(bytesOf(mutateJson(text, random)), random),
    ])();
    const uniqueKeys = random.below(2) === 0;
    const value = parseJson('fuzzed', damaged, { maxBytes: jsonLimits.config, uniqueKeys });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  },
};

async function wholeOf(folder: ReturnType<typeof memoryFolder>, file: string): Promise<Uint8Array> {
  const source = await folder.open(file);
  return source.read(0, source.size);
}

/** The outcome of one case: `valid`, or the first words of what the error expected. */
async function outcome(subject: (random: Random) => Promise<void>, random: Random): Promise<string> {
  try {
    await subject(random);
    return 'valid';
  } catch (error) {
    // The folder stands, and every name is checked: no damage makes anything but a format error.
    if (!isJambalayaError(error, 'format')) throw error;
    const { expected, found, tensor } = error.fields;
    expect(`${expected}${found}${tensor ?? ''}`).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(2000);
    const words = expected.replace(/\d+/g, '…').split(' ');
    return `format: ${words
      .filter((word) => /^[a-z_…]+,?$/i.test(word) && word !== 'BOOL')
      .slice(0, 5)
      .join(' ')}`;
  }
}

describe('damaged files', () => {
  it.each(Object.keys(subjects))(
    `${count} of kind %s`,
    async (kind) => {
      const outcomes: Record<string, number> = {};
      for (let seed = 0; seed < count; seed++) {
        const name = await outcome(subjects[kind]!, seededRandom(seed)).catch((error: unknown) => {
          throw new Error(`case ${seed} of ${kind}`, { cause: error });
        });
        outcomes[name] = (outcomes[name] ?? 0) + 1;
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
      // Damage that readers always, or never, notice would test little.
      expect(outcomes.valid).toBeGreaterThan(count / 100);
      expect(Object.keys(outcomes).length).toBeGreaterThan(3);
      const table = Object.entries(outcomes).sort((a, b) => b[1] - a[1]);
      console.log([`${kind}, ${count} cases:`, ...table.map(([name, times]) => `${times}\t${name}`)].join('\n'));
    },
    timeout,
  );
});
