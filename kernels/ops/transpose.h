// transpose: out (outer, columns, rows, inner) = x (outer, rows, columns, inner); any dtype.
#pragma once
#include "blocks/lanes.h"
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows and columns that are turned together: a line of the cache of 4-byte elements on either side. */
constexpr i64 transposeTile = 16;
/** Rows whose tiles follow each other, so that every output row is written in runs of several lines. */
constexpr i64 transposeBand = 128;

/** Any height and width up to a tile. */
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

/** A whole tile; elements of 4 bytes in registers. */
template <class T>
inline void transposeWhole(const T* x, i64 columns, T* out, i64 rows) {
  if constexpr (sizeof(T) == sizeof(f32)) {
    for (i64 r = 0; r < transposeTile; r += W) {
      for (i64 c = 0; c < transposeTile; c += W) {
        F v[W];
        for (int i = 0; i < W; ++i) __builtin_memcpy(&v[i], x + (r + i) * columns + c, sizeof(F));
        transposeLanes(v);
        for (int i = 0; i < W; ++i) __builtin_memcpy(out + (c + i) * rows + r, &v[i], sizeof(F));
      }
    }
  } else {
    transposeCorner(x, columns, out, rows, transposeTile, transposeTile);
  }
}

/** Single elements (inner = 1). */
template <class T>
inline void transposeElements(const Context& ctx, const T* x, T* out, i64 outer, i64 rows, i64 columns) {
  const i64 bands = ceilDiv(rows, transposeBand);
  ctx.parallel(outer * bands, rowGrain(transposeBand * columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 item = begin; item < end; ++item) {
      const i64 o = item / bands, first = item % bands * transposeBand, last = min(rows, first + transposeBand);
      const T* from = x + o * rows * columns;
      T* to = out + o * rows * columns;
      for (i64 c = 0; c < columns; c += transposeTile) {
        const i64 width = min(transposeTile, columns - c);
        for (i64 r = first; r < last; r += transposeTile) {
          const i64 height = min(transposeTile, last - r);
          const T* corner = from + r * columns + c;
          if (height == transposeTile && width == transposeTile) transposeWhole(corner, columns, to + c * rows + r, rows);
          else transposeCorner(corner, columns, to + c * rows + r, rows, height, width);
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
