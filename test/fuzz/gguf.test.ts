/**
 * Damaged GGUF files: the reader returns a file that keeps every promise, or throws a `format` error; and what opens and
 * loads them as models gives a model and a tokenizer, or a typed error.
 *
 * Case number n is the same in every run. JAMBALAYA_FUZZ_COUNT says how many.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BlockFormat, blockFormats } from '../../src/contract/index.js';
import { PlanningDevice, ReferenceDevice } from '../../src/devices/index.js';
import { isJambalayaError } from '../../src/errors/index.js';
import {
  bytesSource,
  encodeGguf,
  type GgufFile,
  type GgufMetadata,
  type GgufValue,
  ggufEntry,
  memoryFolder,
  openCheckpoint,
  readFloats,
  readGguf,
} from '../../src/formats/index.js';
import { exportToGguf, loadCheckpoint, openGgufCheckpoint } from '../../src/models/index.js';
import { Tokenizer } from '../../src/tokenizers/index.js';
import { mutateBytes, type Random, seededRandom } from './mutate.js';

const count = Number(process.env.JAMBALAYA_FUZZ_COUNT ?? 2000);
const timeout = 60_000 + count * 20;

const metadata: GgufMetadata = new Map([
  ['general.architecture', { type: 'string', value: 'jamba' }],
  ['general.alignment', { type: 'u32', value: 32 }],
  ['jamba.block_count', { type: 'u32', value: 2 }],
  ['jamba.kv', { type: 'array', of: 'i32', value: [0, 2] }],
  ['tokens', { type: 'array', of: 'string', value: ['a', 'b', 'Ġc'] }],
  ['big', { type: 'u64', value: 7n }],
  ['flag', { type: 'bool', value: false }],
]);
const data = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => (i * 7) % 251);
const file = await encodeGguf(
  [
    { name: 'token_embd.weight', type: 'F16', shape: [3, 4], pieces: () => [data(24)] },
    { name: 'blk.0.ffn_up.weight', type: 'Q8_0', shape: [2, 32], pieces: () => [data(68)] },
    { name: 'blk.0.ssm_d', type: 'F32', shape: [3], pieces: () => [data(12)] },
    { name: 'output.weight', type: 'BF16', shape: [2, 2, 2], pieces: () => [data(16)] },
    ...Object.entries(blockFormats).map(([name, { blockValues, blockBytes }]) => ({
      name,
      type: name as BlockFormat,
      shape: [2, blockValues],
      pieces: () => [data(2 * blockBytes)],
    })),
  ],
  metadata,
);
const headOf = async (bytes: Uint8Array) => {
  const { tensors } = await readGguf(bytesSource('m', bytes));
  return Math.min(...[...tensors.values()].map(({ offset }) => offset));
};
const headBytes = await headOf(file);

/** A source that fails the test when it is asked for more than there is. */
function guarded(bytes: Uint8Array) {
  const source = bytesSource('fuzzed', bytes);
  return {
    ...source,
    read(offset: number, length: number) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        throw new RangeError(`read(${offset}, ${length}) of ${bytes.length} bytes`);
      }
      return source.read(offset, length);
    },
  };
}

