// matmul: nt, nn and tn products; b may be f32, bf16, f16 or int8 with one scale per row.
#pragma once
#include "blocks/dotProducts.h"
#include "blocks/outerProducts.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status matmul(const MatmulArgs& args, Context& ctx) {
  const i64 m = args.rows, k = args.inner, n = args.columns;
  if (!sizesValid(m, k, n) || args.mode < NT || args.mode > TN) return ctx.fail(Status::badSize);
  const f32 *a, *bias;
  f32* out;
  Matrix b;
  JAMBALAYA_TRY(ctx.in(args.a, m * k, a));
  JAMBALAYA_TRY(resolve(ctx, args.b, args.bScale, args.mode == NT ? n : k, args.mode == NT ? k : n, b));
  JAMBALAYA_TRY(ctx.inOptional(args.bias, n, bias));
  JAMBALAYA_TRY(ctx.out(args.out, m * n, out));
  if (bias != nullptr && args.mode != NT) return ctx.fail(Status::badSize, args.bias);
  if (args.mode == NT) dotProducts(ctx, a, b, bias, out, m, n, k);
  else if (args.mode == NN) outerProducts(ctx, a, k, 1, b, out, m, n, k);
  else outerProducts(ctx, a, 1, m, b, out, m, n, k);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
