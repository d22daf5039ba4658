// out (m, n) = sum over k of left(m, k) · b (k, n), k ascending: products whose second operand is contracted over its rows,
// as gradients need them. A panel of b is widened (and scaled) into scratch memory; the sum passes from panel to panel
// through `out`, so neither the panel size nor the tile changes a bit.
#pragma once
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

constexpr int outerVectors = manyRegisters ? 4 : 2;
constexpr i64 outerColumns = outerVectors * W;
/** Rows of b in a panel, and rows of out that meet it. */
constexpr i64 outerDepth = 512;
constexpr i64 outerRows = 64;

/** Adds MR rows × outerColumns of left · panel to the sums in `out`; only `width` columns are stored. */
template <int MR>
inline void outerTile(const f32* left, i64 rowStride, i64 stepStride, const f32* panel, i64 depth, bool first, f32* out,
                      i64 ldo, i64 width) {
  F sum[MR][outerVectors];
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < outerVectors; ++v) {
      const i64 left_ = width - v * W;
      const f32* from = out + i * ldo + v * W;
      sum[i][v] = first || left_ <= 0 ? zero() : left_ >= W ? load(from) : loadPartial(from, left_);
    }
  }
  for (i64 k = 0; k < depth; ++k) {
    F right[outerVectors];
    for (int v = 0; v < outerVectors; ++v) right[v] = load(panel + k * outerColumns + v * W);
    for (int i = 0; i < MR; ++i) {
      const F factor = set(left[i * rowStride + k * stepStride]);
      for (int v = 0; v < outerVectors; ++v) sum[i][v] = fma(factor, right[v], sum[i][v]);
    }
  }
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < outerVectors; ++v) {
      const i64 left_ = width - v * W;
      f32* to = out + i * ldo + v * W;
      if (left_ >= W) store(to, sum[i][v]);
      else if (left_ > 0) storePartial(to, sum[i][v], left_);
    }
  }
}

/** One block of `height` rows and `width` <= outerColumns columns; b points at its first column. */
template <class Weight>
inline void outerBlock(const f32* left, i64 rowStride, i64 stepStride, const typename Weight::T* b, const f32* scale,
                       i64 ldb, i64 height, i64 width, i64 inner, f32* out, i64 ldo, f32* panel) {
  for (i64 k = 0; k == 0 || k < inner; k += outerDepth) {
    const i64 depth = min(outerDepth, inner - k);
    for (i64 r = 0; r < depth; ++r) {
      for (int v = 0; v < outerVectors; ++v) {
        const i64 rest = width - v * W;
        const typename Weight::T* from = b + (k + r) * ldb + v * W;
        F wide = rest >= W ? Weight::wide(from) : rest > 0 ? Weight::wide(from, rest) : zero();
        if (scale != nullptr) wide = wide * scale[k + r];
        store(panel + r * outerColumns + v * W, wide);
      }
    }
    const f32* from = left + k * stepStride;
    i64 i = 0;
    for (; i + 4 <= height; i += 4) {
      outerTile<4>(from + i * rowStride, rowStride, stepStride, panel, depth, k == 0, out + i * ldo, ldo, width);
    }
    for (; i < height; ++i) {
      outerTile<1>(from + i * rowStride, rowStride, stepStride, panel, depth, k == 0, out + i * ldo, ldo, width);
    }
  }
}

/** out (rows, columns) = left · b over all threads; left(m, k) is left[m · rowStride + k · stepStride]. */
inline void outerProducts(const Context& ctx, const f32* left, i64 rowStride, i64 stepStride, const Matrix& b, f32* out,
                          i64 rows, i64 columns, i64 inner) {
  withWeights(b, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    const i64 rowBlocks = ceilDiv(rows, outerRows);
    const i64 grain = workGrain(min(rows, outerRows) * outerColumns * inner);
    ctx.parallel(ceilDiv(columns, outerColumns) * rowBlocks, grain,
                 [&](i64 begin, i64 end, Scratch& scratch) {
                   f32* panel = scratch.take<f32>(outerDepth * outerColumns);
                   for (i64 item = begin; item < end; ++item) {
                     const i64 j = item / rowBlocks * outerColumns, i = item % rowBlocks * outerRows;
                     outerBlock<Weight>(left + i * rowStride, rowStride, stepStride, data + j, b.scale, columns,
                                        min(outerRows, rows - i), min(outerColumns, columns - j), inner,
                                        out + i * columns + j, columns, panel);
                   }
                 });
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
