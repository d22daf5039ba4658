// out (m, n) = a (m, k) · b (n, k)ᵀ of int8 rows whose activations come in scaled groups along k, with b in panels of 16 of
// its rows, four elements of each together. A group's sum is exact in i32; the scaled sums are added in f32, groups ascending, so
// neither tiles nor threads change a bit.
#pragma once
#include "blocks/ahead.h"
#include "blocks/rowGroups.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of a in a block of work: a multiple of a tile's. */
constexpr i64 int8BlockRows = 96;
static_assert(int8BlockRows % quadRows == 0, "blocks are made of whole tiles");
/** Columns of a tile: whole panels. */
constexpr i64 quadColumns = max<i64>(quadVectors * W, panelColumns);
/** Rows of a block, of several tiles, that take about as long to multiply as their columns of b take to come from memory. */
constexpr i64 int8StripRows = 24;
/** The longest rows of which a tile's can be prepared. */
constexpr i64 int8MaxInner = scratchBytes / (quadRows * static_cast<i64>(sizeof(QuadElement)));
/** A number that the compiler is to know; 0 where it does not. */
template <int Value>
struct Known {
  static constexpr int value = Value;
};
/** Columns of a block: whole panels, a quarter of a megabyte of b or so. */
constexpr i64 int8BlockColumns(i64 inner) {
  return max<i64>(2, min<i64>(16, 16384 / max<i64>(inner, 1))) * panelColumns;
}

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
 * Four elements of each of a tile's rows, as `quadLeft` takes them: in place, or (where `QuadElement` is wider than a byte) made
 * once for all columns that they meet, the rows of a step together.
 */
template <int MR, class Element = QuadElement>
struct TileRows {
  static constexpr bool prepares = sizeof(Element) > sizeof(i8);
  /** Elements from a step of four to the next. */
  static constexpr i64 nextStep = prepares ? 4 * MR : 4;

  TileRows(const GroupedRows& a, i64 from, Element* prepared) : inner(a.inner) {
    const i8* values = a.values + from * inner;
    if constexpr (prepares) {
      for (i64 k = 0; k < inner; k += 4) {
        for (int i = 0; i < MR; ++i) quadPrepare(values + i * inner + k, prepared + k * MR + i * 4);
      }
      first = prepared;
    } else {
      first = values;
    }
  }
  /** Elements from a row to the next: known where rows lie together, so that one pointer serves all of them. */
  i64 nextRow() const { return prepares ? 4 : inner; }

  const Element* first;
  i64 inner;
};

/** The share of the next panels that a tile asks memory for while it computes: `lines` cache lines with each group, from `from` on. */
struct AheadPanels {
  const i8* from;
  i64 lines;
};

/**
 * MR rows of a times NV vectors of columns from `column` on, which is a multiple of W. Steps of four elements in a group: known
 * where the compiler is to unroll them. Vectors that the registers do not hold together take turns within a group, so that a panel
 * is read in its order.
 */
