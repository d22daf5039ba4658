// matmul: nt, nn and tn products; b may be f32, bf16, f16 or int8 with one scale per row, and a is f32, or bf16 if b is.
#pragma once
#include "blocks/dotProducts.h"
#include "blocks/outerProducts.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Calls body with a's elements: f32, or u16 where a and all that it meets are bf16. */
template <class Body>
inline Status withLeft(Context& ctx, Ref ref, const void* a, i32 dtype, bool narrow, const Body& body) {
  if (dtype == F32) body(static_cast<const f32*>(a));
  else if (dtype == BF16 && narrow) body(static_cast<const u16*>(a));
  else return ctx.fail(Status::badDType, ref);
  return Status::ok;
}

inline Status matmul(const MatmulArgs& args, Context& ctx) {
  const i64 m = args.rows, k = args.inner, n = args.columns;
  if (!sizesValid(m, k, n) || args.mode < NT || args.mode > TN) return ctx.fail(Status::badSize);
  const void* left;
  const f32* bias;
  f32* out;
  i32 dtype;
  Matrix b;
  JAMBALAYA_TRY(ctx.any(args.a, m * k, left, dtype));
  JAMBALAYA_TRY(resolve(ctx, args.b, args.bScale, args.mode == NT ? n : k, args.mode == NT ? k : n, b));
  JAMBALAYA_TRY(ctx.inOptional(args.bias, n, bias));
  JAMBALAYA_TRY(ctx.out(args.out, m * n, out));
  if (bias != nullptr && args.mode != NT) return ctx.fail(Status::badSize, args.bias);
  return withLeft(ctx, args.a, left, dtype, b.dtype == BF16, [&](auto* a) {
    const i32 offsets[2] = {0, args.rows};
    if (args.mode == NT) dotProducts(ctx, a, {offsets, 1}, [&](i32) { return b; }, bias, out, n, k);
    else if (args.mode == NN) outerProducts(ctx, a, k, 1, b, out, m, n, k);
    else outerProducts(ctx, a, 1, m, b, out, m, n, k);
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
