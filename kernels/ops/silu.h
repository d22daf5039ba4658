// silu: x · sigmoid(x).
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status silu(const SiluArgs& args, Context& ctx) {
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  elementwise(ctx, args.count, out, [](F v) { return silu(v); }, x);
  return Status::ok;
}

/** dX = dOut · s · (1 + x (1 - s)) with s = sigmoid(x). */
inline Status siluBackward(const SiluBackwardArgs& args, Context& ctx) {
  const f32 *x, *dOut;
  f32* dX;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.in(args.dOut, args.count, dOut));
  JAMBALAYA_TRY(ctx.out(args.dX, args.count, dX));
  elementwise(
      ctx, args.count, dX,
      [](F v, F grad) {
        const F s = sigmoid(v);
        return grad * s * (v * (1.0f - s) + 1.0f);
      },
      x, dOut);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
