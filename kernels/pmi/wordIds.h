// wordIds: UTF-8 text -> ids of its words, with boundaries and ends of texts between them. A hash table that belongs to the
// caller has the words in the order of their first appearance.
#pragma once
#include "pmi/types.h"

namespace jambalaya::pmi {

constexpr u32 kindShift = 24;
constexpr u32 kindMask = 7u << kindShift;
constexpr u32 slowBit = 1u << 28;
constexpr u32 lowerMask = (1u << 21) - 1;
enum Kind : u32 { space = 0, wordKind = 1, boundaryKind = 2, single = 3, textEndKind = 4 };

/** Decodes the code point at `i` and moves behind it; -1 for bytes that are no UTF-8. */
inline int decode(const u8* text, i64 bytes, i64& i) {
  const u32 a = text[i++];
  if (a < 0x80) return static_cast<int>(a);
  const int more = a >= 0xf0 ? 3 : a >= 0xe0 ? 2 : 1;
  if (a < 0xc2 || a > 0xf4 || i + more > bytes) return -1;
  u32 code = a & (0x3fu >> more);
  for (int k = 0; k < more; ++k) {
    const u32 next = text[i++];
    if ((next & 0xc0) != 0x80) return -1;
    code = code << 6 | (next & 0x3f);
  }
  const bool isShort = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
  return isShort || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? -1 : static_cast<int>(code);
}

/** Whether `wordIds` can split this text as it is: well-formed, and with nothing that has to be composed. */
inline bool isComposed(const u8* text, i64 bytes, const u32* table) {
  for (i64 i = 0; i < bytes;) {
    if (text[i] < 0x80 || text[i] == 0xff) {
      ++i;
      continue;
    }
    const int code = decode(text, bytes, i);
    if (code < 0 || (table[code] & slowBit) != 0) return false;
  }
  return true;
}

/** Words by their bytes. `slots` are pairs (id + 1, hash), a power of two of them. */
struct WordTable {
  u32* slots;
  u32 mask;
  u32* offsets;
  u8* arena;
  u32 words;
  u32 used;

  /** The id of the word that was written from `used` to `end` in the arena. */
  u32 find(u32 end, u32 hash) {
    const u32 length = end - used;
    hash ^= hash >> 15;
    hash *= 0x2c1b3c6du;
    hash ^= hash >> 12;
    for (u32 slot = hash & mask;; slot = (slot + 1) & mask) {
      const u32 id = slots[2 * slot];
      if (id == 0) {
        slots[2 * slot] = ++words;
        slots[2 * slot + 1] = hash;
        offsets[words] = used = end;
        return words - 1;
      }
      if (slots[2 * slot + 1] != hash || offsets[id] - offsets[id - 1] != length) continue;
      const u8* a = arena + offsets[id - 1];
      const u8* b = arena + used;
      u32 i = 0;
      while (i < length && a[i] == b[i]) ++i;
      if (i == length) return id - 1;
    }
  }
};

/** Appends a code point to the arena as UTF-8. */
inline u32 append(u8* arena, u32 at, u32 code, u32& hash) {
  const auto put = [&](u32 byte) {
    arena[at++] = static_cast<u8>(byte);
    hash = (hash ^ byte) * 0x01000193u;
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return at;
}

/** Gives the number of ids, at most one for each byte of the text. 0xff is the end of a text. */
inline i64 wordIds(const u8* text, i64 bytes, const u32* table, WordTable& words, u32* ids) {
  i64 count = 0;
  const auto kindAt = [&](i64 at) -> u32 {
    if (at >= bytes || text[at] == 0xff) return space;
    const int code = decode(text, bytes, at);
    return code < 0 ? u32{space} : (table[code] & kindMask) >> kindShift;
  };
  const auto mark = [&](u32 id) {
    if (count == 0 || ids[count - 1] < boundary || (ids[count - 1] == boundary && id == textEnd)) {
      if (count > 0 && ids[count - 1] == boundary) --count;
      ids[count++] = id;
    }
  };
  constexpr u32 seed = 0x811c9dc5u;
  for (i64 i = 0; i < bytes;) {
    if (text[i] == 0xff) {
      ++i;
      mark(textEnd);
      continue;
    }
    int code = decode(text, bytes, i);
    if (code < 0) code = 0xfffd;
    u32 entry = table[code];
    switch ((entry & kindMask) >> kindShift) {
      case wordKind: {
        u32 hash = seed;
        u32 end = append(words.arena, words.used, entry & lowerMask, hash);
        while (i < bytes && text[i] != 0xff) {
          const i64 before = i;
          code = decode(text, bytes, i);
          entry = code < 0 ? 0 : table[code];
          const u32 kind = (entry & kindMask) >> kindShift;
          const bool joins = kind != wordKind && (code == '\'' || code == 0x2019) && kindAt(i) == wordKind;
          if (kind != wordKind && !joins) {
            i = before;
            break;
          }
          end = append(words.arena, end, joins ? u32{'\''} : entry & lowerMask, hash);
        }
        ids[count++] = words.find(end, hash);
        break;
      }
      case single: {
        u32 hash = seed;
        const u32 end = append(words.arena, words.used, entry & lowerMask, hash);
        ids[count++] = words.find(end, hash);
        break;
      }
      case boundaryKind:
        mark(boundary);
        break;
      case textEndKind:
        mark(textEnd);
        break;
      default:
        break;
    }
  }
  return count;
}

/** Puts all words into a fresh table of twice the slots: `slots` are zeros. */
inline void fillSlots(const u32* from, i64 fromSlots, u32* slots, u32 mask) {
  for (i64 i = 0; i < fromSlots; ++i) {
    if (from[2 * i] == 0) continue;
    u32 slot = from[2 * i + 1] & mask;
    while (slots[2 * slot] != 0) slot = (slot + 1) & mask;
    slots[2 * slot] = from[2 * i];
    slots[2 * slot + 1] = from[2 * i + 1];
  }
}

/** Enters words that are known already, such as those of a run that goes on: `offsets` has words + 1 entries. */
inline void enterWords(WordTable& table, const u32* offsets, u32 words) {
  for (u32 id = 0; id < words; ++id) {
    u32 hash = 0x811c9dc5u;
    for (u32 i = offsets[id]; i < offsets[id + 1]; ++i) hash = (hash ^ table.arena[i]) * 0x01000193u;
    table.find(offsets[id + 1], hash);
  }
}

}  // namespace jambalaya::pmi
