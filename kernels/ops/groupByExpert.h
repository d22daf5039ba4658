// groupByExpert: a stable counting sort of the rows · k choices by expert.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status groupByExpert(const GroupByExpertArgs& args, Context& ctx) {
  const i64 rows = args.rows, k = args.k, experts = args.experts, choices = rows * k;
  if (!sizesValid(rows, k, experts) || choices > 0x7fffffff) return ctx.fail(Status::badSize);
  const i32* indices;
  i32 *source, *position, *offsets;
  JAMBALAYA_TRY(ctx.in(args.indices, choices, indices));
  JAMBALAYA_TRY(ctx.out(args.source, choices, source));
  JAMBALAYA_TRY(ctx.out(args.position, choices, position));
  JAMBALAYA_TRY(ctx.out(args.offsets, experts + 1, offsets));
  for (i64 i = 0; i < choices; ++i) {
    if (indices[i] < 0 || indices[i] >= experts) return ctx.fail(Status::badIndex, args.indices);
  }
  for (i64 e = 0; e <= experts; ++e) offsets[e] = 0;
  for (i64 i = 0; i < choices; ++i) offsets[indices[i] + 1] += 1;
  for (i64 e = 0; e < experts; ++e) offsets[e + 1] += offsets[e];
  // While the choices are placed, offsets[e] is the expert's next free place; in the end it is where the next one begins.
  for (i64 i = 0; i < choices; ++i) {
    const i32 place = offsets[indices[i]]++;
    source[place] = static_cast<i32>(i / k);
    position[i] = place;
  }
  for (i64 e = experts; e > 0; --e) offsets[e] = offsets[e - 1];
  offsets[0] = 0;
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
