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
 * On `regions` parts of the text, evenly spread: what one part of a book says of another is its writer's, the mean is the model's.
 *
 * @param {import('jambalaya').LanguageModel} model
 * @param {string} text
 * @param {{
 *   length?: number, bucket?: number, stretches?: number, regions?: number, onStretch?: (done: number, total: number) => void
 * }} [options] `stretches` of each region
 */
export async function bitsByPosition(
  model,
  text,
  { length = 8192, bucket = 1024, stretches = 16, regions = 1, onStretch } = {},
) {
  const buckets = Array.from({ length: length / bucket }, () => ({ bits: 0, tokens: 0 }));
  let bytes = 0;
  let measured = 0;
  for (let region = 0; region < regions; region++) {
    const part = text.slice(
      Math.floor((region * text.length) / regions),
      Math.floor(((region + 1) * text.length) / regions),
    );
    // Eight characters a token are more than any text has: enough of it, and not all of a library.
    const enough = part.slice(0, (stretches + length / bucket) * bucket * 8);
    const ids = await model.tokenize(enough, { addSpecialTokens: false, parseSpecial: false });
    const { starts, first, end } = staggered(ids.length, { length, bucket, stretches });
    const before = buckets[0].tokens;
    for (const start of starts) {
      const { columns, values } = await model.logits(ids.slice(start, start + length), { chunk: bucket });
      for (let t = 1; t < length; t++) {
        const at = start + t;
        // The first token of a stretch has nothing before it: its place is left out of every bucket.
        if (at < first || at >= end || at % bucket === 0) continue;
        const counts = buckets[Math.floor(t / bucket)];
        counts.bits += bitsOf(values.subarray((t - 1) * columns, t * columns), ids[at]);
        counts.tokens++;
      }
      measured++;
      onStretch?.(measured, regions * starts.length);
    }
    const scored = ids.slice(first, end);
    bytes += (Buffer.byteLength(await model.detokenize(scored)) * (buckets[0].tokens - before)) / scored.length;
  }
  return {
    length,
    bucket,
    regions,
    stretches: measured,
    tokens: buckets[0].tokens,
    bytes: Math.round(bytes),
    bitsPerByte: buckets.map(({ bits }) => bits / bytes),
  };
}
