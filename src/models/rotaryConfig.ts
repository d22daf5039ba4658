/**
 * Rotary positions as configurations describe them: the frequencies of plain rotation (Su et al., arXiv 2104.09864) and what is made
 * of them for texts that are longer than those of the training. As Transformers' `modeling_rope_utils`.
 */
import type { ConfigFields } from '../cost/index.js';
import type { RotaryShape } from '../nn/index.js';

/** Frequencies as they are, the size of the heads, and the fields of `rope_scaling` or `rope_parameters`. */
interface Scaling {
  readonly fields: ConfigFields;
  /** θ^(-2i/Dh), (Dh/2) */
  readonly frequencies: readonly number[];
  readonly theta: number;
  readonly headSize: number;
  /** The longest text of the model, which several types fall back on. */
  readonly maxPositions: number;
}

const plain = { factor: 1 };

/** Positions are divided by a factor (Chen et al., arXiv 2306.15595). */
function linear({ fields, frequencies }: Scaling) {
  const factor = fields.positive('factor');
  return { ...plain, frequencies: frequencies.map((frequency) => frequency / factor) };
}

/** Llama 3.1: long waves are stretched, short ones stay, and between two wavelengths one passes into the other. */
function llama3({ fields, frequencies, maxPositions }: Scaling) {
  const factor = fields.positive('factor');
  const low = fields.positive('low_freq_factor');
  const high = fields.positive('high_freq_factor');
  if (high <= low) fields.fail('high_freq_factor', `more than low_freq_factor ${low}`, high);
  const original = fields.size('original_max_position_embeddings', maxPositions);
  return {
    ...plain,
    frequencies: frequencies.map((frequency) => {
      const turns = (original * frequency) / (2 * Math.PI);
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return kept * frequency + ((1 - kept) * frequency) / factor;
    }),
  };
}

/** YaRN (Peng et al., arXiv 2309.00071): as Llama 3.1's, linear in the number of the pair, with a factor on cos and sin. */
function yarn({ fields, frequencies, theta, headSize, maxPositions }: Scaling) {
  const original = fields.size('original_max_position_embeddings', maxPositions);
  const factor = fields.positive('factor', maxPositions / original);
  const fast = fields.positive('beta_fast', 32);
  const slow = fields.positive('beta_slow', 1);
  const truncate = fields.flag('truncate', true);
  const pairOf = (turns: number) => (headSize * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [pairOf(fast), pairOf(slow)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, headSize - 1);
  const width = high === low ? 0.001 : high - low;
  const attention = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [own, all] = ['mscale', 'mscale_all_dim'].map((field) => (fields.has(field) ? fields.positive(field) : 0));
  const derived = own && all ? attention(own) / attention(all) : attention(1);
  return {
    factor: fields.positive('attention_factor', derived),
    frequencies: frequencies.map((frequency, i) => {
      const stretched = Math.min(1, Math.max(0, (i - low) / width));
      return (stretched * frequency) / factor + (1 - stretched) * frequency;
    }),
  };
}

/** LongRoPE (Ding et al., arXiv 2402.13753) where it does not depend on the text's length: one divisor for each pair. */
function longrope({ fields, frequencies, maxPositions }: Scaling) {
  const short = fields.positives('short_factor', frequencies.length);
  const long = fields.positives('long_factor', frequencies.length);
  if (long.some((value, i) => value !== short[i])) {
    fields.fail(
      'long_factor',
      'short_factor (frequencies that change with the length of a text are not supported)',
      long,
    );
  }
  const original = fields.size('original_max_position_embeddings', maxPositions);
  const factor = fields.positive('factor', maxPositions / original);
  const derived = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    factor: fields.positive('attention_factor', derived),
    frequencies: frequencies.map((frequency, i) => frequency / short[i]!),
  };
}

const types = {
  default: ({ frequencies }: Scaling) => ({ ...plain, frequencies }),
  linear,
  llama3,
  yarn,
  longrope,
} as const;
const typeNames = Object.keys(types) as (keyof typeof types)[];

/** `rope_theta` with `rope_scaling`, or `rope_parameters`, of heads of `headSize`. */
export function readRotary(config: ConfigFields, headSize: number, maxPositions: number): RotaryShape {
  if (headSize % 2 !== 0) config.fail('head_dim', 'an even number', headSize);
  const fields = config.within('rope_parameters') ?? config.within('rope_scaling');
  const theta = fields?.has('rope_theta') ? fields.positive('rope_theta') : config.positive('rope_theta', 10_000);
  for (const holder of [config, ...(fields ? [fields] : [])]) {
    const partial = holder.positive('partial_rotary_factor', 1);
    if (partial !== 1) holder.fail('partial_rotary_factor', '1 (whole heads are turned)', partial);
  }
  const frequencies = Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
  if (fields === undefined) return { factor: 1, frequencies: Float32Array.from(frequencies) };
  const type = fields.has('rope_type')
    ? fields.oneOf('rope_type', typeNames)
    : fields.oneOf('type', typeNames, 'default');
  const scaled = types[type]({ fields, frequencies, theta, headSize, maxPositions });
  return { factor: scaled.factor, frequencies: Float32Array.from(scaled.frequencies) };
}
