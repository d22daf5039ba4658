// WebAssembly SIMD128: vectors of 4, no fused multiply-add.
#pragma once
#include <wasm_simd128.h>
namespace jambalaya::JAMBALAYA_ISA {
constexpr int W = 4;
constexpr bool manyRegisters = false;
}
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F fma(F a, F b, F c) { return a * b + c; }
using generic::loadPartial;
using generic::reduceAdd;
using generic::reduceMax;
using generic::storePartial;
using generic::widenF16;

inline F widenBf16(const u16* p) { return F(wasm_i32x4_shl(wasm_u32x4_load16x4(p), 16)); }
inline F widenBf16(const u16* p, i64 n) { return generic::widenBf16(p, n); }
inline F widenI8(const i8* p) {
  return F(wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(p)))));
}
inline F widenI8(const i8* p, i64 n) { return generic::widenI8(p, n); }

inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

/** Whether `dotBytes` takes its first operand as unsigned, with 128 added. */
constexpr bool leftIsOffset = false;
inline I dotBytes(I sum, Bytes a, Bytes b) {
  const v128_t x = v128_t(a), y = v128_t(b);
  const v128_t low = wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(x), wasm_i16x8_extend_low_i8x16(y));
  const v128_t high = wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(x), wasm_i16x8_extend_high_i8x16(y));
  return sum + I(low) + I(high);
}

}  // namespace jambalaya::JAMBALAYA_ISA
