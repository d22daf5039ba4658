// matmulInt8 and groupedMatmulInt8: products of int8 rows by int8 rows, exact in i32, with a scale per row on either side.
#pragma once
#include "blocks/int8Products.h"
#include "ops/groupedMatmul.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status matmulInt8(const MatmulInt8Args& args, Context& ctx) {
  const i64 rows = args.rows, inner = args.inner, columns = args.columns;
  if (!sizesValid(rows, inner, columns) || inner > maxInt8Inner) return ctx.fail(Status::badSize);
  Int8Operands p{};
  p.inner = inner;
  p.columns = columns;
  JAMBALAYA_TRY(ctx.in(args.a, rows * inner, p.a));
  JAMBALAYA_TRY(ctx.in(args.aScale, rows, p.aScale));
  JAMBALAYA_TRY(ctx.in(args.b, columns * inner, p.b));
  JAMBALAYA_TRY(ctx.in(args.bScale, columns, p.bScale));
  JAMBALAYA_TRY(ctx.inOptional(args.bias, columns, p.bias));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, p.out));
  int8Products(ctx, p, rows);
  return Status::ok;
}

inline Status groupedMatmulInt8(const GroupedMatmulInt8Args& args, Context& ctx) {
  const i64 rows = args.rows, inner = args.inner, columns = args.columns;
  if (!sizesValid(rows, inner, columns, args.experts) || inner > maxInt8Inner) return ctx.fail(Status::badSize);
  if (args.b.count != args.experts || args.bScale.count != args.experts) return ctx.fail(Status::badSize);
  const i8 *a, *b;
  const f32 *aScale, *bScale;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.a, rows * inner, a));
  JAMBALAYA_TRY(ctx.in(args.aScale, rows, aScale));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.out(args.out, rows * columns, out));
  const auto expert = [&](i32 e) -> Status {
    JAMBALAYA_TRY(ctx.in(args.b[e], columns * inner, b));
    return ctx.in(args.bScale[e], columns, bScale);
  };
  for (i32 e = 0; e < args.experts; ++e) JAMBALAYA_TRY(expert(e));
  for (i32 e = 0; e < args.experts; ++e) {
    const i64 first = offsets[e], count = offsets[e + 1] - first;
    if (count == 0) continue;
    JAMBALAYA_TRY(expert(e));
    int8Products(ctx, {a + first * inner, aScale + first, b, bScale, nullptr, out + first * columns, inner, columns}, count);
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
