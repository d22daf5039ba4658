// out (m, n) = a (m, k) · b (n, k)ᵀ of int8 rows whose activations come in scaled groups along k, with b in panels of 16 of
// its rows, four elements of each together. A group's sum is exact in i32; the scaled sums are added in f32, groups ascending, so
// neither tiles nor threads change a bit.
#pragma once
#include "blocks/rowGroups.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a and vectors of columns in a tile: integer and float sums of all of them stay in registers. */
constexpr int int8Rows = quadRows;
constexpr int int8Vectors = quadVectors;
/** Rows of a in a block of work: a multiple of a tile's. */
constexpr i64 int8BlockRows = 96;
static_assert(int8BlockRows % int8Rows == 0, "blocks are made of whole tiles");
/** Columns of a block: whole panels, a quarter of a megabyte of b or so. */
constexpr i64 int8BlockColumns(i64 inner) {
  return max<i64>(2, min<i64>(16, 16384 / max<i64>(inner, 1))) * panelColumns;
}

constexpr i64 roundUp(i64 value, i64 multiple) { return ceilDiv(value, multiple) * multiple; }
/** Bytes of a matrix in panels. */
constexpr i64 panelBytes(i64 columns, i64 inner) { return roundUp(columns, panelColumns) * roundUp(inner, panelInner); }

/** Rows of activations as `quantizeGroups` makes them; `inner` is already a multiple of `panelInner`. */
struct GroupedRows {
  const i8* values;
  const f32* scale;
  const i32* sums;
  i64 inner, group;
};

/** A matrix in panels, with the terms of its columns. */
struct PanelMatrix {
  const i8* panels;
  const f32 *scale, *bias;
};

/**
 * MR rows of a times NV vectors of columns from `column` on, which is a multiple of W. Steps of four elements in a group: known
 * where the compiler is to unroll them.
 */
template <int MR, int NV, int Steps>
inline void int8Tile(const GroupedRows& a, i64 row, const PanelMatrix& b, i64 column, i64 columns, f32* out) {
  const i64 groups = a.inner / a.group;
  const int steps = Steps > 0 ? Steps : static_cast<int>(a.group / 4);
  const i8* left = a.values + row * a.inner;
  const i8* right[NV];
  for (int v = 0; v < NV; ++v) {
    const i64 at = column + v * W;
    right[v] = b.panels + at / panelColumns * panelColumns * a.inner + at % panelColumns * 4;
  }
  F sum[MR][NV];
  for (int i = 0; i < MR; ++i) {
    for (int v = 0; v < NV; ++v) sum[i][v] = zero();
  }
  for (i64 g = 0; g < groups; ++g) {
    QuadSums quads[MR][NV];
    for (int i = 0; i < MR; ++i) {
      const QuadSums start = quadStart(a.sums[(row + i) * groups + g]);
      for (int v = 0; v < NV; ++v) quads[i][v] = start;
    }
#pragma GCC unroll 8
    for (int s = 0; s < steps; ++s) {
      QuadWeights weights[NV];
      for (int v = 0; v < NV; ++v) weights[v] = quadWeights(loadBytes(right[v] + s * 4 * panelColumns));
      for (int i = 0; i < MR; ++i) {
        i32 four;
        __builtin_memcpy(&four, left + i * a.inner + s * 4, 4);
        const QuadLeft x = quadLeft(four);
        for (int v = 0; v < NV; ++v) quads[i][v] = quadAdd(quads[i][v], weights[v], x);
      }
    }
    left += a.group;
    for (int v = 0; v < NV; ++v) right[v] += a.group * panelColumns;
    for (int i = 0; i < MR; ++i) {
      const F scale = set(a.scale[(row + i) * groups + g]);
      for (int v = 0; v < NV; ++v) sum[i][v] = fma(__builtin_convertvector(quadLanes(quads[i][v]), F), scale, sum[i][v]);
    }
  }
  for (int v = 0; v < NV; ++v) {
    const i64 at = column + v * W, rest = columns - at;
    if (rest <= 0) break;
    const auto terms = [&](const f32* p) { return rest >= W ? load(p + at) : loadPartial(p + at, rest); };
    const F scale = terms(b.scale);
    for (int i = 0; i < MR; ++i) {
      F value = sum[i][v] * scale;
      if (b.bias != nullptr) value += terms(b.bias);
      f32* target = out + (row + i) * columns + at;
      if (rest >= W) store(target, value);
      else storePartial(target, value, rest);
    }
  }
}

/** `rows` < MR + 1 rows: the tile of exactly that many. */
template <int MR, int NV>
inline void int8TileOf(i64 rows, const GroupedRows& a, i64 row, const PanelMatrix& b, i64 column, i64 columns, f32* out) {
  if constexpr (MR > 1) {
    if (rows < MR) return int8TileOf<MR - 1, NV>(rows, a, row, b, column, columns, out);
  }
  if (a.group == 32) int8Tile<MR, NV, 8>(a, row, b, column, columns, out);
  else if (a.group == 16) int8Tile<MR, NV, 4>(a, row, b, column, columns, out);
  else int8Tile<MR, NV, 0>(a, row, b, column, columns, out);
}

/** All of out (rows, columns) over all threads, where the rows of group e meet matrixOf(e). */
template <class MatrixOf>
inline void int8Products(const Context& ctx, const GroupedRows& a, RowGroups groups, const MatrixOf& matrixOf, f32* out,
                         i64 columns) {
  const RowBlocks blocks{groups, int8BlockRows, columns, int8BlockColumns(a.inner)};
  const i64 rows = ceilDiv(groups.offsets[groups.count], max<i64>(1, groups.count));
  const i64 grain = workGrain(min(rows, int8BlockRows) * blocks.width * a.inner / 8);
  ctx.parallel(blocks.count(), grain, [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const RowBlock block = blocks[item];
      const PanelMatrix b = matrixOf(block.group);
      const i64 last = min(columns, block.column + blocks.width);
      // A tile's rows of a stay in the first-level cache while the block of b streams by in its order.
      for (i64 i = 0; i < block.rows; i += int8Rows) {
        const i64 count = min<i64>(int8Rows, block.rows - i), row = block.row + i;
        for (i64 column = block.column; column < last; column += int8Vectors * W) {
          // Panels are whole, so only a tile wider than a panel can reach beyond the last one.
          if (int8Vectors * W > panelColumns && last - column <= panelColumns) {
            int8TileOf<int8Rows, panelColumns / W>(count, a, row, b, column, columns, out);
          } else {
            int8TileOf<int8Rows, int8Vectors>(count, a, row, b, column, columns, out);
          }
        }
      }
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
