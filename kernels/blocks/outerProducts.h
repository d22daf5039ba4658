// out (m, n) = sum over k of left(m, k) · b (k, n), k ascending: products whose second operand is contracted over its rows,
// as gradients need them. Both sides are packed into scratch memory in the order in which a tile of registers reads them, b
// widened (and scaled); the sum passes from panel to panel through `out`, so neither the sizes of panels, tiles and blocks nor
// the packing changes a bit. Two bf16 operands are multiplied in pairs of rows.
#pragma once
#include "blocks/ahead.h"
#include "blocks/lanes.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

/** A tile: its sums and one step of both sides fill the registers. */
constexpr int outerTileRows = manyRegisters ? 12 : 6;
constexpr int outerVectors = 2;
constexpr i64 outerColumns = outerVectors * W;
/** Steps of a panel: outerColumns of b stay in the first cache while the rows of a block pass. */
constexpr i64 outerSteps = 192;
/** A block of out: its packed left side stays in the second cache while the columns pass. */
constexpr i64 outerRows = 16 * outerTileRows;
constexpr i64 outerWide = 256;

/** Rows times b, both widened to f32: a step is one row of b. */
template <class Weight, class LeftWeight = WeightF32>
struct OuterFloats {
  using Left = typename LeftWeight::T;
  using Right = typename Weight::T;
  static constexpr i64 together = 1;
  /** Steps of a row of the left side, as they are packed. */
  static F steps(const Left* p) { return LeftWeight::wide(p); }
  static F right(const f32* p) { return load(p); }
  static F left(const f32* p) { return set(*p); }
  static F add(F sum, F a, F b) { return fma(a, b, sum); }
};

/** bf16 times bf16: a step is two rows of b, interleaved. */
struct OuterPairs {
  using Left = u16;
  using Right = u16;
  static constexpr i64 together = 2;
  static F steps(const Left* p) { return reinterpret_cast<F>(loadPairs(p)); }
  static Pairs right(const f32* p) { return loadPairs(reinterpret_cast<const u16*>(p)); }
  static Pairs left(const f32* p) {
    u32 pair;
    __builtin_memcpy(&pair, p, 4);
    return reinterpret_cast<Pairs>(pair - U{});
  }
  static F add(F sum, Pairs a, Pairs b) { return dotPairs(sum, a, b); }
};

/**
 * What is packed next, of both sides. Its rows are short and far apart, so packing would wait for each of them; while tiles are multiplied,
 * which needs little of memory, they come one after another.
 */
struct Upcoming {
  MemoryRows left, right;
  void ask() {
    left.ask();
    right.ask();
  }
};
/** Steps of a tile from one row that is asked for to the next. */
constexpr i64 upcomingSteps = 8;

/** Adds MR rows × NV vectors of left · panel to the sums in `out`. Packed elements have 32 bits: a float, or a pair. */
template <class Products, int MR, int NV>
inline void outerTile(const f32* left, const f32* panel, i64 steps, bool first, f32* out, i64 ldo, Upcoming& next) {
  F sum[MR][NV];
  if (first) {
    forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { sum[n / NV][n % NV] = zero(); });
  } else {
    forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { sum[n / NV][n % NV] = load(out + n / NV * ldo + n % NV * W); });
  }
  for (i64 k = 0; k < steps;) {
    next.ask();
    for (const i64 stop = min(steps, k + upcomingSteps); k < stop; ++k, left += outerTileRows, panel += outerColumns) {
      decltype(Products::right(panel)) right[NV];
      forEach<NV>([&](auto v) JAMBALAYA_INLINE { right[v] = Products::right(panel + v * W); });
      forEach<MR>([&](auto i) JAMBALAYA_INLINE {
        const auto factor = Products::left(left + i);
        forEach<NV>([&](auto v) JAMBALAYA_INLINE { sum[i][v] = Products::add(sum[i][v], factor, right[v]); });
      });
    }
  }
  forEach<MR * NV>([&](auto n) JAMBALAYA_INLINE { store(out + n / NV * ldo + n % NV * W, sum[n / NV][n % NV]); });
}

