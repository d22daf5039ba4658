// Rows in groups that each meet a matrix of their own (the experts of a mixture; a plain product has one group), cut into
// blocks of work that are handed out in one go, so that small groups do not wait for each other.
#pragma once
#include "engine/context.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Rows offsets[g] .. offsets[g + 1] belong to group g. */
struct RowGroups {
  const i32* offsets;
  i32 count;
};

/** One block of work: rows [row, row + rows) of `group`, and the columns from `column` on. */
struct RowBlock {
  i32 group;
  i64 row, rows, column;
};

/** The blocks of `mostRows` rows and `width` of `columns` columns; a group's blocks of rows run fastest. */
struct RowBlocks {
  RowGroups groups;
  i64 mostRows, columns, width;

  i64 count() const {
    i64 total = 0;
    for (i32 g = 0; g < groups.count; ++g) total += blocksOf(g);
    return total;
  }
  RowBlock operator[](i64 item) const {
    i32 g = 0;
    for (; item >= blocksOf(g); ++g) item -= blocksOf(g);
    const i64 first = groups.offsets[g], rows = groups.offsets[g + 1] - first;
    const i64 rowBlocks = ceilDiv(rows, mostRows), i = item % rowBlocks * mostRows;
    return {g, first + i, min(mostRows, rows - i), item / rowBlocks * width};
  }

 private:
  i64 blocksOf(i32 g) const {
    return ceilDiv(groups.offsets[g + 1] - groups.offsets[g], mostRows) * ceilDiv(columns, width);
  }
};

}  // namespace jambalaya::JAMBALAYA_ISA
