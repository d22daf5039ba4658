// out (m, n) = sum over k of left(m, k) · b (k, n), k ascending: products whose second operand is contracted over its rows,
// as gradients need them. A panel of b is widened (and scaled) into scratch memory; the sum passes from panel to panel
// through `out`, so neither the panel size nor the tile changes a bit. Two bf16 operands are multiplied in pairs of rows.
#pragma once
#include "blocks/lanes.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

constexpr int outerVectors = manyRegisters ? 4 : 2;
constexpr i64 outerColumns = outerVectors * W;
/** Rows of b in a panel, and rows of out that meet it. */
constexpr i64 outerDepth = 512;
constexpr i64 outerRows = 64;

/** One row of a panel of b at a time: left(i, k) is an f32. */
struct OuterFloats {
  using Left = f32;
  using Element = f32;
  static F right(const Element* p) { return load(p); }
  static F left(const Left* p) { return set(*p); }
  static F add(F sum, F a, F b) { return fma(a, b, sum); }
};

/** Two rows at a time, interleaved: left(i, k) and left(i, k + 1) lie side by side in bf16. */
struct OuterPairs {
  using Left = u16;
  using Element = u32;
  static Pairs right(const Element* p) { return loadPairs(reinterpret_cast<const u16*>(p)); }
  static Pairs left(const Left* p) {
    u32 pair;
    __builtin_memcpy(&pair, p, 4);
    return reinterpret_cast<Pairs>(pair - U{});
  }
  static F add(F sum, Pairs a, Pairs b) { return dotPairs(sum, a, b); }
};

/**
 * Adds MR rows × outerColumns of left · panel to the sums in `out`; only `width` columns are stored. `steps` rows of the
 * panel, each of one or two rows of b.
 */
