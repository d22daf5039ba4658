// Elementary functions on vectors, accurate to a few units in the last place of a float32. No libm: the same bits on
// every host of an instruction set.
#pragma once
#include "simd/vector.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F bitsToFloat(U bits) { return reinterpret_cast<F>(bits); }
inline U floatToBits(F x) { return reinterpret_cast<U>(x); }

/** Nearest integer of |x| < 2^22, ties to even: the addition drops the fraction's bits. */
inline F roundNearest(F x) {
  const F magic = set(0x1.8p23f);
  return (x + magic) - magic;
}

/**
 * e^x. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor polynomial of degree 7 (error below 2^-26);
 * the scaling by 2^n is done in two steps so that subnormal results are right. Infinity above 88.73, zero below -103.98.
 */
inline F exp(F x) {
  const F bounded = maximum(minimum(x, set(89.0f)), set(-104.0f));
  const F n = roundNearest(bounded * 1.44269504088896341f);
  F r = fma(n, set(-0x1.62e4p-1f), bounded);
  r = fma(n, set(-0x1.7f7d1cp-20f), r);
  F p = fma(r, set(1.0f / 5040), set(1.0f / 720));
  p = fma(p, r, set(1.0f / 120));
  p = fma(p, r, set(1.0f / 24));
  p = fma(p, r, set(1.0f / 6));
  p = fma(p, r, set(0.5f));
  p = fma(p, r, set(1.0f));
  p = fma(p, r, set(1.0f));
  const I whole = __builtin_convertvector(n, I);
  const I half = whole >> 1;
  const F scaled = p * bitsToFloat(reinterpret_cast<U>((half + 127) << 23)) *
                   bitsToFloat(reinterpret_cast<U>((whole - half + 127) << 23));
  return x == x ? scaled : x;
}

/**
 * Natural logarithm. x = m 2^e with m in [sqrt(1/2), sqrt 2); log m = 2 atanh(s), s = (m - 1) / (m + 1), as an odd
 * polynomial in s. Negative x gives NaN, zero minus infinity; subnormals are scaled first.
 */
inline F log(F x) {
  const I tiny = x < set(0x1p-126f);
  const F scaled = tiny ? x * 0x1p23f : x;
  const U bits = floatToBits(scaled);
  // Subtracting the bits of sqrt(1/2) leaves the exponent of the wanted range in the upper bits.
  const U shifted = bits - 0x3f3504f3u;
  const I exponent = reinterpret_cast<I>(shifted) >> 23;
  const F m = bitsToFloat((shifted & 0x007fffffu) + 0x3f3504f3u);
  const F e = __builtin_convertvector(exponent, F) - (tiny ? set(23.0f) : zero());
  const F f = m - 1.0f;
  const F s = f / (m + 1.0f);
  const F z = s * s;
  F p = fma(z, set(2.0f / 11), set(2.0f / 9));
  p = fma(p, z, set(2.0f / 7));
  p = fma(p, z, set(2.0f / 5));
  p = fma(p, z, set(2.0f / 3));
  // log m = f - s (f - z p): f is exact, so nothing is lost for m near 1.
  const F logM = f - s * (f - z * p);
  F result = fma(e, set(0x1.62e4p-1f), fma(e, set(0x1.7f7d1cp-20f), logM));
  result = x == set(__builtin_inff()) ? x : result;
  result = x == zero() ? set(-__builtin_inff()) : result;
  result = x < zero() ? set(__builtin_nanf("")) : result;
  return x == x ? result : x;
}

/** log(1 + x) for x >= 0: the rounding of 1 + x is undone by the ratio (Kahan). */
inline F log1p(F x) {
  const F u = x + 1.0f;
  const F exact = u - 1.0f;
  return exact == zero() ? x : log(u) * (x / exact);
}

/** log(1 + e^x), and x itself above 20 as PyTorch cuts it off. */
inline F softplus(F x) {
  const F smooth = maximum(x, zero()) + log1p(exp(-absolute(x)));
  return x > set(20.0f) ? x : smooth;
}

inline F sigmoid(F x) {
  // e^-|x| never overflows: 1 / (1 + e) for x >= 0, e / (1 + e) below.
  const F e = exp(-absolute(x));
  return (x >= zero() ? set(1.0f) : e) / (e + 1.0f);
}

inline F silu(F x) { return x * sigmoid(x); }

}  // namespace jambalaya::JAMBALAYA_ISA
