// tally: how often each word stands in a stream of ids, and how many n-grams of each length there are in it.
#pragma once
#include "pmi/types.h"

namespace jambalaya::pmi {

/**
 * @param totals n-grams of 1 … 5 words; [5] the words since the last boundary and [7] whether the text has had a word, both kept
 *   between calls; [6] texts with a word
 */
inline void tally(const u32* ids, i64 count, u32* counts, double* totals) {
  i64 segment = static_cast<i64>(totals[order]);
  i64 sums[order] = {0, 0, 0, 0, 0};
  i64 texts = 0;
  bool hasWord = totals[order + 2] != 0;
  for (i64 i = 0; i < count; ++i) {
    if (ids[i] >= boundary) {
      segment = 0;
      if (ids[i] == textEnd) {
        texts += hasWord;
        hasWord = false;
      }
      continue;
    }
    ++counts[ids[i]];
    hasWord = true;
    ++segment;
    for (int n = 0; n < order; ++n) sums[n] += segment > n;
  }
  for (int n = 0; n < order; ++n) totals[n] += static_cast<double>(sums[n]);
  totals[order] = static_cast<double>(segment);
  totals[order + 1] += static_cast<double>(texts);
  totals[order + 2] = hasWord;
}

}  // namespace jambalaya::pmi
