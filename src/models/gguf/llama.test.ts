import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderOf, goldenFile, largestDifference, openSet } from '../../../test/golden/support.js';
import { ReferenceDevice } from '../../devices/index.js';
import {
  encodeGguf,
  type GgufTensorToWrite,
  type GgufValue,
  type JsonObject,
  memoryFolder,
  readFloats,
} from '../../formats/index.js';
import { Segments } from '../../nn/index.js';
import { scope } from '../../tensor/index.js';
import { parseLlamaConfig } from '../llama.js';
import { loadCheckpoint } from '../load.js';
import { llamaNames } from './llama.js';
import { fromGguf } from './names.js';
import { openGgufCheckpoint } from './open.js';

const u32 = (value: number): GgufValue => ({ type: 'u32', value });
const f32 = (value: number): GgufValue => ({ type: 'f32', value });

/** A golden set as llama.cpp's converter writes it: names, metadata, and the rows of a llama's queries and keys. */
async function converted(set: string, change: Readonly<Record<string, GgufValue | undefined>> = {}) {
  const config = JSON.parse(readFileSync(`${folderOf(set)}/config.json`, 'utf8')) as Record<string, number> & {
    model_type: string;
    rope_scaling?: Record<string, number> | undefined;
  };
  const architecture = config.model_type;
  const { rotary, attention } = parseLlamaConfig(config as JsonObject, 'config.json');
  const checkpoint = await openSet(set);
  const tensors: GgufTensorToWrite[] = [];
  const ggufNames = [...llamaNames.outer, ...llamaNames.layer];
  const add = (name: string, shape: readonly number[], values: Float32Array) =>
    tensors.push({ name, type: 'F32', shape, pieces: () => [new Uint8Array(values.buffer)] });
  for (const entry of checkpoint.tensors.values()) {
    const [, layer, inside] = /^model\.layers\.(\d+)\.(.+)$/.exec(entry.name) ?? [];
    const pair = ggufNames.find(([name]) => name === (inside ?? entry.name))!;
    const name = layer === undefined ? pair[1] : `blk.${layer}.${pair[1]}`;
    expect(fromGguf(llamaNames, name)).toBe(entry.name);
    let values = await readFloats(entry);
    if (architecture === 'llama' && /attn_[qk]\./.test(name))
      values = interleaved(values, entry.shape, attention.headSize);
    add(name, entry.shape, values);
  }
  if (config.rope_scaling?.rope_type === ('llama3' as unknown)) {
    const { headSize } = attention;
    const factors = rotary.frequencies.map((frequency, i) => config.rope_theta! ** ((-2 * i) / headSize) / frequency);
    add('rope_freqs.weight', [headSize / 2], factors);
  }
  const keys: Record<string, GgufValue | undefined> = {
    'general.architecture': { type: 'string', value: architecture },
    [`${architecture}.block_count`]: u32(config.num_hidden_layers!),
    [`${architecture}.context_length`]: u32(config.max_position_embeddings!),
    [`${architecture}.embedding_length`]: u32(config.hidden_size!),
    [`${architecture}.feed_forward_length`]: u32(config.intermediate_size!),
    [`${architecture}.attention.head_count`]: u32(config.num_attention_heads!),
    [`${architecture}.attention.head_count_kv`]: u32(config.num_key_value_heads!),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: f32(config.rms_norm_eps!),
    [`${architecture}.attention.key_length`]: u32(attention.headSize),
    [`${architecture}.rope.freq_base`]: f32(
      config.rope_theta ??
        (config as unknown as { rope_parameters: { rope_theta: number } }).rope_parameters.rope_theta,
    ),
    ...(architecture === 'qwen2'
      ? {
          'qwen2.rope.scaling.type': { type: 'string', value: 'yarn' },
          'qwen2.rope.scaling.factor': f32(4),
          'qwen2.rope.scaling.original_context_length': u32(32),
        }
      : {}),
    ...change,
  };
  const metadata = new Map(Object.entries(keys).flatMap(([key, value]) => (value ? [[key, value] as const] : [])));
  await checkpoint.close();
  return openGgufCheckpoint(memoryFolder('m', { 'f.gguf': await encodeGguf(tensors, metadata) }), 'f.gguf');
}

/** llama.cpp's converter: (heads, 2, half) to (heads, half, 2). */
function interleaved(values: Float32Array, shape: readonly number[], size: number): Float32Array<ArrayBuffer> {
  const columns = shape[1] ?? 1;
  const out = new Float32Array(values.length);
  for (let row = 0; row < shape[0]!; row++) {
    const within = row % size;
    const to = row - within + 2 * (within % (size / 2)) + Math.floor(within / (size / 2));
    out.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return out;
}

describe('a GGUF of', () => {
  it.each(['llama-tiny', 'qwen2-tiny', 'qwen3-tiny'])('%s computes what the folder computes', async (set) => {
    const checkpoint = await converted(set);
    const device = new ReferenceDevice();
    const { model, unusedTensors } = await loadCheckpoint(checkpoint, device);
    expect(unusedTensors).toEqual([]);
    const golden = await goldenFile(set);
    const [, length] = golden.shape('input_ids') as [number, number];
    const ids = (await golden.integers('input_ids')).slice(0, length);
    const logits = scope(() => model.forward({ ids, segments: new Segments(device, [length]) }).logits!);
    const expected = (await golden.floats('logits')).subarray(0, logits.size);
    expect(largestDifference((await logits.read()) as Float64Array, expected)).toBeLessThan(1e-4);
  });

  it.each<[string, Readonly<Record<string, GgufValue>>, string, string]>([
    ['experts', { 'llama.expert_count': u32(8) }, 'llama.expert_count', 'not supported'],
    ['half-turned heads', { 'llama.rope.dimension_count': u32(4) }, 'llama.rope.dimension_count', '8 (whole heads'],
    [
      'values of another size',
      { 'llama.attention.value_length': u32(4) },
      'llama.attention.value_length',
      '8 (the size',
    ],
    [
      'layers of several sizes',
      { 'llama.feed_forward_length': { type: 'array', of: 'u32', value: [72, 72, 72, 71] } },
      'llama.feed_forward_length',
      'one number for all layers',
    ],
  ])('is refused with %s', async (_, change, field, expected) => {
    await expect(converted('llama-tiny', change)).rejects.toMatchObject({
      code: 'config',
      fields: { field, expected: expect.stringContaining(expected) },
    });
  });

  it('is refused with a rotation that is not known', async () => {
    const change = { 'qwen2.rope.scaling.type': { type: 'string', value: 'dynamic' } } as const;
    await expect(converted('qwen2-tiny', change)).rejects.toMatchObject({
      fields: { field: 'qwen2.rope.scaling.type', expected: '"none", "linear" or "yarn"' },
    });
  });
});
