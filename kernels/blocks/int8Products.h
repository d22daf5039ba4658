// out (m, n) = a (m, k) · b (n, k)ᵀ of int8 rows, summed exactly in i32 and scaled by one factor per row on either side. Sums
// of integers have no order, so tiles, instruction sets and devices all give the same bits.
#pragma once
#include "blocks/lanes.h"
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a and of b in a tile, and in a block of work. */
constexpr int int8Rows = 4;
constexpr int int8Columns = 4;
constexpr i64 int8BlockRows = 128;
constexpr i64 int8MostColumns = 64;
/** A block's rows of b stay in the first-level cache while all rows of a meet them. */
constexpr i64 int8BlockColumns(i64 inner) {
  return max<i64>(int8Columns, min<i64>(int8MostColumns, 24576 / max<i64>(inner, 1) / int8Columns * int8Columns));
}

typedef i32 I4 __attribute__((vector_size(16)));
typedef f32 F4 __attribute__((vector_size(16)));

/** Lane j of the result is the sum of the lanes of v[j]: two rounds of interleaved additions, then groups of four lanes. */
inline I4 sumEach4(const I (&v)[4]) {
  const I even = zipLow(v[0], v[2]) + zipHigh(v[0], v[2]), odd = zipLow(v[1], v[3]) + zipHigh(v[1], v[3]);
  const I groups = zipLow(even, odd) + zipHigh(even, odd);
  I4 part[W / 4];
  __builtin_memcpy(part, &groups, sizeof(I));
  for (int i = 1; i < W / 4; ++i) part[0] += part[i];
  return part[0];
}

struct Int8Operands {
  const i8* a;
  const f32* aScale;
  const i8* b;
  const f32 *bScale, *bias;
  f32* out;
  i64 inner, columns;
};

/** Sums of `count` <= 4 rows of b. */
template <int NR>
inline I4 int8RowSums(const i8* b, i64 inner) {
  I sum[4] = {};
  i64 k = 0;
  for (; k + bytesPerVector <= inner; k += bytesPerVector) {
    for (int j = 0; j < NR; ++j) sum[j] = dotBytes(sum[j], onesBytes(), loadBytes(b + j * inner + k));
  }
  if (k < inner) {
    for (int j = 0; j < NR; ++j) sum[j] = dotBytes(sum[j], onesBytes(), loadBytesPartial(b + j * inner + k, inner - k));
  }
  return sumEach4(sum);
}

/**
 * MR rows of `left` times NR rows of b. Where the instruction set multiplies unsigned by signed bytes, `left` holds a + 128,
 * and 128 times the sum of b's row, `ofB`, is taken off again.
 */
template <int MR, int NR>
inline void int8Tile(const Int8Operands& p, const u8* left, i64 row, i64 column, I4 ofB) {
  I sum[MR][4] = {};
  const i64 inner = p.inner;
  const i8* b = p.b + column * inner;
  const auto step = [&](i64 k, auto loadBytes) __attribute__((always_inline)) {
    Bytes right[NR];
    for (int j = 0; j < NR; ++j) right[j] = loadBytes(b + j * inner + k);
    for (int i = 0; i < MR; ++i) {
      const Bytes x = loadBytes(reinterpret_cast<const i8*>(left) + i * inner + k);
      for (int j = 0; j < NR; ++j) sum[i][j] = dotBytes(sum[i][j], x, right[j]);
    }
  };
  i64 k = 0;
  for (; k + bytesPerVector <= inner; k += bytesPerVector) step(k, [](const i8* at) { return loadBytes(at); });
  if (k < inner) step(k, [&](const i8* at) { return loadBytesPartial(at, inner - k); });
  F4 scale = {}, bias = {};
  __builtin_memcpy(&scale, p.bScale + column, 4 * NR);
  if (p.bias != nullptr) __builtin_memcpy(&bias, p.bias + column, 4 * NR);
  for (int i = 0; i < MR; ++i) {
    const I4 exact = sumEach4(sum[i]) - (leftIsOffset ? ofB * 128 : I4{});
    F4 value = __builtin_convertvector(exact, F4) * p.aScale[row + i] * scale;
    if (p.bias != nullptr) value += bias;
    __builtin_memcpy(p.out + (row + i) * p.columns + column, &value, 4 * NR);
  }
}

