// quantizeGroups: `quantizeRows` for every group of a row, with the sums of the groups' integers, which products of unsigned by
// signed bytes need. Rows are padded with zeros to whole groups.
#pragma once
#include "ops/matmulInt8.h"
#include "ops/quantizeRows.h"

namespace jambalaya::JAMBALAYA_ISA {

/** One group of `count` elements, of which `group` are written. */
inline void quantizeGroup(const f32* x, i64 count, i64 group, i8* values, f32& scale, i32& sum) {
  scale = largestMagnitude<WeightF32>(x, count) / 127.0f;
  if (scale == 0) {
    __builtin_memset(values, 0, static_cast<unsigned long>(group));
    sum = 0;
    return;
  }
  I total = {};
  i64 i = 0;
  for (; i < count; i += W) {
    const i64 rest = min<i64>(W, count - i);
    const B bytes = quantized(rest == W ? load(x + i) : loadPartial(x + i, rest), scale);
    total += __builtin_convertvector(bytes, I);
    __builtin_memcpy(values + i, &bytes, static_cast<unsigned long>(min<i64>(W, group - i)));
  }
  if (i < group) __builtin_memset(values + i, 0, static_cast<unsigned long>(group - i));
  sum = 0;
  for (int l = 0; l < W; ++l) sum += total[l];
}

inline Status quantizeGroups(const QuantizeGroupsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, group = args.group;
  if (!sizesValid(rows, columns) || !groupValid(group)) return ctx.fail(Status::badSize);
  const i64 inner = roundUp(columns, panelInner), groups = inner / group;
  const f32* x;
  i8* values;
  f32* scale;
  i32* sums;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.out(args.values, rows * inner, values));
  JAMBALAYA_TRY(ctx.out(args.scale, rows * groups, scale));
  JAMBALAYA_TRY(ctx.out(args.sums, rows * groups, sums));
  ctx.parallel(rows * groups, rowGrain(group), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 row = item / groups, first = item % groups * group;
      const i64 count = max<i64>(0, min(group, columns - first));
      quantizeGroup(x + row * columns + min(first, columns), count, group, values + row * inner + first, scale[item], sums[item]);
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
