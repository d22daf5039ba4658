// The one door of the n-gram kernels, for every host: a kernel's number, its arrays, its numbers. `src/pmi/kernels.ts` is the
// other side, and names what each array is.
#pragma once
#include "pmi/mergeRuns.h"
#include "pmi/tally.h"
#include "pmi/wordIds.h"

namespace jambalaya::pmi {

enum Kernel { isComposedKernel, wordIdsKernel, fillSlotsKernel, enterWordsKernel, tallyKernel, sortChunkKernel, mergeRunsKernel };

constexpr i64 tableLength = 0x110000;

inline double run(int kernel, const Arguments& a) {
  switch (kernel) {
    case isComposedKernel: {  // text, table; bytes
      const u8* text = a.array<u8>(0, a.number(0));
      const u32* table = a.array<u32>(1, tableLength);
      if (text == nullptr || table == nullptr) return badArguments;
      return isComposed(text, a.number(0), table) ? 1 : 0;
    }
    case wordIdsKernel: {  // text, table, slots, offsets, arena, state (words, used), ids; bytes
      const i64 bytes = a.number(0);
      const u8* text = a.array<u8>(0, bytes);
      const u32* table = a.array<u32>(1, tableLength);
      u32* state = a.array<u32>(5, 2);
      u32* ids = a.array<u32>(6, bytes);
      if (text == nullptr || table == nullptr || state == nullptr || ids == nullptr) return badArguments;
      const i64 slots = a.length<u32>(2) / 2;
      // Room for the most that the text can bring: a word for every two bytes, and half as many bytes again in lower case.
      const i64 most = state[0] + bytes / 2 + 1;
      if (slots <= most || a.length<u32>(3) <= most || a.bytes[4] < state[1] + 2 * bytes + 8) return badArguments;
      WordTable words{a.array<u32>(2, 0), static_cast<u32>(slots - 1), a.array<u32>(3, 0), a.array<u8>(4, 0), state[0], state[1]};
      const i64 count = wordIds(text, bytes, table, words, ids);
      state[0] = words.words;
      state[1] = words.used;
      return static_cast<double>(count);
    }
    case fillSlotsKernel: {  // from, slots
      const i64 from = a.length<u32>(0) / 2, to = a.length<u32>(1) / 2;
      if (to <= from) return badArguments;
      fillSlots(a.array<u32>(0, 0), from, a.array<u32>(1, 0), static_cast<u32>(to - 1));
      return 0;
    }
    case enterWordsKernel: {  // slots, offsets, arena, given offsets; words
      const i64 words = a.number(0), slots = a.length<u32>(0) / 2;
      const u32* given = a.array<u32>(3, words + 1);
      if (given == nullptr || slots <= words || a.length<u32>(1) <= words || a.bytes[2] < given[words]) return badArguments;
      WordTable table{a.array<u32>(0, 0), static_cast<u32>(slots - 1), a.array<u32>(1, 0), a.array<u8>(2, 0), 0, 0};
      enterWords(table, given, static_cast<u32>(words));
      return table.words;
    }
    case tallyKernel: {  // ids, counts, totals; count, words
      const u32* ids = a.array<u32>(0, a.number(0));
      u32* counts = a.array<u32>(1, a.number(1));
      double* totals = a.array<double>(2, order + 3);
      if (ids == nullptr || counts == nullptr || totals == nullptr) return badArguments;
      for (i64 i = 0; i < a.number(0); ++i) {
        if (ids[i] < boundary && ids[i] >= a.number(1)) return -1;
      }
      tally(ids, a.number(0), counts, totals);
      return 0;
    }
    case sortChunkKernel: {  // ids, rankOf, bucketOf, keys, other, ends; count, available, words, buckets
      const i64 count = a.number(0), available = a.number(1), words = a.number(2), buckets = a.number(3);
      u32* ids = a.array<u32>(0, available);
      const u32* rankOf = a.array<u32>(1, words);
      Key* keys = a.array<Key>(3, count);
      Key* other = a.array<Key>(4, count);
      u32* ends = a.array<u32>(5, buckets);
      if (count > available || ids == nullptr || rankOf == nullptr || keys == nullptr || other == nullptr || ends == nullptr)
        return badArguments;
      if (!toRanks(ids, available, rankOf, words)) return -1;
      return static_cast<double>(sortChunk(ids, count, available, a.array<u16>(2, 0), static_cast<int>(buckets), keys, other, ends));
    }
    case mergeRunsKernel: {  // keys, runs, scan, heap, used (4), 2-grams … 5-grams; runs, minimum
      const i64 count = a.number(0);
      Run* runs = a.array<Run>(1, count);
      Scan* scan = a.array<Scan>(2, 1);
      u32* heap = a.array<u32>(3, count);
      double* used = a.array<double>(4, order - 1);
      if (runs == nullptr || scan == nullptr || heap == nullptr || used == nullptr || a.count < 5 + order - 1) return badArguments;
      for (i64 i = 0; i < count; ++i) {
        if (runs[i].position < 0 || runs[i].end * static_cast<double>(sizeof(Key)) > static_cast<double>(a.bytes[0])) return badArguments;
      }
      Output outputs[order - 1];
      for (int n = 0; n < order - 1; ++n) {
        outputs[n] = {a.array<u32>(5 + n, 0), static_cast<i64>(used[n]), a.length<u32>(5 + n) / (n + 3) - 1};
        if (outputs[n].used < 0 || outputs[n].used > outputs[n].capacity) return badArguments;
      }
      const i64 result = mergeRuns(a.array<const Key>(0, 0), runs, static_cast<int>(count), *scan, a.numbers[1], outputs, heap);
      for (int n = 0; n < order - 1; ++n) used[n] = static_cast<double>(outputs[n].used);
      return static_cast<double>(result);
    }
    default:
      return badArguments;
  }
}

}  // namespace jambalaya::pmi
