// packPanels, unpackPanels and gatherPanels: int8 matrices in the order in which integer products read them, and back.
#pragma once
#include "blocks/int8Panels.h"
#include "blocks/loops.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Calls body(four elements of a row, where they start in the row, how many of them the row has). */
template <class Body>
inline void forQuads(const i8* panels, i64 row, i64 columns, const Body& body) {
  const i8* from = panels + row / panelColumns * panelColumns * roundUp(columns, panelInner) + row % panelColumns * 4;
  for (i64 i = 0; i < columns; i += 4, from += 4 * panelColumns) body(from, i, min<i64>(4, columns - i));
}

inline Status packPanels(const PackPanelsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, inner = roundUp(columns, panelInner);
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const i8* x;
  i8* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.out(args.out, panelBytes(rows, columns), out));
  ctx.parallel(ceilDiv(rows, panelColumns), rowGrain(inner * panelColumns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 p = begin; p < end; ++p) {
      i8* panel = out + p * panelColumns * inner;
      const i64 height = min<i64>(panelColumns, rows - p * panelColumns);
      if (height < panelColumns || columns < inner) __builtin_memset(panel, 0, static_cast<unsigned long>(panelColumns * inner));
      for (i64 r = 0; r < height; ++r) {
        const i8* from = x + (p * panelColumns + r) * columns;
        i8* to = panel + r * 4;
        i64 i = 0;
        for (; i + 4 <= columns; i += 4, to += 4 * panelColumns) __builtin_memcpy(to, from + i, 4);
        for (i64 j = 0; i + j < columns; ++j) to[j] = from[i + j];
      }
    }
  });
  return Status::ok;
}

inline Status unpackPanels(const UnpackPanelsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const i8* x;
  i8* out;
  JAMBALAYA_TRY(ctx.in(args.x, panelBytes(rows, columns), x));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      forQuads(x, r, columns, [&](const i8* from, i64 i, i64 count) {
        __builtin_memcpy(out + r * columns + i, from, static_cast<unsigned long>(count));
      });
    }
  });
  return Status::ok;
}

inline Status gatherPanels(const GatherPanelsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, tableRows = args.tableRows;
  if (!sizesValid(rows, columns, tableRows)) return ctx.fail(Status::badSize);
  const i8* table;
  const f32* scale;
  const i32* indices;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.table, panelBytes(tableRows, columns), table));
  JAMBALAYA_TRY(ctx.in(args.tableScale, tableRows, scale));
  JAMBALAYA_TRY(ctx.in(args.indices, rows, indices));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  if (!indicesValid(indices, rows, tableRows)) return ctx.fail(Status::badIndex, args.indices);
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32 factor = scale[indices[r]];
      forQuads(table, indices[r], columns, [&](const i8* from, i64 i, i64 count) {
        for (i64 j = 0; j < count; ++j) out[r * columns + i + j] = from[j] * factor;
      });
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
