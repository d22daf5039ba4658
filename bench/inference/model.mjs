/** A Jamba of 787M parameters (338M active) with random weights, as a Hugging Face folder and as GGUF files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { exportToGguf, openDevice, openModel, quantizeCheckpoint, writeSafetensors } from 'jambalaya';

export const config = {
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

async function writeFolder(folder) {
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
  writeFileSync(`${folder}/tokenizer.json`, JSON.stringify(byteLevelTokenizer(V)));
  // Last: with it the folder counts as whole.
  writeFileSync(`${folder}/config.json`, JSON.stringify(config, null, 2));
}

/** Byte-level BPE: a token for each byte, then for pairs of them until the vocabulary is full. */
function byteLevelTokenizer(size) {
  // GPT-2's letters for bytes: printable ones stand for themselves, the others for letters from U+0100 on.
  let moved = 0;
  const letters = Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(printable ? byte : 256 + moved++);
  });
  const pairs = letters.flatMap((first) => letters.map((second) => [first, second])).slice(0, size - letters.length);
  const vocab = Object.fromEntries([...letters, ...pairs.map((pair) => pair.join(''))].map((token, id) => [token, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges: pairs, unk_token: null, fuse_unk: false, byte_fallback: false },
  };
}

/** Writes under `folder` what is missing of: `bf16` and `int8` (folders), `gguf-f32`, `gguf-bf16` and `gguf-q8_0`; gives their paths. */
export async function writeModels(folder, wanted, say) {
  const bf16 = `${folder}/jamba-787m`;
  const paths = {
    bf16,
    int8: `${folder}/jamba-787m-int8`,
    'gguf-f32': `${folder}/jamba-787m-f32.gguf`,
    'gguf-bf16': `${folder}/jamba-787m-bf16.gguf`,
    'gguf-q8_0': `${folder}/jamba-787m-q8_0.gguf`,
  };
  if (!existsSync(`${bf16}/config.json`) || !existsSync(`${bf16}/tokenizer.json`)) {
    say(`writing ${bf16}`);
    await writeFolder(bf16);
  }
  for (const name of wanted) {
    const path = paths[name];
    if (existsSync(name === 'int8' ? `${path}/model.safetensors` : path)) continue;
    say(`writing ${path}`);
    if (name === 'int8') {
      mkdirSync(path, { recursive: true });
      const device = await openDevice();
      await quantizeCheckpoint(bf16, path, device, { scheme: 'int8' });
      device.dispose();
    } else {
      const checkpoint = await openModel(bf16);
      await exportToGguf(checkpoint, path, { type: name.slice('gguf-'.length).toUpperCase() });
      await checkpoint.close();
    }
  }
  return paths;
}
