// sortChunk: the 5-grams that begin in a chunk of ids, sorted, each once with its count.
//
// A key is five words of 24 bits, first word highest, and 8 bits of count: two u64 that are compared as one number. What
// follows a boundary is 0. The chunk is parted into buckets by first word, each small enough for the cache, and each bucket
// sorted by its bytes from the lowest (LSD radix), bytes that are equal in all of it left out.
#pragma once
#include "pmi/types.h"

namespace jambalaya::pmi {

struct Key {
  u64 high, low;

  /** The five words alone, without the count. */
  u64 lowWords() const { return low >> 8; }
  u32 count() const { return static_cast<u32>(low & 255); }
  u32 word(int n) const {
    switch (n) {
      case 0: return static_cast<u32>(high >> 40);
      case 1: return static_cast<u32>(high >> 16) & 0xffffffu;
      case 2: return (static_cast<u32>(high & 0xffff) << 8) | static_cast<u32>(low >> 56);
      case 3: return static_cast<u32>(low >> 32) & 0xffffffu;
      default: return static_cast<u32>(low >> 8) & 0xffffffu;
    }
  }
};

inline bool sameWords(const Key& a, const Key& b) { return a.high == b.high && a.lowWords() == b.lowWords(); }
inline bool before(const Key& a, const Key& b) {
  return a.high < b.high || (a.high == b.high && a.lowWords() < b.lowWords());
}

inline u32 byteOf(const Key& key, int byte) {
  return static_cast<u32>((byte < 8 ? key.low >> (8 * byte) : key.high >> (8 * (byte - 8))) & 255);
}

/** Sorts `count` keys; the result lies in either of the two arrays. */
inline Key* sortKeys(Key* keys, Key* other, i64 count) {
  if (count < 40) {
    for (i64 i = 1; i < count; ++i) {
      const Key key = keys[i];
      i64 j = i;
      for (; j > 0 && before(key, keys[j - 1]); --j) keys[j] = keys[j - 1];
      keys[j] = key;
    }
    return keys;
  }
  Key same = {~0ull, ~0ull}, any = {0, 0};
  for (i64 i = 0; i < count; ++i) {
    same.high &= keys[i].high;
    same.low &= keys[i].low;
    any.high |= keys[i].high;
    any.low |= keys[i].low;
  }
  const Key differs = {same.high ^ any.high, same.low ^ any.low};
  for (int byte = 1; byte < 16; ++byte) {
    if (byteOf(differs, byte) == 0) continue;
    u32 starts[256] = {};
    for (i64 i = 0; i < count; ++i) ++starts[byteOf(keys[i], byte)];
    u32 sum = 0;
    for (u32& start : starts) {
      const u32 size = start;
      start = sum;
      sum += size;
    }
    for (i64 i = 0; i < count; ++i) other[starts[byteOf(keys[i], byte)]++] = keys[i];
    Key* const swap = keys;
    keys = other;
    other = swap;
  }
  return keys;
}

/** Sets each id to its rank from 1, or 0 where it is a boundary or a rare word. */
inline bool toRanks(u32* ids, i64 count, const u32* rankOf, i64 words) {
  for (i64 i = 0; i < count; ++i) {
    const u32 id = ids[i];
    if (id < boundary && static_cast<i64>(id) >= words) return false;
    ids[i] = id < boundary ? rankOf[id] : 0;
  }
  return true;
}

/**
 * @param ranks of the chunk and of up to four words after it, `available` in all
 * @param bucketOf the bucket of each rank, rising
 * @param ends where each bucket ends, in keys of the result
 * @return the number of keys, in `keys`
 */
inline i64 sortChunk(const u32* ranks, i64 count, i64 available, const u16* bucketOf, int buckets, Key* keys, Key* other,
                     u32* ends) {
  for (int b = 0; b < buckets; ++b) ends[b] = 0;
  for (i64 i = 0; i < count; ++i) {
    if (ranks[i] != 0) ++ends[bucketOf[ranks[i]]];
  }
  u32 sum = 0;
  for (int b = 0; b < buckets; ++b) {
    const u32 size = ends[b];
    ends[b] = sum;
    sum += size;
  }
  for (i64 i = 0; i < count; ++i) {
    if (ranks[i] == 0) continue;
    u64 words[order] = {ranks[i], 0, 0, 0, 0};
    for (int n = 1; n < order && i + n < available && ranks[i + n] != 0; ++n) words[n] = ranks[i + n];
    const Key key = {words[0] << 40 | words[1] << 16 | words[2] >> 8,
                     words[2] << 56 | words[3] << 32 | words[4] << 8 | 1};
    other[ends[bucketOf[ranks[i]]]++] = key;
  }
  i64 begin = 0, written = 0;
  for (int b = 0; b < buckets; ++b) {
    const i64 end = ends[b], size = end - begin;
    // The keys that are done lie before `written` ≤ begin, so that the bucket's own place in `keys` is free.
    const Key* const sorted = sortKeys(other + begin, keys + begin, size);
    const i64 first = written;
    for (i64 i = 0; i < size; ++i) {
      const Key key = sorted[i];
      if (written > first && sameWords(keys[written - 1], key) && keys[written - 1].count() < 255) {
        ++keys[written - 1].low;
      } else {
        keys[written++] = key;
      }
    }
    ends[b] = static_cast<u32>(written);
    begin = end;
  }
  return written;
}

}  // namespace jambalaya::pmi
