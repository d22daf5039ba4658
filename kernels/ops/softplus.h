// softplus: log(1 + e^x); above 20 x itself, as PyTorch cuts it off.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status softplus(const SoftplusArgs& args, Context& ctx) {
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  elementwise(ctx, args.count, out, [](F v) { return softplus(v); }, x);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
