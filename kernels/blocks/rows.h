// What is reduced over one row: sums and the parts of a softmax. One order for every row, whatever its neighbours.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

/** v with the lanes that do not exist set to zero: a function of a zero lane need not be zero. */
inline F existing(Whole, F v) { return v; }
inline F existing(Part part, F v) {
  f32 lanes[W] = {};
  storePartial(lanes, v, part.n);
  return load(lanes);
}

/** The sum of f(row[i]). */
template <class Function>
inline f32 rowSum(const f32* row, i64 columns, const Function& f) {
  F sum = zero();
  forVectors(columns, [&](i64 i, auto part) { sum = sum + existing(part, f(part.load(row + i))); });
  return reduceAdd(sum);
}

/** The largest element; minus infinity for an empty row. NaN is passed over: it comes back with the sum. */
inline f32 rowMax(const f32* row, i64 columns) {
  F best = set(-__builtin_inff());
  i64 i = 0;
  for (; i + W <= columns; i += W) best = maximum(load(row + i), best);
  f32 result = reduceMax(best);
  for (; i < columns; ++i) result = row[i] > result ? row[i] : result;
  return result;
}

inline f32 scalarLog(f32 x) { return log(set(x))[0]; }

}  // namespace jambalaya::JAMBALAYA_ISA
