// Reads the words of one command. The form is described in src/contract/commands.ts.
#pragma once
#include "engine/types.h"

namespace jambalaya::JAMBALAYA_ISA {

/** A place in a device buffer: handle 0 is an absent operand, the offset counts elements. */
struct Ref {
  i32 handle = 0, offset = 0;
  explicit operator bool() const { return handle != 0; }
};

/** `count` places, still as words. */
struct RefList {
  const i32* words = nullptr;
  i32 count = 0;
  Ref operator[](i32 i) const { return {words[2 * i], words[2 * i + 1]}; }
};

/** Never reads past `end`: a command that is too short yields zeros and `overrun`. */
class Reader {
 public:
  Reader(const i32* begin, const i32* end) : at_(begin), end_(end) {}

  i32 integer() {
    if (at_ >= end_) {
      overrun_ = true;
      return 0;
    }
    return *at_++;
  }
  f32 real() {
    const i32 bits = integer();
    f32 value;
    __builtin_memcpy(&value, &bits, 4);
    return value;
  }
  Ref ref() {
    const i32 handle = integer();
    return {handle, integer()};
  }
  RefList list() {
    const i32 count = integer();
    if (count < 0 || count > (end_ - at_) / 2) {
      overrun_ = true;
      return {};
    }
    RefList result{at_, count};
    at_ += 2 * count;
    return result;
  }
  bool exhausted() const { return at_ == end_ && !overrun_; }

 private:
  const i32* at_;
  const i32* end_;
  bool overrun_ = false;
};

}  // namespace jambalaya::JAMBALAYA_ISA
