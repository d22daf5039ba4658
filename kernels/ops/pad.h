// pad: out (outer, size, inner) is x (outer, length, inner) from `start` on along the middle axis and zero elsewhere; any
// dtype. The transpose of slice.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status pad(const PadArgs& args, Context& ctx) {
  const i64 outer = args.outer, size = args.size, inner = args.inner, start = args.start, length = args.length;
  if (!sizesValid(outer, size, inner, start, length) || start + length > size) return ctx.fail(Status::badSize);
  const void* x;
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(resolveMove(ctx, args.x, extent(outer, length, inner), args.out, extent(outer, size, inner), x, out, dtype));
  const i64 row = inner * Context::bytesOf(dtype);
  char* target = static_cast<char*>(out);
  zeroRuns(ctx, target, size * row, outer, start * row);
  copyRuns(ctx, target + start * row, size * row, x, length * row, outer, length * row);
  zeroRuns(ctx, target + (start + length) * row, size * row, outer, (size - start - length) * row);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
