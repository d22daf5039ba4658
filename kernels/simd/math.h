// Elementary functions on vectors. No libm: the same bits on every host of an instruction set.
//
// Largest errors against float64 (every 7th float32 with fused multiply-adds, every 61st without; test/parity/math.test.ts
// holds them), in units in the last place of the exact value, among subnormal results in multiples of 2^-149:
//
//     exp 1.25   log 1   sigmoid 2.5   softplus 3   silu 3.5   tanh 1.5   gelu 6
//
// silu and gelu multiply by x at last, below -87 and -12 a factor that is subnormal by then: up to 52 and 16 times 2^-149 more.
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

/** A number as n ln 2 + r with |r| <= ln 2 / 2, for exponents whose 2^n is in or near the range of floats. */
struct Reduced {
  F n, r;
};
inline Reduced reduceExponent(F x) {
  const F n = roundNearest(x * 1.44269504088896341f);
  const F r = fma(n, set(-0x1.62e4p-1f), x);
  return {n, fma(n, set(-0x1.7f7d1cp-20f), r)};
}

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2, by the Taylor polynomial of e^r of degree 7 (error below 2^-26). */
inline F exponentialTail(F r) {
  F p = fma(r, set(1.0f / 5040), set(1.0f / 720));
  p = fma(p, r, set(1.0f / 120));
  p = fma(p, r, set(1.0f / 24));
  p = fma(p, r, set(1.0f / 6));
  return fma(p, r, set(0.5f));
}

/** e^x; the scaling by 2^n rounds once, so that subnormal results are right. Infinity above 88.73, zero below -103.98. */
inline F exp(F x) {
  const Reduced at = reduceExponent(maximum(minimum(x, set(89.0f)), set(-104.0f)));
  const F p = fma(exponentialTail(at.r), at.r, set(1.0f));
  return x == x ? timesPowerOfTwo(fma(p, at.r, set(1.0f)), at.n) : x;
}

/** 1 - e^-x for x >= 0, exact to a few units in the last place. */
inline F oneMinusDecay(F x) {
  const Reduced at = reduceExponent(maximum(-x, set(-104.0f)));
  const F minusOne = fma(exponentialTail(at.r) * at.r, at.r, at.r);
  const F power = timesPowerOfTwo(set(1.0f), at.n);
  return (1.0f - power) - power * minusOne;
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

/**
 * Hyperbolic tangent, odd with its sign of zero. Below 0.625 x + x^3 P(x^2), P a Chebyshev fit of (tanh x - x) / x^3 in x^2
 * (error below 2^-30 of tanh); above 1 - 2 / (e^2x + 1), where nothing cancels.
 */
inline F tanh(F x) {
  const F a = absolute(x);
  const F z = a * a;
  F p = fma(z, set(0.00229584137f), set(-0.00834698061f));
  p = fma(p, z, set(0.021769961f));
  p = fma(p, z, set(-0.0539594059f));
  p = fma(p, z, set(0.133333043f));
  p = fma(p, z, set(-0.333333332f));
  const F near = fma(a * z, p, a);
  const F far = 1.0f - 2.0f / (exp(a + a) + 1.0f);
  const F result = a < set(0.625f) ? near : far;
  return bitsToFloat(floatToBits(result) | (floatToBits(x) & 0x80000000u));
}

/**
 * Normal distribution function P(x) = (1 + erf(x / sqrt 2)) / 2, and its density. The lower tail is density(a) · M(a) with
 * a = |x| and Mills' ratio M; (1 + a) M(a) is a Chebyshev fit of degree 10 in (a - 4) / (a + 4) over [0, 15] (error
 * below 2^-28). So P keeps its relative accuracy for negative x, where (1 + erf) / 2 cancels. Not for NaN: it is bounded away.
 */
inline F normalDistribution(F x, F& density) {
  const F a = minimum(absolute(x), set(16.0f));
  // The exponent a^2 / 2 reaches 128: what rounding takes from the square is given back (Dekker's product).
  const F high = bitsToFloat(floatToBits(a) & 0xfffff000u);
  const F low = a - high;
  const F square = a * a;
  const F error = ((high * high - square) + 2.0f * high * low) + low * low;
  const F e = exp(square * -0.5f);
  density = (e - e * (error * 0.5f)) * 0.398942280f;
  const F u = (a - 4.0f) / (a + 4.0f);
  F p = fma(u, set(-0.000182668696f), set(-0.000159239359f));
  p = fma(p, u, set(0.00173356446f));
  p = fma(p, u, set(-0.000757438426f));
  p = fma(p, u, set(-0.0125411988f));
  p = fma(p, u, set(0.0449688585f));
  p = fma(p, u, set(-0.0807072386f));
  p = fma(p, u, set(0.0716895298f));
  p = fma(p, u, set(0.0350918284f));
  p = fma(p, u, set(-0.242399644f));
  p = fma(p, u, set(1.18326191f));
  const F tail = density * (p / (a + 1.0f));
  return x < zero() ? tail : 1.0f - tail;
}

/** x · P(x): the exact GELU, not its tanh form. */
inline F gelu(F x) {
  F density;
  return x * normalDistribution(x, density);
}

/** The point of the unit circle at an angle. */
struct Direction {
  F cosine, sine;
};

/**
 * Cosine and sine of position · frequency, of a whole number of at most 2^31 and floats: the product is exact in doubles, and so
 * is what whole quarter turns leave of it, but for the rounding of 2 / π. Polynomials of Cephes' sinf and cosf (errors below
 * 2^-26) on the eighth of a turn that is left on either side.
 */
inline Direction direction(f64 position, F frequency) {
  typedef f64 D __attribute__((vector_size(8 * W)));
  const D quarters = __builtin_convertvector(frequency, D) * (position * 0.636619772367581343);
  const D magic = 0x1.8p52 - D{};
  const D whole = (quarters + magic) - magic, fourth = (whole * 0.25 + magic) - magic;
  const I quarter = __builtin_convertvector(whole - fourth * 4.0, I);
  const F x = __builtin_convertvector((quarters - whole) * 1.57079632679489662, F), z = x * x;
  F s = fma(z, set(-1.9515295891e-4f), set(8.3321608736e-3f));
  s = fma(s, z, set(-1.6666654611e-1f));
  const F sine = fma(s * z, x, x);
  F c = fma(z, set(2.443315711809948e-5f), set(-1.388731625493765e-3f));
  c = fma(c, z, set(4.166664568298827e-2f));
  const F cosine = fma(c * z, z, fma(z, set(-0.5f), set(1.0f)));
  const I odd = (quarter & 1) != 0, half = (quarter & 2) != 0, leftHalf = ((quarter + 1) & 2) != 0;
  const F a = odd ? sine : cosine, b = odd ? cosine : sine;
  return {leftHalf ? -a : a, half ? -b : b};
}

}  // namespace jambalaya::JAMBALAYA_ISA
