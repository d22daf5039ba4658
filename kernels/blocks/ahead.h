// Memory that is asked for before it is needed, where the hardware would not see it coming.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Bytes that memory gives at a time. */
constexpr int cacheLine = 64;

/** Asks the first cache for `columns` of `rows` rows that are about to be written: a store to a line that is elsewhere holds those behind it up. */
inline void askToWrite(const f32* out, i64 ldo, i64 rows, i64 columns) {
  constexpr i64 line = cacheLine / sizeof(f32);
  for (i64 i = 0; i < rows; ++i) {
    for (i64 j = 0; j < columns; j += line) __builtin_prefetch(out + i * ldo + j, 1, 3);
  }
}

/** Rows of memory, some bytes of each. */
struct MemoryRows {
  const char* at = nullptr;
  i64 count = 0, stride = 0, bytes = 0;

  /** Asks the second cache for the next row. */
  void ask() {
    if (count == 0) return;
    for (i64 i = 0; i < bytes; i += cacheLine) __builtin_prefetch(at + i, 0, 2);
    at += stride;
    --count;
  }
};

}  // namespace jambalaya::JAMBALAYA_ISA
