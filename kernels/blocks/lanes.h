// Vectors together: their transpose, and their sums (lanes are added in pairs while they are interleaved).
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

/** The upper half before the lower. */
template <class V>
inline V upperFirst(V a) {
  if constexpr (sizeof(V) == 16) return __builtin_shufflevector(a, a, 2, 3, 0, 1);
  else if constexpr (sizeof(V) == 32) return __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3);
  else return __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** Lane j of vector i and lane i of vector j change places: each round rotates the bits of (i, j) by one. */
inline void transposeLanes(F (&v)[W]) {
  for (int round = 1; round < W; round *= 2) {
    F next[W];
    for (int i = 0; i < W / 2; ++i) {
      next[2 * i] = zipLow(v[i], v[i + W / 2]);
      next[2 * i + 1] = zipHigh(v[i], v[i + W / 2]);
    }
    for (int i = 0; i < W; ++i) v[i] = next[i];
  }
}

/**
 * Lane i of the result and lane i + W/2 are together the sum of the lanes of v[i], as a tree that adds lanes W/2, W/4, ... apart; the last
 * addition is left to who uses them.
 */
template <int Half = W / 4>
JAMBALAYA_INLINE inline F halfSums(F (&v)[W / 2]) {
  forEach<Half>([&](auto i) JAMBALAYA_INLINE { v[i] = zipLow(v[i], v[i + Half]) + zipHigh(v[i], v[i + Half]); });
  if constexpr (Half > 1) return halfSums<Half / 2>(v);
  else return v[0];
}

}  // namespace jambalaya::JAMBALAYA_ISA
