// sum: out (outer, inner) = sum over the middle axis of x (outer, size, inner).
#pragma once
#include "blocks/loops.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Columns that are summed together: some lines of the cache from each row. */
constexpr i64 sumColumns = 64;

/** A contiguous row: vector i goes to accumulator i mod 4, the last, partial one to the first. */
inline f32 sumRow(const f32* row, i64 count) {
  F sum[4] = {};
  i64 i = 0;
  for (; i + 4 * W <= count; i += 4 * W) {
    for (int k = 0; k < 4; ++k) sum[k] = sum[k] + load(row + i + k * W);
  }
  forVectors(i, count, [&](i64 at, auto part) { sum[0] = sum[0] + part.load(row + at); });
  return reduceAdd((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

inline Status sum(const SumArgs& args, Context& ctx) {
  const i64 outer = args.outer, size = args.size, inner = args.inner;
  if (!sizesValid(outer, size, inner)) return ctx.fail(Status::badSize);
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, extent(outer, size, inner), x));
  JAMBALAYA_TRY(ctx.out(args.out, extent(outer, inner), out));
  if (inner == 1) {
    ctx.parallel(outer, rowGrain(size), [&](i64 begin, i64 end, Scratch&) {
      for (i64 o = begin; o < end; ++o) out[o] = sumRow(x + o * size, size);
    });
    return Status::ok;
  }
  const i64 blocks = ceilDiv(inner, sumColumns);
  ctx.parallel(outer * blocks, rowGrain(size * min(inner, sumColumns)), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 o = item / blocks, first = item % blocks * sumColumns;
      const i64 width = min(sumColumns, inner - first);
      f32 total[sumColumns] = {};
      for (i64 s = 0; s < size; ++s) {
        const f32* row = x + (o * size + s) * inner + first;
        for (i64 c = 0; c < width; ++c) total[c] += row[c];
      }
      copyRun(reinterpret_cast<char*>(out + o * inner + first), reinterpret_cast<const char*>(total), width * 4);
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
