// silu: x · sigmoid(x), or times `up` (a gated linear unit).
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status silu(const SiluArgs& args, Context& ctx) {
  const f32 *x, *up;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, args.count, x));
  JAMBALAYA_TRY(ctx.inOptional(args.up, args.count, up));
  JAMBALAYA_TRY(ctx.out(args.out, args.count, out));
  if (up == nullptr) elementwise(ctx, args.count, out, [](F v) { return silu(v); }, x);
  else elementwise(ctx, args.count, out, [](F v, F u) { return silu(v) * u; }, x, up);
  return Status::ok;
}

/** dX = dOut · up · s · (1 + x (1 - s)) and dUp = dOut · x · s with s = sigmoid(x). */
inline Status siluBackward(const SiluBackwardArgs& args, Context& ctx) {
  const i64 count = args.count;
  const f32 *x, *up, *dOut;
  f32 *dX, *dUp;
  JAMBALAYA_TRY(ctx.in(args.x, count, x));
  JAMBALAYA_TRY(ctx.inOptional(args.up, count, up));
  JAMBALAYA_TRY(ctx.in(args.dOut, count, dOut));
  JAMBALAYA_TRY(ctx.out(args.dX, count, dX));
  JAMBALAYA_TRY(ctx.outOptional(args.dUp, count, dUp));
  ctx.parallel(ceilDiv(count, W), elementGrain / W, [&](i64 begin, i64 end, Scratch&) {
    forVectors(begin * W, min<i64>(end * W, count), [&](i64 i, auto part) {
      const F v = part.load(x + i), grad = part.load(dOut + i), s = sigmoid(v);
      const F gated = up == nullptr ? grad : grad * part.load(up + i);
      part.store(dX + i, gated * s * (v * (1.0f - s) + 1.0f));
      if (dUp != nullptr) part.store(dUp + i, grad * (v * s));
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
