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

inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

/** Whether `dotBytes` takes its first operand as unsigned, with 128 added. */
constexpr bool leftIsOffset = false;
/** Both halves widened to 16 bits, multiplied and added in pairs: 2 · 127² fits in 32 bits. */
inline I dotBytes(I sum, Bytes a, Bytes b) {
  const auto half = [](Bytes v, int h) {
    const __m256i whole = reinterpret_cast<__m256i>(v);
    return _mm256_cvtepi8_epi16(h == 0 ? _mm256_castsi256_si128(whole) : _mm256_extracti128_si256(whole, 1));
  };
  const __m256i low = _mm256_madd_epi16(half(a, 0), half(b, 0)), high = _mm256_madd_epi16(half(a, 1), half(b, 1));
  return sum + reinterpret_cast<I>(low) + reinterpret_cast<I>(high);
}

}  // namespace jambalaya::JAMBALAYA_ISA