template <int MR, int NV, int Steps>
inline void int8Tile(const GroupedRows& a, const TileRows<MR>& rows, i64 row, const PanelMatrix& b, i64 column, i64 columns, AheadPanels ahead, f32* out) {
  constexpr int together = quadTogether < NV ? quadTogether : NV;
  static_assert(NV % together == 0, "vectors take turns in sets of one size");
  const i64 groups = a.inner / a.group;
  const int steps = Steps > 0 ? Steps : static_cast<int>(a.group / 4);
  const QuadElement* left = rows.first;
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
    for (i64 line = 0; line < ahead.lines; ++line) __builtin_prefetch(ahead.from + line * cacheLine, 0, 2);
    ahead.from += ahead.lines * cacheLine;
#pragma GCC unroll 1
    for (int first = 0; first < NV; first += together) {
      QuadSums quads[MR][together];
      for (int i = 0; i < MR; ++i) {
        const QuadSums start = quadStart(a.sums[(row + i) * groups + g]);
        for (int v = 0; v < together; ++v) quads[i][v] = start;
      }
      const QuadElement* four = left;
      const i8* panel[together];
      for (int v = 0; v < together; ++v) panel[v] = right[first + v];
#pragma GCC unroll quadUnroll
      for (int s = 0; s < steps; ++s) {
        QuadWeights weights[together];
        for (int v = 0; v < together; ++v) weights[v] = quadWeights(panel[v]);
        for (int i = 0; i < MR; ++i) {
          const QuadLeft x = quadLeft(four + i * rows.nextRow());
          for (int v = 0; v < together; ++v) quads[i][v] = quadAdd(quads[i][v], weights[v], x);
        }
        four += rows.nextStep;
        for (int v = 0; v < together; ++v) panel[v] += 4 * panelColumns;
      }
      for (int i = 0; i < MR; ++i) {
        const F scale = set(a.scale[(row + i) * groups + g]);
        for (int v = 0; v < together; ++v) {
          const F whole = __builtin_convertvector(quadLanes(quads[i][v]), F);
          sum[i][first + v] = fma(whole, scale, sum[i][first + v]);
        }
      }
    }
    left += a.group / 4 * rows.nextStep;
    for (int v = 0; v < NV; ++v) right[v] += a.group * panelColumns;
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

/** Columns [first, last) of `count` < MR + 1 rows: tiles of exactly that many rows. */
template <int MR>
inline void int8Rows(i64 count, const GroupedRows& a, i64 row, const PanelMatrix& b, i64 first, i64 last, i64 columns,
                     AheadPanels ahead, QuadElement* prepared, f32* out) {
  if constexpr (MR > 1) {
    if (count < MR) return int8Rows<MR - 1>(count, a, row, b, first, last, columns, ahead, prepared, out);
  }
  const TileRows<MR> rows(a, row, prepared);
  const auto tiles = [&](auto steps) {
    i64 column = first;
    for (; column < last; column += quadVectors * W) {
      // Panels are whole, so only a tile wider than a panel can reach beyond the last one.
      if (quadVectors * W > panelColumns && last - column <= panelColumns) {
        int8Tile<MR, panelColumns / W, steps.value>(a, rows, row, b, column, columns, ahead, out);
      } else {
        int8Tile<MR, quadVectors, steps.value>(a, rows, row, b, column, columns, ahead, out);
      }
    }
  };
  if (a.group == 32) tiles(Known<8>{});
  else if (a.group == 16) tiles(Known<4>{});
  else tiles(Known<0>{});
}

/** All of out (rows, columns) over all threads, where the rows of group e meet matrixOf(e). */
template <class MatrixOf>
inline void int8Products(const Context& ctx, const GroupedRows& a, RowGroups groups, const MatrixOf& matrixOf, f32* out,
                         i64 columns) {
  const RowBlocks blocks{groups, int8BlockRows, columns, int8BlockColumns(a.inner)};
  const i64 rows = ceilDiv(groups.offsets[groups.count], max<i64>(1, groups.count));
  const i64 grain = workGrain(min(rows, int8BlockRows) * blocks.width * a.inner / 8);
  ctx.parallel(blocks.count(), grain, [&](i64 begin, i64 end, Scratch& scratch) {
    QuadElement* prepared = TileRows<1>::prepares ? scratch.take<QuadElement>(quadRows * a.inner) : nullptr;
    for (i64 item = begin; item < end; ++item) {
      const RowBlock block = blocks[item];
      const PanelMatrix b = matrixOf(block.group);
      const i64 last = min(columns, block.column + blocks.width);
      const i64 tiles = ceilDiv(block.rows, quadRows);
      const bool strips = !TileRows<1>::prepares && tiles > 1 && block.rows <= int8StripRows;
      const i64 width = strips ? quadColumns : blocks.width;
      // A tile's rows of a stay in the first-level cache while the columns stream by in their order.
      for (i64 column = block.column; column < last; column += width) {
        const i64 end = min(last, column + width), ahead = strips ? min(width, last - end) : 0;
        const i64 lines = ceilDiv(ahead * a.group, tiles * cacheLine), share = lines * cacheLine * (a.inner / a.group);
        for (i64 tile = 0; tile < tiles; ++tile) {
          const i64 i = tile * quadRows, count = min<i64>(quadRows, block.rows - i);
          const AheadPanels next{b.panels + end * a.inner + tile * share, lines};
          int8Rows<quadRows>(count, a, block.row + i, b, column, end, columns, next, prepared, out);
        }
      }
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
