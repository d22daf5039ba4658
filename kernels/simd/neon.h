// AArch64: Advanced SIMD; vectors of 4.
#pragma once
#include <arm_neon.h>
namespace jambalaya::JAMBALAYA_ISA {
constexpr int W = 4;
constexpr bool manyRegisters = true;
}
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F fma(F a, F b, F c) { return F(vfmaq_f32(float32x4_t(c), float32x4_t(a), float32x4_t(b))); }
using generic::loadPartial;
using generic::maximum;
using generic::minimum;
inline F squareRoot(F x) { return F(vsqrtq_f32(float32x4_t(x))); }
using generic::reduceAdd;
inline f32 reduceMax(F v) { return vmaxvq_f32(float32x4_t(v)); }
using generic::storePartial;
using generic::timesPowerOfTwo;

inline F widenBf16(const u16* p) { return F(vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16))); }
inline F widenBf16(const u16* p, i64 n) { return generic::widenBf16(p, n); }
inline F widenF16(const u16* p) { return F(vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)))); }
inline F widenF16(const u16* p, i64 n) { return generic::widenF16(p, n); }
inline F widenI8(const i8* p) {
  i32 bytes;
  __builtin_memcpy(&bytes, p, 4);
  return F(vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(bytes)))))));
}
inline F widenI8(const i8* p, i64 n) { return generic::widenI8(p, n); }

constexpr bool fusedPairs = false;
inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

constexpr int quadRows = 3, quadVectors = 4, quadTogether = 4, quadUnroll = 8;
using QuadElement = i8;
/** What products of bytes need: see `vector.h`. */
using QuadWeights = Bytes;
using QuadLeft = Bytes;
using QuadSums = I;
inline QuadWeights quadWeights(const i8* b) { return loadBytes(b); }
inline QuadLeft quadLeft(const i8* x) { return reinterpret_cast<Bytes>(fourBytes(x) - I{}); }
inline QuadSums quadStart(i32) { return I{}; }
inline I quadLanes(QuadSums sums) { return sums; }
#if defined(__ARM_FEATURE_DOTPROD)
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  return I(vdotq_s32(int32x4_t(sums), int8x16_t(w), int8x16_t(x)));
}
#else
/** 16-bit products, added in pairs, and the pairs in pairs. */
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  const int8x16_t a = int8x16_t(w), b = int8x16_t(x);
  const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)));
  const int32x4_t high = vpaddlq_s16(vmull_s8(vget_high_s8(a), vget_high_s8(b)));
  return sums + I(vpaddq_s32(low, high));
}
#endif

}  // namespace jambalaya::JAMBALAYA_ISA
