import type { Kernel } from '../operands.js';

/** The 64-bit product of two unsigned 32-bit numbers as [high, low], by halves of 16 bits. */
function product(a: number, b: number): [number, number] {
  const low = (a & 0xffff) * (b & 0xffff);
  const left = (a >>> 16) * (b & 0xffff) + Math.floor(low / 0x10000);
  const right = (a & 0xffff) * (b >>> 16) + (left % 0x10000);
  const high = (a >>> 16) * (b >>> 16) + Math.floor(left / 0x10000) + Math.floor(right / 0x10000);
  return [high >>> 0, Math.imul(a, b) >>> 0];
}

/** Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const [evenHigh, evenLow] = product(c0, 0xd2511f53);
    const [oddHigh, oddLow] = product(c2, 0xcd9e8d57);
    [c0, c1, c2, c3] = [(oddHigh ^ c1 ^ k0) >>> 0, oddLow, (evenHigh ^ c3 ^ k1) >>> 0, evenLow];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Element i uses word i mod 4 of counter floor(i / 4): it is dropped when word · 2⁻³² < probability. */
export const dropout: Kernel<'dropout'> = ({ x, out, count, seedLow, seedHigh, probability }) => {
  for (let i = 0; i < count; i++) {
    const words = philox([Math.floor(i / 4), 0, 0, 0], [seedLow >>> 0, seedHigh >>> 0]);
    out[i] = words[i % 4]! / 2 ** 32 < probability ? 0 : x[i]! / (1 - probability);
  }
};
