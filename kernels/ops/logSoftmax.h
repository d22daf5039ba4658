// logSoftmax: (x - max) - log(sum of e^(x - max)), along the last axis.
#pragma once
#include "blocks/rows.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status logSoftmax(const LogSoftmaxArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = x + r * columns;
      const f32 largest = rowMax(row, columns);
      const f32 logSum = scalarLog(rowSum(row, columns, [&](F v) { return exp(v - largest); }));
      forVectors(columns, [&](i64 i, auto part) { part.store(out + r * columns + i, (part.load(row + i) - largest) - logSum); });
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
