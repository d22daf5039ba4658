// Where the keys and values of a ragged batch lie: beside the queries, or in pages that a table finds by position.
#pragma once
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows of `width` elements for the positions of each segment. */
struct Positions {
  const i32* offsets;
  /** Position of a segment's first row; null for 0. */
  const i32* starts;
  /** (segments, maxPages); null when position j is row offsets[s] + j. */
  const i32* pageTable;
  i64 pageTokens, maxPages, width;

  i64 first(i64 s) const { return offsets[s]; }
  i64 length(i64 s) const { return offsets[s + 1] - offsets[s]; }
  i64 start(i64 s) const { return starts == nullptr ? 0 : starts[s]; }
  /** The element at which the row of a position begins; the rest of its key block follows. */
  i64 at(i64 s, i64 position) const {
    if (pageTable == nullptr) return (first(s) + position) * width;
    const i64 page = pageTable[s * maxPages + position / pageTokens];
    return (page * pageTokens + position % pageTokens) * width;
  }
};

/** The sizes of paged storage, before its operands are looked up. */
inline bool pageSizesValid(i64 pageTokens, i64 maxPages, i64 pages) {
  return sizesValid(maxPages, pages) && pageTokens > 0 && pageTokens % attentionKeyBlock == 0;
}

/** The pools of keys and of values hold one float dtype. */
inline bool pageDTypesValid(i32 keys, i32 values) {
  return keys == values && (keys == F32 || keys == BF16 || keys == F16);
}

/**
 * Whether every segment fits its pages and its table names existing ones, from position 0 or, with `presentOnly`, from
 * the segment's first row on. Segments without rows need no pages.
 */
inline bool pagesValid(const Positions& positions, i64 segments, i64 pages, bool presentOnly) {
  for (i64 s = 0; s < segments; ++s) {
    const i64 start = positions.start(s), end = start + positions.length(s);
    if (start < 0 || end > positions.maxPages * positions.pageTokens) return false;
    if (positions.length(s) == 0) continue;
    const i64 last = (end - 1) / positions.pageTokens;
    for (i64 i = presentOnly ? start / positions.pageTokens : 0; i <= last; ++i) {
      const i32 page = positions.pageTable[s * positions.maxPages + i];
      if (page < 0 || page >= pages) return false;
    }
  }
  return true;
}

}  // namespace jambalaya::JAMBALAYA_ISA
