// Sums of many vectors at once: their lanes are added in pairs while they are interleaved, W sums for W - 1 additions.
#pragma once
#include "simd/vector.h"

namespace jambalaya::JAMBALAYA_ISA {

static_assert(W == 4 || W == 8 || W == 16, "the lane numbers below are written out for these widths");

/** a0 b0 a1 b1 ... of the lower halves. A template, so that only the branch of this width is compiled. */
template <class V>
inline V zipLow(V a, V b) {
  if constexpr (sizeof(V) == 16) return __builtin_shufflevector(a, b, 0, 4, 1, 5);
  else if constexpr (sizeof(V) == 32) return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  else return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
/** The same of the upper halves. */
template <class V>
inline V zipHigh(V a, V b) {
  if constexpr (sizeof(V) == 16) return __builtin_shufflevector(a, b, 2, 6, 3, 7);
  else if constexpr (sizeof(V) == 32) return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  else return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Lane i of the result is the sum of the lanes of v[i], as a tree that adds lanes W/2, W/4, ... apart. */
template <int Half = W / 2>
inline F sumEach(F (&v)[W]) {
  for (int i = 0; i < Half; ++i) v[i] = zipLow(v[i], v[i + Half]) + zipHigh(v[i], v[i + Half]);
  if constexpr (Half > 1) return sumEach<Half / 2>(v);
  else return v[0];
}

}  // namespace jambalaya::JAMBALAYA_ISA
