// fill: every element becomes `value`, rounded to the dtype; an integer dtype takes only integers that it can hold.
#pragma once
#include "blocks/moves.h"
#include "blocks/narrow.h"

namespace jambalaya::JAMBALAYA_ISA {

template <class T>
inline void fillElements(const Context& ctx, void* data, i64 count, T value) {
  T* out = static_cast<T*>(data);
  ctx.parallel(count, elementGrain, [&](i64 begin, i64 end, Scratch&) {
    for (i64 i = begin; i < end; ++i) out[i] = value;
  });
}

inline Status fill(const FillArgs& args, Context& ctx) {
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(ctx.anyOut(args.out, args.count, out, dtype));
  const f32 value = args.value;
  if (dtype == I8 || dtype == I32) {
    const f32 limit = dtype == I8 ? 0x1p7f : 0x1p31f;
    if (!(value >= -limit && value < limit) || value != static_cast<f32>(static_cast<i32>(value))) {
      return ctx.fail(Status::badSize, args.out);
    }
  }
  switch (dtype) {
    case BF16: fillElements<u16>(ctx, out, args.count, narrowBf16(set(value))[0]); break;
    case F16: fillElements<u16>(ctx, out, args.count, narrowF16(set(value))[0]); break;
    case I8: fillElements<i8>(ctx, out, args.count, static_cast<i8>(value)); break;
    case I32: fillElements<i32>(ctx, out, args.count, static_cast<i32>(value)); break;
    default: fillElements<f32>(ctx, out, args.count, value);
  }
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
