// x86-64-v3 (Haswell 2013, Zen 2017 and later): AVX2, FMA, F16C; vectors of 8.
#pragma once
#include <immintrin.h>
namespace jambalaya::JAMBALAYA_ISA {
constexpr int W = 8;
constexpr bool manyRegisters = false;
}
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F fma(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
inline F maximum(F a, F b) { return _mm256_max_ps(a, b); }
inline F minimum(F a, F b) { return _mm256_min_ps(a, b); }
inline F squareRoot(F x) { return _mm256_sqrt_ps(x); }
using generic::timesPowerOfTwo;
/** The tree of `generic::reduceAdd`: halves of 4, 2, 1. */
inline f32 reduceAdd(F v) {
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}
using generic::reduceMax;

inline __m256i laneMask(i64 n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline F loadPartial(const f32* p, i64 n) { return _mm256_maskload_ps(p, laneMask(n)); }
inline void storePartial(f32* p, F v, i64 n) { _mm256_maskstore_ps(p, laneMask(n), v); }

inline F widenBf16(const u16* p) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}
inline F widenBf16(const u16* p, i64 n) { return generic::widenBf16(p, n); }
inline F widenF16(const u16* p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
inline F widenF16(const u16* p, i64 n) { return generic::widenF16(p, n); }
inline F widenI8(const i8* p) {
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}
inline F widenI8(const i8* p, i64 n) { return generic::widenI8(p, n); }

constexpr bool fusedPairs = false;
inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

constexpr int quadRows = 2, quadVectors = 2, quadTogether = 2, quadUnroll = 8;
using QuadElement = i8;
/** Unsigned by signed bytes: the weights' magnitudes, and their signs to be given to the other side. */
struct QuadWeights {
  __m256i magnitude, sign;
};
using QuadLeft = __m256i;
using QuadSums = I;
inline QuadWeights quadWeights(const i8* b) {
  const __m256i bytes = reinterpret_cast<__m256i>(loadBytes(b));
  return {_mm256_abs_epi8(bytes), bytes};
}
inline QuadLeft quadLeft(const i8* x) { return _mm256_set1_epi32(fourBytes(x)); }
inline QuadSums quadStart(i32) { return I{}; }
/** Pairs fit in 16 bits: |w| <= 128 and |x| <= 127. */
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  const __m256i pairs = _mm256_maddubs_epi16(w.magnitude, _mm256_sign_epi8(x, w.sign));
  return sums + reinterpret_cast<I>(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
inline I quadLanes(QuadSums sums) { return sums; }

}  // namespace jambalaya::JAMBALAYA_ISA
