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
using generic::reduceAdd;
inline f32 reduceMax(F v) { return vmaxvq_f32(float32x4_t(v)); }
using generic::storePartial;

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

inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

/** Whether `dotBytes` takes its first operand as unsigned, with 128 added. */
constexpr bool leftIsOffset = false;
/** 16-bit products added in pairs into the lanes. */
inline I dotBytes(I sum, Bytes a, Bytes b) {
  const int8x16_t x = int8x16_t(a), y = int8x16_t(b);
  const int32x4_t low = vpadalq_s16(int32x4_t(sum), vmull_s8(vget_low_s8(x), vget_low_s8(y)));
  return I(vpadalq_s16(low, vmull_s8(vget_high_s8(x), vget_high_s8(y))));
}

}  // namespace jambalaya::JAMBALAYA_ISA
