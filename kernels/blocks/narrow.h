// f32 to bf16 and f16, rounded to nearest even as IEEE 754 asks: the same bits on every instruction set.
#pragma once
#include "blocks/loops.h"

namespace jambalaya::JAMBALAYA_ISA {

/** W elements of 16 bits. */
typedef u16 H __attribute__((vector_size(2 * W)));

/** NaN stays NaN (quiet); a carry out of the fraction moves into the exponent by itself, up to infinity. */
inline H narrowBf16(F v) {
  const U bits = floatToBits(v);
  const U rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return __builtin_convertvector(v == v ? rounded : (bits >> 16) | 0x40u, H);
}

inline H narrowF16(F v) {
  const U bits = floatToBits(v);
  const U magnitude = bits & 0x7fffffffu;
  const U sign = (bits >> 16) & 0x8000u;
  // 112 is the difference of the exponents' biases.
  const U normal = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - (112u << 23)) >> 13;
  // The unit of a float in [1/2, 1) is 2^-24, that of a binary16 subnormal: the addition rounds to it.
  const U subnormal = floatToBits(absolute(v) + 0.5f) - 0x3f000000u;
  U result = magnitude < 0x38800000u ? subnormal : normal;
  result = magnitude >= 0x477ff000u ? U{} + 0x7c00u : result;
  result = v == v ? result : ((magnitude >> 13) & 0x3ffu) | 0x7e00u;
  return __builtin_convertvector(result | sign, H);
}

struct NarrowBf16 {
  using T = u16;
  static void put(T* p, F v) {
    const H bits = narrowBf16(v);
    __builtin_memcpy(p, &bits, sizeof(H));
  }
  static void put(T* p, F v, i64 n) {
    const H bits = narrowBf16(v);
    __builtin_memcpy(p, &bits, static_cast<unsigned long>(n) * sizeof(T));
  }
};
inline void putBf16(Whole, u16* p, F v) { NarrowBf16::put(p, v); }
inline void putBf16(Part part, u16* p, F v) { NarrowBf16::put(p, v, part.n); }
struct NarrowF16 {
  using T = u16;
  static void put(T* p, F v) {
    const H bits = narrowF16(v);
    __builtin_memcpy(p, &bits, sizeof(H));
  }
  static void put(T* p, F v, i64 n) {
    const H bits = narrowF16(v);
    __builtin_memcpy(p, &bits, static_cast<unsigned long>(n) * sizeof(T));
  }
};
struct NarrowF32 {
  using T = f32;
  static void put(T* p, F v) { store(p, v); }
  static void put(T* p, F v, i64 n) { storePartial(p, v, n); }
};

/** Calls body(NarrowX{}, pointer to the elements) for a float dtype. */
template <class Body>
inline void withNarrow(void* data, i32 dtype, const Body& body) {
  switch (dtype) {
    case BF16: return body(NarrowBf16{}, static_cast<u16*>(data));
    case F16: return body(NarrowF16{}, static_cast<u16*>(data));
    default: return body(NarrowF32{}, static_cast<f32*>(data));
  }
}

}  // namespace jambalaya::JAMBALAYA_ISA
