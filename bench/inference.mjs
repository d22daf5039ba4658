/**
 * Speed of a Jamba of 787M parameters (338M active) with random weights, by weight scheme: decoding one and several
 * sequences, and reading prompts. Checks first that the schemes agree on what they compute.
 *
 *     npm run bench -- inference [--weights file,int8,experts-int8] [--prompt 512] [--generate 32] [--batch 1,4,16] [--json]
 *
 * The model (1.6 GB, bf16) is written once to `build/bench`. `gigabytesPerSecond` counts the stored bytes of the weights
 * that one token makes active (all of them but the experts it does not choose).
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCheckpoint, openDevice, openFolder, writeSafetensors } from 'jambalaya';
import { DecodeBatch } from 'jambalaya/generation';
import { loadCheckpoint } from 'jambalaya/models';
import { Segments, StatePool } from 'jambalaya/nn';
import { quantizer } from 'jambalaya/quantization';
import { scope } from 'jambalaya/tensor';

const { values: options } = parseArgs({
  options: {
    weights: { type: 'string', default: 'file,int8,experts-int8' },
    prompt: { type: 'string', default: '512' },
    generate: { type: 'string', default: '32' },
    batch: { type: 'string', default: '1,4,16' },
    json: { type: 'boolean', default: false },
  },
});
const config = {
  model_type: 'jamba',
  vocab_size: 32000,
  hidden_size: 1024,
  intermediate_size: 2816,
  num_hidden_layers: 16,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  attn_layer_period: 8,
  attn_layer_offset: 4,
  expert_layer_period: 2,
  expert_layer_offset: 1,
  num_experts: 8,
  num_experts_per_tok: 2,
  mamba_d_state: 16,
  mamba_d_conv: 4,
  mamba_expand: 2,
  mamba_dt_rank: 64,
  tie_word_embeddings: false,
};
const folder = fileURLToPath(new URL('jamba-787m', import.meta.url));
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** bf16 bits of a value of about `scale`, from 16 random bits: sign, exponent of the scale or one less, fraction. */
function randomBf16(count, scale, seed) {
  const bits = new Uint16Array(count);
  const exponent = 127 + Math.floor(Math.log2(scale));
  let state = seed >>> 0 || 1;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bits[i] = ((state & 1) << 15) | ((exponent - ((state >>> 1) & 1)) << 7) | ((state >>> 8) & 127);
  }
  return new Uint8Array(bits.buffer);
}
const constantBf16 = (count, value) => {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0] >>> 16;
  return new Uint8Array(new Uint16Array(count).fill(bits).buffer);
};

async function writeModel() {
  mkdirSync(folder, { recursive: true });
  const {
    hidden_size: D,
    intermediate_size: F,
    vocab_size: V,
    num_experts: E,
    mamba_d_state: N,
    mamba_dt_rank: R,
  } = config;
  const Di = 2 * D;
  const kv = (D / config.num_attention_heads) * config.num_key_value_heads;
  const tensors = [];
  const matrix = (name, ...shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const seed = tensors.length * 7919 + 1;
    tensors.push({
      name,
      dtype: 'BF16',
      shape,
      bytes: () => randomBf16(count, 1 / Math.sqrt(shape[shape.length - 1]), seed),
    });
  };
  const vector = (name, size, value) =>
    tensors.push({ name, dtype: 'BF16', shape: [size], bytes: () => constantBf16(size, value) });
  matrix('model.embed_tokens.weight', V, D);
  matrix('lm_head.weight', V, D);
  vector('model.final_layernorm.weight', D, 1);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const p = `model.layers.${i}`;
    vector(`${p}.input_layernorm.weight`, D, 1);
    vector(`${p}.pre_ff_layernorm.weight`, D, 1);
    if (i % 8 === 4) {
      matrix(`${p}.self_attn.q_proj.weight`, D, D);
      matrix(`${p}.self_attn.k_proj.weight`, kv, D);
      matrix(`${p}.self_attn.v_proj.weight`, kv, D);
      matrix(`${p}.self_attn.o_proj.weight`, D, D);
    } else {
      const m = `${p}.mamba`;
      matrix(`${m}.in_proj.weight`, 2 * Di, D);
      matrix(`${m}.conv1d.weight`, Di, 1, 4);
      vector(`${m}.conv1d.bias`, Di, 0.01);
      matrix(`${m}.x_proj.weight`, R + 2 * N, Di);
      matrix(`${m}.dt_proj.weight`, Di, R);
      vector(`${m}.dt_proj.bias`, Di, -4);
      matrix(`${m}.A_log`, Di, N);
      vector(`${m}.D`, Di, 1);
      vector(`${m}.dt_layernorm.weight`, R, 1);
      vector(`${m}.b_layernorm.weight`, N, 1);
      vector(`${m}.c_layernorm.weight`, N, 1);
      matrix(`${m}.out_proj.weight`, D, Di);
    }
    const f = `${p}.feed_forward`;
    const experts = i % 2 === 1 ? Array.from({ length: E }, (_, e) => `${f}.experts.${e}`) : [f];
    if (i % 2 === 1) matrix(`${f}.router.weight`, E, D);
    for (const name of experts) {
      matrix(`${name}.gate_proj.weight`, F, D);
      matrix(`${name}.up_proj.weight`, F, D);
      matrix(`${name}.down_proj.weight`, D, F);
    }
  }
  await writeSafetensors(`${folder}/model.safetensors`, tensors);
  writeFileSync(`${folder}/config.json`, JSON.stringify(config, null, 2));
}

