// scatterColumns: out (rows, columns) = zero, then out[r, indices[r, j]] += x[r, j] for j ascending. The transpose of
// gatherColumns.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status scatterColumns(const ScatterColumnsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, picked = args.picked;
  if (!sizesValid(rows, columns, picked)) return ctx.fail(Status::badSize);
  const f32* x;
  const i32* indices;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * picked, x));
  JAMBALAYA_TRY(ctx.in(args.indices, rows * picked, indices));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  if (!indicesValid(indices, rows * picked, columns)) return ctx.fail(Status::badIndex, args.indices);
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    __builtin_memset(out + begin * columns, 0, static_cast<unsigned long>((end - begin) * columns) * sizeof(f32));
    for (i64 r = begin; r < end; ++r) {
      for (i64 j = r * picked; j < (r + 1) * picked; ++j) out[r * columns + indices[j]] += x[j];
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
