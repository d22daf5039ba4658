// The two loops that most kernels are made of: along a row in vectors, and over columns with a sequential sum over rows.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** W lanes of memory. */
struct Whole {
  F load(const f32* p) const { return jambalaya::JAMBALAYA_ISA::load(p); }
  void store(f32* p, F v) const { jambalaya::JAMBALAYA_ISA::store(p, v); }
};
/** The first n < W lanes; the others read as zero and are not written. */
struct Part {
  i64 n;
  F load(const f32* p) const { return loadPartial(p, n); }
  void store(f32* p, F v) const { storePartial(p, v, n); }
};

/** body(i, part) for i = 0, W, 2W, ...; `part` loads and stores the lanes that exist. */
template <class Body>
inline void forVectors(i64 begin, i64 end, const Body& body) {
  i64 i = begin;
  for (; i + W <= end; i += W) body(i, Whole{});
  if (i < end) body(i, Part{end - i});
}
template <class Body>
inline void forVectors(i64 count, const Body& body) {
  forVectors(0, count, body);
}

/** body(column, part) for every vector of columns, over all threads: for sums over rows in their order. */
template <class Body>
inline void forColumns(const Context& ctx, i64 rows, i64 columns, const Body& body) {
  ctx.parallel(ceilDiv(columns, W), max<i64>(1, elementGrain / (W * max<i64>(rows, 1))), [&](i64 begin, i64 end, Scratch&) {
    forVectors(begin * W, min<i64>(end * W, columns), body);
  });
}

/** out[i] = function(inputs[i]...) over all threads. */
template <class Function, class... Inputs>
inline void elementwise(const Context& ctx, i64 count, f32* out, const Function& function, const Inputs*... inputs) {
  ctx.parallel(ceilDiv(count, W), elementGrain / W, [&](i64 begin, i64 end, Scratch&) {
    forVectors(begin * W, min<i64>(end * W, count), [&](i64 i, auto part) { part.store(out + i, function(part.load(inputs + i)...)); });
  });
}

}  // namespace jambalaya::JAMBALAYA_ISA
