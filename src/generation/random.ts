/**
 * Random numbers by position rather than in sequence: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"). What is drawn for a token depends on the seed and on the token's place alone, so that a sequence is the
 * same whatever runs beside it, and after its state was saved and restored.
 */

/** Four 32-bit words of a counter, or of the numbers that it stands for. */
export type Words = readonly [number, number, number, number];

const rounds = 10;
const multipliers = [0xd2511f53, 0xcd9e8d57] as const;
/** Added to the key after each round: the golden ratio and √3 − 1, as 32-bit fractions. */
const keySteps = [0x9e3779b9, 0xbb67ae85] as const;

/** The upper half of the 64-bit product of two unsigned 32-bit numbers, in 16-bit pieces that a double holds exactly. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const bHigh = b >>> 16;
  const aLow = a & 0xffff;
  const bLow = b & 0xffff;
  const upper = aHigh * bLow + ((aLow * bLow) >>> 16);
  const lower = aLow * bHigh + (upper & 0xffff);
  return (aHigh * bHigh + (upper >>> 16) + (lower >>> 16)) >>> 0;
}

/** Ten rounds over a counter of four words under a key of two; words are unsigned. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [keyA, keyB] = key;
  for (let round = 0; round < rounds; round++) {
    const highA = multiplyHigh(multipliers[0], a);
    const highC = multiplyHigh(multipliers[1], c);
    const lowA = Math.imul(multipliers[0], a);
    const lowC = Math.imul(multipliers[1], c);
    [a, b, c, d] = [(highC ^ b ^ keyA) >>> 0, lowC >>> 0, (highA ^ d ^ keyB) >>> 0, lowA >>> 0];
    keyA = (keyA + keySteps[0]) >>> 0;
    keyB = (keyB + keySteps[1]) >>> 0;
  }
  return [a, b, c, d];
}

const lowWord = (value: number) => value >>> 0;
const highWord = (value: number) => Math.floor(value / 2 ** 32) >>> 0;

/** A number in [0, 1) with 53 random bits. `seed` and `position` are safe integers. */
export function uniformAt(seed: number, position: number): number {
  const [first, second] = philox([lowWord(position), highWord(position), 0, 0], [lowWord(seed), highWord(seed)]);
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}

/** A seed for callers that name none. */
export function randomSeed(): number {
  const [low, high] = globalThis.crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return (high >>> 11) * 2 ** 32 + low;
}
