// dropout: an element is zero with `probability`, else scaled by 1 / (1 - probability). Its random word is that of
// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) with counter = index / 4 and word
// index % 4, keyed by the seed: the mask is the same on every device, and made again rather than kept for the backward pass.
#pragma once
#include "blocks/loops.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Counters that are worked on side by side, and the elements that they give. */
constexpr int philoxLanes = 16;
constexpr i64 philoxBlock = 4 * philoxLanes;

/** words[4 i + w] = word w of counter first + i. */
inline void philox(u32 first, u32 keyLow, u32 keyHigh, u32* words) {
  u32 c0[philoxLanes], c1[philoxLanes] = {}, c2[philoxLanes] = {}, c3[philoxLanes] = {};
  for (int i = 0; i < philoxLanes; ++i) c0[i] = first + static_cast<u32>(i);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < philoxLanes; ++i) {
      const u64 even = static_cast<u64>(c0[i]) * 0xd2511f53u;
      const u64 odd = static_cast<u64>(c2[i]) * 0xcd9e8d57u;
      c0[i] = static_cast<u32>(odd >> 32) ^ c1[i] ^ keyLow;
      c1[i] = static_cast<u32>(odd);
      c2[i] = static_cast<u32>(even >> 32) ^ c3[i] ^ keyHigh;
      c3[i] = static_cast<u32>(even);
    }
    keyLow += 0x9e3779b9u;
    keyHigh += 0xbb67ae85u;
  }
  for (int i = 0; i < philoxLanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
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
  ctx.parallel(ceilDiv(count, philoxBlock), elementGrain / philoxBlock / 4, [&](i64 begin, i64 end, Scratch&) {
    for (i64 block = begin; block < end; ++block) {
      u32 words[philoxBlock];
      const i64 first = block * philoxBlock;
      philox(static_cast<u32>(first / 4), static_cast<u32>(args.seedLow), static_cast<u32>(args.seedHigh), words);
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