/** Bytes of the parameters that one token uses; of the embedding it is one row. */
function activeBytes(model) {
  let bytes = 0;
  for (const [name, tensor] of model.parameters) {
    if (name.startsWith('model.embed_tokens')) bytes += tensor.bytes / config.vocab_size;
    else bytes += tensor.bytes * (name.includes('.experts.') ? config.num_experts_per_tok / config.num_experts : 1);
  }
  return bytes;
}

const ids = (count, seed) =>
  Array.from({ length: count }, (_, i) => (i * 7919 + seed * 104729 + 13) % config.vocab_size);

async function measureDecode(model, batchSize, steps) {
  using pool = new StatePool(model.device, model.stateLayouts);
  using batch = new DecodeBatch(model);
  for (let s = 0; s < batchSize; s++) {
    batch.add({ state: pool.create(), prompt: ids(8, s), options: { maxTokens: steps + 4, temperature: 0 } });
  }
  // The prompts, the captured step and one more are not counted.
  for (let i = 0; i < 3; i++) await batch.step();
  const seconds = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await batch.step();
    seconds.push((performance.now() - start) / 1000);
  }
  return median(seconds);
}

async function measurePrefill(model, length, runs = 3) {
  const seconds = [];
  for (let run = 0; run <= runs; run++) {
    using pool = new StatePool(model.device, model.stateLayouts);
    using state = pool.create();
    const prompt = ids(length, run);
    const start = performance.now();
    for (let at = 0; at < length; at += 512) {
      const piece = prompt.slice(at, at + 512);
      scope(() => {
        model.forward(
          { ids: piece, segments: new Segments(model.device, [piece.length], [state]) },
          { logits: 'none' },
        );
      });
    }
    if (run > 0) seconds.push((performance.now() - start) / 1000);
  }
  return median(seconds);
}

if (!existsSync(`${folder}/config.json`)) {
  console.error(`writing ${folder}`);
  await writeModel();
}
const report = { machine: { cores: availableParallelism(), loadAverage: loadavg()[0] }, results: {} };
let reference;
for (const scheme of options.weights.split(',')) {
  const device = await openDevice();
  const checkpoint = await openCheckpoint(await openFolder(folder));
  const { model } = await loadCheckpoint(checkpoint, device, scheme === 'file' ? {} : { quantize: quantizer(scheme) });
  const logits = scope(
    () => model.forward({ ids: ids(32, 0), segments: new Segments(device, [32]) }, { logits: 'last' }).logits,
  );
  const row = Float64Array.from(await logits.read());
  logits.dispose();
  reference ??= row;
  const mean = (a, f) => a.reduce((sum, v, i) => sum + f(v, i), 0) / a.length;
  const agreement =
    mean(row, (v, i) => v * reference[i]) / Math.sqrt(mean(row, (v) => v * v) * mean(reference, (v) => v * v));
  // int8 activations lose about a third of a per cent of cosine with every layer of this model, before any expert's choice
  // differs; the float schemes lose less than one per cent in all.
  if (agreement < (scheme === 'int8' ? 0.9 : 0.99))
    throw new Error(`${scheme} computes something else: cosine ${agreement}`);
  const bytes = activeBytes(model);
  const result = {
    device: device.name,
    isa: device.isa,
    threads: device.threads,
    cosineToFirst: agreement,
    decode: {},
    prefill: {},
  };
  for (const size of options.batch.split(',').map(Number)) {
    const seconds = await measureDecode(model, size, Number(options.generate));
    result.decode[size] = {
      tokensPerSecond: size / seconds,
      ...(size === 1 ? { gigabytesPerSecond: bytes / seconds / 1e9 } : {}),
    };
  }
  for (const length of options.prompt.split(',').map(Number)) {
    result.prefill[length] = { tokensPerSecond: length / (await measurePrefill(model, length)) };
  }
  report.results[scheme] = result;
  if (!options.json)
    console.log(
      scheme,
      JSON.stringify(result, (_, v) => (typeof v === 'number' ? Number(v.toPrecision(4)) : v), 1),
    );
  model.dispose();
  await checkpoint.close();
  device.dispose();
}
if (options.json) console.log(JSON.stringify(report));
