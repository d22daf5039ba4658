// Portable forms of what an instruction set may do better: partial loads, widening loads, reductions in a fixed order.
#pragma once
#include "simd/vector.h"

namespace jambalaya::JAMBALAYA_ISA::generic {

inline F maximum(F a, F b) { return a > b ? a : b; }
inline F minimum(F a, F b) { return a < b ? a : b; }

inline F squareRoot(F x) {
  for (int i = 0; i < W; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}

/** x · 2^n for whole |n| <= 252 in float lanes: one rounding, in two steps so that subnormal results are right. */
inline F timesPowerOfTwo(F x, F n) {
  const I whole = __builtin_convertvector(n, I), half = whole >> 1;
  return x * reinterpret_cast<F>((half + 127) << 23) * reinterpret_cast<F>((whole - half + 127) << 23);
}

/** The first n < W floats, zeros behind. */
inline F loadPartial(const f32* p, i64 n) {
  F v = zero();
  __builtin_memcpy(&v, p, static_cast<unsigned long>(n) * 4);
  return v;
}
inline void storePartial(f32* p, F v, i64 n) { __builtin_memcpy(p, &v, static_cast<unsigned long>(n) * 4); }

inline F widenBf16(const u16* p, i64 n = W) {
  U bits = {};
  for (i64 i = 0; i < n; ++i) bits[i] = static_cast<u32>(p[i]) << 16;
  return reinterpret_cast<F>(bits);
}

/** The value of an IEEE binary16: exact, subnormals included. */
inline f32 f16Value(u16 h) {
  const u32 sign = static_cast<u32>(h & 0x8000) << 16;
  const u32 magnitude = h & 0x7fff;
  f32 value;
  if (magnitude >= 0x7c00) {  // infinity and NaN keep their fraction
    const u32 bits = sign | 0x7f800000 | ((magnitude & 0x3ff) << 13);
    __builtin_memcpy(&value, &bits, 4);
    return value;
  }
  // As a float32 pattern the value is 2^112 too small; the product also renormalises subnormals.
  const u32 bits = magnitude << 13;
  __builtin_memcpy(&value, &bits, 4);
  value *= 0x1p112f;
  u32 result;
  __builtin_memcpy(&result, &value, 4);
  result |= sign;
  __builtin_memcpy(&value, &result, 4);
  return value;
}
inline F widenF16(const u16* p, i64 n = W) {
  F v = zero();
  for (i64 i = 0; i < n; ++i) v[i] = f16Value(p[i]);
  return v;
}
inline F widenI8(const i8* p, i64 n = W) {
  F v = zero();
  for (i64 i = 0; i < n; ++i) v[i] = static_cast<f32>(p[i]);
  return v;
}

/** Sum of the lanes as a tree: halves are added until one lane is left. */
inline f32 reduceAdd(F v) {
  f32 lanes[W];
  __builtin_memcpy(lanes, &v, sizeof(F));
  for (i64 half = W / 2; half >= 1; half /= 2) {
    for (i64 i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}
inline f32 reduceMax(F v) {
  f32 lanes[W];
  __builtin_memcpy(lanes, &v, sizeof(F));
  f32 result = lanes[0];
  for (i64 i = 1; i < W; ++i) result = lanes[i] > result ? lanes[i] : result;
  return result;
}

/** sum + a even · b even + a odd · b odd of bf16 elements, in each lane: a bf16 is the upper half of an f32. */
inline F dotPairs(F sum, Pairs a, Pairs b, F (*fma)(F, F, F)) {
  const U x = reinterpret_cast<U>(a), y = reinterpret_cast<U>(b);
  const F even = fma(reinterpret_cast<F>(x << 16), reinterpret_cast<F>(y << 16), sum);
  return fma(reinterpret_cast<F>(x & 0xffff0000u), reinterpret_cast<F>(y & 0xffff0000u), even);
}

/** sums + the products of bytes 4 l .. 4 l + 3 in lane l. */
inline I quadAdd(I sums, Bytes w, Bytes x) {
  for (int l = 0; l < W; ++l) {
    for (int i = 4 * l; i < 4 * l + 4; ++i) sums[l] += static_cast<i32>(w[i]) * x[i];
  }
  return sums;
}

}  // namespace jambalaya::JAMBALAYA_ISA::generic
