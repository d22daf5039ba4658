// cast: between f32, bf16 and f16, rounded to nearest even; i8 and i32 to f32.
#pragma once
#include "blocks/narrow.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

struct WideI32 {
  using T = i32;
  static F wide(const T* p) {
    I v;
    __builtin_memcpy(&v, p, sizeof(I));
    return __builtin_convertvector(v, F);
  }
  static F wide(const T* p, i64 n) {
    I v = {};
    __builtin_memcpy(&v, p, static_cast<unsigned long>(n) * sizeof(T));
    return __builtin_convertvector(v, F);
  }
};

template <class From, class To>
inline void castElements(const Context& ctx, const typename From::T* x, typename To::T* out, i64 count) {
  ctx.parallel(ceilDiv(count, W), elementGrain / W, [&](i64 begin, i64 end, Scratch&) {
    const i64 last = min<i64>(end * W, count);
    i64 i = begin * W;
    for (; i + W <= last; i += W) To::put(out + i, From::wide(x + i));
    if (i < last) To::put(out + i, From::wide(x + i, last - i), last - i);
  });
}

inline Status cast(const CastArgs& args, Context& ctx) {
  Matrix x;
  void* out;
  i32 to;
  JAMBALAYA_TRY(ctx.any(args.x, args.count, x.data, x.dtype));
  JAMBALAYA_TRY(ctx.anyOut(args.out, args.count, out, to));
  if (to == I8 || to == I32 || ((x.dtype == I8 || x.dtype == I32) && to != F32)) {
    return ctx.fail(Status::badDType, args.out);
  }
  if (x.dtype == I32) {
    castElements<WideI32, NarrowF32>(ctx, static_cast<const i32*>(x.data), static_cast<f32*>(out), args.count);
    return Status::ok;
  }
  withWeights(x, [&](auto from, auto* source) {
    withNarrow(out, to, [&](auto into, auto* target) {
      castElements<decltype(from), decltype(into)>(ctx, source, target, args.count);
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
