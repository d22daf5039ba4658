/** Models written and loaded again: the same numbers, from every form that a checkpoint can have. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, openSet, read } from '../../../test/golden/support.js';
import type { Device } from '../../contract/index.js';
import { openDevice } from '../../devices/index.js';
import {
  type Checkpoint,
  encodeSafetensors,
  type GgufWriteType,
  memoryFolder,
  openCheckpoint,
  openFile,
  readFloats,
  readGguf,
  readTensor,
  type TensorToWrite,
} from '../../formats/index.js';
import { Segments } from '../../nn/index.js';
import { scope } from '../../tensor/index.js';
import { exportToGguf, exportToHuggingFace, loadCheckpoint, openModel } from '../index.js';
import type { FloatType } from './huggingFace.js';

let folder: string;
let device: Device;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
  device = await openDevice({ name: 'reference' });
});
afterAll(async () => {
  device.dispose();
  await rm(folder, { recursive: true });
});

/** Logits (16, V) of fixed ids; the checkpoint is closed. */
async function logitsOf(checkpoint: Checkpoint): Promise<Float64Array> {
  const { model, unusedTensors } = await loadCheckpoint(checkpoint, device, { strict: true });
  expect(unusedTensors).toEqual([]);
  const ids = Int32Array.from({ length: 16 }, (_, i) => (3 + i * 7) % model.description.vocabularySize);
  const logits = scope(() => model.forward({ ids, segments: new Segments(device, [ids.length]) }).logits!);
  const values = Float64Array.from(await read(logits));
  logits.dispose();
  model.dispose();
  await checkpoint.close();
  return values;
}

const known = new Map<string, Promise<Float64Array>>();
/** Logits of a golden set as it is. */
function logitsOfSet(set: string): Promise<Float64Array> {
  const logits = known.get(set) ?? openSet(set).then(logitsOf);
  known.set(set, logits);
  return logits;
}

/** A golden set whose experts are int8 rows with scales, stacked or not as the set has them. */
async function openInt8(set: string): Promise<Checkpoint> {
  const original = await openSet(set);
  const tensors: (Omit<TensorToWrite, 'bytes'> & { bytes: Uint8Array })[] = [];
  for (const entry of original.tensors.values()) {
    const { name, dtype, shape } = entry;
    if (!name.includes('.experts.')) {
      tensors.push({ name, dtype, shape, bytes: await readTensor(entry) });
      continue;
    }
    const floats = await readFloats(entry);
    const columns = shape.at(-1)!;
    const scales = Float32Array.from({ length: floats.length / columns }, (_, row) => {
      return Math.max(...floats.subarray(row * columns, (row + 1) * columns).map(Math.abs)) / 127;
    });
    const rows = Int8Array.from(floats, (value, i) => Math.round(value / scales[Math.floor(i / columns)]!));
    tensors.push({ name, dtype: 'I8', shape, bytes: new Uint8Array(rows.buffer) });
    const scale = { name: `${name}_scale`, dtype: 'F32', shape: shape.slice(0, -1) } as const;
    tensors.push({ ...scale, bytes: new Uint8Array(scales.buffer) });
  }
  const config = { ...original.config, quantization_config: { quant_method: 'experts_int8' } };
  await original.close();
  const files = {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'model.safetensors': encodeSafetensors(tensors),
  };
  return openCheckpoint(memoryFolder('int8', files));
}

async function toHuggingFace(checkpoint: Checkpoint, type?: FloatType): Promise<Checkpoint> {
  const target = await mkdtemp(join(folder, 'hf-'));
  await exportToHuggingFace(checkpoint, target, { type }).finally(() => checkpoint.close());
  return openModel(target);
}

async function toGguf(checkpoint: Checkpoint, type?: GgufWriteType): Promise<Checkpoint> {
  const target = join(await mkdtemp(join(folder, 'gguf-')), 'model.gguf');
  await exportToGguf(checkpoint, target, { type }).finally(() => checkpoint.close());
  return openModel(target);
}

