// Freestanding integer and float types. Kernels use no libc, no allocation, no exceptions and no threads, so that the
// same files build for every CPU and for wasm32.
//
// Everything lives in a namespace of the instruction set that it is compiled for (`JAMBALAYA_ISA`): an inline function
// that the linker merged across files compiled with different flags would run AVX-512 code on a CPU without it.
#pragma once

namespace jambalaya::JAMBALAYA_ISA {

using i8 = signed char;
using u8 = unsigned char;
using u16 = unsigned short;
using i32 = int;
using u32 = unsigned int;
using i64 = long long;
using u64 = unsigned long long;
using f32 = float;
using f64 = double;

static_assert(sizeof(i32) == 4 && sizeof(i64) == 8 && sizeof(u16) == 2, "unexpected type sizes");

template <class T>
constexpr T min(T a, T b) { return a < b ? a : b; }
template <class T>
constexpr T max(T a, T b) { return a < b ? b : a; }
constexpr i64 ceilDiv(i64 a, i64 b) { return (a + b - 1) / b; }
constexpr i64 roundUp(i64 value, i64 multiple) { return ceilDiv(value, multiple) * multiple; }

}  // namespace jambalaya::JAMBALAYA_ISA
