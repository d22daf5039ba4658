// accumulate: into += x.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status accumulate(const AccumulateArgs& args, Context& ctx) {
  const f32* x;
  f32* into;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.into, args.count, into));
  elementwise(ctx, args.count, into, [](F sum, F v) { return sum + v; }, into, x);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
