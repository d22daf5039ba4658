// dropout: an element is zero with `probability`, else scaled by 1 / (1 - probability). Its random word is that of
// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) with counter = index / 4 and word
// index % 4, keyed by the seed: the mask is the same on every device, and made again rather than kept for the backward pass.
#pragma once
#include "blocks/loops.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Elements whose words are made before they are used. */
constexpr i64 philoxBlock = 64;

/** The four words of a counter. */
inline void philox(u32 counter, u32 keyLow, u32 keyHigh, u32* words) {
  u32 c0 = counter, c1 = 0, c2 = 0, c3 = 0;
  for (int round = 0; round < 10; ++round) {
    const u64 even = static_cast<u64>(c0) * 0xd2511f53u;
    const u64 odd = static_cast<u64>(c2) * 0xcd9e8d57u;
    c0 = static_cast<u32>(odd >> 32) ^ c1 ^ keyLow;
    c1 = static_cast<u32>(odd);
    c2 = static_cast<u32>(even >> 32) ^ c3 ^ keyHigh;
    c3 = static_cast<u32>(even);
    keyLow += 0x9e3779b9u;
    keyHigh += 0xbb67ae85u;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

inline Status dropout(const DropoutArgs& args, Context& ctx) {
  const i64 count = args.count;
  const f32* x;
  f32* out;
  JAMBALAYA_TRY(ctx.in(args.x, count, x));
  JAMBALAYA_TRY(ctx.out(args.out, count, out));
  if (!(args.probability >= 0 && args.probability <= 1)) return ctx.fail(Status::badSize);
  if (args.probability == 1) {
    zeroRuns(ctx, out, 0, 1, count * static_cast<i64>(sizeof(f32)));
    return Status::ok;
  }
  // word · 2^-32 < probability in integers: word < the bound rounded up.
  const f64 bound = static_cast<f64>(args.probability) * 0x1p32;
  const u32 whole = static_cast<u32>(bound);
  const U firstKept = U{} + (whole + (static_cast<f64>(whole) < bound ? 1u : 0u));
  const F factor = set(1.0f / (1.0f - args.probability));
  ctx.parallel(ceilDiv(count, philoxBlock), elementGrain / philoxBlock, [&](i64 begin, i64 end, Scratch&) {
    for (i64 block = begin; block < end; ++block) {
      u32 words[philoxBlock];
      const i64 first = block * philoxBlock;
      for (i64 i = 0; i < philoxBlock; i += 4) {
        philox(static_cast<u32>((first + i) / 4), static_cast<u32>(args.seedLow), static_cast<u32>(args.seedHigh), words + i);
      }
      forVectors(min(philoxBlock, count - first), [&](i64 i, auto part) {
        U word;
        __builtin_memcpy(&word, words + i, sizeof(U));
        part.store(out + first + i, word >= firstKept ? part.load(x + first + i) * factor : zero());
      });
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
