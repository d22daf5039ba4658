// appendKeyValue: the present rows of keys and values go to their positions in the pages, rounded to the pages' dtype.
#pragma once
#include "blocks/keyValuePages.h"
#include "blocks/narrow.h"

namespace jambalaya::JAMBALAYA_ISA {

template <class Narrow>
inline void narrowRow(const f32* from, i64 count, typename Narrow::T* to) {
  i64 i = 0;
  for (; i + W <= count; i += W) Narrow::put(to + i, load(from + i));
  if (i < count) Narrow::put(to + i, loadPartial(from + i, count - i), count - i);
}

inline Status appendKeyValue(const AppendKeyValueArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, width = args.width;
  if (!sizesValid(rows, segments, width) || !pageSizesValid(args.pageTokens, args.maxPages, args.pages)) {
    return ctx.fail(Status::badSize);
  }
  Positions positions{};
  positions.pageTokens = args.pageTokens;
  positions.maxPages = args.maxPages;
  positions.width = width;
  const f32 *k, *v;
  void *keys, *values;
  i32 dtype, valueDtype;
  const i64 count = extent(args.pages, args.pageTokens, width);
  JAMBALAYA_TRY(ctx.in(args.k, rows * width, k));
  JAMBALAYA_TRY(ctx.in(args.v, rows * width, v));
  JAMBALAYA_TRY(ctx.in(args.pageTable, segments * args.maxPages, positions.pageTable));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, positions.offsets));
  JAMBALAYA_TRY(ctx.in(args.starts, segments, positions.starts));
  JAMBALAYA_TRY(ctx.anyOut(args.keyPages, count, keys, dtype));
  JAMBALAYA_TRY(ctx.anyOut(args.valuePages, count, values, valueDtype));
  if (!pageDTypesValid(dtype, valueDtype)) return ctx.fail(Status::badDType, args.valuePages);
  if (!pagesValid(positions, segments, args.pages, true)) return ctx.fail(Status::badIndex, args.pageTable);
  withNarrow(keys, dtype, [&](auto narrow, auto* keyRows) {
    using Narrow = decltype(narrow);
    auto* valueRows = static_cast<decltype(keyRows)>(values);
    ctx.parallel(rows, rowGrain(width), [&](i64 begin, i64 end, Scratch&) {
      i64 s = 0;
      for (i64 r = begin; r < end; ++r) {
        while (positions.offsets[s + 1] <= r) ++s;
        const i64 at = positions.at(s, positions.start(s) + r - positions.first(s));
        narrowRow<Narrow>(k + r * width, width, keyRows + at);
        narrowRow<Narrow>(v + r * width, width, valueRows + at);
      }
    });
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA
