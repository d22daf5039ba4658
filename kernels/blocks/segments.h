// What convolution and scan share: the state that each segment of a ragged batch starts from and leaves behind.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** a · b · c of sizes that are at least 0, or -1 (which no operand has room for) when it passes 2^62. */
constexpr i64 extent(i64 a, i64 b, i64 c) { return a * b > (1ll << 62) / max<i64>(c, 1) ? -1 : a * b * c; }

/** Blocks of `size` floats: one per segment (`initial`, `final`), or a pool of which segment s owns block `slots[s]`. */
struct SegmentStates {
  const f32* initial;
  f32* pool;
  const i32* slots;
  f32* final;
  i64 size;

  /** The state before the segment's first row; null stands for zeros. */
  const f32* before(i64 segment) const {
    if (pool != nullptr) return pool + slots[segment] * size;
    return initial == nullptr ? nullptr : initial + segment * size;
  }
  /** Calls body(target) for each place where the state after the segment's last row belongs. */
  template <class Body>
  void forTargets(i64 segment, const Body& body) const {
    if (pool != nullptr) body(pool + slots[segment] * size);
    if (final != nullptr) body(final + segment * size);
  }
};

/** Slots must lie in the pool and be distinct, so that no two segments write one block. */
inline Status slotsValid(Context& ctx, Ref ref, const i32* slots, i64 segments, i64 stateSlots) {
  if (segments > stateSlots) return ctx.fail(Status::badIndex, ref);
  for (i64 s = 0; s < segments; ++s) {
    if (slots[s] < 0 || slots[s] >= stateSlots) return ctx.fail(Status::badIndex, ref);
  }
  Status status = Status::ok;
  ctx.parallel(1, 1, [&](i64, i64, Scratch& scratch) {
    const i64 words = ceilDiv(stateSlots, 32);
    u32* taken = scratch.take<u32>(words);
    if (taken == nullptr) {
      status = Status::badSize;
      return;
    }
    for (i64 i = 0; i < words; ++i) taken[i] = 0;
    for (i64 s = 0; s < segments; ++s) {
      const u32 bit = 1u << (slots[s] % 32);
      if (taken[slots[s] / 32] & bit) status = Status::badIndex;
      taken[slots[s] / 32] |= bit;
    }
  });
  return status == Status::ok ? status : ctx.fail(status, ref);
}

/** Resolves `initial`, `state` with `slots`, and `final` of an op whose states are (stateRows, channels) each. */
template <class Args>
inline Status resolveStates(const Args& args, i64 stateRows, Context& ctx, SegmentStates& states) {
  const i64 segments = args.segments, slots = args.stateSlots, channels = args.channels;
  states.size = stateRows * channels;
  JAMBALAYA_TRY(ctx.inOptional(args.initial, extent(segments, stateRows, channels), states.initial));
  JAMBALAYA_TRY(ctx.outOptional(args.state, extent(slots, stateRows, channels), states.pool));
  JAMBALAYA_TRY(ctx.outOptional(args.final, extent(segments, stateRows, channels), states.final));
  JAMBALAYA_TRY(ctx.inOptional(args.slots, segments, states.slots));
  if (states.pool == nullptr) return Status::ok;
  if (states.slots == nullptr) return ctx.fail(Status::badHandle, args.slots);
  if (states.initial != nullptr) return ctx.fail(Status::badHandle, args.initial);
  return slotsValid(ctx, args.slots, states.slots, segments, slots);
}

/** Resolves and checks the offsets (S + 1) of the segments. */
template <class Args>
inline Status resolveOffsets(const Args& args, Context& ctx, const i32*& offsets) {
  JAMBALAYA_TRY(ctx.in(args.offsets, static_cast<i64>(args.segments) + 1, offsets));
  return offsetsValid(offsets, args.segments, args.rows) ? Status::ok : ctx.fail(Status::badIndex, args.offsets);
}

}  // namespace jambalaya::JAMBALAYA_ISA
