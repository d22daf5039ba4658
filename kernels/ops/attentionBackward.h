// attentionBackward: with p = exp(scale · q·k - logSumExp), δ = dOut·(v - c) - dOut·(out - c) and rest = Σ_j p_j δ_j of a query row,
//   dS = p (δ - rest),  dQ = scale Σ_j dS k_j,  dK = scale Σ_i dS q_i,  dV = Σ_i p dOut_i.
// Any c gives the same; a mean of the segment's values keeps what they have in common out of the rounding. The rest is zero but for
// rounding, too. A row that sees one key alone has dS = 0. dQ takes the rest off once the row is done, as rest · Σ_j p_j k_j.
// The scores are made again block by block. Queries own dQ and keys own dK and dV, each in a pass of its own, so that
// every sum has one order: keys ascending; heads of the group, then queries, ascending.
#pragma once
#include "blocks/loops.h"
#include "blocks/queryTile.h"
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

struct GradientTile : QueryTile {
  /** Rows of whole vectors: dOut, and the sum that belongs to the values (`sums` is that of the keys or queries). */
  f32 *grads, *valueSums;
  /** (column of the head, key of the block), and the keys as rows. */
  f32 *valueColumns, *keyRows;
  /** dS, as `scores` holds p. */
  f32* gradScores;
  /** c, as a row. */
  f32* center;
  f32 dots[queryRows], rests[queryRows], logSums[queryRows];

  GradientTile(const AttentionShape& shape, Scratch& scratch)
      : QueryTile(shape, scratch),
        grads(scratch.take<f32>(queryRows * shape.padded)),
        valueSums(scratch.take<f32>(queryRows * shape.padded)),
        valueColumns(scratch.take<f32>(attentionKeyBlock * shape.padded)),
        keyRows(scratch.take<f32>(attentionKeyBlock * shape.padded)),
        gradScores(scratch.take<f32>(queryRows * attentionKeyBlock)),
        center(scratch.take<f32>(shape.padded)) {}
};

struct GradientInputs {
  const f32 *q, *k, *v, *out, *logSumExp, *dOut;
  const i32* offsets;
};

/** Leaves the mean of a segment's first values in `center`. */
inline void findCenter(const AttentionShape& shape, const GradientInputs& x, i64 s, i64 g, GradientTile& tile) {
  const i64 first = x.offsets[s], keys = min<i64>(attentionKeyBlock, x.offsets[s + 1] - first);
  const f32 share = 1.0f / static_cast<f32>(keys);
  forVectors(shape.headSize, [&](i64 c, auto part) {
    F sum = zero();
    for (i64 j = 0; j < keys; ++j) sum = sum + part.load(x.v + ((first + j) * shape.kvHeads + g) * shape.headSize + c);
    part.store(tile.center + c, sum * share);
  });
}

/** Packs the tile's rows of q and dOut and finds their D; at(r) is the (row, head) of tile row r as one number. */
template <class At>
inline void loadQueries(const AttentionShape& shape, const GradientInputs& x, const At& at, GradientTile& tile) {
  packQueries<FloatScores>(shape, x.q, tile.rows, at, shape.scale, tile.queries);
  packQueries<FloatScores>(shape, x.dOut, tile.rows, at, 1.0f, tile.grads);
  for (i64 r = 0; r < tile.rows; ++r) {
    F dot = zero();
    forVectors(shape.headSize, [&](i64 c, auto part) {
      const F out = part.load(x.out + at(r) * shape.headSize + c) - part.load(tile.center + c);
      dot = fma(part.load(x.dOut + at(r) * shape.headSize + c), out, dot);
    });
    tile.dots[r] = reduceAdd(dot);
    tile.logSums[r] = x.logSumExp[at(r)];
  }
}

/** Packs the keys, and the values less c, of positions [key, key + count) of a segment; the keys `asRows` too. */
inline void loadKeys(const AttentionShape& shape, const GradientInputs& x, i64 s, i64 g, i64 key, i64 count, bool asRows,
                     GradientTile& tile) {
  const i64 width = shape.kvHeads * shape.headSize, at = (x.offsets[s] + key) * width + g * shape.headSize;
  packColumns<FloatScores, WeightF32>(x.k + at, width, count, shape.headSize, tile.keyColumns, attentionKeyBlock);
  packColumns<FloatScores, WeightF32>(x.v + at, width, count, shape.headSize, tile.valueColumns, attentionKeyBlock);
  for (i64 c = 0; c < shape.headSize; ++c) {
    f32* row = tile.valueColumns + c * attentionKeyBlock;
    for (i64 j = 0; j < count; j += W) store(row + j, load(row + j) - tile.center[c]);
  }
  if (asRows) packRows<WeightF32>(FloatScores{}, x.k + at, width, count, shape.headSize, shape.padded, tile.keyRows);
}

