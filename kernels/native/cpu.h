// Which instruction sets this CPU has and its operating system saves the registers of.
#pragma once
#include <cstdint>

namespace jambalaya_native {

struct CpuFeatures {
  bool avx2 = false, avx512 = false, avx512Vnni = false, neon = false, neonDot = false;
  /** AVX-512 BF16 that multiplies faster than f32 does. */
  bool avx512Bf16 = false;
};

#if defined(__x86_64__) || defined(__i386__)
}  // namespace jambalaya_native
#include <cpuid.h>
namespace jambalaya_native {

/** The registers that the operating system saves (XCR0); only valid where CPUID reports OSXSAVE. */
inline std::uint64_t savedRegisters() {
  std::uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<std::uint64_t>(high) << 32) | low;
}

inline CpuFeatures detectCpu() {
  CpuFeatures features;
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return features;
  const bool osxsave = c & (1u << 27), fma = c & (1u << 12), f16c = c & (1u << 29), avx = c & (1u << 28);
  if (!osxsave || !avx) return features;
  const std::uint64_t saved = savedRegisters();
  const bool ymmSaved = (saved & 0x6) == 0x6;         // SSE and AVX state
  const bool zmmSaved = ymmSaved && (saved & 0xe0) == 0xe0;  // opmask, upper halves of ZMM0-15, ZMM16-31
  unsigned b7, c7, d7;
  if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) return features;
  const unsigned subleaves = a;
  features.avx2 = ymmSaved && fma && f16c && (b7 & (1u << 5));
  const bool f = b7 & (1u << 16), dq = b7 & (1u << 17), bw = b7 & (1u << 30), vl = b7 & (1u << 31);
  features.avx512 = features.avx2 && zmmSaved && f && dq && bw && vl;
  features.avx512Vnni = features.avx512 && (c7 & (1u << 11));
  const bool has = subleaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 5));
  // Intel's products of pairs take as long as four vectors of f32 (172 and 351 GFLOP/s on two cores of an Emerald Rapids).
  const bool intel = __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx;
  features.avx512Bf16 = features.avx512 && has && !intel;
  return features;
}
#elif defined(__aarch64__)
}  // namespace jambalaya_native
#if defined(__linux__)
#include <sys/auxv.h>
#endif
namespace jambalaya_native {

inline CpuFeatures detectCpu() {
  CpuFeatures features;
  features.neon = true;  // part of every AArch64 ABI, saved by every operating system
#if defined(__linux__)
  features.neonDot = getauxval(AT_HWCAP) & (1ul << 20);  // HWCAP_ASIMDDP
#elif defined(__APPLE__)
  features.neonDot = true;  // every Apple CPU that runs macOS has it
#endif
  return features;
}
#else
inline CpuFeatures detectCpu() { return {}; }
#endif

}  // namespace jambalaya_native
