// out (m, n) = a (m, k) · b (n, k)ᵀ on rows as they lie. Each output has one vector accumulator that runs along k and one
// fixed reduction at the end, so a matrix-vector and a matrix-matrix product give a row the same bits.
//
// Two classes of arithmetic: f32 rows of a, with b widened in registers; and bf16 rows on both sides, whose products are
// exact in f32 and summed in pairs, in one instruction where the CPU has it.
#pragma once
#include "blocks/ahead.h"
#include "blocks/lanes.h"
#include "blocks/rowGroups.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a and of b that a tile holds: its accumulators fill the registers of the instruction set. */
constexpr int tileRows = manyRegisters ? 6 : 4;
constexpr int tileColumns = manyRegisters ? 4 : 2;

/**
 * Rows of b that stay in the first cache, widened, while rows of a meet them: more of them where they are short, so that out is
 * written in longer stretches. And how many rows of a meet them.
 */
constexpr i64 dotColumns = 16;
constexpr i64 dotPanelFloats = 4096;
constexpr i64 dotPanelRows = 132;
/** Columns that rows of a meet while they are in the cache. */
constexpr i64 dotMostColumns = 32 * dotColumns;
inline i64 dotTogether(i64 inner) {
  return max<i64>(1, dotPanelFloats / (max<i64>(1, inner) * dotColumns)) * dotColumns;
}

/** f32 rows times rows of b in any dtype. */
template <class Weight>
struct FloatProducts {
  using Left = f32;
  using Right = typename Weight::T;
  static constexpr i64 step = W, additions = 1;
  static F left(const Left* p) { return load(p); }
  static F right(const Right* p) { return Weight::wide(p); }
  static F add(F sum, F a, F b) { return fma(a, b, sum); }
};

/** bf16 rows times bf16 rows. */
struct Bf16Products {
  using Left = u16;
  using Right = u16;
  static constexpr i64 step = 2 * W, additions = fusedPairs ? 1 : 2;
  static Pairs left(const Left* p) { return loadPairs(p); }
  static Pairs right(const Right* p) { return loadPairs(p); }
  static F add(F sum, Pairs a, Pairs b) { return dotPairs(sum, a, b); }
};

/** What a block of rows of b gives to the columns of out that it makes. */
struct ColumnTerms {
  const f32 *scale, *bias;
  ColumnTerms from(i64 j) const {
    return {scale == nullptr ? nullptr : scale + j, bias == nullptr ? nullptr : bias + j};
  }
};

/**
 * out[i · ldo + j] = (a row i · b row j) · scale[j] + bias[j] for an MR × NR tile. Where MR rows are the last to meet this b (Ahead),
 * they ask for as much memory, `ahead` elements on.
 */
template <class Products, int MR, int NR, bool Ahead = false>
inline void dotTile(const typename Products::Left* a, i64 lda, const typename Products::Right* b, i64 ldb, i64 inner,
                    ColumnTerms terms, f32* out, i64 ldo, i64 ahead = 0) {
  using Left = typename Products::Left;
  using Right = typename Products::Right;
  // Reduced W/2 sums at a time where a tile has so many: the same tree of additions as of one sum.
  constexpr bool isWhole = MR * NR % (W / 2) == 0 && W / 2 % NR == 0;
  constexpr int each = isWhole ? W / 2 : 1, groups = MR * NR / each;
  F sum[groups][each];
  forEach<groups * each>([&](auto n) JAMBALAYA_INLINE { sum[n / each][n % each] = zero(); });
  const auto step = [&](const Left* left, i64 leftStride, const Right* right, i64 rightStride) JAMBALAYA_INLINE {
    decltype(Products::right(right)) columns[NR];
    forEach<NR>([&](auto j) JAMBALAYA_INLINE { columns[j] = Products::right(right + j * rightStride); });
    forEach<MR>([&](auto i) JAMBALAYA_INLINE {
      const auto row = Products::left(left + i * leftStride);
      forEach<NR>([&](auto j) JAMBALAYA_INLINE {
        F& to = sum[(i * NR + j) / each][(i * NR + j) % each];
        to = Products::add(to, row, columns[j]);
      });
    });
  };
  i64 k = 0;
  for (; k + Products::step <= inner; k += Products::step) {
    if constexpr (Ahead) {
      constexpr int bytes = NR * Products::step * static_cast<int>(sizeof(Right));
      const char* next = reinterpret_cast<const char*>(b + ahead + NR * k);
      for (int at = 0; at < bytes; at += cacheLine) __builtin_prefetch(next + at, 0, 2);
    }
    step(a + k, lda, b + k, ldb);
  }
  if (k < inner) {
    // Copies with zeros behind, rather than partial loads: those would keep the sums in memory through the loop above.
    Left left[MR * Products::step] = {};
    Right right[NR * Products::step] = {};
    for (int i = 0; i < MR; ++i) {
      for (i64 c = k; c < inner; ++c) left[i * Products::step + c - k] = a[i * lda + c];
    }
    for (int j = 0; j < NR; ++j) {
      for (i64 c = k; c < inner; ++c) right[j * Products::step + c - k] = b[j * ldb + c];
    }
    step(left, Products::step, right, Products::step);
  }
  f32 values[groups * each * 2];
  forEach<groups>([&](auto n) JAMBALAYA_INLINE {
    if constexpr (isWhole) store(values + n * W, halfSums(sum[n]));
    else values[n] = reduceAdd(sum[n][0]);
  });
  // A row of the tile at once: single floats that are stored and read together would wait for memory.
  typedef f32 Row __attribute__((vector_size(NR * sizeof(f32))));
  const auto row = [](const f32* from) JAMBALAYA_INLINE {
    Row values;
    __builtin_memcpy(&values, from, sizeof(Row));
    return values;
  };
  for (int i = 0; i < MR; ++i) {
    Row made;
    if constexpr (isWhole) {
      const f32* first = values + i * NR / each * W + i * NR % each;
      made = row(first) + row(first + each);
    } else {
      made = row(values + i * NR);
    }
    if (terms.scale != nullptr) made *= row(terms.scale);
    if (terms.bias != nullptr) made += row(terms.bias);
    __builtin_memcpy(out + i * ldo, &made, sizeof(Row));
  }
}

