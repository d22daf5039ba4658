// gatherColumns: out[r, j] = x[r, indices[r, j]]: each row picks its own columns (the weights of the chosen experts).
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status gatherColumns(const GatherColumnsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, picked = args.picked;
  if (!sizesValid(rows, columns, picked)) return ctx.fail(Status::badSize);
  const f32* x;
  const i32* indices;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.indices, rows * picked, indices));
  JAMBALAYA_TRY(ctx.out(args.out, rows * picked, out));
  if (!indicesValid(indices, rows * picked, columns)) return ctx.fail(Status::badIndex, args.indices);
  ctx.parallel(rows, rowGrain(picked), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      for (i64 j = r * picked; j < (r + 1) * picked; ++j) out[j] = x[r * columns + indices[j]];
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
