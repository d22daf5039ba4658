/** Checkpoints with values that are no numbers, and with tensors that their config says are not there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/devices/index.js';
import { type Checkpoint, encodeSafetensors, openCheckpoint, openFolder, readTensor } from '../../src/formats/index.js';
import { allLogits, compareLogits, generate, windowedLogLikelihood } from '../../src/generation/index.js';
import { loadCheckpoint, type Model } from '../../src/models/index.js';
import { StatePool, type WeightOptions } from '../../src/nn/index.js';
import { quantizeCheckpoint, quantizer } from '../../src/quantization/index.js';
import { TemporaryFolder } from '../support/folders.js';
import { folderOf, openSet } from './support.js';

const device = await openDevice();
const temporary = new TemporaryFolder();
afterAll(() => {
  device.dispose();
  temporary.dispose();
});

type Tensors = Map<string, { dtype: 'F32' | 'BF16'; shape: readonly number[]; values: Float32Array }>;

/** A copy of a set's folder with other weights and config. */
async function changed(
  set: string,
  change: (tensors: Tensors, config: Record<string, unknown>) => void,
): Promise<string> {
  const original = await openSet(set);
  const tensors: Tensors = new Map();
  for (const [name, entry] of original.tensors) {
    tensors.set(name, { dtype: 'F32', shape: entry.shape, values: new Float32Array((await readTensor(entry)).buffer) });
  }
  const config = { ...original.config };
  await original.close();
  change(tensors, config);
  const folder = temporary.copyOf(folderOf(set), `${Math.random()}`);
  const entries = [...tensors].map(([name, { dtype, shape, values }]) => ({
    name,
    dtype,
    shape,
    bytes: new Uint8Array(values.buffer),
  }));
  writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(entries));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

const spoilt = (name: string, value: number, place = 5) =>
  changed('jamba-moe', (tensors) => {
    tensors.get(name)!.values[place] = value;
  });