/** p and dS of the tile's rows from `from` on with the keys of the block at `key` that they see. */
inline void gradientScores(const AttentionShape& shape, GradientTile& tile, i64 from, i64 key) {
  scoreBlock<FloatScores>(shape, tile, tile.queries, from, key, tile.keyColumns, tile.scores);
  scoreBlock<FloatScores>(shape, tile, tile.grads, from, key, tile.valueColumns, tile.gradScores);
  for (i64 r = from; r < tile.rows; ++r) {
    f32 *scores = tile.scores + r * attentionKeyBlock, *grads = tile.gradScores + r * attentionKeyBlock;
    forVectors(tile.seen(r, key), [&](i64 j, auto part) {
      const F weight = exp(part.load(scores + j) - tile.logSums[r]);
      const F slope = part.load(grads + j) - tile.dots[r] - tile.rests[r];
      part.store(grads + j, tile.visible[r] == 1 ? zero() : weight * slope);
      part.store(scores + j, weight);
    });
  }
}

inline void clearRows(f32* rows, i64 count, i64 padded) {
  for (i64 c = 0; c < count * padded; c += W) store(rows + c, zero());
}

/** Writes a row of whole vectors, times `factor`, to `columns` elements. */
inline void unpackRow(const f32* from, i64 columns, f32 factor, f32* to) {
  forVectors(columns, [&](i64 c, auto part) { part.store(to + c, load(from + c) * factor); });
}

/** dQ of one tile of query rows. */
inline void queryGradients(const AttentionShape& shape, const GradientInputs& x, i64 s, i64 g, i64 index, GradientTile& tile,
                           f32* dQ, f32* rest) {
  const i64 length = x.offsets[s + 1] - x.offsets[s], first = index * queryRows;
  tile.rows = min(queryRows, length * shape.group - first);
  const auto at = [&](i64 r) { return shape.place(x.offsets[s], g, first + r); };
  for (i64 r = 0; r < tile.rows; ++r) tile.visible[r] = shape.causal ? (first + r) / shape.group + 1 : length;
  findCenter(shape, x, s, g, tile);
  loadQueries(shape, x, at, tile);
  clearRows(tile.sums, tile.rows, shape.padded);
  clearRows(tile.valueSums, tile.rows, shape.padded);
  f32 rests[queryRows];
  for (i64 r = 0; r < tile.rows; ++r) tile.rests[r] = rests[r] = 0;
  const i64 all = tile.visible[tile.rows - 1];
  i64 from = 0;
  for (i64 key = 0; key < all; key += attentionKeyBlock) {
    while (tile.visible[from] <= key) ++from;
    loadKeys(shape, x, s, g, key, min<i64>(attentionKeyBlock, all - key), true, tile);
    gradientScores(shape, tile, from, key);
    for (i64 r = from; r < tile.rows; ++r) {
      F sum = zero();
      forVectors(tile.seen(r, key), [&](i64 j, auto part) { sum = sum + part.load(tile.gradScores + r * attentionKeyBlock + j); });
      rests[r] += reduceAdd(sum);
    }
    weighBlock<FloatScores>(shape, tile, from, key, tile.gradScores, tile.keyRows, shape.padded, tile.sums);
    weighBlock<FloatScores>(shape, tile, from, key, tile.scores, tile.keyRows, shape.padded, tile.valueSums);
  }
  for (i64 r = 0; r < tile.rows; ++r) {
    rest[at(r)] = rests[r];
    f32 *sums = tile.sums + r * shape.padded, *means = tile.valueSums + r * shape.padded;
    for (i64 c = 0; c < shape.padded; c += W) store(sums + c, load(sums + c) - load(means + c) * rests[r]);
    unpackRow(sums, shape.headSize, shape.scale, dQ + at(r) * shape.headSize);
  }
}

/** sums[j] += sum of scores[r, j] · rows[r], r ascending over the tile's rows that see key j of the block. */
inline void weighQueries(const GradientTile& tile, i64 key, i64 keys, const f32* scores, const f32* rows, i64 padded, f32* sums) {
  // seen(r) rises by one key a row where the mask cuts the block, so key j is seen from row `since(j)` on.
  const auto since = [&](i64 j) {
    i64 r = 0;
    while (r < tile.rows && tile.seen(r, key) <= j) ++r;
    return r;
  };
  const auto single = [&](i64 j, i64 begin, i64 end) {
    weightedRows<FloatScores, 1>(scores + begin * attentionKeyBlock + j, 0, attentionKeyBlock, rows + begin * padded, padded,
                                 end - begin, false, padded, sums + j * padded, padded);
  };
  i64 j = 0;
  for (; j + scoreTileRows <= keys; j += scoreTileRows) {
    const i64 common = since(j + scoreTileRows - 1);
    for (i64 i = 0; i < scoreTileRows - 1; ++i) single(j + i, since(j + i), common);
    weightedRows<FloatScores, scoreTileRows>(scores + common * attentionKeyBlock + j, 1, attentionKeyBlock, rows + common * padded,
                                             padded, tile.rows - common, false, padded, sums + j * padded, padded);
  }
  for (; j < keys; ++j) single(j, since(j), tile.rows);
}

