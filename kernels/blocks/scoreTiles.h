// The two products of attention on blocks that lie in the cache: dot products of query rows with key rows, and sums of
// value rows weighted by the scores. Every output has one order of summation, whatever the tile that computes it.
#pragma once
#include "blocks/dotProducts.h"
#include "blocks/lanes.h"
#include "blocks/outerProducts.h"

namespace jambalaya::JAMBALAYA_ISA {

/** out[i · ldo + j] = a row i · b row j for MR × NR rows of `inner` elements, a multiple of W; dotTile's order. */
template <class Weight, int MR, int NR>
inline void scoreTile(const f32* a, i64 lda, const typename Weight::T* b, i64 ldb, i64 inner, f32* out, i64 ldo) {
  static_assert(MR * NR % W == 0, "the tile is reduced W sums at a time");
  F sum[MR * NR / W][W];
  for (auto& group : sum) {
    for (F& one : group) one = zero();
  }
  for (i64 k = 0; k < inner; k += W) {
    F left[MR];
    for (int i = 0; i < MR; ++i) left[i] = load(a + i * lda + k);
    for (int j = 0; j < NR; ++j) {
      const F right = Weight::wide(b + j * ldb + k);
      for (int i = 0; i < MR; ++i) {
        F& to = sum[(i * NR + j) / W][(i * NR + j) % W];
        to = fma(left[i], right, to);
      }
    }
  }
  f32 values[MR * NR];
  for (int n = 0; n < MR * NR / W; ++n) store(values + n * W, sumEach(sum[n]));
  for (int i = 0; i < MR; ++i) __builtin_memcpy(out + i * ldo, values + i * NR, NR * sizeof(f32));
}

/** The scores of MR rows with `columns` key rows. */
template <class Weight, int MR>
inline void scoreRows(const f32* a, i64 lda, const typename Weight::T* b, i64 ldb, i64 columns, i64 inner, f32* out,
                      i64 ldo) {
  constexpr int NR = MR == 1 ? W : tileColumns;
  i64 j = 0;
  for (; j + NR <= columns; j += NR) scoreTile<Weight, MR, NR>(a, lda, b + j * ldb, ldb, inner, out + j, ldo);
  for (; j < columns; ++j) dotTile<FloatProducts<Weight>, MR, 1>(a, lda, b + j * ldb, ldb, inner, ColumnTerms{}, out + j, ldo);
}

/** sums[i] += left(i, step) · values row `step`, steps ascending, on MR rows and NV vectors of columns. */
template <class Weight, int MR, int NV>
inline void weightedTile(const f32* left, i64 rowStride, i64 stepStride, const typename Weight::T* values, i64 ldv,
                         i64 steps, f32* sums, i64 lds) {
  F sum[MR][NV];
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < NV; ++v) sum[i][v] = load(sums + i * lds + v * W);
  }
  for (i64 k = 0; k < steps; ++k) {
    F right[NV];
    for (int v = 0; v < NV; ++v) right[v] = Weight::wide(values + k * ldv + v * W);
    for (int i = 0; i < MR; ++i) {
      const F factor = set(left[i * rowStride + k * stepStride]);
      for (int v = 0; v < NV; ++v) sum[i][v] = fma(factor, right[v], sum[i][v]);
    }
  }
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < NV; ++v) store(sums + i * lds + v * W, sum[i][v]);
  }
}

/** Vectors of columns that meet a row of left together. */
constexpr int weightedVectors = manyRegisters ? 4 : 2;

/** As weightedTile, on `columns` columns, a multiple of W. */
template <class Weight, int MR>
inline void weightedRows(const f32* left, i64 rowStride, i64 stepStride, const typename Weight::T* values, i64 ldv,
                         i64 steps, i64 columns, f32* sums, i64 lds) {
  if (steps <= 0) return;
  i64 c = 0;
  for (; c + weightedVectors * W <= columns; c += weightedVectors * W) {
    weightedTile<Weight, MR, weightedVectors>(left, rowStride, stepStride, values + c, ldv, steps, sums + c, lds);
  }
  for (; c < columns; c += W) {
    weightedTile<Weight, MR, 1>(left, rowStride, stepStride, values + c, ldv, steps, sums + c, lds);
  }
}

/** Copies a row of `columns` elements, widened, to one of `padded` (a multiple of W) with zeros behind. */
template <class Weight>
inline void packRow(const typename Weight::T* from, i64 columns, i64 padded, f32* to) {
  i64 c = 0;
  for (; c + W <= columns; c += W) store(to + c, Weight::wide(from + c));
  if (c < padded) store(to + c, Weight::wide(from + c, columns - c));
}
template <class Weight>
inline void packRows(const typename Weight::T* from, i64 stride, i64 rows, i64 columns, i64 padded, f32* to) {
  for (i64 r = 0; r < rows; ++r) packRow<Weight>(from + r * stride, columns, padded, to + r * padded);
}

}  // namespace jambalaya::JAMBALAYA_ISA