/**
 * All columns of one group of MR rows. One row alone takes b as memory gives it fastest, in its order, where a step's bytes hide the
 * latency of their sum: of its one addition.
 */
template <class Products, int MR, bool Ahead>
inline void dotRows(const typename Products::Left* a, i64 lda, const typename Products::Right* b, i64 ldb, i64 columns,
                    i64 inner, ColumnTerms terms, f32* out, i64 ldo) {
  constexpr bool inOrder = MR == 1 && Products::additions == 1 && Products::step * sizeof(typename Products::Right) >= cacheLine / 2;
  constexpr int together = inOrder ? 1 : tileColumns;
  const i64 ahead = columns * ldb;
  i64 j = 0;
  for (; j + together <= columns; j += together) {
    dotTile<Products, MR, together, Ahead>(a, lda, b + j * ldb, ldb, inner, terms.from(j), out + j, ldo, ahead);
  }
  for (; j < columns; ++j) {
    dotTile<Products, MR, 1, Ahead>(a, lda, b + j * ldb, ldb, inner, terms.from(j), out + j, ldo, ahead);
  }
}

template <class Products>
inline void dotBlock(const typename Products::Left* a, i64 lda, const typename Products::Right* b, i64 ldb, i64 rows,
                     i64 columns, i64 inner, ColumnTerms terms, f32* out, i64 ldo) {
  i64 i = 0;
  const auto group = [&](auto count, auto ahead) {
    askToWrite(out + (i + count) * ldo, ldo, min<i64>(count, rows - i - count), columns);
    dotRows<Products, count, ahead>(a + i * lda, lda, b, ldb, columns, inner, terms, out + i * ldo, ldo);
    i += count;
  };
  const auto several = [&](auto count) {
    while (i + count < rows) group(count, Index<false>{});
    if (i + count == rows) group(count, Index<true>{});
  };
  if constexpr (tileRows > 4) several(Index<tileRows>{});
  several(Index<4>{});
  several(Index<2>{});
  if (i < rows) group(Index<1>{}, Index<true>{});
}

/** Rows of a in f32 times a panel of b, which is widened into scratch memory if enough rows of a meet it. */
inline void dotPanel(const f32* a, const Matrix& b, i64 column, i64 rows, i64 width, i64 inner, ColumnTerms terms,
                     f32* out, i64 ldo, f32* panel) {
  withWeights(b, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    const i64 together = dotTogether(inner);
    const auto* from = data + column * inner;
    for (i64 j = 0; j < width; j += together, from += together * inner) {
      const i64 columns = min(together, width - j);
      // Widening is exact, so the bits stay.
      if (panel == nullptr || b.dtype == F32 || rows <= tileRows) {
        dotBlock<FloatProducts<Weight>>(a, inner, from, inner, rows, columns, inner, terms.from(j), out + j, ldo);
        continue;
      }
      for (i64 c = 0; c < columns; ++c) widenRow<Weight>(from + c * inner, inner, panel + c * inner);
      dotBlock<FloatProducts<WeightF32>>(a, inner, panel, inner, rows, columns, inner, terms.from(j), out + j, ldo);
    }
  });
}