/** dK and dV of one block of keys. */
inline void keyGradients(const AttentionShape& shape, const GradientInputs& x, i64 s, i64 g, i64 key, GradientTile& tile,
                         f32* dK, f32* dV, const f32* rest) {
  const i64 length = x.offsets[s + 1] - x.offsets[s], keys = min<i64>(attentionKeyBlock, length - key);
  findCenter(shape, x, s, g, tile);
  loadKeys(shape, x, s, g, key, keys, false, tile);
  clearRows(tile.sums, keys, shape.padded);
  clearRows(tile.valueSums, keys, shape.padded);
  for (i64 head = g * shape.group; head < (g + 1) * shape.group; ++head) {
    for (i64 first = shape.causal ? key : 0; first < length; first += queryRows) {
      tile.rows = min(queryRows, length - first);
      for (i64 r = 0; r < tile.rows; ++r) tile.visible[r] = min(key + keys, shape.causal ? first + r + 1 : length);
      const auto at = [&](i64 r) { return (x.offsets[s] + first + r) * shape.heads + head; };
      loadQueries(shape, x, at, tile);
      for (i64 r = 0; r < tile.rows; ++r) tile.rests[r] = rest[at(r)];
      gradientScores(shape, tile, 0, key);
      weighQueries(tile, key, keys, tile.gradScores, tile.queries, shape.padded, tile.sums);
      weighQueries(tile, key, keys, tile.scores, tile.grads, shape.padded, tile.valueSums);
    }
  }
  for (i64 j = 0; j < keys; ++j) {
    const i64 at = ((x.offsets[s] + key + j) * shape.kvHeads + g) * shape.headSize;
    // The packed queries carry the scale already.
    unpackRow(tile.sums + j * shape.padded, shape.headSize, 1.0f, dK + at);
    unpackRow(tile.valueSums + j * shape.padded, shape.headSize, 1.0f, dV + at);
  }
}

inline Status attentionBackward(const AttentionBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments;
  if (!attentionSizesValid(rows, segments, args.heads, args.kvHeads, args.headSize, args.causal)) return ctx.fail(Status::badSize);
  const AttentionShape shape{args.heads, args.kvHeads, args.headSize, args.causal == 1, args.scale};
  const i64 queries = extent(rows, args.heads, args.headSize), keys = extent(rows, args.kvHeads, args.headSize);
  GradientInputs x;
  f32 *dQ, *dK, *dV, *rest;
  JAMBALAYA_TRY(ctx.in(args.q, queries, x.q));
  JAMBALAYA_TRY(ctx.in(args.k, keys, x.k));
  JAMBALAYA_TRY(ctx.in(args.v, keys, x.v));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, x.offsets));
  JAMBALAYA_TRY(ctx.in(args.out, queries, x.out));
  JAMBALAYA_TRY(ctx.in(args.logSumExp, rows * args.heads, x.logSumExp));
  JAMBALAYA_TRY(ctx.in(args.dOut, queries, x.dOut));
  JAMBALAYA_TRY(ctx.out(args.dQ, queries, dQ));
  JAMBALAYA_TRY(ctx.out(args.dK, keys, dK));
  JAMBALAYA_TRY(ctx.out(args.dV, keys, dV));
  JAMBALAYA_TRY(ctx.out(args.rest, rows * args.heads, rest));

  i64 longest = 0;
  for (i64 s = 0; s < segments; ++s) longest = max<i64>(longest, x.offsets[s + 1] - x.offsets[s]);
  const i64 grain = shape.grain(longest, longest);
  const auto queryTiles = [&](i64 s) { return shape.tiles(x.offsets[s + 1] - x.offsets[s]); };
  forTiles(ctx, segments, shape.kvHeads, grain, queryTiles, [&](i64 s, i64 g, i64 index, Scratch& scratch) {
    GradientTile tile(shape, scratch);
    queryGradients(shape, x, s, g, index, tile, dQ, rest);
  });
  const auto keyBlocks = [&](i64 s) { return ceilDiv(x.offsets[s + 1] - x.offsets[s], attentionKeyBlock); };
  forTiles(ctx, segments, shape.kvHeads, grain, keyBlocks, [&](i64 s, i64 g, i64 index, Scratch& scratch) {
    GradientTile tile(shape, scratch);
    keyGradients(shape, x, s, g, index * attentionKeyBlock, tile, dK, dV, rest);
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
