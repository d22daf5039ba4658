// Any CPU: portable C++, vectors of four that the compiler lowers to whatever its baseline has.
#pragma once
namespace jambalaya::JAMBALAYA_ISA {
constexpr int W = 4;
constexpr bool manyRegisters = false;
}
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline F fma(F a, F b, F c) { return a * b + c; }
using generic::loadPartial;
using generic::maximum;
using generic::minimum;
using generic::squareRoot;
using generic::reduceAdd;
using generic::reduceMax;
using generic::storePartial;
using generic::timesPowerOfTwo;
using generic::widenBf16;
using generic::widenF16;
using generic::widenI8;

constexpr bool fusedPairs = false;
inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

constexpr int quadRows = 2, quadVectors = 2, quadTogether = 2, quadUnroll = 8;
using QuadElement = i8;
/** What products of bytes need: see `vector.h`. */
using QuadWeights = Bytes;
using QuadLeft = Bytes;
using QuadSums = I;
inline QuadWeights quadWeights(const i8* b) { return loadBytes(b); }
inline QuadLeft quadLeft(const i8* x) { return reinterpret_cast<Bytes>(fourBytes(x) - I{}); }
inline QuadSums quadStart(i32) { return I{}; }
inline I quadLanes(QuadSums sums) { return sums; }
using generic::quadAdd;

}  // namespace jambalaya::JAMBALAYA_ISA
