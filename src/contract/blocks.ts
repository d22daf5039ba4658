/**
 * ggml's block formats: the least that is stored is so many values in so many bytes, with scales of their own. Each decoder
 * gives what ggml's reference (and PyPI's `gguf`) gives: products of a half and of small integers are exact in a float, and
 * a difference of two of them is rounded once.
 *
 * Values of the K formats lie in blocks of 256 with two levels of scales; bytes that pack several values hold those of
 * neighbouring groups, the lowest bits first.
 */
import { f16ToNumber } from './dtypes.js';

/** The formats by name, with ggml's number of each. */
export const blockFormats = {
  Q4_0: { code: 2, blockValues: 32, blockBytes: 18 },
  Q4_1: { code: 3, blockValues: 32, blockBytes: 20 },
  Q5_0: { code: 6, blockValues: 32, blockBytes: 22 },
  Q5_1: { code: 7, blockValues: 32, blockBytes: 24 },
  Q8_0: { code: 8, blockValues: 32, blockBytes: 34 },
  Q2_K: { code: 10, blockValues: 256, blockBytes: 84 },
  Q3_K: { code: 11, blockValues: 256, blockBytes: 110 },
  Q4_K: { code: 12, blockValues: 256, blockBytes: 144 },
  Q5_K: { code: 13, blockValues: 256, blockBytes: 176 },
  Q6_K: { code: 14, blockValues: 256, blockBytes: 210 },
  IQ4_NL: { code: 20, blockValues: 32, blockBytes: 18 },
  IQ4_XS: { code: 23, blockValues: 256, blockBytes: 136 },
} as const;
export type BlockFormat = keyof typeof blockFormats;

export const isBlockFormat = (name: string): name is BlockFormat => Object.hasOwn(blockFormats, name);

/** The format that has this number. */
export const blockFormatOf = (code: number): BlockFormat | undefined =>
  (Object.keys(blockFormats) as BlockFormat[]).find((name) => blockFormats[name].code === code);

/** Decodes one block, whose bytes begin at `at`, to values from `to` on. */
type Decode = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

/** Every number that a half can be. */
let halves: Float32Array | undefined;
function half(bytes: Uint8Array, at: number): number {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => f16ToNumber(bits));
  return halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

/** What the sixteen codes of the IQ4 formats stand for. */
const unevenSteps = Float32Array.from([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]);

/** 32 values of 4 bits, or of 5 with the upper ones in four bytes before: (q - zero) · scale + least. */
function plainBits(zero: number, { least, fifth }: { least: boolean; fifth: boolean }): Decode {
  const highAt = least ? 4 : 2;
  const lowAt = highAt + (fifth ? 4 : 0);
  return (bytes, at, out, to) => {
    const scale = half(bytes, at);
    // A negative zero changes nothing that it is added to.
    const shift = least ? half(bytes, at + 2) : -0;
    let high = 0;
    if (fifth) for (let i = 3; i >= 0; i--) high = (high << 8) | bytes[at + highAt + i]!;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + lowAt + i]!;
      const first = (byte & 15) | (((high >>> i) & 1) << 4);
      const second = (byte >> 4) | (((high >>> (i + 16)) & 1) << 4);
      out[to + i] = (first - zero) * scale + shift;
      out[to + 16 + i] = (second - zero) * scale + shift;
    }
  };
}

/** Scale (0) or minimum (1) of group `g` of eight, in 6 bits each, of Q4_K and Q5_K. */
function sixBits(bytes: Uint8Array, at: number, g: number, which: 0 | 1): number {
  if (g < 4) return bytes[at + 4 * which + g]! & 63;
  const low = (bytes[at + 4 + g]! >> (4 * which)) & 15;
  return low | ((bytes[at + 4 * which + g - 4]! >> 6) << 4);
}

/** 256 values of 4 bits, or of 5 with the upper ones in 32 bytes before, in groups of 32: q · scale - minimum. */
const groupsOf32 = (fifth: boolean): Decode => {
  const lowAt = fifth ? 48 : 16;
  return (bytes, at, out, to) => {
    const [d, least] = [half(bytes, at), half(bytes, at + 2)];
    for (let g = 0; g < 8; g++) {
      const scale = d * sixBits(bytes, at + 4, g, 0);
      const minimum = least * sixBits(bytes, at + 4, g, 1);
      const from = at + lowAt + 32 * (g >> 1);
      for (let i = 0; i < 32; i++) {
        const low = (bytes[from + i]! >> (4 * (g & 1))) & 15;
        const high = fifth ? ((bytes[at + 16 + i]! >> g) & 1) << 4 : 0;
        out[to + 32 * g + i] = (low | high) * scale - minimum;
      }
    }
  };
};

