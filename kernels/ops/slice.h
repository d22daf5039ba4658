// slice: out (outer, length, inner) = x (outer, size, inner) from `start` on along the middle axis; any dtype.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status slice(const SliceArgs& args, Context& ctx) {
  const i64 outer = args.outer, size = args.size, inner = args.inner, start = args.start, length = args.length;
  if (!sizesValid(outer, size, inner, start, length) || start + length > size) return ctx.fail(Status::badSize);
  const void* x;
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(resolveMove(ctx, args.x, extent(outer, size, inner), args.out, extent(outer, length, inner), x, out, dtype));
  const i64 row = inner * Context::bytesOf(dtype);
  copyRuns(ctx, out, length * row, static_cast<const char*>(x) + start * row, size * row, outer, length * row);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