template <class Products, int MR>
inline void outerTile(const typename Products::Left* left, i64 rowStride, i64 stepStride,
                      const typename Products::Element* panel, i64 steps, bool first, f32* out, i64 ldo, i64 width) {
  F sum[MR][outerVectors];
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < outerVectors; ++v) {
      const i64 left_ = width - v * W;
      const f32* from = out + i * ldo + v * W;
      sum[i][v] = first || left_ <= 0 ? zero() : left_ >= W ? load(from) : loadPartial(from, left_);
    }
  }
  for (i64 k = 0; k < steps; ++k) {
    decltype(Products::right(panel)) right[outerVectors];
    for (int v = 0; v < outerVectors; ++v) right[v] = Products::right(panel + k * outerColumns + v * W);
    for (int i = 0; i < MR; ++i) {
      const auto factor = Products::left(left + i * rowStride + k * stepStride);
      for (int v = 0; v < outerVectors; ++v) sum[i][v] = Products::add(sum[i][v], factor, right[v]);
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

template <class Products>
inline void outerPanel(const typename Products::Left* left, i64 rowStride, i64 stepStride,
                       const typename Products::Element* panel, i64 steps, bool first, i64 height, i64 width, f32* out,
                       i64 ldo) {
  i64 i = 0;
  for (; i + 4 <= height; i += 4) {
    outerTile<Products, 4>(left + i * rowStride, rowStride, stepStride, panel, steps, first, out + i * ldo, ldo, width);
  }
  for (; i < height; ++i) {
    outerTile<Products, 1>(left + i * rowStride, rowStride, stepStride, panel, steps, first, out + i * ldo, ldo, width);
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
    outerPanel<OuterFloats>(left + k * stepStride, rowStride, stepStride, panel, depth, k == 0, height, width, out, ldo);
  }
}

/**
 * to[i] = first[i] in the lower half and second[i] in the upper one, for `count` elements and zeros up to a multiple of W.
 * `second` may be null, for zeros.
 */
inline void interleaveRows(const u16* first, const u16* second, i64 count, u32* to) {
  i64 i = 0;
  for (; i + 2 * W <= count; i += 2 * W) {
    const U a = reinterpret_cast<U>(loadPairs(first + i));
    const U b = second == nullptr ? U{} : reinterpret_cast<U>(loadPairs(second + i));
    const U even = (a & 0xffffu) | (b << 16), odd = (a >> 16) | (b & 0xffff0000u);
    const U low = zipLow(even, odd), high = zipHigh(even, odd);
    __builtin_memcpy(to + i, &low, sizeof(U));
    __builtin_memcpy(to + i + W, &high, sizeof(U));
  }
  for (; i < count; i += W) {
    const auto bits = [&](const u16* row) {
      return reinterpret_cast<U>(count - i >= W ? widenBf16(row + i) : widenBf16(row + i, count - i));
    };
    const U both = (bits(first) >> 16) | (second == nullptr ? U{} : bits(second));
    __builtin_memcpy(to + i, &both, sizeof(U));
  }
}

/**
 * As `outerBlock`, for bf16 on both sides. `pack` has room for the left side of a panel, where its pairs do not lie together.
 * `packed`: the panel is the one of the call before.
 */
inline void outerBlockPairs(const u16* left, i64 rowStride, i64 stepStride, const u16* b, i64 ldb, i64 height, i64 width,
                            i64 inner, f32* out, i64 ldo, u32* panel, bool packed, u32* pack) {
  for (i64 k = 0; k == 0 || k < inner; k += outerDepth) {
    const i64 depth = min(outerDepth, inner - k), steps = ceilDiv(depth, 2);
    for (i64 r = 0; r < steps && !packed; ++r) {
      const u16* from = b + (k + 2 * r) * ldb;
      interleaveRows(from, 2 * r + 1 < depth ? from + ldb : nullptr, width, panel + r * outerColumns);
    }
    const u16* from = left + k * stepStride;
    if (stepStride == 1 && depth % 2 == 0) {
      outerPanel<OuterPairs>(from, rowStride, 2, panel, steps, k == 0, height, width, out, ldo);
      continue;
    }
    for (i64 r = 0; r < steps; ++r) {
      const bool both = 2 * r + 1 < depth;
      const u16* at = from + 2 * r * stepStride;
      u32* to = pack + r * outerRows;
      if (rowStride == 1) {
        interleaveRows(at, both ? at + stepStride : nullptr, height, to);
        continue;
      }
      for (i64 i = 0; i < height; ++i) {
        to[i] = at[i * rowStride] | (both ? static_cast<u32>(at[i * rowStride + stepStride]) << 16 : 0);
      }
    }
    outerPanel<OuterPairs>(reinterpret_cast<const u16*>(pack), 2, 2 * outerRows, panel, steps, k == 0, height, width, out, ldo);
  }
}

/** out (rows, columns) = left · b over all threads, both bf16; left(m, k) is left[m · rowStride + k · stepStride]. */
inline void outerProducts(const Context& ctx, const u16* left, i64 rowStride, i64 stepStride, const Matrix& b, f32* out,
                          i64 rows, i64 columns, i64 inner) {
  const i64 rowBlocks = ceilDiv(rows, outerRows);
  const i64 grain = workGrain(min(rows, outerRows) * outerColumns * inner);
  ctx.parallel(ceilDiv(columns, outerColumns) * rowBlocks, grain, [&](i64 begin, i64 end, Scratch& scratch) {
    u32* panel = scratch.take<u32>(outerDepth / 2 * outerColumns);
    u32* pack = scratch.take<u32>(outerDepth / 2 * outerRows);
    for (i64 item = begin; item < end; ++item) {
      const i64 j = item / rowBlocks * outerColumns, i = item % rowBlocks * outerRows;
      outerBlockPairs(left + i * rowStride, rowStride, stepStride, static_cast<const u16*>(b.data) + j, columns,
                      min(outerRows, rows - i), min(outerColumns, columns - j), inner, out + i * columns + j, columns,
                      panel, item > begin && i > 0 && inner <= outerDepth, pack);
    }
  });
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
