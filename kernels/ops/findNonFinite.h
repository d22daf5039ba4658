// findNonFinite: of each block of `magnitudeBlock` elements the first that is not finite, or -1; x may be f32, bf16 or f16.
#pragma once
#include "blocks/loops.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Zero in the lanes of finite elements, NaN in the others. */
inline F nonFinite(F v) { return v - v; }

/** The first of `count` elements that is not finite, or -1. */
template <class Weight>
inline i32 firstNonFinite(const typename Weight::T* x, i64 count) {
  F sum = zero();
  i64 i = 0;
  for (; i + W <= count; i += W) sum = sum + nonFinite(Weight::wide(x + i));
  if (i < count) sum = sum + nonFinite(Weight::wide(x + i, count - i));
  if (reduceAdd(sum) == 0) return -1;
  f32 lanes[W];
  for (i = 0; i < count; ++i) {
    if (i % W == 0) store(lanes, count - i >= W ? Weight::wide(x + i) : Weight::wide(x + i, count - i));
    if (lanes[i % W] - lanes[i % W] != 0) return static_cast<i32>(i);
  }
  return -1;
}

inline Status findNonFinite(const FindNonFiniteArgs& args, Context& ctx) {
  const i64 count = args.count;
  if (!sizesValid(count)) return ctx.fail(Status::badSize);
  Matrix x;
  i32* out;
  JAMBALAYA_TRY(resolve(ctx, args.x, Ref{}, 1, count, x));
  const i64 blocks = ceilDiv(count, magnitudeBlock);
  JAMBALAYA_TRY(ctx.out(args.out, blocks, out));
  withWeights(x, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    ctx.parallel(blocks, rowGrain(magnitudeBlock), [&](i64 begin, i64 end, Scratch&) {
      for (i64 block = begin; block < end; ++block) {
        const i64 first = block * magnitudeBlock;
        out[block] = firstNonFinite<Weight>(data + first, min<i64>(magnitudeBlock, count - first));
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
