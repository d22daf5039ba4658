// softmax: e^(x - max) over its sum, along the last axis.
#pragma once
#include "blocks/rows.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status softmax(const SoftmaxArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = x + r * columns;
      f32* target = out + r * columns;
      const f32 largest = rowMax(row, columns);
      F sum = zero();
      forVectors(columns, [&](i64 i, auto part) {
        const F e = exp(part.load(row + i) - largest);
        part.store(target + i, e);
        sum = sum + existing(part, e);
      });
      const f32 total = reduceAdd(sum);
      forVectors(columns, [&](i64 i, auto part) { part.store(target + i, part.load(target + i) / total); });
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
