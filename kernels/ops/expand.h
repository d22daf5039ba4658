// expand: out (outer, size, inner) repeats x (outer, inner) along the middle axis; any dtype.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status expand(const ExpandArgs& args, Context& ctx) {
  const i64 outer = args.outer, size = args.size, inner = args.inner;
  if (!sizesValid(outer, size, inner)) return ctx.fail(Status::badSize);
  const void* x;
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(resolveMove(ctx, args.x, extent(outer, inner), args.out, extent(outer, size, inner), x, out, dtype));
  if (inner != 1) {
    const i64 bytes = inner * Context::bytesOf(dtype);
    forRuns(ctx, outer * size, bytes, [&](i64 run, i64 at, i64 count) {
      copyRun(static_cast<char*>(out) + run * bytes + at, static_cast<const char*>(x) + run / size * bytes + at, count);
    });
    return Status::ok;
  }
  withElement(dtype, [&](auto element) {
    using T = decltype(element);
    ctx.parallel(outer * size, elementGrain, [&](i64 begin, i64 end, Scratch&) {
      for (i64 i = begin; i < end;) {
        const i64 o = i / size, last = min(end, (o + 1) * size);
        const T value = static_cast<const T*>(x)[o];
        for (; i < last; ++i) static_cast<T*>(out)[i] = value;
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
