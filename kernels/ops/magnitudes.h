// magnitudes: of each block of `magnitudeBlock` elements the sum of squares and the largest magnitude.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status magnitudes(const MagnitudesArgs& args, Context& ctx) {
  const i64 count = args.count;
  const f32* x;
  f32 *squares, *largest;
  JAMBALAYA_TRY(ctx.in(args.x, count, x));
  const i64 blocks = ceilDiv(count, magnitudeBlock);
  JAMBALAYA_TRY(ctx.out(args.squares, blocks, squares));
  JAMBALAYA_TRY(ctx.out(args.largest, blocks, largest));
  ctx.parallel(blocks, rowGrain(magnitudeBlock), [&](i64 begin, i64 end, Scratch&) {
    for (i64 block = begin; block < end; ++block) {
      F sum = zero(), best = zero();
      forVectors(block * magnitudeBlock, min<i64>((block + 1) * magnitudeBlock, count), [&](i64 i, auto part) {
        const F v = part.load(x + i);
        sum = fma(v, v, sum);
        best = maximum(absolute(v), best);
      });
      squares[block] = reduceAdd(sum);
      largest[block] = reduceMax(best);
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
