/**
 * Names of Jamba's tensors: those of a Hugging Face checkpoint and those of llama.cpp's architecture `jamba` in a GGUF.
 *
 * Three things differ by more than their names. `ssm_a` is A = −exp(A_log) itself; the convolution's weight (Di, 1, K) is
 * stored without the middle dimension; all experts of a layer lie in one tensor (E, rows, columns).
 */
import { type GgufFile, ggufEntry, type TensorEntry } from '../../formats/index.js';

/** Outside of the layers. */
const outer: readonly (readonly [huggingFace: string, gguf: string])[] = [
  ['model.embed_tokens.weight', 'token_embd.weight'],
  ['model.final_layernorm.weight', 'output_norm.weight'],
  ['lm_head.weight', 'output.weight'],
];

/** Within a layer, after `model.layers.I.` and `blk.I.`. */
const layer: readonly (readonly [huggingFace: string, gguf: string])[] = [
  ['input_layernorm.weight', 'attn_norm.weight'],
  ['self_attn.q_proj.weight', 'attn_q.weight'],
  ['self_attn.k_proj.weight', 'attn_k.weight'],
  ['self_attn.v_proj.weight', 'attn_v.weight'],
  ['self_attn.o_proj.weight', 'attn_output.weight'],
  ['mamba.in_proj.weight', 'ssm_in.weight'],
  ['mamba.conv1d.weight', 'ssm_conv1d.weight'],
  ['mamba.conv1d.bias', 'ssm_conv1d.bias'],
  ['mamba.x_proj.weight', 'ssm_x.weight'],
  ['mamba.dt_layernorm.weight', 'ssm_dt_norm.weight'],
  ['mamba.b_layernorm.weight', 'ssm_b_norm.weight'],
  ['mamba.c_layernorm.weight', 'ssm_c_norm.weight'],
  ['mamba.dt_proj.weight', 'ssm_dt.weight'],
  ['mamba.dt_proj.bias', 'ssm_dt.bias'],
  ['mamba.A_log', 'ssm_a'],
  ['mamba.D', 'ssm_d'],
  ['mamba.out_proj.weight', 'ssm_out.weight'],
  ['pre_ff_layernorm.weight', 'ffn_norm.weight'],
  ['feed_forward.router.weight', 'ffn_gate_inp.weight'],
  ['feed_forward.gate_proj.weight', 'ffn_gate.weight'],
  ['feed_forward.up_proj.weight', 'ffn_up.weight'],
  ['feed_forward.down_proj.weight', 'ffn_down.weight'],
];

const experts: Readonly<Record<string, string>> = {
  gate_proj: 'ffn_gate_exps.weight',
  up_proj: 'ffn_up_exps.weight',
  down_proj: 'ffn_down_exps.weight',
};

const outerToGguf = new Map(outer);
const layerToGguf = new Map(layer);
const swapped = (pairs: typeof layer) => new Map(pairs.map(([a, b]) => [b, a] as const));
const outerFromGguf = swapped(outer);
const layerFromGguf = swapped(layer);
const expertFromGguf = new Map(Object.entries(experts).map(([projection, name]) => [name, projection]));

export interface GgufPlace {
  /** The tensor of the GGUF. */
  readonly name: string;
  /** Which slice of it, where it is the stack of all experts. */
  readonly expert?: number;
}

/** Where a tensor of a checkpoint (experts one by one) goes, or undefined if the architecture has no place for it. */
export function ggufPlace(name: string): GgufPlace | undefined {
  const [, index, inside] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (inside === undefined) {
    const found = outerToGguf.get(name);
    return found === undefined ? undefined : { name: found };
  }
  const [, expert, projection] = /^feed_forward\.experts\.(\d+)\.(\w+)\.weight$/.exec(inside) ?? [];
  if (projection !== undefined && Object.hasOwn(experts, projection)) {
    return { name: `blk.${index}.${experts[projection]}`, expert: Number(expert) };
  }
  const found = layerToGguf.get(inside);
  return found === undefined ? undefined : { name: `blk.${index}.${found}` };
}

/** A = −exp(A_log) and back. */
export const negatedExp = (aLog: number) => -Math.exp(aLog);
const aLogOf = (a: number) => Math.log(-a);

/** Every tensor of a file under its name in a checkpoint, experts one by one; what is not known keeps its own name. */
export function jambaEntries({ tensors }: GgufFile): Map<string, TensorEntry> {
  const entries = new Map<string, TensorEntry>();
  const add = (entry: TensorEntry) => entries.set(entry.name, entry);
  for (const tensor of tensors.values()) {
    const { shape } = tensor;
    const [, index, inside] = /^blk\.(\d+)\.(.+)$/.exec(tensor.name) ?? [];
    const prefix = `model.layers.${index}.`;
    const projection = inside === undefined ? undefined : expertFromGguf.get(inside);
    // Slices without bytes could be more than any memory has room for.
    if (projection !== undefined && shape.length === 3 && shape[0]! <= tensor.byteLength) {
      for (let slice = 0; slice < shape[0]!; slice++) {
        const name = `${prefix}feed_forward.experts.${slice}.${projection}.weight`;
        add(ggufEntry(tensor, { name, slice }));
      }
      continue;
    }
    const found = inside === undefined ? outerFromGguf.get(tensor.name) : layerFromGguf.get(inside);
    const name = found === undefined ? tensor.name : inside === undefined ? found : `${prefix}${found}`;
    if (inside === 'ssm_a') add(ggufEntry(tensor, { name, map: aLogOf }));
    else if (inside === 'ssm_conv1d.weight' && shape.length === 2) {
      add(ggufEntry(tensor, { name, shape: [shape[0]!, 1, shape[1]!] }));
    } else add(ggufEntry(tensor, { name }));
  }
  return entries;
}
