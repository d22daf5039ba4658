// layerNorm: out = (x - mean) · rsqrt(variance + eps) · weight + bias over the last axis; the variance is that of the
// deviations from the rounded mean (two passes), so a large mean does not cancel it.
#pragma once
#include "blocks/rows.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status layerNorm(const LayerNormArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32 *x, *weight, *bias;
  f32 *out, *mean, *inverseDeviation;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.weight, columns, weight));
  JAMBALAYA_TRY(ctx.in(args.bias, columns, bias));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  JAMBALAYA_TRY(ctx.out(args.mean, rows, mean));
  JAMBALAYA_TRY(ctx.out(args.inverseDeviation, rows, inverseDeviation));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = x + r * columns;
      const f32 size = static_cast<f32>(columns);
      const f32 centre = rowSum(row, columns, [](F v) { return v; }) / size;
      const f32 variance = rowSum(row, columns, [&](F v) { return (v - centre) * (v - centre); }) / size;
      const f32 inverse = 1.0f / __builtin_sqrtf(variance + args.eps);
      mean[r] = centre;
      inverseDeviation[r] = inverse;
      forVectors(columns, [&](i64 i, auto part) {
        part.store(out + r * columns + i, fma((part.load(row + i) - centre) * inverse, part.load(weight + i), part.load(bias + i)));
      });
    }
  });
  return Status::ok;
}

/**
 * With y = (x - mean) · inverseDeviation and g = weight · dOut:
 * dX = inverseDeviation · (g - mean(g) - y · mean(g · y)); dWeight = sum over rows of dOut · y; dBias = sum of dOut.
 */
inline Status layerNormBackward(const LayerNormBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32 *x, *weight, *mean, *inverseDeviation, *dOut;
  f32 *dX, *dWeight, *dBias;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.in(args.weight, columns, weight));
  JAMBALAYA_TRY(ctx.in(args.mean, rows, mean));
  JAMBALAYA_TRY(ctx.in(args.inverseDeviation, rows, inverseDeviation));
  JAMBALAYA_TRY(ctx.in(args.dOut, rows * columns, dOut));
  JAMBALAYA_TRY(ctx.outOptional(args.dX, rows * columns, dX));
  JAMBALAYA_TRY(ctx.outOptional(args.dWeight, columns, dWeight));
  JAMBALAYA_TRY(ctx.outOptional(args.dBias, columns, dBias));
  if (dX != nullptr) {
    ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
      for (i64 r = begin; r < end; ++r) {
        const f32 *row = x + r * columns, *grad = dOut + r * columns;
        const f32 centre = mean[r], inverse = inverseDeviation[r];
        F sum = zero(), products = zero();
        forVectors(columns, [&](i64 i, auto part) {
          const F g = part.load(grad + i) * part.load(weight + i);
          sum = sum + g;
          products = fma(g, (part.load(row + i) - centre) * inverse, products);
        });
        const f32 meanSum = reduceAdd(sum) / static_cast<f32>(columns);
        const f32 meanProduct = reduceAdd(products) / static_cast<f32>(columns);
        forVectors(columns, [&](i64 i, auto part) {
          const F y = (part.load(row + i) - centre) * inverse;
          const F g = part.load(grad + i) * part.load(weight + i);
          part.store(dX + r * columns + i, (g - meanSum - y * meanProduct) * inverse);
        });
      }
    });
  }
  if (dWeight != nullptr) {
    forColumns(ctx, rows, columns, [&](i64 i, auto part) {
      F sum = zero();
      for (i64 r = 0; r < rows; ++r) {
        const F y = (part.load(x + r * columns + i) - mean[r]) * inverseDeviation[r];
        sum = fma(part.load(dOut + r * columns + i), y, sum);
      }
      part.store(dWeight + i, sum);
    });
  }
  if (dBias != nullptr) {
    forColumns(ctx, rows, columns, [&](i64 i, auto part) {
      F sum = zero();
      for (i64 r = 0; r < rows; ++r) sum = sum + part.load(dOut + r * columns + i);
      part.store(dBias + i, sum);
    });
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