const decoders: Readonly<Record<BlockFormat, Decode>> = {
  Q4_0: plainBits(8, { least: false, fifth: false }),
  Q4_1: plainBits(0, { least: true, fifth: false }),
  Q5_0: plainBits(16, { least: false, fifth: true }),
  Q5_1: plainBits(0, { least: true, fifth: true }),
  Q8_0(bytes, at, out, to) {
    const scale = half(bytes, at);
    for (let i = 0; i < 32; i++) out[to + i] = ((bytes[at + 2 + i]! << 24) >> 24) * scale;
  },
  /** 16 scales and minima of 4 bits, 64 bytes of 2-bit values, the two scales of scales. */
  Q2_K(bytes, at, out, to) {
    const [d, least] = [half(bytes, at + 80), half(bytes, at + 82)];
    for (let g = 0; g < 16; g++) {
      const byte = bytes[at + g]!;
      const [scale, minimum] = [d * (byte & 15), least * (byte >> 4)];
      const from = at + 16 + 32 * (g >> 3) + 16 * (g & 1);
      const shift = 2 * ((g >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        out[to + 16 * g + i] = ((bytes[from + i]! >> shift) & 3) * scale - minimum;
      }
    }
  },
  /** 32 bytes of third bits (a cleared one takes 4 off), 64 of the lower two, 16 scales of 6 bits in 12, the scale of scales. */
  Q3_K(bytes, at, out, to) {
    const d = half(bytes, at + 108);
    for (let g = 0; g < 16; g++) {
      const low = (bytes[at + 96 + (g & 7)]! >> (4 * (g >> 3))) & 15;
      const high = (bytes[at + 104 + (g & 3)]! >> (2 * (g >> 2))) & 3;
      const scale = d * ((low | (high << 4)) - 32);
      const from = at + 32 + 32 * (g >> 3) + 16 * (g & 1);
      const shift = 2 * ((g >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        const set = (bytes[at + 16 * (g & 1) + i]! >> (g >> 1)) & 1;
        out[to + 16 * g + i] = (((bytes[from + i]! >> shift) & 3) - 4 * (1 - set)) * scale;
      }
    }
  },
  Q4_K: groupsOf32(false),
  Q5_K: groupsOf32(true),
  /** 128 bytes of lower 4 bits, 64 of the upper two, 16 scales of a byte, the scale of scales. */
  Q6_K(bytes, at, out, to) {
    const d = half(bytes, at + 208);
    for (let g = 0; g < 16; g++) {
      const scale = d * ((bytes[at + 192 + g]! << 24) >> 24);
      // Eight groups share 64 bytes of lower and 32 of upper bits.
      const part = g & 7;
      const lowFrom = at + 64 * (g >> 3) + 16 * (part & 3);
      const highFrom = at + 128 + 32 * (g >> 3) + 16 * (part & 1);
      for (let i = 0; i < 16; i++) {
        const low = (bytes[lowFrom + i]! >> (4 * (part >> 2))) & 15;
        const high = (bytes[highFrom + i]! >> (2 * (part >> 1))) & 3;
        out[to + 16 * g + i] = ((low | (high << 4)) - 32) * scale;
      }
    }
  },
  IQ4_NL(bytes, at, out, to) {
    const scale = half(bytes, at);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 2 + i]!;
      out[to + i] = unevenSteps[byte & 15]! * scale;
      out[to + 16 + i] = unevenSteps[byte >> 4]! * scale;
    }
  },
  /** The scale of scales, eight scales of 6 bits (the upper two in 2 bytes, the lower four in 4), 128 bytes of codes. */
  IQ4_XS(bytes, at, out, to) {
    const d = half(bytes, at);
    const high = bytes[at + 2]! | (bytes[at + 3]! << 8);
    for (let g = 0; g < 8; g++) {
      const low = (bytes[at + 4 + (g >> 1)]! >> (4 * (g & 1))) & 15;
      const scale = d * ((low | (((high >> (2 * g)) & 3) << 4)) - 32);
      for (let i = 0; i < 16; i++) {
        const byte = bytes[at + 8 + 16 * g + i]!;
        out[to + 32 * g + i] = unevenSteps[byte & 15]! * scale;
        out[to + 32 * g + 16 + i] = unevenSteps[byte >> 4]! * scale;
      }
    }
  },
};

/** The values of a whole number of blocks. */
export function decodeBlocks(format: BlockFormat, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const { blockValues, blockBytes } = blockFormats[format];
  const blocks = Math.floor(bytes.length / blockBytes);
  const values = new Float32Array(blocks * blockValues);
  const decode = decoders[format];
  for (let b = 0; b < blocks; b++) decode(bytes, b * blockBytes, values, b * blockValues);
  return values;
}
