// What one thread of WebAssembly can do at most: loops that read memory, or multiply in registers, and do nothing else. The
// clock is the caller's.
#pragma once
#include "simd/vector.h"

namespace jambalaya::JAMBALAYA_ISA {

constexpr int sumsInFlight = 8;

/** Products and additions of f32, or (int8) of bytes; returns how many there were. */
inline f64 multiplyInRegisters(bool int8, i64 rounds, f32& sink) {
  if (int8) {
    QuadSums sums[sumsInFlight];
    for (int i = 0; i < sumsInFlight; ++i) sums[i] = {v128_t(I{} + i), v128_t(I{} - i)};
    const QuadLeft x = quadLeft(0x05040302);
    for (i64 round = 0; round < rounds; ++round) {
      // The weights are another sum, so that no product is the same in two rounds; their widening is in the loop, x's is not.
      for (int i = 0; i < sumsInFlight; ++i) {
        sums[i] = quadAdd(sums[i], quadWeights(Bytes(sums[(i + 1) % sumsInFlight].low)), x);
      }
    }
    I total = {};
    for (int i = 0; i < sumsInFlight; ++i) total += quadLanes(sums[i]);
    sink = static_cast<f32>(total[0]);
    return static_cast<f64>(rounds) * sumsInFlight * 8 * W;
  }
  F sums[sumsInFlight];
  for (int i = 0; i < sumsInFlight; ++i) sums[i] = F{} + static_cast<f32>(i);
  const F factor = F{} + 0.999f;
  for (i64 round = 0; round < rounds; ++round) {
    for (int i = 0; i < sumsInFlight; ++i) sums[i] = fma(sums[i], factor, factor);
  }
  for (int i = 1; i < sumsInFlight; ++i) sums[0] = sums[0] + sums[i];
  sink = sums[0][0];
  return static_cast<f64>(rounds) * sumsInFlight * 2 * W;
}

/** Reads `bytes`, a multiple of 128; the result depends on all of them. */
inline i32 readAll(const char* data, i64 bytes) {
  I sums[8] = {};
  const I* p = reinterpret_cast<const I*>(data);
  for (i64 i = 0; i < bytes / 16; i += 8) {
    for (int j = 0; j < 8; ++j) sums[j] = sums[j] ^ p[i + j];
  }
  for (int j = 1; j < 8; ++j) sums[0] = sums[0] ^ sums[j];
  return sums[0][0] ^ sums[0][1] ^ sums[0][2] ^ sums[0][3];
}

}  // namespace jambalaya::JAMBALAYA_ISA