/** Of each 2 W elements the even ones and then the odd ones, the order in which dotPairs sums them; zeros up to whole 2 W. */
inline void widenPairs(const u16* from, i64 count, f32* to) {
  for (i64 k = 0; k < count; k += 2 * W) {
    const U pairs = reinterpret_cast<U>(count - k >= 2 * W ? loadPairs(from + k) : loadPairsPartial(from + k, count - k));
    store(to + k, reinterpret_cast<F>(pairs << 16));
    store(to + k + W, reinterpret_cast<F>(pairs & 0xffff0000u));
  }
}

/** `count` elements, and zeros up to whole 2 W. */
inline void padPairs(const u16* from, i64 count, u16* to) {
  for (i64 k = 0; k < count; k += 2 * W) {
    const Pairs pairs = count - k >= 2 * W ? loadPairs(from + k) : loadPairsPartial(from + k, count - k);
    __builtin_memcpy(to + k, &pairs, sizeof(Pairs));
  }
}

/** Whether rows of bf16 are copied before many of them meet: widened where pairs are not multiplied in one instruction, else filled up to whole steps. */
inline bool pairsAreCopied(i64 inner) { return !fusedPairs || inner % Bf16Products::step != 0; }

/** Rows of a in bf16 times a panel of b; copies of both keep the bits. */
inline void dotPanel(const u16* a, const Matrix& b, i64 column, i64 rows, i64 width, i64 inner, ColumnTerms terms,
                     f32* out, i64 ldo, f32* panel) {
  const i64 together = dotTogether(inner);
  const u16* from = static_cast<const u16*>(b.data) + column * inner;
  if (panel == nullptr || rows <= tileRows) {
    for (i64 j = 0; j < width; j += together) {
      dotBlock<Bf16Products>(a, inner, from + j * inner, inner, rows, min(together, width - j), inner, terms.from(j), out + j, ldo);
    }
    return;
  }
  const i64 padded = roundUp(inner, 2 * W);
  const auto onCopies = [&](auto products, auto* right, const auto& copyRow) {
    auto* left = right + together * padded;
    for (i64 i = 0; i < rows; ++i) copyRow(a + i * inner, inner, left + i * padded);
    for (i64 j = 0; j < width; j += together) {
      const i64 columns = min(together, width - j);
      for (i64 c = 0; c < columns; ++c) copyRow(from + (j + c) * inner, inner, right + c * padded);
      dotBlock<decltype(products)>(left, padded, right, padded, rows, columns, padded, terms.from(j), out + j, ldo);
    }
  };
  if constexpr (fusedPairs) onCopies(Bf16Products{}, reinterpret_cast<u16*>(panel), padPairs);
  else onCopies(FloatProducts<WeightF32>{}, panel, widenPairs);
}

/**
 * out (rows, columns) = a · bᵀ · scale + bias over all threads, where the rows of group g meet matrixOf(g). Left is f32, or
 * u16 for bf16 on both sides. `bias` may be null.
 */
template <class Left, class MatrixOf>
inline void dotProducts(const Context& ctx, const Left* a, RowGroups groups, const MatrixOf& matrixOf, const f32* bias,
                        f32* out, i64 columns, i64 inner) {
  constexpr bool pairs = sizeof(Left) == sizeof(u16);
  const i64 rows = groups.offsets[groups.count], ofGroup = ceilDiv(rows, max<i64>(1, groups.count));
  const i64 width = ofGroup > tileRows ? min(max(dotMostColumns, dotTogether(inner)), roundUp(2 * ofGroup, dotColumns)) : dotColumns;
  const RowBlocks blocks{groups, dotPanelRows, columns, width};
  ctx.parallel(blocks.count(), workGrain(min(ofGroup, dotPanelRows) * width * inner), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* panel = nullptr;
    if (!pairs) panel = scratch.take<f32>(dotTogether(inner) * inner);
    else if (pairsAreCopied(inner) && ofGroup > tileRows) panel = scratch.take<f32>((dotTogether(inner) + dotPanelRows) * roundUp(inner, 2 * W));
    for (i64 item = begin; item < end; ++item) {
      const RowBlock block = blocks[item];
      const Matrix b = matrixOf(block.group);
      const ColumnTerms terms = ColumnTerms{b.scale, bias}.from(block.column);
      dotPanel(a + block.row * inner, b, block.column, block.rows, min(width, columns - block.column), inner,
               terms, out + block.row * columns + block.column, columns, panel);
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
