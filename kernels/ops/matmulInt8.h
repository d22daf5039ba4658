// matmulInt8 and groupedMatmulInt8: products of int8 rows in scaled groups by int8 matrices in panels.
#pragma once
#include "blocks/int8Panels.h"
#include "ops/groupedMatmul.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Whether rows of this length can be cut into groups of this size. */
constexpr bool groupValid(i64 group) { return group >= 4 && group % 4 == 0 && panelInner % group == 0; }

/** Resolves the rows that both ops multiply. */
template <class Args>
inline Status resolveRows(const Args& args, Context& ctx, GroupedRows& a) {
  const i64 rows = args.rows;
  if (!sizesValid(rows, args.inner, args.columns) || !groupValid(args.group)) return ctx.fail(Status::badSize);
  a.inner = roundUp(args.inner, panelInner);
  if (a.inner > int8MaxInner) return ctx.fail(Status::badSize);
  a.group = args.group;
  const i64 groups = a.inner / a.group;
  JAMBALAYA_TRY(ctx.in(args.a, rows * a.inner, a.values));
  JAMBALAYA_TRY(ctx.in(args.aScale, rows * groups, a.scale));
  return ctx.in(args.aSums, rows * groups, a.sums);
}

inline Status matmulInt8(const MatmulInt8Args& args, Context& ctx) {
  GroupedRows a;
  PanelMatrix b;
  f32* out;
  JAMBALAYA_TRY(resolveRows(args, ctx, a));
  JAMBALAYA_TRY(ctx.in(args.b, panelBytes(args.columns, args.inner), b.panels));
  JAMBALAYA_TRY(ctx.in(args.bScale, args.columns, b.scale));
  JAMBALAYA_TRY(ctx.inOptional(args.bias, args.columns, b.bias));
  JAMBALAYA_TRY(ctx.out(args.out, static_cast<i64>(args.rows) * args.columns, out));
  const i32 offsets[2] = {0, args.rows};
  int8Products(ctx, a, {offsets, 1}, [&](i32) { return b; }, out, args.columns);
  return Status::ok;
}

inline Status groupedMatmulInt8(const GroupedMatmulInt8Args& args, Context& ctx) {
  if (args.experts < 0 || args.b.count != args.experts || args.bScale.count != args.experts) {
    return ctx.fail(Status::badSize);
  }
  GroupedRows a;
  const i32* offsets;
  f32* out;
  JAMBALAYA_TRY(resolveRows(args, ctx, a));
  JAMBALAYA_TRY(resolveExperts(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.out(args.out, static_cast<i64>(args.rows) * args.columns, out));
  const auto expert = [&](i32 e, PanelMatrix& b) -> Status {
    b.bias = nullptr;
    JAMBALAYA_TRY(ctx.in(args.b[e], panelBytes(args.columns, args.inner), b.panels));
    return ctx.in(args.bScale[e], args.columns, b.scale);
  };
  PanelMatrix b;
  for (i32 e = 0; e < args.experts; ++e) JAMBALAYA_TRY(expert(e, b));
  // Every expert was resolved above, so it resolves again.
  const auto matrixOf = [&](i32 e) {
    PanelMatrix matrix;
    expert(e, matrix);
    return matrix;
  };
  int8Products(ctx, a, {offsets, args.experts}, matrixOf, out, args.columns);
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
