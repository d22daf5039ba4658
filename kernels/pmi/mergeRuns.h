// mergeRuns: sorted runs of keys -> the n-grams of 2 … 5 words that stand often enough, sorted. One scan counts all lengths:
// n-grams with the same first words stand together, so that each length has one counter, which is read when its words change.
#pragma once
#include "pmi/sortChunk.h"

namespace jambalaya::pmi {

/** A run's part of the buffer, in keys; `more` if the caller has not put all of it there. */
struct Run {
  double position, end, more;
};

/** Where the scan stands, kept between calls: words and counts of the current n-grams. */
struct Scan {
  double words[order];
  double counts[order];
};

/** Rows of n ids and a count. */
struct Output {
  u32* rows;
  i64 used, capacity;
};

constexpr i64 mergeFinished = -1;
constexpr i64 mergeFull = -2;

/** Ends the n-grams of more than `kept` words. */
inline void emit(Scan& scan, int kept, double minimum, Output* outputs) {
  for (int n = order; n > kept; --n) {
    if (n > 1 && scan.words[n - 1] != 0 && scan.counts[n - 1] >= minimum) {
      Output& output = outputs[n - 2];
      u32* row = output.rows + output.used * (n + 1);
      for (int i = 0; i < n; ++i) row[i] = static_cast<u32>(scan.words[i]);
      row[n] = static_cast<u32>(scan.counts[n - 1]);
      ++output.used;
    }
    scan.counts[n - 1] = 0;
  }
}

/** Merges until all is done, a run of which there is more is used up (its number), or an output has no room. */
inline i64 mergeRuns(const Key* keys, Run* runs, int count, Scan& scan, double minimum, Output* outputs, u32* heap) {
  const auto head = [&](u32 run) -> const Key& { return keys[static_cast<i64>(runs[run].position)]; };
  // Equal keys come in the order of their runs: the result does not depend on it, and the work is the same each time.
  const auto earlier = [&](u32 a, u32 b) {
    return before(head(a), head(b)) || (a < b && sameWords(head(a), head(b)));
  };
  int size = 0;
  for (int run = 0; run < count; ++run) {
    if (runs[run].position < runs[run].end) heap[size++] = static_cast<u32>(run);
    else if (runs[run].more != 0) return run;
  }
  const auto sink = [&](int at) {
    const u32 moved = heap[at];
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && earlier(heap[child + 1], heap[child])) ++child;
      if (!earlier(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  };
  for (int at = size / 2 - 1; at >= 0; --at) sink(at);
  while (size > 0) {
    for (int n = 0; n < order - 1; ++n) {
      if (outputs[n].used == outputs[n].capacity) return mergeFull;
    }
    const u32 run = heap[0];
    const Key key = head(run);
    u32 words[order];
    int kept = 0;
    for (int n = 0; n < order; ++n) words[n] = key.word(n);
    while (kept < order && static_cast<double>(words[kept]) == scan.words[kept]) ++kept;
    if (kept < order) {
      emit(scan, kept, minimum, outputs);
      for (int n = kept; n < order; ++n) scan.words[n] = words[n];
    }
    for (int n = 0; n < order; ++n) scan.counts[n] += key.count();
    if (++runs[run].position < runs[run].end) {
      sink(0);
    } else if (runs[run].more != 0) {
      return run;
    } else {
      heap[0] = heap[--size];
      if (size > 0) sink(0);
    }
  }
  emit(scan, 0, minimum, outputs);
  for (double& word : scan.words) word = 0;
  return mergeFinished;
}

}  // namespace jambalaya::pmi