/** As outerTile, of which only `height` rows and `width` columns exist: on a copy of them. */
template <class Products, int MR, int NV>
inline void outerEdge(const f32* left, const f32* panel, i64 steps, bool first, f32* out, i64 ldo, i64 height, i64 width,
                      Upcoming& next) {
  if (height == MR && width == NV * W) return outerTile<Products, MR, NV>(left, panel, steps, first, out, ldo, next);
  f32 sums[MR * NV * W] = {};
  const auto bytes = static_cast<unsigned long>(width) * sizeof(f32);
  for (i64 i = 0; i < height && !first; ++i) __builtin_memcpy(sums + i * NV * W, out + i * ldo, bytes);
  outerTile<Products, MR, NV>(left, panel, steps, first, sums, NV * W, next);
  for (i64 i = 0; i < height; ++i) __builtin_memcpy(out + i * ldo, sums + i * NV * W, bytes);
}

template <class Products, int NV>
inline void outerPanel(const f32* left, const f32* panel, i64 steps, bool first, i64 height, i64 width, f32* out, i64 ldo,
                       Upcoming& next) {
  for (i64 i = 0; i < height; i += outerTileRows, left += outerTileRows * steps) {
    const i64 rows = height - i;
    f32* to = out + i * ldo;
    // The lines that this tile ends with, or that the next one begins with.
    const i64 ahead = first ? 0 : outerTileRows;
    askToWrite(to + ahead * ldo, ldo, min<i64>(outerTileRows, rows - ahead), width);
    if (rows > outerTileRows * 2 / 3) {
      outerEdge<Products, outerTileRows, NV>(left, panel, steps, first, to, ldo, min<i64>(outerTileRows, rows), width, next);
    } else if (rows > outerTileRows / 3) {
      outerEdge<Products, outerTileRows * 2 / 3, NV>(left, panel, steps, first, to, ldo, rows, width, next);
    } else {
      outerEdge<Products, outerTileRows / 3, NV>(left, panel, steps, first, to, ldo, rows, width, next);
    }
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

/** Packs `steps` rows (of f32) or pairs of rows (of bf16) of b for `width` columns; `inner` rows are left of b. */
template <class Weight, class LeftWeight>
inline void packRight(OuterFloats<Weight, LeftWeight>, const typename Weight::T* b, const f32* scale, i64 ldb, i64 steps, i64, i64 width,
                      f32* panel) {
  for (i64 k = 0; k < steps; ++k) {
    forEach<outerVectors>([&](auto v) JAMBALAYA_INLINE {
      const i64 rest = width - v * W;
      const typename Weight::T* from = b + k * ldb + v * W;
      F wide = rest >= W ? Weight::wide(from) : rest > 0 ? Weight::wide(from, rest) : zero();
      if (scale != nullptr) wide = wide * scale[k];
      store(panel + k * outerColumns + v * W, wide);
    });
  }
}
inline void packRight(OuterPairs, const u16* b, const f32*, i64 ldb, i64 steps, i64 inner, i64 width, f32* panel) {
  for (i64 k = 0; k < steps; ++k) {
    const u16* from = b + 2 * k * ldb;
    interleaveRows(from, 2 * k + 1 < inner ? from + ldb : nullptr, width, reinterpret_cast<u32*>(panel + k * outerColumns));
  }
}

/** One step of one row of the left side: the element at `at`, or the pair that begins there; its second may not exist. */
template <class Weight, class LeftWeight>
inline f32 packedElement(OuterFloats<Weight, LeftWeight>, const typename LeftWeight::T* at, i64, bool) {
  return LeftWeight::wide(at, 1)[0];
}
inline f32 packedElement(OuterPairs, const u16* at, i64 stepStride, bool both) {
  const u32 pair = at[0] | (both ? static_cast<u32>(at[stepStride]) << 16 : 0);
  f32 element;
  __builtin_memcpy(&element, &pair, 4);
  return element;
}
/** `count` elements of a step whose rows lie together. `second` is where its second row begins, if it has one. */
template <class Weight, class LeftWeight>
inline void packedRow(OuterFloats<Weight, LeftWeight>, const typename LeftWeight::T* at, const void*, i64 count, f32* to) {
  if constexpr (sizeof(*at) != sizeof(*to)) widenRow<LeftWeight>(at, count, to);
  else if (count == outerTileRows) __builtin_memcpy(to, at, outerTileRows * sizeof(f32));
  else __builtin_memcpy(to, at, static_cast<unsigned long>(count) * sizeof(f32));
}
inline void packedRow(OuterPairs, const u16* at, const u16* second, i64 count, f32* to) {
  for (i64 i = 0; i < count; i += W) {
    const i64 n = min<i64>(W, count - i);
    const U low = reinterpret_cast<U>(widenBf16(at + i, n)) >> 16;
    const U both = second == nullptr ? low : low | reinterpret_cast<U>(widenBf16(second + i, n));
    storePartial(to + i, reinterpret_cast<F>(both), n);
  }
}

/**
 * Packs `height` rows of the left side by tiles: step k of row i of a tile at to[k · outerTileRows + i]. Of `inner` elements,
 * the rows or the steps lie together.
 */
template <class Products>
inline void packLeft(const typename Products::Left* left, i64 rowStride, i64 stepStride, i64 height, i64 steps, i64 inner, f32* to) {
  using Left = typename Products::Left;
  constexpr i64 together = Products::together;
  if (rowStride == 1) {
    // A few steps at a time: what a tile writes lies together, and what all tiles read stays in the first cache.
    constexpr i64 few = 16;
    for (i64 first = 0; first < steps; first += few) {
      for (i64 i = 0; i < height; i += outerTileRows) {
        const i64 count = min<i64>(outerTileRows, height - i);
        for (i64 k = first; k < min(steps, first + few); ++k) {
          const Left* at = left + k * together * stepStride + i;
          packedRow(Products{}, at, together * k + 1 < inner ? at + stepStride : nullptr, count, to + i * steps + k * outerTileRows);
        }
      }
    }
    return;
  }
  const i64 whole = inner / (together * W) * W;
  for (i64 first = 0; first < height; first += outerTileRows, to += outerTileRows * steps) {
    const i64 rows = min<i64>(outerTileRows, height - first);
    const Left* from = left + first * rowStride;
    for (i64 i = 0; i < rows; i += W) {
      const i64 count = min<i64>(W, rows - i);
      for (i64 k = 0; k < whole; k += W) {
        F v[W];
        for (i64 r = 0; r < W; ++r) v[r] = r < count ? Products::steps(from + (i + r) * rowStride + k * together) : zero();
        transposeLanes(v);
        for (i64 r = 0; r < W; ++r) {
          f32* target = to + (k + r) * outerTileRows + i;
          if (count == W) store(target, v[r]);
          else storePartial(target, v[r], count);
        }
      }
    }
    for (i64 k = whole; k < steps; ++k) {
      for (i64 i = 0; i < rows; ++i) {
        to[k * outerTileRows + i] =
            packedElement(Products{}, from + i * rowStride + k * together * stepStride, stepStride, together * k + 1 < inner);
      }
    }
  }
}

/** Both sides of a product: left(m, k) is left[m · rowStride + k · stepStride], one stride is 1; b (inner, ldb) may have a scale for each row. */
template <class Products>
struct OuterSides {
  const typename Products::Left* left;
  i64 rowStride, stepStride;
  const typename Products::Right* b;
  const f32* scale;
  i64 ldb, inner;
};

/** A block of out: rows [row, row + height), columns [column, column + width). */
struct OuterBlock {
  i64 row, column, height, width;
};

/** What a block's panel of steps [k, k + rest) is packed from. */
template <class Products>
inline Upcoming upcoming(const OuterSides<Products>& sides, OuterBlock block, i64 k, i64 rest) {
  constexpr i64 leftSize = sizeof(typename Products::Left), rightSize = sizeof(typename Products::Right);
  const bool rowsTogether = sides.rowStride == 1;
  const char* left = reinterpret_cast<const char*>(sides.left + block.row * sides.rowStride + k * sides.stepStride);
  const char* right = reinterpret_cast<const char*>(sides.b + k * sides.ldb + block.column);
  return {rowsTogether ? MemoryRows{left, rest, sides.stepStride * leftSize, block.height * leftSize}
                       : MemoryRows{left, block.height, sides.rowStride * leftSize, rest * leftSize},
          {right, rest, sides.ldb * rightSize, block.width * rightSize}};
}

/** One block of out (…, ldo), panel by panel; `after` is what the next block begins with. */
template <class Products>
inline void outerBlock(const OuterSides<Products>& sides, OuterBlock block, i64 depth, Upcoming after, f32* out, i64 ldo, f32* packed,
                       f32* panel) {
  const auto [left, rowStride, stepStride, b, scale, ldb, inner] = sides;
  for (i64 k = 0; k == 0 || k < inner; k += depth) {
    const i64 rest = min(depth, inner - k), steps = ceilDiv(rest, Products::together);
    Upcoming next = k + depth < inner ? upcoming(sides, block, k + depth, min(depth, inner - k - depth)) : after;
    packLeft<Products>(left + block.row * rowStride + k * stepStride, rowStride, stepStride, block.height, steps, rest, packed);
    for (i64 j = 0; j < block.width; j += outerColumns) {
      const i64 columns = min(outerColumns, block.width - j), column = block.column + j;
      packRight(Products{}, b + k * ldb + column, scale == nullptr ? nullptr : scale + k, ldb, steps, rest, columns, panel);
      f32* to = out + block.row * ldo + column;
      if (columns > W) outerPanel<Products, outerVectors>(packed, panel, steps, k == 0, block.height, columns, to, ldo, next);
      else outerPanel<Products, 1>(packed, panel, steps, k == 0, block.height, columns, to, ldo, next);
    }
  }
}

/** out (rows, columns) = left · b over all threads. */
template <class Products>
inline void outerProducts(const Context& ctx, const OuterSides<Products>& sides, f32* out, i64 rows, i64 columns) {
  constexpr i64 together = Products::together;
  const i64 inner = sides.inner;
  // Blocks of about equal height; small products are cut finer, so that every thread gets a share.
  constexpr i64 enough = 8;
  const auto cut = [](i64 size, i64 parts, i64 unit) { return ceilDiv(size, max<i64>(1, parts) * unit) * unit; };
  i64 height = cut(rows, ceilDiv(rows, outerRows), outerTileRows), width = outerWide;
  const auto few = [&] { return ceilDiv(rows, max<i64>(1, height)) * ceilDiv(columns, width) < enough; };
  while (few() && width > 4 * outerColumns) width /= 2;
  while (few() && height > 4 * outerTileRows) height = cut(height, 2, outerTileRows);
  const i64 blocks = ceilDiv(rows, max<i64>(1, height)) * ceilDiv(columns, width);
  const i64 across = ceilDiv(columns, width);
  // Panels of about equal depth.
  const i64 depth = max<i64>(1, ceilDiv(inner, max<i64>(1, ceilDiv(inner, outerSteps * together)) * together)) * together;
  const auto blockAt = [&](i64 item) {
    const i64 i = item / across * height, j = item % across * width;
    return OuterBlock{i, j, min(height, rows - i), min(width, columns - j)};
  };
  ctx.parallel(blocks, workGrain(height * min(width, columns) * inner), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* packed = scratch.take<f32>(outerRows * outerSteps);
    f32* panel = scratch.take<f32>(outerColumns * outerSteps);
    for (i64 item = begin; item < end; ++item) {
      const Upcoming after = item + 1 < end ? upcoming(sides, blockAt(item + 1), 0, min(depth, inner)) : Upcoming{};
      outerBlock(sides, blockAt(item), depth, after, out, columns, packed, panel);
    }
  });
}
inline void outerProducts(const Context& ctx, const u16* left, i64 rowStride, i64 stepStride, const Matrix& b, f32* out,
                          i64 rows, i64 columns, i64 inner) {
  const auto* right = static_cast<const u16*>(b.data);
  if constexpr (fusedPairs) {
    outerProducts<OuterPairs>(ctx, {left, rowStride, stepStride, right, nullptr, columns, inner}, out, rows, columns);
  } else {
    outerProducts<OuterFloats<WeightBf16, WeightBf16>>(ctx, {left, rowStride, stepStride, right, nullptr, columns, inner}, out, rows, columns);
  }
}
inline void outerProducts(const Context& ctx, const f32* left, i64 rowStride, i64 stepStride, const Matrix& b, f32* out,
                          i64 rows, i64 columns, i64 inner) {
  withWeights(b, [&](auto weight, auto* data) {
    outerProducts<OuterFloats<decltype(weight)>>(ctx, {left, rowStride, stepStride, data, b.scale, columns, inner}, out, rows, columns);
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
