/** Seeded random numbers: a stream is a function of its seed and its label alone. */

/** The sfc32 generator (Doty-Humphrey's small fast counting generator), its state filled from a hash of seed and label. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare: number | undefined;

  constructor(seed: number, label: string) {
    const text = `${seed} ${label}`;
    this.a = hash(text, 0x9e3779b9);
    this.b = hash(text, 0x243f6a88);
    this.c = hash(text, 0xb7e15162);
    for (let i = 0; i < 15; i++) this.word();
  }

  /** 32 random bits, as an unsigned number. */
  word(): number {
    const result = (this.a + this.b + this.counter) >>> 0;
    this.counter = (this.counter + 1) >>> 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) >>> 0;
    return result;
  }

  /** From 0 to below 1, in steps of 2^-32. */
  uniform(): number {
    return this.word() / 2 ** 32;
  }

  /** Of the standard normal distribution (Box and Muller). */
  normal(): number {
    const kept = this.spare;
    this.spare = undefined;
    if (kept !== undefined) return kept;
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** FNV-1a with a final avalanche. */
function hash(text: string, basis: number): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
