// dequantize: the values of ggml's block formats. `src/contract/blocks.ts` says how each of them is laid out.
#pragma once
#include "blocks/loops.h"
#include "simd/generic.h"

namespace jambalaya::JAMBALAYA_ISA {

inline f32 half(const u8* p) { return generic::f16Value(static_cast<u16>(p[0] | p[1] << 8)); }

/** out[i] = value(i) · scale + shift for i below COUNT: loops of fixed length, which the compiler makes vectors of. */
template <int COUNT, class Value>
JAMBALAYA_INLINE inline void scaled(f32* out, f32 scale, f32 shift, const Value& value) {
  for (int i = 0; i < COUNT; ++i) out[i] = static_cast<f32>(value(i)) * scale + shift;
}
/** What changes no number that it is added to, not even the sign of a zero. */
constexpr f32 nothing = -0.0f;

/** Decoders by ggml's number of the format. */
template <int CODE>
struct BlockDecoder;

/** 32 values of 4 bits, or of 5 with the upper ones in four bytes before: (q - zero) · scale + least. */
template <int ZERO, bool LEAST, bool FIFTH>
struct PlainBits {
  static constexpr int values = 32, bytes = 18 + (LEAST ? 2 : 0) + (FIFTH ? 4 : 0);
  static void decode(const u8* block, f32* out) {
    const f32 scale = half(block), shift = LEAST ? half(block + 2) : nothing;
    const u8* low = block + (LEAST ? 4 : 2) + (FIFTH ? 4 : 0);
    u32 high = 0;
    if (FIFTH) __builtin_memcpy(&high, low - 4, 4);
    const auto fifth = [=](int i) { return FIFTH ? static_cast<int>(high >> i & 1) << 4 : 0; };
    scaled<16>(out, scale, shift, [=](int i) { return ((low[i] & 15) | fifth(i)) - ZERO; });
    scaled<16>(out + 16, scale, shift, [=](int i) { return ((low[i] >> 4) | fifth(i + 16)) - ZERO; });
  }
};
template <> struct BlockDecoder<2> : PlainBits<8, false, false> {};
template <> struct BlockDecoder<3> : PlainBits<0, true, false> {};
template <> struct BlockDecoder<6> : PlainBits<16, false, true> {};
template <> struct BlockDecoder<7> : PlainBits<0, true, true> {};

template <>
struct BlockDecoder<8> {
  static constexpr int values = 32, bytes = 34;
  static void decode(const u8* block, f32* out) {
    scaled<32>(out, half(block), nothing, [=](int i) { return static_cast<i8>(block[2 + i]); });
  }
};

/** Q2_K */
template <>
struct BlockDecoder<10> {
  static constexpr int values = 256, bytes = 84;
  static void decode(const u8* block, f32* out) {
    const f32 d = half(block + 80), least = half(block + 82);
    for (int g = 0; g < 16; ++g) {
      const f32 scale = d * static_cast<f32>(block[g] & 15), minimum = least * static_cast<f32>(block[g] >> 4);
      const u8* from = block + 16 + 32 * (g >> 3) + 16 * (g & 1);
      const int shift = 2 * (g >> 1 & 3);
      scaled<16>(out + 16 * g, scale, -minimum, [=](int i) { return from[i] >> shift & 3; });
    }
  }
};

/** Q3_K */
template <>
struct BlockDecoder<11> {
  static constexpr int values = 256, bytes = 110;
  static void decode(const u8* block, f32* out) {
    const f32 d = half(block + 108);
    for (int g = 0; g < 16; ++g) {
      const int low = block[96 + (g & 7)] >> 4 * (g >> 3) & 15, high = block[104 + (g & 3)] >> 2 * (g >> 2) & 3;
      const u8 *from = block + 32 + 32 * (g >> 3) + 16 * (g & 1), *third = block + 16 * (g & 1);
      const int shift = 2 * (g >> 1 & 3), bit = g >> 1;
      scaled<16>(out + 16 * g, d * static_cast<f32>((low | high << 4) - 32), nothing,
                 [=](int i) { return (from[i] >> shift & 3) - 4 * (1 - (third[i] >> bit & 1)); });
    }
  }
};

/** Scale (0) or minimum (1) of a group, in 6 bits each, of Q4_K and Q5_K. */
inline f32 sixBits(const u8* packed, int group, int which) {
  if (group < 4) return static_cast<f32>(packed[4 * which + group] & 63);
  return static_cast<f32>((packed[4 + group] >> 4 * which & 15) | (packed[4 * which + group - 4] >> 6) << 4);
}

template <bool FIFTH>
struct GroupsOf32 {
  static constexpr int values = 256, bytes = FIFTH ? 176 : 144;
  static void decode(const u8* block, f32* out) {
    const f32 d = half(block), least = half(block + 2);
    for (int g = 0; g < 8; ++g) {
      const f32 scale = d * sixBits(block + 4, g, 0), minimum = least * sixBits(block + 4, g, 1);
      const u8 *from = block + (FIFTH ? 48 : 16) + 32 * (g >> 1), *high = block + 16;
      const int shift = 4 * (g & 1);
      scaled<32>(out + 32 * g, scale, -minimum,
                 [=](int i) { return (from[i] >> shift & 15) | (FIFTH ? (high[i] >> g & 1) << 4 : 0); });
    }
  }
};
template <> struct BlockDecoder<12> : GroupsOf32<false> {};
template <> struct BlockDecoder<13> : GroupsOf32<true> {};

/** Q6_K */
template <>
struct BlockDecoder<14> {
  static constexpr int values = 256, bytes = 210;
  static void decode(const u8* block, f32* out) {
    const f32 d = half(block + 208);
    for (int g = 0; g < 16; ++g) {
      const int part = g & 7, lowShift = 4 * (part >> 2), highShift = 2 * (part >> 1);
      const u8 *low = block + 64 * (g >> 3) + 16 * (part & 3), *high = block + 128 + 32 * (g >> 3) + 16 * (part & 1);
      scaled<16>(out + 16 * g, d * static_cast<f32>(static_cast<i8>(block[192 + g])), nothing,
                 [=](int i) { return ((low[i] >> lowShift & 15) | (high[i] >> highShift & 3) << 4) - 32; });
    }
  }
};

constexpr i8 unevenSteps[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
inline void uneven(const u8* codes, f32 scale, f32* out) {
  scaled<16>(out, scale, nothing, [=](int i) { return unevenSteps[codes[i] & 15]; });
  scaled<16>(out + 16, scale, nothing, [=](int i) { return unevenSteps[codes[i] >> 4]; });
}

/** IQ4_NL */
template <>
struct BlockDecoder<20> {
  static constexpr int values = 32, bytes = 18;
  static void decode(const u8* block, f32* out) { uneven(block + 2, half(block), out); }
};

/** IQ4_XS */
template <>
struct BlockDecoder<23> {
  static constexpr int values = 256, bytes = 136;
  static void decode(const u8* block, f32* out) {
    const f32 d = half(block);
    const int high = block[2] | block[3] << 8;
    for (int g = 0; g < 8; ++g) {
      const int low = block[4 + (g >> 1)] >> 4 * (g & 1) & 15;
      uneven(block + 8 + 16 * g, d * static_cast<f32>((low | (high >> 2 * g & 3) << 4) - 32), out + 32 * g);
    }
  }
};

template <class Decoder>
inline Status dequantizeBlocks(const DequantizeArgs& args, Context& ctx) {
  const i64 count = args.count, blocks = count / Decoder::values;
  if (!sizesValid(count) || count % Decoder::values != 0) return ctx.fail(Status::badSize);
  const i8* from;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.blocks, blocks * Decoder::bytes, from));
  JAMBALAYA_TRY(ctx.out(args.out, count, out));
  const u8* bytes = reinterpret_cast<const u8*>(from);
  ctx.parallel(blocks, elementGrain / Decoder::values, [&](i64 begin, i64 end, Scratch&) {
    for (i64 b = begin; b < end; ++b) Decoder::decode(bytes + b * Decoder::bytes, out + b * Decoder::values);
  });
  return Status::ok;
}

inline Status dequantize(const DequantizeArgs& args, Context& ctx) {
  switch (args.format) {
#define JAMBALAYA_FORMAT(code) \
  case code: return dequantizeBlocks<BlockDecoder<code>>(args, ctx);
    JAMBALAYA_FORMAT(2)
    JAMBALAYA_FORMAT(3)
    JAMBALAYA_FORMAT(6)
    JAMBALAYA_FORMAT(7)
    JAMBALAYA_FORMAT(8)
    JAMBALAYA_FORMAT(10)
    JAMBALAYA_FORMAT(11)
    JAMBALAYA_FORMAT(12)
    JAMBALAYA_FORMAT(13)
    JAMBALAYA_FORMAT(14)
    JAMBALAYA_FORMAT(20)
    JAMBALAYA_FORMAT(23)
#undef JAMBALAYA_FORMAT
    default: return ctx.fail(Status::badSize);
  }
}

}  // namespace jambalaya::JAMBALAYA_ISA
