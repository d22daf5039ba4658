// groupedMatmul: rows sorted by expert, each range of rows times its expert's matrix. The products are those of `matmul`
// range by range, so a row's bits do not depend on how many others its expert has.
#pragma once
#include "blocks/segments.h"
#include "ops/matmul.h"

namespace jambalaya::JAMBALAYA_ISA {

/** The offsets (E + 1) of the experts' rows, which rise from 0 to `rows`. */
template <class Args>
inline Status resolveExperts(const Args& args, Context& ctx, const i32*& offsets) {
  JAMBALAYA_TRY(ctx.in(args.offsets, static_cast<i64>(args.experts) + 1, offsets));
  return offsetsValid(offsets, args.experts, args.rows) ? Status::ok : ctx.fail(Status::badIndex, args.offsets);
}

inline Status groupedMatmul(const GroupedMatmulArgs& args, Context& ctx) {
  const i64 rows = args.rows, inner = args.inner, columns = args.columns;
  const bool nt = args.mode == NT;
  if (!sizesValid(rows, inner, columns, args.experts) || (!nt && args.mode != NN)) return ctx.fail(Status::badSize);
  if (args.b.count != args.experts || (args.bScale.count != 0 && args.bScale.count != args.experts)) {
    return ctx.fail(Status::badSize);
  }
  const void* left;
  i32 dtype;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(ctx.any(args.a, rows * inner, left, dtype));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  const auto expert = [&](i32 e, Matrix& b) {
    const Ref scale = args.bScale.count == 0 ? Ref{} : args.bScale[e];
    return resolve(ctx, args.b[e], scale, nt ? columns : inner, nt ? inner : columns, b);
  };
  Matrix b;
  bool narrow = true;
  for (i32 e = 0; e < args.experts; ++e) {
    JAMBALAYA_TRY(expert(e, b));
    narrow = narrow && b.dtype == BF16;
  }
  return withLeft(ctx, args.a, left, dtype, narrow, [&](auto* a) {
    if (nt) {
      // Every expert was resolved above, so it resolves again.
      const auto matrixOf = [&](i32 e) {
        Matrix matrix;
        expert(e, matrix);
        return matrix;
      };
      dotProducts(ctx, a, {offsets, args.experts}, matrixOf, nullptr, out, columns, inner);
      return;
    }
    for (i32 e = 0; e < args.experts; ++e) {
      const i64 first = offsets[e], count = offsets[e + 1] - first;
      expert(e, b);
      if (count > 0) outerProducts(ctx, a + first * inner, inner, 1, b, out + first * columns, count, columns, inner);
    }
  });
}

/** out[e] (columns, inner) = sum over the expert's rows r, ascending, of dOut[r]ᵀ a[r]. */
inline Status groupedWeightGrad(const GroupedWeightGradArgs& args, Context& ctx) {
  const i64 rows = args.rows, inner = args.inner, columns = args.columns;
  if (!sizesValid(rows, inner, columns, args.experts) || args.out.count != args.experts) return ctx.fail(Status::badSize);
  const void *left, *right;
  i32 leftType, rightType;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(ctx.any(args.dOut, rows * columns, left, leftType));
  JAMBALAYA_TRY(ctx.any(args.a, rows * inner, right, rightType));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  for (i32 e = 0; e < args.experts; ++e) JAMBALAYA_TRY(ctx.out(args.out[e], columns * inner, out));
  if (rightType != leftType) return ctx.fail(Status::badDType, args.a);
  return withLeft(ctx, args.dOut, left, leftType, true, [&](auto* dOut) {
    for (i32 e = 0; e < args.experts; ++e) {
      const i64 first = offsets[e], count = offsets[e + 1] - first;
      ctx.out(args.out[e], columns * inner, out);
      const Matrix b{static_cast<decltype(dOut)>(right) + first * inner, nullptr, rightType};
      outerProducts(ctx, dOut + first * columns, 1, columns, b, out, columns, inner, count);
    }
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
