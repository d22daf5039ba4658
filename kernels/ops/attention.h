// attention: out = softmax(scale · q kᵀ) v over the visible keys of a segment, with grouped key/value heads (arXiv 2305.13245).
//
// Keys are taken in blocks at absolute positions with a running maximum and sum (online softmax), so that memory does not
// grow with the context and a row has the same bits however its sequence was cut and wherever its keys lie.
#pragma once
#include "blocks/keyValuePages.h"
#include "blocks/loops.h"
#include "blocks/queryTile.h"

namespace jambalaya::JAMBALAYA_ISA {

struct SoftmaxTile : QueryTile {
  f32 maximum[queryRows], sum[queryRows], factor[queryRows];
  /** (step, column of the head) */
  f32* valueRows;

  SoftmaxTile(const AttentionShape& shape, Scratch& scratch)
      : QueryTile(shape, scratch), valueRows(scratch.take<f32>(attentionKeyBlock * shape.padded)) {}
};

/**
 * scores = exp(scores - maximum so far), as the left side of products with values; the sums of the blocks before are rescaled to
 * that maximum.
 */
template <class Products>
inline void softmaxBlock(SoftmaxTile& tile, i64 from, i64 key, i64 padded) {
  for (i64 r = from; r < tile.rows; ++r) {
    f32* row = tile.scores + r * attentionKeyBlock;
    const i64 count = tile.seen(r, key), whole = ceilDiv(count, W) * W;
    for (i64 j = count; j < whole; ++j) row[j] = -__builtin_inff();
    F largest = load(row);
    for (i64 j = W; j < whole; j += W) largest = maximum(largest, load(row + j));
    tile.factor[r] = tile.maximum[r];
    tile.maximum[r] = max(tile.maximum[r], reduceMax(largest));
  }
  forVectors(from, tile.rows, [&](i64 r, auto part) {
    part.store(tile.factor + r, exp(part.load(tile.factor + r) - part.load(tile.maximum + r)));
  });
  for (i64 r = from; r < tile.rows; ++r) {
    f32* row = tile.scores + r * attentionKeyBlock;
    F total = zero();
    for (i64 j = 0; j < tile.seen(r, key); j += W) {
      const F weight = exp(load(row + j) - tile.maximum[r]);
      Products::put(row, j, weight);
      total = total + weight;
    }
    const f32 factor = tile.factor[r];
    tile.sum[r] = tile.sum[r] * factor + reduceAdd(total);
    if (factor == 1.0f) continue;
    f32* sums = tile.sums + r * padded;
    for (i64 c = 0; c < padded; c += W) store(sums + c, load(sums + c) * factor);
  }
}

/** All keys of a tile whose rows, `visible` and queries are set: leaves sums, maximum and sum. */
template <class Products, class Weight>
inline void attendTile(const AttentionShape& shape, const Positions& positions, const typename Weight::T* k,
                       const typename Weight::T* v, i64 s, i64 g, SoftmaxTile& tile) {
  const i64 padded = shape.padded, all = tile.visible[tile.rows - 1], width = positions.width;
  i64 from = 0;
  for (i64 key = 0; key < all; key += attentionKeyBlock) {
    while (tile.visible[from] <= key) ++from;
    const i64 at = positions.at(s, key) + g * shape.headSize, count = min<i64>(attentionKeyBlock, all - key);
    packColumns<Products, Weight>(k + at, width, count, shape.headSize, tile.keyColumns, attentionKeyBlock);
    packRows<Weight>(Products{}, v + at, width, count, shape.headSize, padded, tile.valueRows);
    scoreBlock<Products>(shape, tile, tile.queries, from, key, tile.keyColumns, tile.scores);
    softmaxBlock<Products>(tile, from, key, padded);
    weighBlock<Products>(shape, tile, from, key, tile.scores, tile.valueRows, padded, tile.sums);
  }
}

/** Calls body(Products{}, WeightX{}, pointer to the keys). */
template <class Body>
inline void withScores(const Matrix& keys, bool bf16Products, const Body& body) {
  if (bf16Products) {
    const auto* data = static_cast<const u16*>(keys.data);
    if constexpr (fusedPairs) return body(PairScores{}, WeightBf16{}, data);
    else return body(RoundedScores{}, WeightBf16{}, data);
  }
  withWeights(keys, [&](auto weight, auto* data) { body(FloatScores{}, weight, data); });
}

inline Status attention(const AttentionArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments;
  if (!attentionSizesValid(rows, segments, args.heads, args.kvHeads, args.headSize, args.causal)) return ctx.fail(Status::badSize);
  const AttentionShape shape{args.heads, args.kvHeads, args.headSize, args.causal == 1, args.scale};
  const bool paged = static_cast<bool>(args.keyPages);
  if (static_cast<bool>(args.k) == paged) return ctx.fail(Status::badHandle, args.k);
  if (static_cast<bool>(args.v) == paged) return ctx.fail(Status::badHandle, args.v);
  if (static_cast<bool>(args.valuePages) != paged) return ctx.fail(Status::badHandle, args.valuePages);
  if (static_cast<bool>(args.pageTable) != paged) return ctx.fail(Status::badHandle, args.pageTable);

  const f32* q;
  f32 *out, *logSumExp;
  const bool bf16Products = args.bf16Products == 1;
  Positions positions{};
  Matrix k, v;
  positions.width = shape.kvHeads * shape.headSize;
  JAMBALAYA_TRY(ctx.in(args.q, extent(rows, args.heads, args.headSize), q));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, positions.offsets));
  JAMBALAYA_TRY(ctx.inOptional(args.starts, segments, positions.starts));
  JAMBALAYA_TRY(ctx.out(args.out, extent(rows, args.heads, args.headSize), out));
  JAMBALAYA_TRY(ctx.out(args.logSumExp, rows * args.heads, logSumExp));
  if (paged) {
    if (!pageSizesValid(args.pageTokens, args.maxPages, args.pages)) return ctx.fail(Status::badSize);
    positions.pageTokens = args.pageTokens;
    positions.maxPages = args.maxPages;
    const i64 count = extent(args.pages, args.pageTokens, positions.width);
    JAMBALAYA_TRY(ctx.any(args.keyPages, count, k.data, k.dtype));
    JAMBALAYA_TRY(ctx.any(args.valuePages, count, v.data, v.dtype));
    if (!pageDTypesValid(k.dtype, v.dtype)) return ctx.fail(Status::badDType, args.valuePages);
    if (bf16Products && k.dtype != BF16) return ctx.fail(Status::badDType, args.keyPages);
    JAMBALAYA_TRY(ctx.in(args.pageTable, segments * args.maxPages, positions.pageTable));
    if (!pagesValid(positions, segments, args.pages, false)) return ctx.fail(Status::badIndex, args.pageTable);
  } else {
    if (bf16Products) return ctx.fail(Status::badDType, args.k);
    for (i64 s = 0; s < segments; ++s) {
      if (positions.start(s) != 0) return ctx.fail(Status::badIndex, args.starts);
    }
    const f32 *keys, *values;
    JAMBALAYA_TRY(ctx.in(args.k, extent(rows, args.kvHeads, args.headSize), keys));
    JAMBALAYA_TRY(ctx.in(args.v, extent(rows, args.kvHeads, args.headSize), values));
    k.data = keys;
    v.data = values;
  }

  i64 longest = 0;
  for (i64 s = 0; s < segments; ++s) longest = max(longest, positions.start(s) + positions.length(s));
  const auto tiles = [&](i64 s) { return shape.tiles(positions.length(s)); };
  withScores(k, bf16Products, [&](auto products, auto weight, auto* keys) {
    using Products = decltype(products);
    using Weight = decltype(weight);
    forTiles(ctx, segments, shape.kvHeads, shape.grain(rows, longest), tiles, [&](i64 s, i64 g, i64 index, Scratch& scratch) {
      SoftmaxTile tile(shape, scratch);
      const i64 first = index * queryRows, start = positions.start(s), length = positions.length(s);
      tile.rows = min(queryRows, length * shape.group - first);
      const auto at = [&](i64 r) { return shape.place(positions.first(s), g, first + r); };
      for (i64 r = 0; r < tile.rows; ++r) {
        tile.visible[r] = start + (shape.causal ? (first + r) / shape.group + 1 : length);
        tile.maximum[r] = -__builtin_inff();
        tile.sum[r] = 0;
      }
      packQueries<Products>(shape, q, tile.rows, at, shape.scale, tile.queries);
      for (i64 c = 0; c < tile.rows * shape.padded; c += W) store(tile.sums + c, zero());
      attendTile<Products, Weight>(shape, positions, keys, static_cast<decltype(keys)>(v.data), s, g, tile);
      forVectors(tile.rows, [&](i64 r, auto part) {
        part.store(tile.maximum + r, part.load(tile.maximum + r) + log(part.load(tile.sum + r)));
      });
      for (i64 r = 0; r < tile.rows; ++r) {
        logSumExp[at(r)] = tile.maximum[r];
        const f32 inverse = 1.0f / tile.sum[r];
        forVectors(shape.headSize, [&](i64 c, auto part) {
          part.store(out + at(r) * shape.headSize + c, load(tile.sums + r * shape.padded + c) * inverse);
        });
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
