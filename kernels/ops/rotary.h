// rotary: elements i and i + Dh/2 of every head are turned by position · frequencies[i] (arXiv 2104.09864) and scaled.
#pragma once
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status rotary(const RotaryArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, heads = args.heads, headSize = args.headSize;
  if (!sizesValid(rows, segments, heads, headSize) || headSize > maxHeadSize || headSize % 2 != 0) {
    return ctx.fail(Status::badSize);
  }
  const i64 half = headSize / 2, count = extent(rows, heads, headSize);
  const f32 *x, *frequencies;
  const i32 *offsets, *starts;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, count, x));
  JAMBALAYA_TRY(ctx.in(args.frequencies, half, frequencies));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.inOptional(args.starts, segments, starts));
  JAMBALAYA_TRY(ctx.out(args.out, count, out));
  for (i64 s = 0; starts != nullptr && s < segments; ++s) {
    if (starts[s] < 0) return ctx.fail(Status::badIndex, args.starts);
  }
  const f32 factor = args.factor, turn = args.inverse ? -factor : factor;
  ctx.parallel(rows, rowGrain(heads * headSize), [&](i64 begin, i64 end, Scratch&) {
    f32 cosines[maxHeadSize / 2], sines[maxHeadSize / 2];
    i64 s = 0;
    for (i64 r = begin; r < end; ++r) {
      while (offsets[s + 1] <= r) ++s;
      const f64 position = static_cast<f64>((starts == nullptr ? 0 : starts[s]) + (r - offsets[s]));
      forVectors(half, [&](i64 i, auto part) {
        const Direction at = direction(position, part.load(frequencies + i));
        part.store(cosines + i, at.cosine * factor);
        part.store(sines + i, at.sine * turn);
      });
      for (i64 h = 0; h < heads; ++h) {
        const i64 first = (r * heads + h) * headSize, second = first + half;
        forVectors(half, [&](i64 i, auto part) {
          const F a = part.load(x + first + i), b = part.load(x + second + i);
          const F cosine = part.load(cosines + i), sine = part.load(sines + i);
          part.store(out + first + i, a * cosine - b * sine);
          part.store(out + second + i, fma(b, cosine, a * sine));
        });
      }
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
