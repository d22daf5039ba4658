// scale: factor · x + shift.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status scale(const ScaleArgs& args, Context& ctx) {
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  const F factor = set(args.factor), shift = set(args.shift);
  elementwise(ctx, args.count, out, [&](F v) { return fma(v, factor, shift); }, x);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
