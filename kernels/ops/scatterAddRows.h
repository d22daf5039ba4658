// scatterAddRows: out (tableRows, columns) = zero, then out[indices[r]] += x[r] for r ascending (an embedding's gradient).
#pragma once
#include "blocks/loops.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Columns that one thread adds for all rows, so that equal indices meet in one order. */
constexpr i64 scatterColumnBlock = 64;

inline Status scatterAddRows(const ScatterAddRowsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, tableRows = args.tableRows;
  if (!sizesValid(rows, columns, tableRows)) return ctx.fail(Status::badSize);
  const f32* x;
  const i32* indices;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.indices, rows, indices));
  JAMBALAYA_TRY(ctx.out(args.out, tableRows * columns, out));
  if (!indicesValid(indices, rows, tableRows)) return ctx.fail(Status::badIndex, args.indices);
  zeroRuns(ctx, out, 0, 1, tableRows * columns * static_cast<i64>(sizeof(f32)));
  ctx.parallel(ceilDiv(columns, scatterColumnBlock), rowGrain(rows * scatterColumnBlock), [&](i64 begin, i64 end, Scratch&) {
    const i64 first = begin * scatterColumnBlock, last = min(end * scatterColumnBlock, columns);
    for (i64 r = 0; r < rows; ++r) {
      const f32* from = x + r * columns;
      f32* to = out + indices[r] * columns;
      forVectors(first, last, [&](i64 i, auto part) { part.store(to + i, part.load(to + i) + part.load(from + i)); });
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
