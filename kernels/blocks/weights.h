// The element types that a product's second operand may have, each widened to f32 in registers.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

struct WeightF32 {
  using T = f32;
  static F wide(const T* p) { return load(p); }
  static F wide(const T* p, i64 n) { return loadPartial(p, n); }
};
struct WeightBf16 {
  using T = u16;
  static F wide(const T* p) { return widenBf16(p); }
  static F wide(const T* p, i64 n) { return widenBf16(p, n); }
};
struct WeightF16 {
  using T = u16;
  static F wide(const T* p) { return widenF16(p); }
  static F wide(const T* p, i64 n) { return widenF16(p, n); }
};
struct WeightI8 {
  using T = i8;
  static F wide(const T* p) { return widenI8(p); }
  static F wide(const T* p, i64 n) { return widenI8(p, n); }
};

/** A matrix of any element type, with one scale per row if it is int8. */
struct Matrix {
  const void* data = nullptr;
  const f32* scale = nullptr;
  i32 dtype = F32;
};

/** Resolves a weight matrix of rows × columns and, for int8, its scales. */
inline Status resolve(Context& ctx, Ref ref, Ref scale, i64 rows, i64 columns, Matrix& matrix) {
  JAMBALAYA_TRY(ctx.any(ref, rows * columns, matrix.data, matrix.dtype));
  if (matrix.dtype == I32) return ctx.fail(Status::badDType, ref);
  JAMBALAYA_TRY(ctx.inOptional(scale, rows, matrix.scale));
  if ((matrix.dtype == I8) != (matrix.scale != nullptr)) return ctx.fail(Status::badDType, ref);
  return Status::ok;
}

/** Calls body(WeightX{}, pointer to the elements) for the matrix's element type. */
template <class Body>
inline void withWeights(const Matrix& matrix, const Body& body) {
  switch (matrix.dtype) {
    case BF16: return body(WeightBf16{}, static_cast<const u16*>(matrix.data));
    case F16: return body(WeightF16{}, static_cast<const u16*>(matrix.data));
    case I8: return body(WeightI8{}, static_cast<const i8*>(matrix.data));
    default: return body(WeightF32{}, static_cast<const f32*>(matrix.data));
  }
}

/** Widens `count` elements. */
template <class Weight>
inline void widenRow(const typename Weight::T* source, i64 count, f32* target) {
  i64 i = 0;
  for (; i + W <= count; i += W) store(target + i, Weight::wide(source + i));
  if (i < count) storePartial(target + i, Weight::wide(source + i, count - i), count - i);
}

}  // namespace jambalaya::JAMBALAYA_ISA