/** All columns of a block for MR rows; `sums` has those of b's rows, or is null where they are worked out here. */
template <int MR>
inline void int8RowsBlock(const Int8Operands& p, const u8* left, i64 row, i64 column, i64 width, const i32* sums) {
  i64 j = 0;
  I4 ofB = {};
  for (; j + int8Columns <= width; j += int8Columns) {
    if (sums != nullptr) __builtin_memcpy(&ofB, sums + j, sizeof(I4));
    else if (leftIsOffset) ofB = int8RowSums<int8Columns>(p.b + (column + j) * p.inner, p.inner);
    int8Tile<MR, int8Columns>(p, left, row, column + j, ofB);
  }
  for (; j < width; ++j) {
    if (leftIsOffset) ofB = int8RowSums<1>(p.b + (column + j) * p.inner, p.inner);
    int8Tile<MR, 1>(p, left, row, column + j, ofB);
  }
}

/** All of out (rows, columns) over all threads. */
inline void int8Products(const Context& ctx, const Int8Operands& p, i64 rows) {
  const i64 blockColumns = int8BlockColumns(p.inner);
  const i64 rowBlocks = ceilDiv(rows, int8BlockRows), columnBlocks = ceilDiv(p.columns, blockColumns);
  const i64 grain = workGrain(min(rows, int8BlockRows) * blockColumns * p.inner / 4);
  ctx.parallel(columnBlocks * rowBlocks, grain, [&](i64 begin, i64 end, Scratch& scratch) {
    // A tile's rows as the products take them; scratch has room for int8Rows of the longest allowed rows.
    u8* shifted = leftIsOffset ? scratch.take<u8>(int8BlockRows * p.inner) : nullptr;
    const bool wholeBlock = shifted != nullptr;
    if (leftIsOffset && !wholeBlock) shifted = scratch.take<u8>(int8Rows * p.inner);
    i32 sums[int8MostColumns];
    i64 prepared = -1;
    for (i64 item = begin; item < end; ++item) {
      // Neighbouring items share their rows of a, which are prepared once.
      const i64 column = item % columnBlocks * blockColumns, first = item / columnBlocks * int8BlockRows;
      const i64 width = min(blockColumns, p.columns - column), height = min(int8BlockRows, rows - first);
      const auto prepare = [&](i64 row, i64 count) {
        for (i64 i = 0; i < count * p.inner; ++i) shifted[i] = static_cast<u8>(p.a[row * p.inner + i] + 128);
      };
      // The sums of b's rows pay off when several tiles of rows meet them.
      const bool known = leftIsOffset && height > int8Rows;
      for (i64 j = 0; known && j + int8Columns <= width; j += int8Columns) {
        const I4 ofB = int8RowSums<int8Columns>(p.b + (column + j) * p.inner, p.inner);
        __builtin_memcpy(sums + j, &ofB, sizeof(I4));
      }
      if (wholeBlock && prepared != first) {
        prepare(first, height);
        prepared = first;
      }
      for (i64 i = 0; i < height;) {
        const i64 count = height - i >= int8Rows ? int8Rows : 1;
        const u8* left = reinterpret_cast<const u8*>(p.a) + (first + i) * p.inner;
        if (wholeBlock) left = shifted + i * p.inner;
        else if (leftIsOffset) {
          prepare(first + i, count);
          left = shifted;
        }
        if (count == int8Rows) int8RowsBlock<int8Rows>(p, left, first + i, column, width, known ? sums : nullptr);
        else int8RowsBlock<1>(p, left, first + i, column, width, known ? sums : nullptr);
        i += count;
      }
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
