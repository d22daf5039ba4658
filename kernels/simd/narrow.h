// Float32 to the 16-bit formats, round to nearest even. Integer arithmetic only: the same bits on every host.
#pragma once
#include "engine/types.h"

namespace jambalaya::JAMBALAYA_ISA {

/** bfloat16: the upper half of the pattern. A NaN stays one, with its sign and its upper fraction bits, quieted. */
inline u16 toBf16(f32 value) {
  u32 bits;
  __builtin_memcpy(&bits, &value, 4);
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<u16>((bits >> 16) | 0x0040);
  // Half of the last place, less one when that place is even; the carry may reach infinity, as it must.
  return static_cast<u16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/** IEEE binary16, subnormals included; infinity from 65520 on. */
inline u16 toF16(f32 value) {
  u32 bits;
  __builtin_memcpy(&bits, &value, 4);
  const u32 sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return static_cast<u16>(sign | 0x7e00 | ((magnitude >> 13) & 0x3ff));
  if (magnitude >= 0x477ff000) return static_cast<u16>(sign | 0x7c00);
  if (magnitude >= 0x38800000) {  // normal: the exponent's bias falls by 112
    const u32 rebiased = magnitude - 0x38000000;
    return static_cast<u16>(sign | ((rebiased + 0xfff + ((rebiased >> 13) & 1)) >> 13));
  }
  if (magnitude < 0x33000000) return static_cast<u16>(sign);  // below 2^-25, half of the smallest subnormal
  // Subnormal: value = fraction · 2^(exponent - 150) in units of 2^-24.
  const u32 fraction = (magnitude & 0x7fffff) | 0x800000, shift = 126 - (magnitude >> 23);
  const u32 half = (1u << (shift - 1)) - 1 + ((fraction >> shift) & 1);
  return static_cast<u16>(sign | ((fraction + half) >> shift));
}

}  // namespace jambalaya::JAMBALAYA_ISA
