// moeCombine: out[t] = sum_j weights[t, j] y[position[t·k+j]], j ascending: the experts' answers back in the rows' order.
#pragma once
#include "blocks/loops.h"
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

/** The places (rows · k) of the choices; each must lie in y. */
template <class Args>
inline Status resolvePosition(const Args& args, Context& ctx, const i32*& position) {
  const i64 choices = static_cast<i64>(args.rows) * args.k;
  JAMBALAYA_TRY(ctx.in(args.position, choices, position));
  for (i64 i = 0; i < choices; ++i) {
    if (position[i] < 0 || position[i] >= choices) return ctx.fail(Status::badIndex, args.position);
  }
  return Status::ok;
}

inline Status moeCombine(const MoeCombineArgs& args, Context& ctx) {
  const i64 rows = args.rows, k = args.k, columns = args.columns;
  if (!sizesValid(rows, k, columns) || k > maxTopK) return ctx.fail(Status::badSize);
  const f32 *y, *weights;
  const i32* position;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.y, extent(rows, k, columns), y));
  JAMBALAYA_TRY(ctx.in(args.weights, rows * k, weights));
  JAMBALAYA_TRY(resolvePosition(args, ctx, position));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  ctx.parallel(rows, rowGrain(k * columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 t = begin; t < end; ++t) {
      forVectors(columns, [&](i64 i, auto part) {
        F sum = zero();
        for (i64 j = t * k; j < (t + 1) * k; ++j) sum = fma(set(weights[j]), part.load(y + position[j] * columns + i), sum);
        part.store(out + t * columns + i, sum);
      });
    }
  });
  return Status::ok;
}

/**
 * dY[position[t·k+j]] = weights[t, j] dOut[t]; dWeights[t, j] = dOut[t] · y[position[t·k+j]].
 * Every row of dY is written, because the places of `groupByExpert` are a permutation.
 */
inline Status moeCombineBackward(const MoeCombineBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, k = args.k, columns = args.columns;
  if (!sizesValid(rows, k, columns) || k > maxTopK) return ctx.fail(Status::badSize);
  const f32 *y, *weights, *dOut;
  const i32* position;
  f32 *dY, *dWeights;
  JAMBALAYA_TRY(ctx.in(args.y, extent(rows, k, columns), y));
  JAMBALAYA_TRY(ctx.in(args.weights, rows * k, weights));
  JAMBALAYA_TRY(resolvePosition(args, ctx, position));
  JAMBALAYA_TRY(ctx.in(args.dOut, rows * columns, dOut));
  JAMBALAYA_TRY(ctx.outOptional(args.dY, extent(rows, k, columns), dY));
  JAMBALAYA_TRY(ctx.outOptional(args.dWeights, rows * k, dWeights));
  ctx.parallel(rows, rowGrain(2 * k * columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 choice = begin * k; choice < end * k; ++choice) {
      const f32* grad = dOut + choice / k * columns;
      const i64 row = position[choice] * columns;
      F sum = zero();
      forVectors(columns, [&](i64 i, auto part) {
        const F g = part.load(grad + i);
        if (dY != nullptr) part.store(dY + row + i, g * weights[choice]);
        if (dWeights != nullptr) sum = fma(g, part.load(y + row + i), sum);
      });
      if (dWeights != nullptr) dWeights[choice] = reduceAdd(sum);
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
