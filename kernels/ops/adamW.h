// adamW: one step of AdamW in place, parameter and both moments in one pass, and the parameter in bf16 beside it.
#pragma once
#include "blocks/narrow.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status adamW(const AdamWArgs& args, Context& ctx) {
  const i64 count = args.count;
  const f32* gradient;
  f32 *parameter, *first, *second;
  JAMBALAYA_TRY(ctx.out(args.parameter, count, parameter));
  JAMBALAYA_TRY(ctx.in(args.gradient, count, gradient));
  JAMBALAYA_TRY(ctx.out(args.first, count, first));
  JAMBALAYA_TRY(ctx.out(args.second, count, second));
  u16* rounded = nullptr;
  if (args.rounded) {
    void* data;
    i32 dtype;
    JAMBALAYA_TRY(ctx.anyOut(args.rounded, count, data, dtype));
    if (dtype != BF16) return ctx.fail(Status::badDType, args.rounded);
    rounded = static_cast<u16*>(data);
  }
  const F beta1 = set(args.beta1), beta2 = set(args.beta2), kept = set(1.0f - args.rate * args.decay);
  const f32 new1 = 1.0f - args.beta1, new2 = 1.0f - args.beta2;
  ctx.parallel(ceilDiv(count, W), elementGrain / W, [&](i64 begin, i64 end, Scratch&) {
    forVectors(begin * W, min<i64>(end * W, count), [&](i64 i, auto part) {
      const F g = part.load(gradient + i) * args.gradientScale;
      const F m = fma(beta1, part.load(first + i), g * new1);
      const F v = fma(beta2, part.load(second + i), g * g * new2);
      part.store(first + i, m);
      part.store(second + i, v);
      const F update = m * args.firstCorrection / (squareRoot(v * args.secondCorrection) + args.eps);
      const F next = fma(kept, part.load(parameter + i), update * -args.rate);
      part.store(parameter + i, next);
      if (rounded != nullptr) putBf16(part, rounded + i, next);
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