describe('exportToHuggingFace', () => {
  it.each(['jamba-moe', 'jamba-dense', 'jamba-odd', 'jamba-stacked'])(
    'keeps every bit of the logits of %s in its own dtype',
    async (set) => {
      const again = await logitsOf(await toHuggingFace(await openSet(set)));
      expect(again).toEqual(await logitsOfSet(set));
    },
  );

  it.each(['jamba-odd', 'jamba-stacked'])('widens %s to F32 without a change', async (set) => {
    const wide = await toHuggingFace(await openSet(set), 'F32');
    expect(wide.config.torch_dtype).toBe('float32');
    expect(new Set([...wide.tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F32']));
    expect(await logitsOf(wide)).toEqual(await logitsOfSet(set));
  });

  it('writes experts one by one, whatever they came as', async () => {
    const exported = await toHuggingFace(await openSet('jamba-stacked'));
    const names = [...exported.tensors.keys()];
    expect(names.filter((name) => name.includes('experts')).every((name) => /experts\.\d+\./.test(name))).toBe(true);
    expect(exported.tensors.get('model.layers.0.feed_forward.experts.2.up_proj.weight')?.shape).toEqual([40, 24]);
    await exported.close();
  });

  it.each(['jamba-moe', 'jamba-stacked'])('takes the int8 rows of %s back to floats', async (set) => {
    const exported = await toHuggingFace(await openInt8(set), 'F32');
    expect(exported.config.quantization_config).toBeUndefined();
    expect([...exported.tensors.keys()].some((name) => name.endsWith('_scale'))).toBe(false);
    // There scales are applied to sums in float64, here to weights that are rounded to f32.
    expect(largestDifference(await logitsOf(exported), await logitsOf(await openInt8(set)))).toBeLessThan(1e-5);
  });

  it('rounds to nearest, and refuses a value that the type has no number for', async () => {
    const narrow = await logitsOf(await toHuggingFace(await openSet('jamba-moe'), 'BF16'));
    expect(largestDifference(narrow, await logitsOfSet('jamba-moe'))).toBeLessThan(0.25);
    const bytes = new Uint8Array(Float32Array.of(1, 70_000).buffer);
    const large = await openCheckpoint(
      memoryFolder('m', {
        'config.json': new TextEncoder().encode('{}'),
        'model.safetensors': encodeSafetensors([{ name: 'x', dtype: 'F32', shape: [2], bytes }]),
      }),
    );
    await expect(toHuggingFace(large, 'F16')).rejects.toMatchObject({ code: 'limit', fields: { found: 70_000 } });
  });
});

describe('exportToGguf', () => {
  it.each(['jamba-moe', 'jamba-dense', 'jamba-stacked', 'char-shakespeare'])(
    'keeps the logits of %s in its own dtype to 1e-5',
    async (set) => {
      const again = await logitsOf(await toGguf(await openSet(set)));
      expect(largestDifference(again, await logitsOfSet(set))).toBeLessThan(1e-5);
    },
  );

  it.each(['F16', 'BF16'] as const)('holds the numbers of the same model in %s', async (type) => {
    const narrow = async () => toHuggingFace(await openSet('jamba-moe'), type);
    const file = await toGguf(await narrow(), type);
    expect(file.tensors.get('model.embed_tokens.weight')?.dtype).toBe(type);
    expect(largestDifference(await logitsOf(file), await logitsOf(await narrow()))).toBeLessThan(1e-5);
  });

  it('stores Q8_0 where blocks fit the rows, F16 elsewhere, F32 where llama.cpp wants it', async () => {
    const target = join(await mkdtemp(join(folder, 'gguf-')), 'q.gguf');
    const original = await openSet('jamba-moe');
    const report = await exportToGguf(original, target, { type: 'Q8_0' });
    await original.close();
    // Rows of 48 (expert's inner size) and 4 (dt rank) are no whole blocks; rows of 32 and 64 are.
    expect(report.keptF16).toContain('blk.1.ffn_down_exps.weight');
    expect(report.keptF16).toContain('blk.0.ssm_dt.weight');
    const source = await openFile(target);
    const { tensors } = await readGguf(source);
    await source.close();
    const typeOf = (name: string) => tensors.get(name)?.type;
    expect(typeOf('token_embd.weight')).toBe('Q8_0');
    expect(typeOf('blk.0.ssm_in.weight')).toBe('Q8_0');
    expect(typeOf('blk.0.ssm_dt.weight')).toBe('F16');
    for (const name of [
      'ssm_a',
      'ssm_d',
      'ssm_conv1d.weight',
      'ssm_dt_norm.weight',
      'attn_norm.weight',
      'ssm_dt.bias',
    ]) {
      expect(typeOf(`blk.0.${name}`)).toBe('F32');
    }
    expect(typeOf('blk.1.ffn_gate_inp.weight')).toBe('F32');
    expect(tensors.get('blk.1.ffn_up_exps.weight')?.shape).toEqual([4, 48, 32]);
    expect(tensors.get('blk.0.ssm_conv1d.weight')?.shape).toEqual([64, 4]);
  });

  it.each([
    // Half a step of 1/127 of a block's largest value, through few layers of random and of trained weights.
    ['jamba-moe', 0.3],
    ['char-shakespeare', 0.5],
  ] as const)('Q8_0 moves the logits of %s by at most %d', async (set, bound) => {
    const original = await logitsOfSet(set);
    const difference = largestDifference(await logitsOf(await toGguf(await openSet(set), 'Q8_0')), original);
    expect(difference).toBeLessThan(bound);
    expect(difference).toBeGreaterThan(0);
  });

  it.each(['jamba-moe', 'jamba-stacked'])('takes the int8 rows of %s back to floats', async (set) => {
    const exported = await toGguf(await openInt8(set), 'F32');
    expect(largestDifference(await logitsOf(exported), await logitsOf(await openInt8(set)))).toBeLessThan(1e-5);
  });

  it('says what the config said', async () => {
    const original = await openSet('jamba-moe');
    const exported = await toGguf(original);
    const same = Object.entries(exported.config).filter(([key]) => key in original.config);
    expect(same.length).toBeGreaterThan(20);
    for (const [key, value] of same) expect([key, original.config[key]]).toEqual([key, value]);
    await exported.close();
  });

  it('goes back to a folder', async () => {
    const file = await toGguf(await openSet('char-shakespeare'), 'BF16');
    const again = await toHuggingFace(file, 'BF16');
    expect([...again.tensors.values()].every(({ dtype }) => dtype === 'BF16')).toBe(true);
    expect(largestDifference(await logitsOf(again), await logitsOfSet('char-shakespeare'))).toBeLessThan(0.1);
  });

  it('refuses what llama.cpp’s architecture has no place for', async () => {
    await expect(toGguf(await openSet('jamba-odd'))).rejects.toMatchObject({
      code: 'config',
      fields: { field: 'mamba_expand', found: '3' },
    });
    await expect(toGguf(await openSet('bert-tiny'))).rejects.toMatchObject({
      code: 'config',
      fields: { field: 'model_type' },
    });
    const plain = await openSet('jamba-dense');
    await expect(
      toGguf({ ...plain, config: { ...plain.config, mamba_inner_layernorms: false }, close: () => plain.close() }),
    ).rejects.toMatchObject({ code: 'config', fields: { field: 'mamba_inner_layernorms' } });
  });

  it('opens a folder whose only model is a GGUF, and asks which where there are two', async () => {
    const target = await mkdtemp(join(folder, 'only-'));
    await exportToGguf(await openSet('jamba-moe'), join(target, 'a.gguf'));
    expect((await logitsOf(await openModel(target))).length).toBeGreaterThan(0);
    await copyFile(join(target, 'a.gguf'), join(target, 'b.gguf'));
    await expect(openModel(target)).rejects.toMatchObject({ code: 'format', fields: { found: '2 of them' } });
    await writeFile(join(target, 'c.gguf'), 'GGUF');
    await expect(openModel(join(target, 'c.gguf'))).rejects.toMatchObject({ code: 'format' });
  });
});