async function opened<T>(folder: string, use: (checkpoint: Checkpoint) => Promise<T>): Promise<T> {
  const checkpoint = await openCheckpoint(await openFolder(folder));
  try {
    return await use(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

const load = (folder: string, options: WeightOptions = {}): Promise<Model> =>
  opened(folder, async (checkpoint) => (await loadCheckpoint(checkpoint, device, options)).model);

const ids = [3, 4, 5, 6, 7, 8];
const named = (tensor: string) => ({ code: 'checkpoint', fields: { tensor, expected: 'finite values' } });
const matrix = 'model.layers.0.mamba.in_proj.weight';

describe('a value that is not finite', () => {
  it.each([
    ['model.layers.0.mamba.D', Number.NaN],
    ['model.layers.1.input_layernorm.weight', Number.POSITIVE_INFINITY],
    ['model.layers.1.feed_forward.router.weight', Number.NEGATIVE_INFINITY],
  ])('of %s is named while the model is loaded', async (name, value) => {
    const before = device.memory.bytes;
    await expect(load(await spoilt(name, value))).rejects.toMatchObject(named(name));
    expect(device.memory.bytes).toBe(before);
  });

  it.each(['int8', 'experts-int8', 'bf16', 'read', 'f32'] as const)('of a matrix is named as %s', async (form) => {
    const name = 'model.layers.0.feed_forward.up_proj.weight';
    const folder = await spoilt(name, Number.NaN);
    const options =
      form === 'read' ? { mapFiles: false } : form === 'f32' ? { dtype: form } : { quantize: quantizer(form) };
    const before = device.memory.bytes;
    await expect(load(folder, options)).rejects.toMatchObject(named(name));
    expect(device.memory.bytes).toBe(before);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%s of a mapped matrix is named by whatever uses it',
    async (value) => {
      const error = named(matrix);
      const folder = await spoilt(matrix, value);
      if (device.map === undefined) {
        await expect(load(folder)).rejects.toMatchObject(error);
        return;
      }
      const [damaged, sound] = [await load(folder), await load(folderOf('jamba-moe'))];
      await expect(allLogits(damaged, ids)).rejects.toMatchObject(error);
      await expect(windowedLogLikelihood(damaged, ids, { window: 4, stride: 2 })).rejects.toMatchObject(error);
      await expect(compareLogits(damaged, sound, ids, { window: 4 })).rejects.toMatchObject(error);
      await expect(compareLogits(sound, damaged, ids, { window: 4 })).rejects.toMatchObject(error);
      await expect(compareLogits(damaged, damaged, ids, { window: 4 })).rejects.toMatchObject(error);
      using pool = new StatePool(device, damaged.stateLayouts);
      const tokens = generate(damaged, pool.create(), ids, { maxTokens: 2, temperature: 0 });
      await expect(tokens.next()).rejects.toMatchObject(error);
      for (const model of [damaged, sound]) model.dispose();
    },
  );

  it.each([matrix, 'model.final_layernorm.weight', 'model.layers.0.feed_forward.up_proj.weight'])(
    'of %s is named when the model is quantized',
    async (name) => {
      const folder = await spoilt(name, Number.NaN);
      for (const scheme of ['int8', 'experts-int8'] as const) {
        const quantized = quantizeCheckpoint(folder, temporary.file(`q${Math.random()}`), device, { scheme });
        await expect(quantized).rejects.toMatchObject(named(name));
      }
    },
  );

  it('of a scale is named', async () => {
    const quantized = temporary.file('int8');
    await quantizeCheckpoint(folderOf('jamba-moe'), quantized, device);
    const name = 'model.layers.0.feed_forward.up_proj.weight_scale';
    await opened(quantized, async ({ tensors }) => {
      const entry = tensors.get(name)!;
      const bytes = readFileSync(join(quantized, 'model.safetensors'));
      bytes.writeFloatLE(Number.POSITIVE_INFINITY, entry.offset + 8);
      writeFileSync(join(quantized, 'model.safetensors'), bytes);
    });
    await expect(load(quantized)).rejects.toMatchObject(named(name));
  });
});

describe('a tensor that the config says is not there', () => {
  const extra = (name: string, count: number, value: number) =>
    changed('jamba-moe', (tensors) => {
      tensors.set(name, { dtype: 'F32', shape: [count], values: new Float32Array(count).fill(value) });
    });

  it.each([
    ['a bias', 'model.layers.0.mamba.in_proj.bias', 128],
    ['a bias of attention', 'model.layers.1.self_attn.q_proj.bias', 32],
    ['a layer', 'model.layers.6.input_layernorm.weight', 32],
    ['a norm', 'model.layers.1.self_attn.q_norm.weight', 8],
    ['scales of a matrix of floats', 'lm_head.weight_scale', 97],
  ])('is refused: %s', async (_, name, count) => {
    await expect(load(await extra(name, count, 0.5))).rejects.toMatchObject({
      code: 'checkpoint',
      fields: { tensor: name },
    });
  });

  it('is nothing where it changes nothing', async () => {
    for (const [name, value] of [
      ['model.layers.0.mamba.in_proj.bias', 0],
      ['model.layers.1.self_attn.rotary_emb.inv_freq', 1],
      ['score.weight', 1],
    ] as const) {
      (await load(await extra(name, 128, value))).dispose();
    }
  });

  it('is the head where it is not the embedding of a model with a tied head', async () => {
    const tie = (_: Tensors, config: Record<string, unknown>) => {
      config.tie_word_embeddings = true;
    };
    const separate = await load(folderOf('jamba-moe'));
    const different = await load(await changed('jamba-moe', tie));
    expect(different.description.tiedHead).toBe(false);
    expect(await allLogits(different, ids)).toEqual(await allLogits(separate, ids));
    const same = await changed('jamba-moe', (tensors, config) => {
      tie(tensors, config);
      tensors.set('lm_head.weight', tensors.get('model.embed_tokens.weight')!);
    });
    const tied = await load(same);
    expect(tied.description.tiedHead).toBe(true);
    expect(await allLogits(tied, ids)).not.toEqual(await allLogits(separate, ids));
    const quantized = temporary.file('tied');
    await quantizeCheckpoint(same, quantized, device, { scheme: 'int8' });
    const small = await load(quantized);
    expect(small.description.tiedHead).toBe(true);
    for (const model of [separate, different, tied, small]) model.dispose();
  });

  it('is the head of BERT as well, with its bias', async () => {
    const logits = async (folder: string) => {
      const model = await load(folder);
      const values = await allLogits(model, [5, 6, 7]);
      model.dispose();
      return values;
    };
    const before = await logits(folderOf('bert-tiny'));
    const copies = await changed('bert-tiny', (tensors) => {
      tensors.set('cls.predictions.decoder.weight', tensors.get('bert.embeddings.word_embeddings.weight')!);
      tensors.set('cls.predictions.decoder.bias', tensors.get('cls.predictions.bias')!);
    });
    expect(await logits(copies)).toEqual(before);
    const twice = await changed('bert-tiny', (tensors) => {
      for (const [to, from] of [
        ['cls.predictions.decoder.weight', 'bert.embeddings.word_embeddings.weight'],
        ['cls.predictions.decoder.bias', 'cls.predictions.bias'],
      ] as const) {
        const { values, ...rest } = tensors.get(from)!;
        tensors.set(to, { ...rest, values: values.map((value) => 2 * value) });
      }
    });
    const after = await logits(twice);
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * before[i]!, 4);
    });
  });
});
