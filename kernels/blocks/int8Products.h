// out (m, n) = a (m, k) · b (n, k)ᵀ of int8 rows, summed exactly in i32 and scaled by one factor per row on either side. Sums
// of integers have no order, so tiles, instruction sets and devices all give the same bits.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a and of b in a tile, and in a block of work. */
constexpr int int8Rows = 4;
constexpr int int8Columns = 4;
constexpr i64 int8BlockColumns = 64;
constexpr i64 int8BlockRows = 128;

/** Lane j of the result is the sum of the lanes of v[j]. */
inline void sumEach4(const I (&v)[4], i32 (&out)[4]) {
  for (int j = 0; j < 4; ++j) out[j] = sumLanes(v[j]);
}

struct Int8Operands {
  const i8* a;
  const f32* aScale;
  const i8* b;
  const f32 *bScale, *bias;
  f32* out;
  i64 inner, columns;
};

/**
 * MR rows of `left` times NR rows of b. Where the instruction set multiplies unsigned by signed bytes, `left` holds a + 128,
 * and 128 times the sum of b's row is taken off again.
 */
template <int MR, int NR>
inline void int8Tile(const Int8Operands& p, const u8* left, i64 row, i64 column) {
  I sum[MR][4] = {}, ofB[4] = {};
  const i64 inner = p.inner;
  const i8* b = p.b + column * inner;
  const auto step = [&](i64 k, auto loadBytes) {
    Bytes right[NR];
    for (int j = 0; j < NR; ++j) right[j] = loadBytes(b + j * inner + k);
    if constexpr (leftIsOffset) {
      for (int j = 0; j < NR; ++j) ofB[j] = dotBytes(ofB[j], onesBytes(), right[j]);
    }
    for (int i = 0; i < MR; ++i) {
      const Bytes x = loadBytes(reinterpret_cast<const i8*>(left) + i * inner + k);
      for (int j = 0; j < NR; ++j) sum[i][j] = dotBytes(sum[i][j], x, right[j]);
    }
  };
  i64 k = 0;
  for (; k + bytesPerVector <= inner; k += bytesPerVector) step(k, [](const i8* at) { return loadBytes(at); });
  if (k < inner) step(k, [&](const i8* at) { return loadBytesPartial(at, inner - k); });
  i32 offset[4] = {};
  if constexpr (leftIsOffset) sumEach4(ofB, offset);
  for (int i = 0; i < MR; ++i) {
    i32 total[4];
    sumEach4(sum[i], total);
    for (int j = 0; j < NR; ++j) {
      const i32 exact = total[j] - 128 * offset[j];
      f32 value = static_cast<f32>(exact) * p.aScale[row + i] * p.bScale[column + j];
      if (p.bias != nullptr) value += p.bias[column + j];
      p.out[(row + i) * p.columns + column + j] = value;
    }
  }
}

template <int MR>
inline void int8RowsBlock(const Int8Operands& p, const u8* left, i64 row, i64 column, i64 width) {
  i64 j = 0;
  for (; j + int8Columns <= width; j += int8Columns) int8Tile<MR, int8Columns>(p, left, row, column + j);
  for (; j < width; ++j) int8Tile<MR, 1>(p, left, row, column + j);
}

/** All of out (rows, columns) over all threads. */
inline void int8Products(const Context& ctx, const Int8Operands& p, i64 rows) {
  const i64 rowBlocks = ceilDiv(rows, int8BlockRows), columnBlocks = ceilDiv(p.columns, int8BlockColumns);
  const i64 grain = workGrain(min(rows, int8BlockRows) * int8BlockColumns * p.inner / 4);
  ctx.parallel(columnBlocks * rowBlocks, grain, [&](i64 begin, i64 end, Scratch& scratch) {
    // A tile's rows as the products take them; scratch has room for int8Rows of the longest allowed rows.
    u8* shifted = leftIsOffset ? scratch.take<u8>(int8BlockRows * p.inner) : nullptr;
    const bool wholeBlock = shifted != nullptr;
    if (leftIsOffset && !wholeBlock) shifted = scratch.take<u8>(int8Rows * p.inner);
    i64 prepared = -1;
    for (i64 item = begin; item < end; ++item) {
      const i64 column = item / rowBlocks * int8BlockColumns, first = item % rowBlocks * int8BlockRows;
      const i64 width = min(int8BlockColumns, p.columns - column), height = min(int8BlockRows, rows - first);
      const auto prepare = [&](i64 row, i64 count) {
        for (i64 i = 0; i < count * p.inner; ++i) shifted[i] = static_cast<u8>(p.a[row * p.inner + i] + 128);
      };
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
        if (count == int8Rows) int8RowsBlock<int8Rows>(p, left, first + i, column, width);
        else int8RowsBlock<1>(p, left, first + i, column, width);
        i += count;
      }
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
