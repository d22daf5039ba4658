// groupedMatmul: rows sorted by expert, each range of rows times its expert's matrix. The products are those of `matmul`
// range by range, so a row's bits do not depend on how many others its expert has.
#pragma once
#include "blocks/dotProducts.h"
#include "blocks/outerProducts.h"
#include "blocks/segments.h"

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
  const f32* a;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.a, rows * inner, a));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  const auto expert = [&](i32 e, Matrix& b) {
    const Ref scale = args.bScale.count == 0 ? Ref{} : args.bScale[e];
    return resolve(ctx, args.b[e], scale, nt ? columns : inner, nt ? inner : columns, b);
  };
  Matrix b;
  for (i32 e = 0; e < args.experts; ++e) JAMBALAYA_TRY(expert(e, b));
  for (i32 e = 0; e < args.experts; ++e) {
    const i64 first = offsets[e], count = offsets[e + 1] - first;
    if (count == 0) continue;
    JAMBALAYA_TRY(expert(e, b));
    if (nt) dotProducts(ctx, a + first * inner, b, nullptr, out + first * columns, count, columns, inner);
    else outerProducts(ctx, a + first * inner, inner, 1, b, out + first * columns, count, columns, inner);
  }
  return Status::ok;
}

/** out[e] (columns, inner) = sum over the expert's rows r, ascending, of dOut[r]ᵀ a[r]. */
inline Status groupedWeightGrad(const GroupedWeightGradArgs& args, Context& ctx) {
  const i64 rows = args.rows, inner = args.inner, columns = args.columns;
  if (!sizesValid(rows, inner, columns, args.experts) || args.out.count != args.experts) return ctx.fail(Status::badSize);
  const f32 *a, *dOut;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.a, rows * inner, a));
  JAMBALAYA_TRY(ctx.in(args.dOut, rows * columns, dOut));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  for (i32 e = 0; e < args.experts; ++e) JAMBALAYA_TRY(ctx.out(args.out[e], columns * inner, out));
  for (i32 e = 0; e < args.experts; ++e) {
    const i64 first = offsets[e], count = offsets[e + 1] - first;
    JAMBALAYA_TRY(ctx.out(args.out[e], columns * inner, out));
    const Matrix b{a + first * inner, nullptr, F32};
    outerProducts(ctx, dOut + first * columns, 1, columns, b, out, columns, inner, count);
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
