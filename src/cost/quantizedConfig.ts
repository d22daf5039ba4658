/** What a `quantization_config` says of the weights of a file, and about how many bytes they take. */
import type { ConfigObject } from './configFields.js';
import { inventory, matrixParameters } from './inventory.js';
import type { ModelShape, Part } from './shape.js';

interface Quantization {
  readonly bits: number;
  /** Weights that share a scale; 0 where each row has one. */
  readonly group: number;
  /** Bits beside the weights of each group: a scale, and a zero point where the method has one. */
  readonly groupBits: number;
}

/** Matrices that such methods take; embeddings and head stay in 16 bit. */
const quantizedParts: ReadonlySet<Part> = new Set<Part>(['experts', 'denseMlp', 'attention', 'mamba']);

const isObject = (value: unknown): value is ConfigObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A note on the `quantization_config` of a config: what it is, and what weights take in that form, which the options of a plan do not
 * have.
 */
export function quantizationNote(value: unknown, shape: ModelShape): string {
  const method = isObject(value) ? String(value.quant_method ?? 'no quant_method') : 'not understood';
  const counted = 'this plan counts weights as its option weights says';
  if (method === 'experts_int8') return `quantization_config ${method}: ${counted}, which knows experts-int8`;
  if (method === 'jambalaya_int8') return `quantization_config ${method}: ${counted}, which knows int8`;
  const found = isObject(value) ? quantizationOf(method, value) : undefined;
  if (found === undefined) return `quantization_config (${method.slice(0, 40)}) is not counted: ${counted}`;
  const { bits, group } = found;
  const groups = group === 0 ? 'a scale per row' : `groups of ${group}`;
  const bytes = (storedBytes(shape, found) / 1e9).toPrecision(3);
  return `quantization_config (${method}, ${bits} bits, ${groups}): weights take about ${bytes} GB in the file; ${counted}`;
}

function quantizationOf(method: string, config: ConfigObject): Quantization | undefined {
  switch (method) {
    case 'gptq':
    case 'awq': {
      const bits = config.bits ?? config.w_bit;
      const group = config.group_size ?? config.q_group_size ?? 128;
      return checked(bits, group === -1 ? 0 : group, 16 + Number(bits));
    }
    case 'fp8':
    case 'fbgemm_fp8':
    case 'modelopt':
      return checked(8, 0, 16);
    case 'mxfp4':
      return checked(4, 32, 8);
    case 'bitsandbytes':
      if (config.load_in_8bit === true) return checked(8, 0, 32);
      // A second quantization of the scales: 8 bits each, and one of 32 bits for 256 of them.
      return config.load_in_4bit === true
        ? checked(4, 64, config.bnb_4bit_use_double_quant === true ? 8.125 : 32)
        : undefined;
    case 'compressed-tensors': {
      const groups = isObject(config.config_groups) ? Object.values(config.config_groups) : [];
      const weights = groups.filter(isObject).map(({ weights: each }) => each)[0];
      return isObject(weights) ? checked(weights.num_bits, weights.group_size ?? 0, 16) : undefined;
    }
    default:
      return undefined;
  }
}

/** Undefined for numbers that no file can mean. */
function checked(bits: unknown, group: unknown, groupBits: number): Quantization | undefined {
  const isWhole = (value: unknown, least: number, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return isWhole(bits, 1, 16) && isWhole(group, 0, 65_536) ? { bits, group, groupBits } : undefined;
}

function storedBytes(shape: ModelShape, { bits, group, groupBits }: Quantization): number {
  const { matrices, vectors } = inventory(shape);
  let total = 0;
  for (const { size } of vectors) total += 16 * size;
  for (const matrix of matrices) {
    const { outputs, inputs, bias, part, stored } = matrix;
    if (!quantizedParts.has(part)) total += 16 * stored * matrixParameters(matrix);
    else {
      const scales = outputs * (group === 0 ? 1 : Math.ceil(inputs / group));
      total += stored * (bits * outputs * inputs + groupBits * scales + (bias ? 16 * outputs : 0));
    }
  }
  return total / 8;
}
