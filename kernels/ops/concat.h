// concat: out (outer, size, inner) is the parts (outer, sizes[i], inner) one after the other along the middle axis; any
// dtype, the same for all.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status concat(const ConcatArgs& args, Context& ctx) {
  const i64 outer = args.outer, size = args.size, inner = args.inner, parts = args.parts;
  if (!sizesValid(outer, size, inner, parts) || args.x.count != parts) return ctx.fail(Status::badSize);
  const i32* sizes;
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(ctx.in(args.sizes, parts, sizes));
  JAMBALAYA_TRY(ctx.anyOut(args.out, extent(outer, size, inner), out, dtype));
  i64 total = 0;
  for (i32 i = 0; i < args.parts; ++i) {
    const void* x;
    i32 partDType;
    if (sizes[i] < 0) return ctx.fail(Status::badSize, args.sizes);
    JAMBALAYA_TRY(ctx.any(args.x[i], extent(outer, sizes[i], inner), x, partDType));
    if (partDType != dtype) return ctx.fail(Status::badDType, args.x[i]);
    total += sizes[i];
  }
  if (total != size) return ctx.fail(Status::badSize, args.sizes);
  const i64 row = inner * Context::bytesOf(dtype);
  char* target = static_cast<char*>(out);
  for (i32 i = 0; i < args.parts; ++i) {
    const void* x;
    const i64 bytes = sizes[i] * row;
    JAMBALAYA_TRY(ctx.any(args.x[i], extent(outer, sizes[i], inner), x, dtype));
    copyRuns(ctx, target, size * row, x, bytes, outer, bytes);
    target += bytes;
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
