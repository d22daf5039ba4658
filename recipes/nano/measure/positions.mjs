/** Bits per byte by the position of a token: whether a model reads on beyond the lengths that it was trained at. */

/**
 * Stretches of `length` tokens begin one bucket after another, each from an empty state. A bucket is counted only over
 * tokens that every bucket sees, so that all are measured on the same text.
 *
 * @param {number} tokens of the text
 * @param {{ length: number, bucket: number, stretches: number }} sizes
 * @returns {{ starts: number[], first: number, end: number }} where stretches begin; all buckets count tokens [first, end)
 */
export function staggered(tokens, { length, bucket, stretches }) {
  if (length % bucket !== 0) throw new RangeError(`expected a length in whole buckets of ${bucket}, got ${length}`);
  const possible = Math.floor((tokens - length) / bucket) + 1;
  const count = Math.min(stretches, possible);
  const perLength = length / bucket;
  if (count < perLength) {
    throw new RangeError(`expected a text of ${2 * length - bucket} tokens or more, got ${tokens}`);
  }
  return { starts: Array.from({ length: count }, (_, s) => s * bucket), first: length - bucket, end: count * bucket };
}

/** −log₂ of the probability of `id` after the logits of one row. */
export function bitsOf(row, id) {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) if (row[i] > largest) largest = row[i];
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.exp(row[i] - largest);
  return (Math.log(sum) + largest - row[id]) / Math.LN2;
}

/**
 * @param {import('jambalaya').LanguageModel} model
 * @param {string} text
 * @param {{ length?: number, bucket?: number, stretches?: number, onStretch?: (done: number, total: number) => void }} [options]
 */
export async function bitsByPosition(model, text, { length = 8192, bucket = 1024, stretches = 40, onStretch } = {}) {
  // Eight characters a token are more than any text has: enough of it, and not all of a library.
  const enough = text.slice(0, (stretches + length / bucket) * bucket * 8);
  const ids = await model.tokenize(enough, { addSpecialTokens: false, parseSpecial: false });
  const { starts, first, end } = staggered(ids.length, { length, bucket, stretches });
  const buckets = Array.from({ length: length / bucket }, () => ({ bits: 0, tokens: 0 }));
  for (const [done, start] of starts.entries()) {
    const { columns, values } = await model.logits(ids.slice(start, start + length), { chunk: bucket });
    for (let t = 1; t < length; t++) {
      const at = start + t;
      // The first token of a stretch has nothing before it: its place is left out of every bucket.
      if (at < first || at >= end || at % bucket === 0) continue;
      const counts = buckets[Math.floor(t / bucket)];
      counts.bits += bitsOf(values.subarray((t - 1) * columns, t * columns), ids[at]);
      counts.tokens++;
    }
    onStretch?.(done + 1, starts.length);
  }
  const scored = ids.slice(first, end);
  const whole = Buffer.byteLength(await model.detokenize(scored));
  const bytes = (whole * buckets[0].tokens) / scored.length;
  return {
    length,
    bucket,
    stretches: starts.length,
    tokens: buckets[0].tokens,
    bytes: Math.round(bytes),
    bitsPerByte: buckets.map(({ bits }) => bits / bytes),
  };
}
