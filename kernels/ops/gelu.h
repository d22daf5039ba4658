// gelu: x · P(x) with the normal distribution function P, the exact form by erf.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status gelu(const GeluArgs& args, Context& ctx) {
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  elementwise(ctx, args.count, out, [](F v) { return gelu(v); }, x);
  return Status::ok;
}

/** dX = dOut · (P(x) + x · density(x)). */
inline Status geluBackward(const GeluBackwardArgs& args, Context& ctx) {
  const f32 *x, *dOut;
  f32* dX;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.in(args.dOut, args.count, dOut));
  JAMBALAYA_TRY(ctx.out(args.dX, args.count, dX));
  elementwise(
      ctx, args.count, dX,
      [](F v, F grad) {
        F density;
        const F below = normalDistribution(v, density);
        return grad * fma(v, density, below);
      },
      x, dOut);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
