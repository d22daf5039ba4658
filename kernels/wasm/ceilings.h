// What one thread of WebAssembly can do at most: loops that read memory, or multiply in registers, and do nothing else. The
// clock is the caller's.
#pragma once
#include "simd/vector.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Enough to hide the latency of a product and an addition, few enough for 16 registers. */
constexpr int sumsInFlight = 12;

/** Products and additions of f32, or (int8) of bytes; returns how many there were. */
inline f64 multiplyInRegisters(bool int8, i64 rounds, f32& sink) {
  if (int8) {
    // Bytes that change from round to round, widened once for the rows of a tile: no product is made twice, none can be left out.
    QuadSums sums[quadRows];
    QuadLeft x[quadRows];
    for (int i = 0; i < quadRows; ++i) {
      sums[i] = quadStart(0);
      x[i] = wasm_i16x8_splat(static_cast<short>(3 * i - 5));
    }
    v128_t bytes = wasm_i8x16_const(1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8);
    for (i64 round = 0; round < rounds; ++round) {
      const QuadWeights weights = {wasm_i16x8_extend_low_i8x16(bytes), wasm_i16x8_extend_high_i8x16(bytes)};
      for (int i = 0; i < quadRows; ++i) sums[i] = quadAdd(sums[i], weights, x[i]);
      bytes = wasm_i8x16_add(bytes, weights.low);
    }
    I total = {};
    for (int i = 0; i < quadRows; ++i) total += quadLanes(sums[i]);
    sink = static_cast<f32>(total[0]);
    return static_cast<f64>(rounds) * quadRows * 8 * W;
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
