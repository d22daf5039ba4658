// log: natural logarithm; NaN below zero, minus infinity at zero.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status log(const LogArgs& args, Context& ctx) {
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  elementwise(ctx, args.count, out, [](F v) { return log(v); }, x);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
