// gatherRows: out[r] = table[indices[r]] widened to f32, times the row's scale if the table is int8 (an embedding).
#pragma once
#include "blocks/loops.h"
#include "blocks/moves.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status gatherRows(const GatherRowsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, tableRows = args.tableRows;
  if (!sizesValid(rows, columns, tableRows)) return ctx.fail(Status::badSize);
  Matrix table;
  const i32* indices;
  f32* out;
  JAMBALAYA_TRY(resolve(ctx, args.table, args.tableScale, tableRows, columns, table));
  JAMBALAYA_TRY(ctx.in(args.indices, rows, indices));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  if (!indicesValid(indices, rows, tableRows)) return ctx.fail(Status::badIndex, args.indices);
  withWeights(table, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
      for (i64 r = begin; r < end; ++r) {
        f32* target = out + r * columns;
        widenRow<Weight>(data + indices[r] * columns, columns, target);
        if (table.scale == nullptr) continue;
        const F factor = set(table.scale[indices[r]]);
        forVectors(columns, [&](i64 i, auto part) { part.store(target + i, part.load(target + i) * factor); });
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
