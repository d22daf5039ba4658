// quantizeGroups: scale = max|x| / 127 for every group of a row, values = x · (127 / max|x|) rounded to nearest even and held to
// [-127, 127], and the sums of the groups' integers, which products of unsigned by signed bytes need. One division a group: the
// reciprocal is rounded alike on every device, so all give the same integers. A group whose reciprocal is not finite counts as
// zeros, and so does a NaN, which makes its group's scale NaN. Rows are padded with zeros to whole groups. With a gate x is x · silu(gate).
#pragma once
#include "blocks/lanes.h"
#include "blocks/rows.h"
#include "ops/matmulInt8.h"
#include "ops/quantizeRows.h"

namespace jambalaya::JAMBALAYA_ISA {

/** x · inverse as integers in float lanes; NaN gives 0. No bounds: a group's largest element gives 127, rounded. */
inline F wholeMultiples(F x, F inverse) {
  const F product = x * inverse;
  return roundNearest(product == product ? product : zero());
}

/** Lane i of the result is all lanes of v[i], joined as a tree. */
template <int Half = W / 2, class Join>
inline F joinEach(F (&v)[W], const Join& join) {
  for (int i = 0; i < Half; ++i) v[i] = join(zipLow(v[i], v[i + Half]), zipHigh(v[i], v[i + Half]));
  if constexpr (Half > 1) return joinEach<Half / 2>(v, join);
  else return v[0];
}

/**
 * `present` <= W groups, a lane for each of what is found once a group. at(i) has the vector of elements from i on, zeros where
 * there are none; of a group that is shorter than a vector, what stands behind it is the next one's.
 */
template <class At>
inline void quantizeBlock(const At& at, i64 group, i64 present, i8* values, f32* scale, i32* sums) {
  const auto element = [&](i64 g, i64 i) {
    const F v = at(g * group + i);
    return group - i >= W ? v : existing(Part{group - i}, v);
  };
  F best[W];
  for (i64 g = 0; g < W; ++g) {
    best[g] = zero();
    for (i64 i = 0; g < present && i < group; i += W) best[g] = largerMagnitude(absolute(element(g, i)), best[g]);
  }
  const F largest = joinEach(best, [](F a, F b) { return largerMagnitude(a, b); });
  const F reciprocal = 127.0f / largest;
  const I finite = reciprocal <= set(3.4028234e38f);
  f32 inverse[W];
  store(inverse, finite ? reciprocal : zero());
  const F scales = finite ? largest / 127.0f : largest == largest ? zero() : largest;
  // Sums of integers below 2^24 are exact in f32, in any order.
  F totals[W];
  for (i64 g = 0; g < W; ++g) {
    totals[g] = zero();
    for (i64 i = 0; g < present && i < group; i += W) {
      const F whole = wholeMultiples(element(g, i), set(inverse[g]));
      totals[g] += whole;
      const B bytes = __builtin_convertvector(__builtin_convertvector(whole, I), B);
      __builtin_memcpy(values + g * group + i, &bytes, static_cast<unsigned long>(min<i64>(W, group - i)));
    }
  }
  const I whole = __builtin_convertvector(joinEach(totals, [](F a, F b) { return a + b; }), I);
  __builtin_memcpy(scale, &scales, static_cast<unsigned long>(present) * sizeof(f32));
  __builtin_memcpy(sums, &whole, static_cast<unsigned long>(present) * sizeof(i32));
}

/** The vector of elements from i on of the first `count`, zeros behind. */
inline F elementsFrom(const f32* x, i64 i, i64 count) {
  return count - i >= W ? load(x + i) : count > i ? loadPartial(x + i, count - i) : zero();
}

template <int Group>
inline void quantizeBlockOf(const f32* x, i64 count, i64 group, i64 present, i8* values, f32* scale, i32* sums) {
  if constexpr (Group > 0) group = Group;
  if (Group >= W && present == W && count >= W * group) {
    quantizeBlock([&](i64 i) { return load(x + i); }, group, W, values, scale, sums);
  } else {
    quantizeBlock([&](i64 i) { return elementsFrom(x, i, count); }, group, present, values, scale, sums);
  }
}

inline Status quantizeGroups(const QuantizeGroupsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns, group = args.group;
  if (!sizesValid(rows, columns) || !groupValid(group)) return ctx.fail(Status::badSize);
  const i64 inner = roundUp(columns, panelInner), groups = inner / group, blocks = ceilDiv(groups, W);
  const f32 *x, *gate;
  i8* values;
  f32* scale;
  i32* sums;
  JAMBALAYA_TRY(ctx.in(args.x, rows * columns, x));
  JAMBALAYA_TRY(ctx.inOptional(args.gate, rows * columns, gate));
  JAMBALAYA_TRY(ctx.out(args.values, rows * inner, values));
  JAMBALAYA_TRY(ctx.out(args.scale, rows * groups, scale));
  JAMBALAYA_TRY(ctx.out(args.sums, rows * groups, sums));
  ctx.parallel(rows * blocks, rowGrain(W * group * (gate == nullptr ? 1 : 4)), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 row = item / blocks, g = item % blocks * W, present = min<i64>(W, groups - g), first = g * group;
      const i64 count = max<i64>(0, min(columns - first, present * group)), from = row * columns + min(first, columns);
      f32 gated[W * panelInner];
      const f32* source = x + from;
      if (gate != nullptr) {
        forVectors(count, [&](i64 i, auto part) { part.store(gated + i, part.load(source + i) * silu(part.load(gate + from + i))); });
        source = gated;
      }
      const auto block = [&](auto known) {
        quantizeBlockOf<known.value>(source, count, group, present, values + row * inner + first, scale + row * groups + g, sums + row * groups + g);
      };
      if (group == 32) block(Known<32>{});
      else if (group == 16) block(Known<16>{});
      else block(Known<0>{});
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
