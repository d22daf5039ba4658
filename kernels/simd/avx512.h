// x86-64-v4 (Skylake-SP 2017, Ice Lake 2019, Zen 4 2022 and later): AVX-512 F, BW, DQ, VL; vectors of 16.
#pragma once
#include <immintrin.h>
namespace jambalaya::JAMBALAYA_ISA {
constexpr int W = 16;
/** 32 vector registers rather than 16. */
constexpr bool manyRegisters = true;
}
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
inline F maximum(F a, F b) { return _mm512_max_ps(a, b); }
inline F minimum(F a, F b) { return _mm512_min_ps(a, b); }
inline F squareRoot(F x) { return _mm512_sqrt_ps(x); }
inline F timesPowerOfTwo(F x, F n) { return _mm512_scalef_ps(x, n); }
/** The tree of `generic::reduceAdd`: halves of 8, 4, 2, 1. */
inline f32 reduceAdd(F v) {
  const __m256 low = _mm512_castps512_ps256(v);
  const __m256 high = _mm512_extractf32x8_ps(v, 1);
  const __m256 eight = _mm256_add_ps(low, high);
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}
inline f32 reduceMax(F v) { return _mm512_reduce_max_ps(v); }

inline __mmask16 laneMask(i64 n) { return static_cast<__mmask16>((1u << n) - 1u); }
inline F loadPartial(const f32* p, i64 n) { return _mm512_maskz_loadu_ps(laneMask(n), p); }
inline void storePartial(f32* p, F v, i64 n) { _mm512_mask_storeu_ps(p, laneMask(n), v); }

inline F widenBf16(__m256i bits) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)); }
inline F widenBf16(const u16* p) { return widenBf16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
inline F widenBf16(const u16* p, i64 n) { return widenBf16(_mm256_maskz_loadu_epi16(laneMask(n), p)); }
inline F widenF16(const u16* p) { return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
inline F widenF16(const u16* p, i64 n) { return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(laneMask(n), p)); }
inline F widenI8(__m128i bytes) { return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes)); }
inline F widenI8(const i8* p) { return widenI8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
inline F widenI8(const i8* p, i64 n) { return widenI8(_mm_maskz_loadu_epi8(laneMask(n), p)); }

/** sum + a even · b even + a odd · b odd of bf16 elements, in each lane. */
#if defined(__AVX512BF16__)
constexpr bool fusedPairs = true;
inline F dotPairs(F sum, Pairs a, Pairs b) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}
#else
constexpr bool fusedPairs = false;
inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }
#endif

constexpr int quadRows = 6, quadVectors = 2, quadTogether = 2, quadUnroll = 8;
using QuadElement = i8;
using QuadLeft = __m512i;
using QuadSums = I;
inline QuadLeft quadLeft(const i8* x) { return _mm512_set1_epi32(fourBytes(x)); }
inline I quadLanes(QuadSums sums) { return sums; }
#if defined(__AVX512VNNI__)
/** Unsigned by signed bytes: the weights plus 128, whose surplus the sum starts without. */
using QuadWeights = __m512i;
inline QuadWeights quadWeights(const i8* b) {
  return _mm512_xor_si512(reinterpret_cast<__m512i>(loadBytes(b)), _mm512_set1_epi8(-128));
}
inline QuadSums quadStart(i32 sum) { return -128 * sum - I{}; }
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  return reinterpret_cast<I>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums), w, x));
}
#else
/** Unsigned by signed bytes: the weights' magnitudes, and their signs to be given to the other side. */
struct QuadWeights {
  __m512i magnitude;
  __mmask64 negative;
};
inline QuadWeights quadWeights(const i8* b) {
  const __m512i bytes = reinterpret_cast<__m512i>(loadBytes(b));
  return {_mm512_abs_epi8(bytes), _mm512_movepi8_mask(bytes)};
}
inline QuadSums quadStart(i32) { return I{}; }
/** Pairs fit in 16 bits: |w| <= 128 and |x| <= 127. */
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  const __m512i signedX = _mm512_mask_sub_epi8(x, w.negative, _mm512_setzero_si512(), x);
  const __m512i pairs = _mm512_maddubs_epi16(w.magnitude, signedX);
  return sums + reinterpret_cast<I>(_mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}
#endif

}  // namespace jambalaya::JAMBALAYA_ISA
