// out = f(a, b) where b (bRows, bColumns) has a's size or 1 on either axis.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

template <class Args, class Function>
inline Status broadcast(const Args& args, Context& ctx, const Function& f) {
  const i64 rows = args.rows, columns = args.columns, bRows = args.bRows, bColumns = args.bColumns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  if ((bRows != rows && bRows != 1) || (bColumns != columns && bColumns != 1)) return ctx.fail(Status::badSize);
  const f32 *a, *b;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.a, rows * columns, a));
  JAMBALAYA_TRY(ctx.in(args.b, bRows * bColumns, b));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  if (bRows == rows && bColumns == columns) {
    elementwise(ctx, rows * columns, out, f, a, b);
    return Status::ok;
  }
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* from = a + r * columns;
      const f32* right = b + (bRows == 1 ? 0 : r * bColumns);
      f32* to = out + r * columns;
      if (bColumns == columns) {
        forVectors(columns, [&](i64 i, auto part) { part.store(to + i, f(part.load(from + i), part.load(right + i))); });
      } else {
        const F same = set(*right);
        forVectors(columns, [&](i64 i, auto part) { part.store(to + i, f(part.load(from + i), same)); });
      }
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
