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
using generic::reduceAdd;
using generic::reduceMax;
using generic::storePartial;
using generic::widenBf16;
using generic::widenF16;
using generic::widenI8;

inline F dotPairs(F sum, Pairs a, Pairs b) { return generic::dotPairs(sum, a, b, fma); }

/** Whether `dotBytes` takes its first operand as unsigned, with 128 added. */
constexpr bool leftIsOffset = false;
using generic::dotBytes;

}  // namespace jambalaya::JAMBALAYA_ISA
