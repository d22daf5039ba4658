// out (m, n) = a (m, k) · b (n, k)ᵀ on rows as they lie. Each output has one vector accumulator that runs along k and one
// fixed reduction at the end, so a matrix-vector and a matrix-matrix product give a row the same bits.
#pragma once
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a and of b that a tile holds: its accumulators fill the registers of the instruction set. */
constexpr int tileRows = 4;
constexpr int tileColumns = manyRegisters ? 4 : 2;

/** Rows of b that are widened together, and rows of a that meet them while they are in the cache. */
constexpr i64 panelColumns = 16;
constexpr i64 panelRows = 128;

/** out[i · ldo + j] = (a row i · b row j) · scale[j] + bias[j] for an MR × NR tile. */
template <class Weight, int MR, int NR>
inline void dotTile(const f32* a, i64 lda, const typename Weight::T* b, i64 ldb, i64 inner, const f32* scale,
                    const f32* bias, f32* out, i64 ldo) {
  F sum[MR][NR] = {};
  i64 k = 0;
  for (; k + W <= inner; k += W) {
    F right[NR];
    for (int j = 0; j < NR; ++j) right[j] = Weight::wide(b + j * ldb + k);
    for (int i = 0; i < MR; ++i) {
      const F left = load(a + i * lda + k);
      for (int j = 0; j < NR; ++j) sum[i][j] = fma(left, right[j], sum[i][j]);
    }
  }
  if (k < inner) {
    F right[NR];
    for (int j = 0; j < NR; ++j) right[j] = Weight::wide(b + j * ldb + k, inner - k);
    for (int i = 0; i < MR; ++i) {
      const F left = loadPartial(a + i * lda + k, inner - k);
      for (int j = 0; j < NR; ++j) sum[i][j] = fma(left, right[j], sum[i][j]);
    }
  }
  for (int i = 0; i < MR; ++i) {
    for (int j = 0; j < NR; ++j) {
      f32 value = reduceAdd(sum[i][j]);
      if (scale != nullptr) value *= scale[j];
      if (bias != nullptr) value += bias[j];
      out[i * ldo + j] = value;
    }
  }
}

/** All columns of one group of MR rows. */
template <class Weight, int MR>
inline void dotRows(const f32* a, i64 lda, const typename Weight::T* b, i64 ldb, i64 columns, i64 inner,
                    const f32* scale, const f32* bias, f32* out, i64 ldo) {
  const auto at = [](const f32* values, i64 j) { return values == nullptr ? nullptr : values + j; };
  i64 j = 0;
  for (; j + tileColumns <= columns; j += tileColumns) {
    dotTile<Weight, MR, tileColumns>(a, lda, b + j * ldb, ldb, inner, at(scale, j), at(bias, j), out + j, ldo);
  }
  for (; j < columns; ++j) dotTile<Weight, MR, 1>(a, lda, b + j * ldb, ldb, inner, at(scale, j), at(bias, j), out + j, ldo);
}

template <class Weight>
inline void dotBlock(const f32* a, i64 lda, const typename Weight::T* b, i64 ldb, i64 rows, i64 columns, i64 inner,
                     const f32* scale, const f32* bias, f32* out, i64 ldo) {
  i64 i = 0;
  for (; i + tileRows <= rows; i += tileRows) {
    dotRows<Weight, tileRows>(a + i * lda, lda, b, ldb, columns, inner, scale, bias, out + i * ldo, ldo);
  }
  for (; i < rows; ++i) dotRows<Weight, 1>(a + i * lda, lda, b, ldb, columns, inner, scale, bias, out + i * ldo, ldo);
}

/** out (rows, columns) = a · bᵀ · scale + bias over all threads. `bias` may be null. */
inline void dotProducts(const Context& ctx, const f32* a, const Matrix& b, const f32* bias, f32* out, i64 rows,
                        i64 columns, i64 inner) {
  withWeights(b, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    const i64 columnBlocks = ceilDiv(columns, panelColumns);
    const i64 rowBlocks = ceilDiv(rows, panelRows);
    const i64 grain = workGrain(min(rows, panelRows) * panelColumns * inner);
    ctx.parallel(columnBlocks * rowBlocks, grain, [&](i64 begin, i64 end, Scratch& scratch) {
      // Widening a panel pays when several row tiles meet it; it is exact, so the bits stay.
      f32* panel = b.dtype != F32 && rows > tileRows ? scratch.take<f32>(panelColumns * inner) : nullptr;
      for (i64 item = begin; item < end; ++item) {
        const i64 j = item / rowBlocks * panelColumns, i = item % rowBlocks * panelRows;
        const i64 width = min(panelColumns, columns - j), height = min(panelRows, rows - i);
        const f32* scale = b.scale == nullptr ? nullptr : b.scale + j;
        const f32* shift = bias == nullptr ? nullptr : bias + j;
        f32* target = out + i * columns + j;
        if (panel == nullptr) {
          dotBlock<Weight>(a + i * inner, inner, data + j * inner, inner, height, width, inner, scale, shift, target, columns);
          continue;
        }
        for (i64 c = 0; c < width; ++c) widenRow<Weight>(data + (j + c) * inner, inner, panel + c * inner);
        dotBlock<WeightF32>(a + i * inner, inner, panel, inner, height, width, inner, scale, shift, target, columns);
      }
    });
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
