// rmsNorm: out = x · rsqrt(mean(x²) + eps) · weight over the last axis (Jamba's norm; arXiv 1910.07467).
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status rmsNorm(const RmsNormArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32 *x, *weight;
  f32 *out, *inverseRms;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.weight, columns, weight));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  JAMBALAYA_TRY(ctx.out(args.inverseRms, rows, inverseRms));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = x + r * columns;
      F squares = zero();
      forVectors(columns, [&](i64 i, auto part) {
        const F v = part.load(row + i);
        squares = fma(v, v, squares);
      });
      const f32 inverse = 1.0f / __builtin_sqrtf(reduceAdd(squares) / static_cast<f32>(columns) + args.eps);
      inverseRms[r] = inverse;
      forVectors(columns, [&](i64 i, auto part) {
        part.store(out + r * columns + i, part.load(row + i) * inverse * part.load(weight + i));
      });
    }
  });
  return Status::ok;
}

/** With y = x · inverseRms: dX = inverseRms · (weight · dOut - y · mean(weight · dOut · y)); dWeight = sum over rows of dOut · y. */
inline Status rmsNormBackward(const RmsNormBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32 *x, *weight, *inverseRms, *dOut;
  f32 *dX, *dWeight;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.weight, columns, weight));
  JAMBALAYA_TRY(ctx.in(args.inverseRms, rows, inverseRms));
  JAMBALAYA_TRY(ctx.in(args.dOut, rows * columns, dOut));
  JAMBALAYA_TRY(ctx.outOptional(args.dX, rows * columns, dX));
  JAMBALAYA_TRY(ctx.outOptional(args.dWeight, columns, dWeight));
  if (dX != nullptr) {
    ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
      for (i64 r = begin; r < end; ++r) {
        const f32 *row = x + r * columns, *grad = dOut + r * columns;
        const f32 inverse = inverseRms[r];
        F products = zero();
        forVectors(columns, [&](i64 i, auto part) {
          products = fma(part.load(grad + i) * part.load(weight + i), part.load(row + i), products);
        });
        const f32 mean = reduceAdd(products) * inverse / static_cast<f32>(columns);
        forVectors(columns, [&](i64 i, auto part) {
          const F y = part.load(row + i) * inverse;
          part.store(dX + r * columns + i, (part.load(grad + i) * part.load(weight + i) - y * mean) * inverse);
        });
      }
    });
  }
  if (dWeight != nullptr) {
    forColumns(ctx, rows, columns, [&](i64 i, auto part) {
      F sum = zero();
      for (i64 r = 0; r < rows; ++r) {
        sum = fma(part.load(dOut + r * columns + i), part.load(x + r * columns + i) * inverseRms[r], sum);
      }
      part.store(dWeight + i, sum);
    });
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