/** Odd numbers where counts, lengths, codes and offsets are: anywhere in the head. */
function mutateNumbers(whole: Uint8Array, head: number, random: Random): Uint8Array {
  const bytes = whole.slice();
  const view = new DataView(bytes.buffer);
  const odd = [0n, 1n, 2n, 9n, 31n, 33n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
  for (let left = 1 + random.below(2); left > 0; left--) {
    const at = random.below(head - 8);
    if (random.below(2) === 0) view.setBigUint64(at, random.pick(odd), true);
    else view.setUint32(at, Number(random.pick(odd) & 0xffffffffn), true);
  }
  return bytes;
}

function damaged(random: Random): Uint8Array {
  const kind = random.below(4);
  if (kind === 0) return mutateBytes(file, random);
  if (kind === 1)
    return Uint8Array.from([...mutateBytes(file.subarray(0, headBytes), random), ...file.slice(headBytes)]);
  return mutateNumbers(file, headBytes, random);
}

/** A model of a golden set with a small byte-level tokenizer, in one file. */
async function modelFile(): Promise<{ bytes: Uint8Array; head: number }> {
  const golden = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/golden/${name}`, import.meta.url)));
  const vocab = Object.fromEntries([...'abcdefghĠ', 'ab', 'cd', 'abcd'].map((token, id) => [token, id]));
  const tokenizer = {
    added_tokens: [{ id: 12, content: '<end>', special: true }],
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: ['a b', 'c d', 'ab cd'] },
  };
  const folder = memoryFolder('m', {
    'config.json': golden('jamba-stacked/config.json'),
    'model.safetensors': golden('jamba-stacked/model.safetensors'),
    'tokenizer.json': new TextEncoder().encode(JSON.stringify(tokenizer)),
  });
  const place = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const checkpoint = await openCheckpoint(folder);
    await exportToGguf(checkpoint, join(place, 'm.gguf'), { type: 'Q8_0' });
    const bytes = new Uint8Array(readFileSync(join(place, 'm.gguf')));
    return { bytes, head: await headOf(bytes) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** A llama of one layer in several block formats, with divisors of its frequencies and a SentencePiece vocabulary. */
async function llamaFile(): Promise<{ bytes: Uint8Array; head: number }> {
  const text = (value: string) => ({ type: 'string' as const, value });
  const u32 = (value: number) => ({ type: 'u32' as const, value });
  const f32 = (value: number) => ({ type: 'f32' as const, value });
  const tokens = ['<unk>', '<s>', '</s>', '<0x41>', '\u2581', 'a', 'b', 'ab', '\u2581ab', 'c', 'd', 'cd'];
  const metadata: GgufMetadata = new Map<string, GgufValue>([
    ['general.architecture', text('llama')],
    ['llama.block_count', u32(1)],
    ['llama.context_length', u32(64)],
    ['llama.embedding_length', u32(32)],
    ['llama.feed_forward_length', u32(32)],
    ['llama.attention.head_count', u32(2)],
    ['llama.attention.head_count_kv', u32(1)],
    ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
    ['llama.rope.freq_base', f32(10_000)],
    ['llama.rope.scaling.type', text('linear')],
    ['llama.rope.scaling.factor', f32(2)],
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.scores', { type: 'array', of: 'f32', value: tokens.map((_, i) => -i) }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'i32', value: tokens.map((_, i) => [2, 3, 3, 6][i] ?? 1) }],
    ['tokenizer.ggml.bos_token_id', u32(1)],
    ['tokenizer.ggml.unknown_token_id', u32(0)],
  ]);
  const shapes: [string, BlockFormat | 'F32', number[]][] = [
    ['token_embd.weight', 'Q8_0', [tokens.length, 32]],
    ['output_norm.weight', 'F32', [32]],
    ['rope_freqs.weight', 'F32', [8]],
    ['blk.0.attn_norm.weight', 'F32', [32]],
    ['blk.0.attn_q.weight', 'Q4_1', [32, 32]],
    ['blk.0.attn_k.weight', 'Q5_0', [16, 32]],
    ['blk.0.attn_v.weight', 'Q5_1', [16, 32]],
    ['blk.0.attn_output.weight', 'Q4_0', [32, 32]],
    ['blk.0.ffn_norm.weight', 'F32', [32]],
    ['blk.0.ffn_gate.weight', 'IQ4_NL', [32, 32]],
    ['blk.0.ffn_up.weight', 'Q8_0', [32, 32]],
    ['blk.0.ffn_down.weight', 'Q4_1', [32, 32]],
  ];
  const tensors = shapes.map(([name, type, shape]) => {
    const values = shape.reduce((product, size) => product * size, 1);
    const bytes = type === 'F32' ? 4 * values : (values / 32) * blockFormats[type].blockBytes;
    return { name, type, shape, pieces: () => [new Uint8Array(bytes).fill(0x3f)] };
  });
  const bytes = await encodeGguf(tensors, metadata);
  return { bytes, head: await headOf(bytes) };
}

async function checkPromises({ tensors, metadata: read }: GgufFile): Promise<void> {
  for (const value of read.values()) expect(value.type === 'array' ? Array.isArray(value.value) : true).toBe(true);
  let end = 0;
  for (const [name, tensor] of tensors) {
    expect(tensor.name).toBe(name);
    expect(tensor.offset).toBeGreaterThanOrEqual(end);
    end = tensor.offset + tensor.byteLength;
    expect(end).toBeLessThanOrEqual(tensor.source.size);
    const values = tensor.shape.reduce((product, size) => product * size, 1);
    expect(await readFloats(ggufEntry(tensor))).toHaveLength(values);
    const slices = tensor.shape[0] ?? 0;
    if (slices > 0) expect(await readFloats(ggufEntry(tensor, { slice: slices - 1 }))).toHaveLength(values / slices);
  }
}

async function outcome(random: Random): Promise<string> {
  try {
    await checkPromises(await readGguf(guarded(damaged(random))));
    return 'valid';
  } catch (error) {
    if (!isJambalayaError(error, 'format')) throw error;
    const { expected, found, tensor } = error.fields;
    expect(`${expected}${found}${tensor ?? ''}`).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(2000);
    // What a key says is left out.
    const words = expected.replace(/^.* (?=to (have a type|be 0 or 1))|(?<=values of |bytes of ).*(?= that)/s, '… ');
    return `format: ${words.replace(/\d+/g, '…').split(' ').slice(0, 4).join(' ')}`;
  }
}

describe('damaged files', () => {
  it(
    `${count} of kind gguf`,
    async () => {
      const outcomes: Record<string, number> = {};
      for (let seed = 0; seed < count; seed++) {
        const name = await outcome(seededRandom(seed)).catch((error: unknown) => {
          throw new Error(`case ${seed}`, { cause: error });
        });
        outcomes[name] = (outcomes[name] ?? 0) + 1;
      }
      // Damage that the reader always, or never, notices would test little.
      expect(outcomes.valid).toBeGreaterThan(count / 100);
      expect(Object.keys(outcomes).length).toBeGreaterThan(8);
      const table = Object.entries(outcomes).sort((a, b) => b[1] - a[1]);
      console.log([`gguf, ${count} cases:`, ...table.map(([name, times]) => `${times}\t${name}`)].join('\n'));
    },
    timeout,
  );

  it.each([
    { kind: 'jamba', file: modelFile },
    { kind: 'llama', file: llamaFile },
  ])(
    `${Math.ceil(count / 4)} of models of kind $kind`,
    async ({ file }) => {
      const { bytes, head } = await file();
      const outcomes: Record<string, number> = {};
      for (let seed = 0; seed < count / 4; seed++) {
        const random = seededRandom(seed);
        const device = seed % 2 === 0 ? new PlanningDevice() : new ReferenceDevice();
        let result = 'model';
        try {
          const content = mutateNumbers(bytes, head, random);
          const checkpoint = await openGgufCheckpoint(memoryFolder('fuzzed', { 'f.gguf': content }), 'f.gguf');
          (await loadCheckpoint(checkpoint, device)).model.dispose();
          if (await checkpoint.folder.has('tokenizer.json')) {
            const source = await checkpoint.folder.open('tokenizer.json');
            const tokenizer = new TextDecoder().decode(await source.read(0, source.size));
            Tokenizer.create({ name: 'f', tokenizer }).encode('abcd abc');
          }
        } catch (error) {
          if (!isJambalayaError(error)) throw new Error(`case ${seed}`, { cause: error });
          result = error.code;
        }
        expect(device.memory.bytes, `case ${seed}`).toBe(0);
        outcomes[result] = (outcomes[result] ?? 0) + 1;
      }
      expect(outcomes.model).toBeGreaterThan(count / 100);
      expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['format', 'config', 'checkpoint']));
      console.log(outcomes);
    },
    timeout,
  );
});
