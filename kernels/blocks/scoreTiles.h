// The two products of attention on blocks that lie in the cache: scores of query rows with keys, and values weighted by them.
// In both, an element of each row of the left side meets a row of a panel, step by step: every output is summed over ascending
// steps, whatever the tile that computes it. A step is one f32, or a pair of bf16 (packed elements have 32 bits).
#pragma once
#include "blocks/lanes.h"
#include "blocks/narrow.h"
#include "blocks/outerProducts.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of the left side that meet a panel together. */
constexpr int scoreTileRows = 4;

/** Products of f32. */
struct FloatScores : OuterFloats<WeightF32> {
  /** Writes element c of a row on the left side. */
  static void put(f32* row, i64 c, F v) { store(row + c, v); }
  /** W steps of a row of keys, of which `count` elements exist. */
  template <class Weight>
  static F elements(const typename Weight::T* from, i64 count) {
    return count >= W ? Weight::wide(from) : Weight::wide(from, count);
  }
};
/** Products of bf16 with f32 sums, as f32: the same products in the same order as in pairs. */
struct RoundedScores : FloatScores {
  static void put(f32* row, i64 c, F v) { store(row + c, reinterpret_cast<F>(__builtin_convertvector(narrowBf16(v), U) << 16)); }
};
/** Products of bf16 with f32 sums, in pairs. */
struct PairScores : OuterPairs {
  static void put(f32* row, i64 c, F v) {
    const H bits = narrowBf16(v);
    __builtin_memcpy(reinterpret_cast<char*>(row) + c * static_cast<i64>(sizeof(u16)), &bits, sizeof(H));
  }
  template <class Weight>
  static F elements(const u16* from, i64 count) {
    return reinterpret_cast<F>(count >= 2 * W ? loadPairs(from) : loadPairsPartial(from, count));
  }
};
/** The first of each pair alone: the other one is not even multiplied by zero. */
struct FirstOfPairs : PairScores {
  static Pairs right(const f32* p) {
    return reinterpret_cast<Pairs>(reinterpret_cast<U>(PairScores::right(p)) & 0xffffu);
  }
};

/** out[i] (+)= sum of left(i, step) · panel row `step`, steps ascending, on MR rows and NV vectors of columns. */
template <class Products, int MR, int NV>
inline void weightedTile(const f32* left, i64 rowStride, i64 stepStride, const f32* panel, i64 ldp, i64 steps, bool first,
                         f32* out, i64 ldo) {
  F sum[MR][NV];
  if (first) {
    forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { sum[n / NV][n % NV] = zero(); });
  } else {
    forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { sum[n / NV][n % NV] = load(out + n / NV * ldo + n % NV * W); });
  }
  for (i64 k = 0; k < steps; ++k) {
    decltype(Products::right(panel)) right[NV];
    forEach<NV>([&](auto v) JAMBALAYA_INLINE { right[v] = Products::right(panel + k * ldp + v * W); });
    forEach<MR>([&](auto i) JAMBALAYA_INLINE {
      const auto factor = Products::left(left + i * rowStride + k * stepStride);
      forEach<NV>([&](auto v) JAMBALAYA_INLINE { sum[i][v] = Products::add(sum[i][v], factor, right[v]); });
    });
  }
  forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { store(out + n / NV * ldo + n % NV * W, sum[n / NV][n % NV]); });
}

/** Vectors of columns that meet a row of left together. */
constexpr int weightedVectors = manyRegisters ? 4 : 2;

/** As weightedTile, on `columns` columns, a multiple of W. */
template <class Products, int MR>
inline void weightedRows(const f32* left, i64 rowStride, i64 stepStride, const f32* panel, i64 ldp, i64 steps, bool first,
                         i64 columns, f32* out, i64 ldo) {
  if (steps <= 0 && !first) return;
  i64 c = 0;
  for (; c + weightedVectors * W <= columns; c += weightedVectors * W) {
    weightedTile<Products, MR, weightedVectors>(left, rowStride, stepStride, panel + c, ldp, steps, first, out + c, ldo);
  }
  for (; c < columns; c += W) {
    weightedTile<Products, MR, 1>(left, rowStride, stepStride, panel + c, ldp, steps, first, out + c, ldo);
  }
}

/** panel[step · ldp + j] = step `step` of row j: `rows` rows of `columns` elements, and zeros up to whole vectors of both. */
template <class Products, class Weight>
inline void packColumns(const typename Weight::T* from, i64 stride, i64 rows, i64 columns, f32* panel, i64 ldp) {
  constexpr i64 together = Products::together;
  for (i64 j = 0; j < rows; j += W) {
    for (i64 c = 0; c < columns; c += together * W) {
      F v[W];
      for (i64 i = 0; i < W; ++i) {
        v[i] = j + i < rows ? Products::template elements<Weight>(from + (j + i) * stride + c, columns - c) : zero();
      }
      transposeLanes(v);
      for (i64 i = 0; i < W; ++i) store(panel + (c / together + i) * ldp + j, v[i]);
    }
  }
}

/** Copies a row of `columns` elements, widened, to one of `padded` (a multiple of W) with zeros behind. */
template <class Weight>
inline void packRow(const typename Weight::T* from, i64 columns, i64 padded, f32* to) {
  i64 c = 0;
  for (; c + W <= columns; c += W) store(to + c, Weight::wide(from + c));
  if (c < padded) store(to + c, Weight::wide(from + c, columns - c));
}
/** Steps of `rows` rows of values: the rows themselves, or two of them interleaved. */
template <class Weight>
inline void packRows(FloatScores, const typename Weight::T* from, i64 stride, i64 rows, i64 columns, i64 padded, f32* to) {
  for (i64 r = 0; r < rows; ++r) packRow<Weight>(from + r * stride, columns, padded, to + r * padded);
}
template <class Weight>
inline void packRows(PairScores, const u16* from, i64 stride, i64 rows, i64 columns, i64 padded, f32* to) {
  for (i64 r = 0; r < rows; r += 2) {
    const u16* row = from + r * stride;
    interleaveRows(row, r + 1 < rows ? row + stride : nullptr, columns, reinterpret_cast<u32*>(to + r / 2 * padded));
  }
}

}  // namespace jambalaya::JAMBALAYA_ISA
