// transpose: out (outer, columns, rows, inner) = x (outer, rows, columns, inner); any dtype.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** A tile's rows and columns: 16 elements of 4 bytes are a line of the cache on either side. */
constexpr i64 transposeTile = 16;

/** A height × width corner of a tile; whole tiles have constant sizes and unroll. */
template <class T>
inline void transposeCorner(const T* x, i64 columns, T* out, i64 rows, i64 height, i64 width) {
  T tile[transposeTile][transposeTile];
  for (i64 r = 0; r < height; ++r) {
    for (i64 c = 0; c < width; ++c) tile[c][r] = x[r * columns + c];
  }
  for (i64 c = 0; c < width; ++c) {
    for (i64 r = 0; r < height; ++r) out[c * rows + r] = tile[c][r];
  }
}

/** Single elements (inner = 1): tiles go through a buffer, so that both sides move whole lines. */
template <class T>
inline void transposeElements(const Context& ctx, const T* x, T* out, i64 outer, i64 rows, i64 columns) {
  const i64 bands = ceilDiv(rows, transposeTile);
  ctx.parallel(outer * bands, rowGrain(transposeTile * columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 o = item / bands, r = item % bands * transposeTile;
      const i64 height = min(transposeTile, rows - r);
      const T* from = x + (o * rows + r) * columns;
      T* to = out + o * rows * columns + r;
      for (i64 c = 0; c < columns; c += transposeTile) {
        const i64 width = min(transposeTile, columns - c);
        if (height == transposeTile && width == transposeTile) {
          transposeCorner(from + c, columns, to + c * rows, rows, transposeTile, transposeTile);
        } else {
          transposeCorner(from + c, columns, to + c * rows, rows, height, width);
        }
      }
    }
  });
}

inline Status transpose(const TransposeArgs& args, Context& ctx) {
  const i64 outer = args.outer, rows = args.rows, columns = args.columns, inner = args.inner;
  if (!sizesValid(outer, rows, columns, inner)) return ctx.fail(Status::badSize);
  const i64 count = extent(outer, rows, columns, inner);
  const void* x;
  void* out;
  i32 dtype;
  JAMBALAYA_TRY(resolveMove(ctx, args.x, count, args.out, count, x, out, dtype));
  if (count == 0) return Status::ok;
  if (inner == 1) {
    withElement(dtype, [&](auto element) {
      using T = decltype(element);
      transposeElements(ctx, static_cast<const T*>(x), static_cast<T*>(out), outer, rows, columns);
    });
    return Status::ok;
  }
  const i64 bytes = inner * Context::bytesOf(dtype);
  forRuns(ctx, outer * rows * columns, bytes, [&](i64 run, i64 at, i64 size) {
    const i64 r = run % rows, oc = run / rows, c = oc % columns, o = oc / columns;
    const i64 source = (o * rows + r) * columns + c;
    copyRun(static_cast<char*>(out) + run * bytes + at, static_cast<const char*>(x) + source * bytes + at, size);
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
