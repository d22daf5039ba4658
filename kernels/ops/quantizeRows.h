// quantizeRows: scale = max|row| / 127, values = x / scale rounded to nearest even and held to [-127, 127]; x may be f32, bf16
// or f16. A true division, so that every device gives the same integers. A row whose scale is zero has values 0, and so
// has an element whose quotient is NaN. A NaN makes its row's scale NaN, so that none is lost.
#pragma once
#include "blocks/loops.h"
#include "blocks/weights.h"

namespace jambalaya::JAMBALAYA_ISA {

typedef i8 B __attribute__((vector_size(W)));

inline B quantized(F x, f32 scale) {
  const F bounded = maximum(minimum(x / scale, set(127.0f)), set(-127.0f));
  const I whole = __builtin_convertvector(roundNearest(bounded), I);
  // Neither bound takes a NaN out: minimum(NaN, 127) is 127.
  return __builtin_convertvector(x / scale == x / scale ? whole : I{}, B);
}

/** The larger of magnitudes, by their bits: NaN is above all numbers, where `maximum` may drop it. */
inline F largerMagnitude(F a, F b) {
  const I x = reinterpret_cast<I>(a), y = reinterpret_cast<I>(b);
  return reinterpret_cast<F>(x > y ? x : y);
}

template <class Weight>
inline f32 largestMagnitude(const typename Weight::T* row, i64 columns) {
  F best = zero();
  i64 i = 0;
  for (; i + W <= columns; i += W) best = largerMagnitude(absolute(Weight::wide(row + i)), best);
  if (i < columns) best = largerMagnitude(absolute(Weight::wide(row + i, columns - i)), best);
  f32 lanes[W], largest = 0;
  store(lanes, best);
  for (f32 lane : lanes) largest = lane > largest || lane != lane ? lane : largest;
  return largest;
}

inline Status quantizeRows(const QuantizeRowsArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  Matrix x;
  i8* values;
  f32* scale;
  JAMBALAYA_TRY(resolve(ctx, args.x, Ref{}, rows, columns, x));
  JAMBALAYA_TRY(ctx.out(args.values, rows * columns, values));
  JAMBALAYA_TRY(ctx.out(args.scale, rows, scale));
  withWeights(x, [&](auto weight, auto* data) {
    using Weight = decltype(weight);
    ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
      for (i64 r = begin; r < end; ++r) {
        const auto* row = data + r * columns;
        i8* target = values + r * columns;
        scale[r] = largestMagnitude<Weight>(row, columns) / 127.0f;
        if (scale[r] == 0) {
          __builtin_memset(target, 0, static_cast<unsigned long>(columns));
          continue;
        }
        i64 i = 0;
        for (; i + W <= columns; i += W) {
          const B bytes = quantized(Weight::wide(row + i), scale[r]);
          __builtin_memcpy(target + i, &bytes, sizeof(B));
        }
        if (i < columns) {
          const B bytes = quantized(Weight::wide(row + i, columns - i), scale[r]);
          __builtin_memcpy(target + i, &bytes, static_cast<unsigned long>(columns - i));
        }
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
