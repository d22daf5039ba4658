/** Hides the units that a scheme draws: what goes into the model, and what it has to say. */
import type { PiecedText } from './pieces.js';
import type { MaskingScheme } from './schemes.js';
import type { Draw } from './units.js';

/** A label that does not count, as in Transformers. */
export const uncountedLabel = -100;

export interface MaskingOptions {
  /** The share of the pieces that is hidden; special tokens are no pieces. */
  readonly share?: number | undefined;
  readonly maskId: number;
  /** Of these the random tokens are drawn: all ids but the special ones. */
  readonly randomIds: ArrayLike<number>;
}

export interface MaskedText {
  readonly inputIds: Int32Array;
  /** The hidden ids, and −100 everywhere else. */
  readonly labels: Int32Array;
  /** The number of each token's unit; −1 for special tokens. */
  readonly unitIds: Int32Array;
  readonly hidden: number;
}

/** One draw for all pieces of a unit: 80 % become [MASK], 10 % random tokens, 10 % stay. */
const maskShare = 0.8;
const randomShare = 0.1;

/** How many of `pieces` may be hidden: the nearest whole number to their share, at least one. */
export const maskingBudget = (pieces: number, share = 0.15): number =>
  pieces === 0 ? 0 : Math.max(1, Math.round(share * pieces));

export function maskText(text: PiecedText, scheme: MaskingScheme, options: MaskingOptions, draw: Draw): MaskedText {
  const { maskId, randomIds, share } = options;
  const pieces = text.isSpecial.reduce((count, special) => count + 1 - special, 0);
  const { units, chosen } = scheme.draw(text, maskingBudget(pieces, share), draw);
  const inputIds = text.ids.slice();
  const labels = new Int32Array(inputIds.length).fill(uncountedLabel);
  const unitIds = new Int32Array(inputIds.length).fill(-1);
  for (const [unit, { start, end }] of units.entries()) unitIds.fill(unit, start, end);
  let hidden = 0;
  for (const unit of chosen) {
    const { start, end } = units[unit]!;
    labels.set(text.ids.subarray(start, end), start);
    hidden += end - start;
    const way = draw();
    if (way < maskShare) inputIds.fill(maskId, start, end);
    else if (way < maskShare + randomShare) {
      for (let at = start; at < end; at++) inputIds[at] = randomIds[Math.floor(draw() * randomIds.length)]!;
    }
  }
  return { inputIds, labels, unitIds, hidden };
}

/** Random numbers of one text: the same for the same seed and number of the text. */
export function drawsOf(seed: number, text: number): Draw {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(text + 1, 0xc2b2ae35)) >>> 0;
  const word = () => {
    // SplitMix32 (Steele et al. 2014, in 32 bits).
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => word() / 2 ** 32;
}
