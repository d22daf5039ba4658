// Integer types and arguments of the n-gram kernels. As all kernels they are freestanding: no libc, no allocation, no
// exceptions, no threads, so that the same files build for every CPU and for wasm32.
#pragma once

namespace jambalaya::pmi {

using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using i64 = long long;
using u64 = unsigned long long;

/** Words of the longest n-grams. */
constexpr int order = 5;

/** Ids that stand for no word, in a stream of ids. */
constexpr u32 textEnd = 0xffffffffu;
constexpr u32 boundary = 0xfffffffeu;

/** The arrays and numbers of one call, as a host hands them over. */
struct Arguments {
  void* const* arrays;
  const i64* bytes;
  int count;
  const double* numbers;
  int numberCount;

  /** Array `i` as T, or null if it is too short for `length` of them. */
  template <class T>
  T* array(int i, i64 length) const {
    if (i >= count || length < 0 || bytes[i] < length * static_cast<i64>(sizeof(T))) return nullptr;
    return static_cast<T*>(arrays[i]);
  }
  template <class T>
  i64 length(int i) const {
    return i < count ? bytes[i] / static_cast<i64>(sizeof(T)) : 0;
  }
  i64 number(int i) const { return i < numberCount ? static_cast<i64>(numbers[i]) : 0; }
};

/** What a kernel returns for arrays that do not fit its numbers: a defect of the caller. */
constexpr double badArguments = -1000;

}  // namespace jambalaya::pmi
