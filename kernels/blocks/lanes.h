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

/** Of a and then of b the lower halves, in sum with the upper ones: lanes 8 apart, or 4. */
template <class V>
inline V addHalves(V a, V b) {
  if constexpr (sizeof(V) == 32) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  } else {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
}
/** Of both the even quarters, in sum with the odd ones: lanes 4 apart of vectors of 16. */
template <class V>
inline V addQuarters(V a, V b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
         __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
/** Within each four lanes of both the first two, in sum with the last two. */
template <class V>
inline V addPairs(V a, V b) {
  if constexpr (sizeof(V) == 16) {
    return __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
  } else if constexpr (sizeof(V) == 32) {
    return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  } else {
    return __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
           __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
}
/** What those leave in pairs of neighbours: the first of each by the number of its sum, and then the second of each. */
template <class V>
inline V neighboursApart(V v) {
  if constexpr (sizeof(V) == 16) return __builtin_shufflevector(v, v, 0, 2, 1, 3);
  else if constexpr (sizeof(V) == 32) return __builtin_shufflevector(v, v, 0, 2, 4, 6, 1, 3, 5, 7);
  else return __builtin_shufflevector(v, v, 0, 2, 8, 10, 4, 6, 12, 14, 1, 3, 9, 11, 5, 7, 13, 15);
}

/** Of both vectors of four the even lanes, and the odd ones. */
template <class V>
inline V evenLanes(V a, V b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6);
}
template <class V>
inline V oddLanes(V a, V b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7);
}

/**
 * Lane i of the result and lane i + W/2 are together the sum of the lanes of v[i], as a tree that adds lanes W/2, W/4, ... apart; the last
 * addition is left to who uses them. Lanes move in groups, which costs less than one by one.
 */
template <int Count = W / 2>
JAMBALAYA_INLINE inline F halfSums(F (&v)[W / 2]) {
  forEach<Count / 2>([&](auto i) JAMBALAYA_INLINE {
    if constexpr (Count == 2) v[i] = addPairs(v[i], v[i + 1]);
    else if constexpr (Count == W / 2) v[i] = addHalves(v[i], v[i + Count / 2]);
    else v[i] = addQuarters(v[i], v[i + Count / 2]);
  });
  if constexpr (Count > 2) return halfSums<Count / 2>(v);
  else return neighboursApart(v[0]);
}

}  // namespace jambalaya::JAMBALAYA_ISA
