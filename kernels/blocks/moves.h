// Moving elements of any dtype as bytes, over all threads, at the speed of memory.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Bytes that a piece of work moves: handing it out costs nothing beside it. */
constexpr i64 moveGrain = 1 << 16;

/** The product of sizes that are at least 0, or -1, which no operand accepts, when it is beyond any memory. */
template <class... Sizes>
constexpr i64 extent(Sizes... sizes) {
  i64 product = 1;
  const auto grow = [&](i64 size) {
    product = product < 0 || (size > 0 && product > (1ll << 60) / size) ? -1 : product * size;
  };
  (grow(sizes), ...);
  return product;
}

/** Short runs (one element, a few) without a call. */
inline void copyRun(char* to, const char* from, i64 bytes) {
  switch (bytes) {
    case 1: *to = *from; return;
    case 2: __builtin_memmove(to, from, 2); return;
    case 4: __builtin_memmove(to, from, 4); return;
    case 8: __builtin_memmove(to, from, 8); return;
    case 16: __builtin_memmove(to, from, 16); return;
    default: __builtin_memmove(to, from, static_cast<unsigned long>(bytes));
  }
}

/** body(run, at, bytes) for pieces of `runs` runs of `bytes` bytes each: short runs are grouped, long ones cut. */
template <class Body>
inline void forRuns(const Context& ctx, i64 runs, i64 bytes, const Body& body) {
  if (bytes <= 0) return;
  const i64 pieces = ceilDiv(bytes, moveGrain);
  ctx.parallel(runs * pieces, max<i64>(1, moveGrain / max<i64>(bytes, 16)), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 run = pieces == 1 ? item : item / pieces, at = (item - run * pieces) * moveGrain;
      body(run, at, min(moveGrain, bytes - at));
    }
  });
}

/** Run r of `bytes` bytes goes from source + r · sourceStride to target + r · targetStride (strides in bytes). */
inline void copyRuns(const Context& ctx, void* target, i64 targetStride, const void* source, i64 sourceStride, i64 runs,
                     i64 bytes) {
  forRuns(ctx, runs, bytes, [&](i64 run, i64 at, i64 count) {
    copyRun(static_cast<char*>(target) + run * targetStride + at,
            static_cast<const char*>(source) + run * sourceStride + at, count);
  });
}

inline void zeroRuns(const Context& ctx, void* target, i64 stride, i64 runs, i64 bytes) {
  forRuns(ctx, runs, bytes, [&](i64 run, i64 at, i64 count) {
    __builtin_memset(static_cast<char*>(target) + run * stride + at, 0, static_cast<unsigned long>(count));
  });
}

/** Whether `count` indices all lie in [0, limit). */
inline bool indicesValid(const i32* indices, i64 count, i64 limit) {
  i32 outside = 0;
  for (i64 i = 0; i < count; ++i) outside |= indices[i] < 0 || indices[i] >= limit;
  return outside == 0;
}

/** Calls body(T{}) with the unsigned type of an element's size. */
template <class Body>
inline void withElement(i32 dtype, const Body& body) {
  switch (Context::bytesOf(dtype)) {
    case 1: return body(u8{});
    case 2: return body(u16{});
    default: return body(u32{});
  }
}

/** Resolves an input and an output of the same dtype, whichever it is. */
inline Status resolveMove(Context& ctx, Ref from, i64 fromCount, Ref to, i64 toCount, const void*& source, void*& target,
                          i32& dtype) {
  i32 targetDType;
  JAMBALAYA_TRY(ctx.any(from, fromCount, source, dtype));
  JAMBALAYA_TRY(ctx.anyOut(to, toCount, target, targetDType));
  return targetDType == dtype ? Status::ok : ctx.fail(Status::badDType, to);
}

}  // namespace jambalaya::JAMBALAYA_ISA
