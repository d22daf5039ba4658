// topK: the k largest of each row, largest first; of equals the lower index wins, and NaN is lower than every number.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status topK(const TopKArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, k = args.k;
  if (!sizesValid(rows, columns, k) || k > columns || k > maxTopK) return ctx.fail(Status::badSize);
  const f32* x;
  f32* values;
  i32* indices;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.out(args.values, rows * k, values));
  JAMBALAYA_TRY(ctx.out(args.indices, rows * k, indices));
  if (k == 0) return Status::ok;
  const auto above = [](f32 p, f32 q) { return p > q || (q != q && p == p); };
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      // Columns come in ascending order and only pass what they are strictly above, so equals keep their order.
      f32* best = values + r * k;
      i32* index = indices + r * k;
      i64 filled = 0;
      for (i64 c = 0; c < columns; ++c) {
        const f32 value = x[r * columns + c];
        if (filled == k && !above(value, best[k - 1])) continue;
        i64 place = filled < k ? filled++ : k - 1;
        for (; place > 0 && above(value, best[place - 1]); --place) {
          best[place] = best[place - 1];
          index[place] = index[place - 1];
        }
        best[place] = value;
        index[place] = static_cast<i32>(c);
      }
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
