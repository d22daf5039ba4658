/** Random choices that depend on a seed and a path alone, so that any chat can be made again without those before it. */

export class Random {
  #a;
  #b;
  #c;
  #counter = 1;

  /**
   * @param {string} path the seed and what is drawn with it, such as `1/chats/17`
   * @param {{ reserved?: boolean }} [options] reserved: draw what is kept for evaluation, and only that; never unless told
   */
  constructor(path, { reserved = false } = {}) {
    this.reserved = reserved;
    let hash = 2166136261; // FNV-1a
    for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 16777619);
    this.#a = hash;
    this.#b = Math.imul(hash, 0x9e3779b1);
    this.#c = hash ^ 0x5bd1e995;
    for (let i = 0; i < 12; i++) this.#bits();
  }

  /** 32 bits of the generator "small fast counting". */
  #bits() {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A whole number in [0, count). */
  below(count) {
    return Math.floor((this.#bits() / 2 ** 32) * count);
  }

  /** A whole number in [first, last]. */
  between(first, last) {
    return first + this.below(last - first + 1);
  }

  chance(probability) {
    return this.#bits() / 2 ** 32 < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return list[this.below(list.length)];
  }

  /**
   * One of the keys, with a probability in proportion to its value.
   *
   * @template {string} K
   * @param {Record<K, number>} weights
   * @returns {K}
   */
  weighted(weights) {
    const entries = Object.entries(weights);
    let at = (this.#bits() / 2 ** 32) * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      at -= weight;
      if (at < 0) return /** @type {K} */ (key);
    }
    return /** @type {K} */ (entries.at(-1)[0]);
  }

  /**
   * A copy in random order.
   *
   * @template T
   * @param {readonly T[]} list
   */
  shuffled(list) {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  /** @template T @param {readonly T[]} list @param {number} count */
  some(list, count) {
    return this.shuffled(list).slice(0, count);
  }

  /** `count` different values of `make`, by their text. */
  different(count, make) {
    const found = new Map();
    for (let tries = 0; found.size < count; tries++) {
      if (tries > 200 * count) throw new RangeError(`expected ${count} different values, found ${found.size}`);
      const value = make();
      found.set(String(value), value);
    }
    return [...found.values()];
  }
}
