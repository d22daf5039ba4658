// quantizeGroups: scale = max|x| / 127 for every group of a row, values = x · (127 / max|x|) rounded to nearest even and held to
// [-127, 127], and the sums of the groups' integers, which products of unsigned by signed bytes need. One division a group: the
// reciprocal is rounded alike on every device, so all give the same integers. A group whose reciprocal is not finite counts as
// zeros, and so does a NaN. Rows are padded with zeros to whole groups.
#pragma once
#include "ops/matmulInt8.h"
#include "ops/quantizeRows.h"

namespace jambalaya::JAMBALAYA_ISA {

/** x · inverse as integers in float lanes; NaN gives 0. */
inline F wholeMultiples(F x, F inverse) {
  const F product = x * inverse;
  const F bounded = maximum(minimum(product, set(127.0f)), set(-127.0f));
  return product == product ? roundNearest(bounded) : zero();
}

/** One group of `count` elements, of which `group` are written. */
inline void quantizeGroup(const f32* x, i64 count, i64 group, i8* values, f32& scale, i32& sum) {
  const auto at = [&](i64 i) { return count - i >= W ? load(x + i) : count > i ? loadPartial(x + i, count - i) : zero(); };
  F best = zero();
  for (i64 i = 0; i < count; i += W) best = maximum(absolute(at(i)), best);
  const f32 largest = reduceMax(best);
  const f32 inverse = 127.0f / largest;
  if (largest == 0 || inverse > 3.4028234e38f) {
    __builtin_memset(values, 0, static_cast<unsigned long>(group));
    scale = 0;
    sum = 0;
    return;
  }
  scale = largest / 127.0f;
  // Sums of integers below 2^24 are exact in f32, in any order.
  F total = zero();
  for (i64 i = 0; i < group; i += W) {
    const F whole = wholeMultiples(at(i), set(inverse));
    total += whole;
    const B bytes = __builtin_convertvector(__builtin_convertvector(whole, I), B);
    __builtin_memcpy(values + i, &bytes, static_cast<unsigned long>(min<i64>(W, group - i)));
  }
  sum = static_cast<i32>(reduceAdd(total));
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
