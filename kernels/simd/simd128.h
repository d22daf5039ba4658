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
inline F maximum(F a, F b) { return F(wasm_f32x4_pmax(v128_t(b), v128_t(a))); }
inline F minimum(F a, F b) { return F(wasm_f32x4_pmin(v128_t(b), v128_t(a))); }
inline F squareRoot(F x) { return F(wasm_f32x4_sqrt(v128_t(x))); }
using generic::loadPartial;
using generic::reduceAdd;
using generic::reduceMax;
using generic::storePartial;
using generic::timesPowerOfTwo;
using generic::widenF16;

inline F widenBf16(const u16* p) { return F(wasm_i32x4_shl(wasm_u32x4_load16x4(p), 16)); }
inline F widenBf16(const u16* p, i64 n) { return generic::widenBf16(p, n); }
inline F widenI8(const i8* p) {
  return F(wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(p)))));
}
inline F widenI8(const i8* p, i64 n) { return generic::widenI8(p, n); }

constexpr bool fusedPairs = false;
inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

/**
 * Not the relaxed dot product: it is exact only for one operand of 7 bits, so every product would first have to move a sign from the
 * weights to the activations (an exclusive or and a subtraction), and without AVX-VNNI engines compile it into three instructions
 * or more: five for what takes four here. A step's 14 vectors fit in 16 registers; engines compile longer bodies with every load
 * first, and spill.
 */
constexpr int quadRows = 4, quadVectors = 4, quadTogether = 1, quadUnroll = 1;
/** Activations are widened once for all columns; weights where they are read, which takes no instruction more than a load. */
using QuadElement = short;
/** Weights widened to 16 bits, in two halves; each lane of a sum has two of the four products. */
struct QuadWeights {
  v128_t low, high;
};
using QuadLeft = v128_t;
struct QuadSums {
  v128_t low, high;
};
inline QuadWeights quadWeights(const i8* b) { return {wasm_i16x8_load8x8(b), wasm_i16x8_load8x8(b + 8)}; }
inline void quadPrepare(const i8* x, QuadElement* out) {
  wasm_v128_store64_lane(out, wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(x)), 0);
}
inline QuadLeft quadLeft(const QuadElement* x) { return wasm_v128_load64_splat(x); }
inline QuadSums quadStart(i32) { return {wasm_i32x4_splat(0), wasm_i32x4_splat(0)}; }
inline QuadSums quadAdd(QuadSums sums, QuadWeights w, QuadLeft x) {
  return {wasm_i32x4_add(sums.low, wasm_i32x4_dot_i16x8(w.low, x)), wasm_i32x4_add(sums.high, wasm_i32x4_dot_i16x8(w.high, x))};
}
inline I quadLanes(QuadSums sums) {
  return I(wasm_i32x4_add(wasm_i32x4_shuffle(sums.low, sums.high, 0, 2, 4, 6), wasm_i32x4_shuffle(sums.low, sums.high, 1, 3, 5, 7)));
}

}  // namespace jambalaya::JAMBALAYA_ISA
