// Vectors of W floats on the compiler's vector extension: what every instruction set shares. The file of an
// instruction set (`avx512.h`, ...) defines W and the handful of functions that it does better than this one.
//
// A file that includes this one has defined, in this namespace: W; fma; loadPartial, storePartial;
// widen(const u16*) for bf16 (`widenBf16`) and f16 (`widenF16`), widenI8, and their partial forms; reduceAdd, reduceMax;
// maximum and minimum, which give b where a and b do not compare; squareRoot; timesPowerOfTwo.
#pragma once
#include "engine/types.h"

namespace jambalaya::JAMBALAYA_ISA {

typedef f32 F __attribute__((vector_size(4 * W)));
typedef i32 I __attribute__((vector_size(4 * W)));
typedef u32 U __attribute__((vector_size(4 * W)));

inline F load(const f32* p) {
  F v;
  __builtin_memcpy(&v, p, sizeof(F));
  return v;
}
inline void store(f32* p, F v) { __builtin_memcpy(p, &v, sizeof(F)); }
inline F set(f32 x) { return x - F{}; }
inline F zero() { return F{}; }
inline F absolute(F a) { return reinterpret_cast<F>(reinterpret_cast<U>(a) & 0x7fffffffu); }

/**
 * Products of bf16: 2 W elements, multiplied pairwise and summed by twos into the lanes of an F. An instruction set says whether that is
 * one instruction (fusedPairs); where it is not, what meets many rows is widened once for all of them.
 */
typedef u16 Pairs __attribute__((vector_size(4 * W)));
inline Pairs loadPairs(const u16* p) {
  Pairs v;
  __builtin_memcpy(&v, p, sizeof(Pairs));
  return v;
}
inline Pairs loadPairsPartial(const u16* p, i64 n) {
  Pairs v = {};
  __builtin_memcpy(&v, p, static_cast<unsigned long>(n) * 2);
  return v;
}

/**
 * Products of bytes: an instruction set defines QuadWeights (W columns of four weights each), QuadLeft (four activations, met by
 * every column), QuadSums, how they are made (quadWeights; quadLeft; quadStart with the activations' sum over all that follows),
 * quadAdd, and quadLanes: lane l has the sum of column l. Activations are read as they lie, or QuadElement is wider than a byte and
 * quadPrepare makes four of them. A tile has quadRows rows and quadVectors vectors of columns, of which quadTogether meet each
 * activation together, as many as the registers hold; quadUnroll steps of its loop are written out.
 */
typedef i8 Bytes __attribute__((vector_size(4 * W)));
inline Bytes loadBytes(const i8* p) {
  Bytes v;
  __builtin_memcpy(&v, p, sizeof(Bytes));
  return v;
}
/** Four bytes as one number. */
inline i32 fourBytes(const i8* p) {
  i32 four;
  __builtin_memcpy(&four, p, 4);
  return four;
}

template <int I>
struct Index {
  constexpr operator int() const { return I; }
};
/**
 * body(Index<0>{}) ... body(Index<COUNT - 1>{}), written out: arrays of vectors that are only indexed so are registers, while a
 * loop that the compiler unrolls late can leave them in memory. The body has to be always_inline.
 */
template <int COUNT, class Body>
__attribute__((always_inline)) inline void forEach(const Body& body) {
  if constexpr (COUNT > 0) {
    forEach<COUNT - 1>(body);
    body(Index<COUNT - 1>{});
  }
}
#define JAMBALAYA_INLINE __attribute__((always_inline))

}  // namespace jambalaya::JAMBALAYA_ISA
