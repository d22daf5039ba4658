// Attention on tiles: up to `queryRows` query rows of one key/value head meet the keys of a segment block by block.
#pragma once
#include "blocks/scoreTiles.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Query rows that meet a key block together: all heads of a group at one position, then the next position. */
constexpr i64 queryRows = 64;

struct AttentionShape {
  i64 heads, kvHeads, headSize;
  bool causal;
  f32 scale;
  /** Query heads that share a key/value head, and the head size as whole vectors. */
  i64 group = heads / kvHeads, padded = ceilDiv(headSize, W) * W;

  /** The (row, head) of query row n of a key/value head, in a segment that begins at row `first`, as one number. */
  i64 place(i64 first, i64 g, i64 n) const { return (first + n / group) * heads + g * group + n % group; }
  /** Tiles of the query rows in a segment of `length` rows, for one key/value head. */
  i64 tiles(i64 length) const { return ceilDiv(length * group, queryRows); }
  /** A grain for tiles that meet up to `keys` keys. */
  i64 grain(i64 rows, i64 keys) const { return workGrain(2 * headSize * max<i64>(1, min(rows * group, queryRows) * keys)); }
};

inline bool attentionSizesValid(i64 rows, i64 segments, i64 heads, i64 kvHeads, i64 headSize, i64 causal) {
  return sizesValid(rows, segments) && kvHeads > 0 && heads > 0 && heads % kvHeads == 0 && headSize > 0 &&
         headSize <= maxHeadSize && (causal == 0 || causal == 1);
}

/** body(segment, key/value head, tile, scratch) for the count(segment) tiles of every head, over all threads. */
template <class Count, class Body>
inline void forTiles(const Context& ctx, i64 segments, i64 kvHeads, i64 grain, const Count& count, const Body& body) {
  i64 total = 0;
  for (i64 s = 0; s < segments; ++s) total += count(s) * kvHeads;
  ctx.parallel(total, grain, [&](i64 begin, i64 end, const Scratch& scratch) {
    i64 s = 0, before = 0;
    for (i64 item = begin; item < end; ++item) {
      for (; item >= before + count(s) * kvHeads; ++s) before += count(s) * kvHeads;
      Scratch memory = scratch;
      body(s, (item - before) / count(s), (item - before) % count(s), memory);
    }
  });
}

struct QueryTile {
  i64 rows = 0;
  /** Row r sees the keys at positions below visible[r], which rises with r. */
  i64 visible[queryRows];
  /** Rows of whole vectors: the queries times the scale, and what the tile sums up. */
  f32 *queries, *sums;
  /** (row, key of the block) */
  f32* scores;
  /** (step, key of the block) */
  f32* keyColumns;

  QueryTile(const AttentionShape& shape, Scratch& scratch)
      : queries(scratch.take<f32>(queryRows * shape.padded)),
        sums(scratch.take<f32>(queryRows * shape.padded)),
        scores(scratch.take<f32>(queryRows * attentionKeyBlock)),
        keyColumns(scratch.take<f32>(attentionKeyBlock * shape.padded)) {}

  /** How many keys of the block at `key` row r sees. */
  i64 seen(i64 r, i64 key) const { return max<i64>(0, min<i64>(attentionKeyBlock, visible[r] - key)); }
};
static_assert(((7 * queryRows + 1) * maxHeadSize + 2 * queryRows * attentionKeyBlock) * 4 <= scratchBytes,
              "a tile of the largest head fits the scratch memory, with what the backward pass adds");
static_assert(queryRows == attentionKeyBlock, "rows of queries and of keys need the same memory");

/** Packs rows of x times `factor`; at(r) is the (row, head) of tile row r as one number. */
template <class Products, class At>
inline void packQueries(const AttentionShape& shape, const f32* x, i64 rows, const At& at, f32 factor, f32* to) {
  for (i64 r = 0; r < rows; ++r, to += shape.padded) {
    const f32* from = x + at(r) * shape.headSize;
    for (i64 c = 0; c < shape.padded; c += W) {
      const i64 count = shape.headSize - c;
      Products::put(to, c, (count >= W ? load(from + c) : loadPartial(from + c, count)) * factor);
    }
  }
}

/**
 * scores[r] = queries[r] · keys for the tile's rows from `from` on, each up to the last key that it sees. Rows of queries are
 * `shape.padded` elements of 32 bits apart, those of `keyColumns` a block.
 */
template <class Products>
inline void scoreBlock(const AttentionShape& shape, const QueryTile& tile, const f32* queries, i64 from, i64 key,
                       const f32* keyColumns, f32* scores) {
  const i64 steps = ceilDiv(shape.headSize, Products::together);
  const auto rows = [&](auto count, i64 r) {
    const i64 columns = ceilDiv(tile.seen(r + count - 1, key), W) * W;
    weightedRows<Products, count>(queries + r * shape.padded, shape.padded, 1, keyColumns, attentionKeyBlock, steps, true,
                                  columns, scores + r * attentionKeyBlock, attentionKeyBlock);
  };
  i64 r = from;
  for (; r + scoreTileRows <= tile.rows; r += scoreTileRows) rows(Index<scoreTileRows>{}, r);
  for (; r < tile.rows; ++r) rows(Index<1>{}, r);
}

/** sums[r] += sum of weights[r, j] · values[j], j ascending over the keys that row r sees, for rows from `from` on. */
template <class Products>
inline void weighBlock(const AttentionShape& shape, const QueryTile& tile, i64 from, i64 key, const f32* weights,
                       const f32* values, i64 ldv, f32* sums) {
  constexpr i64 together = Products::together;
  const auto several = [&](auto count, i64 r, i64 begin, i64 end) {
    weightedRows<Products, count>(weights + r * attentionKeyBlock + begin, attentionKeyBlock, 1, values + begin * ldv, ldv,
                                  end - begin, false, shape.padded, sums + r * shape.padded, shape.padded);
  };
  const auto rest = [&](i64 r, i64 begin) {
    const i64 seen = tile.seen(r, key), end = seen / together;
    several(Index<1>{}, r, begin, end);
    if (seen % together == 0) return;
    weightedRows<FirstOfPairs, 1>(weights + r * attentionKeyBlock + end, 0, 1, values + end * ldv, ldv, 1, false, shape.padded,
                                  sums + r * shape.padded, shape.padded);
  };
  i64 r = from;
  for (; r + scoreTileRows <= tile.rows; r += scoreTileRows) {
    // A key that only the later rows see takes no part in the earlier ones, not even times zero.
    const i64 common = tile.seen(r, key) / together;
    several(Index<scoreTileRows>{}, r, 0, common);
    for (i64 i = 0; i < scoreTileRows; ++i) rest(r + i, common);
  }
  for (; r < tile.rows; ++r) rest(r, 0);
}

}  // namespace jambalaya::JAMBALAYA_ISA
