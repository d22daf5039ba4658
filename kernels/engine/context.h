// What a kernel sees of its host: the buffer table, a way to spread work over threads, and per-thread scratch memory.
#pragma once
#include "contract.h"

namespace jambalaya::JAMBALAYA_ISA {

/**
 * A device buffer: `data` is null for a free place, `length` counts elements. A handle is a place in the table and, above
 * `placeBits`, its generation, which rises when the place is freed: a handle that was kept finds nothing there.
 */
struct Buffer {
  void* data;
  i64 length;
  i32 dtype;
  short readOnly, generation;
};
constexpr i32 placeBits = 20, generationBits = 11;
constexpr i32 placeOf(i32 handle) { return handle & ((1 << placeBits) - 1); }
constexpr i32 generationOf(i32 handle) { return handle >> placeBits; }

enum class Status : i32 {
  ok = 0,
  malformed,   // the words are not a command
  unknownOp,
  badHandle,   // an operand that is missing or was freed
  badDType,
  outOfBounds, // an operand that is too short for the sizes
  readOnly,    // an output in a mapped file
  badSize,     // a size that is negative, inconsistent, or over a kernel's limit
  badIndex,    // a value in an index tensor that points outside
};

constexpr i64 scratchBytes = 4 << 20;

/** Memory of the thread that runs a piece of work, reused from piece to piece. */
class Scratch {
 public:
  explicit Scratch(char* base) : base_(base) {}
  /** `count` uninitialised elements, 64-byte aligned; null when they do not fit. */
  template <class T>
  T* take(i64 count) {
    const i64 bytes = (count * static_cast<i64>(sizeof(T)) + 63) & ~63ll;
    if (used_ + bytes > scratchBytes) return nullptr;
    T* result = reinterpret_cast<T*>(base_ + used_);
    used_ += bytes;
    return result;
  }

 private:
  char* base_;
  i64 used_ = 0;
};

using Work = void (*)(void* body, i64 begin, i64 end, char* scratch);

/** Given by the host: the addon's thread pool, or a plain loop. */
struct Host {
  /** Runs [0, items) in pieces of at least `grain`, on any number of threads, and returns when all are done. */
  void (*parallel)(void* pool, i64 items, i64 grain, Work work, void* body);
  void* pool;
};

class Context {
 public:
  Context(const Buffer* buffers, i32 bufferCount, Host host)
      : buffers_(buffers), bufferCount_(bufferCount), host_(host) {}

  /** Calls body(begin, end, scratch) over [0, items). Pieces must not depend on each other, nor on how they are cut. */
  template <class Body>
  void parallel(i64 items, i64 grain, const Body& body) const {
    if (items <= 0) return;
    const Work work = [](void* erased, i64 begin, i64 end, char* scratch) {
      Scratch memory(scratch);
      (*static_cast<const Body*>(erased))(begin, end, memory);
    };
    host_.parallel(host_.pool, items, grain < 1 ? 1 : grain, work, const_cast<Body*>(&body));
  }

  /** Resolves an input of at least `count` elements of T. The operand's number is kept for the error message. */
  template <class T>
  Status in(Ref ref, i64 count, const T*& pointer) {
    const Buffer* buffer;
    const Status status = find(ref, count, dtypeOf(static_cast<const T*>(nullptr)), buffer);
    if (status != Status::ok) return status;
    pointer = static_cast<const T*>(buffer->data) + ref.offset;
    return Status::ok;
  }
  /** As `in`; an absent operand gives null. */
  template <class T>
  Status inOptional(Ref ref, i64 count, const T*& pointer) {
    pointer = nullptr;
    return ref ? in(ref, count, pointer) : Status::ok;
  }
  template <class T>
  Status out(Ref ref, i64 count, T*& pointer) {
    const Buffer* buffer;
    const Status status = find(ref, count, dtypeOf(static_cast<const T*>(nullptr)), buffer);
    if (status != Status::ok) return status;
    if (buffer->readOnly) return fail(Status::readOnly, ref);
    pointer = static_cast<T*>(buffer->data) + ref.offset;
    return Status::ok;
  }
  template <class T>
  Status outOptional(Ref ref, i64 count, T*& pointer) {
    pointer = nullptr;
    return ref ? out(ref, count, pointer) : Status::ok;
  }
  /** An input whose dtype the kernel decides on: the pointer is to its first element. */
  Status any(Ref ref, i64 count, const void*& pointer, i32& dtype) {
    const Buffer* buffer;
    const Status status = find(ref, count, -1, buffer);
    if (status != Status::ok) return status;
    dtype = buffer->dtype;
    pointer = static_cast<const char*>(buffer->data) + static_cast<i64>(ref.offset) * bytesOf(dtype);
    return Status::ok;
  }
  Status anyOut(Ref ref, i64 count, void*& pointer, i32& dtype) {
    const void* data;
    const Status status = any(ref, count, data, dtype);
    if (status != Status::ok) return status;
    if (buffers_[placeOf(ref.handle)].readOnly) return fail(Status::readOnly, ref);
    pointer = const_cast<void*>(data);
    return Status::ok;
  }
  Status fail(Status status, Ref ref = {}) {
    failedHandle = ref.handle;
    return status;
  }

  static constexpr i64 bytesOf(i32 dtype) { return dtype == I8 ? 1 : dtype == BF16 || dtype == F16 ? 2 : 4; }

  /** The handle that the last failure was about; 0 if none. */
  i32 failedHandle = 0;

 private:
  static constexpr i32 dtypeOf(const f32*) { return F32; }
  static constexpr i32 dtypeOf(const i32*) { return I32; }
  static constexpr i32 dtypeOf(const i8*) { return I8; }

  Status find(Ref ref, i64 count, i32 dtype, const Buffer*& buffer) {
    if (count < 0) return fail(Status::badSize, ref);
    if (ref.handle <= 0 || placeOf(ref.handle) >= bufferCount_) return fail(Status::badHandle, ref);
    buffer = &buffers_[placeOf(ref.handle)];
    if (buffer->data == nullptr || buffer->generation != generationOf(ref.handle)) return fail(Status::badHandle, ref);
    if (dtype >= 0 && buffer->dtype != dtype) return fail(Status::badDType, ref);
    if (ref.offset < 0 || ref.offset > buffer->length || count > buffer->length - ref.offset) {
      return fail(Status::outOfBounds, ref);
    }
    return Status::ok;
  }

  const Buffer* buffers_;
  i32 bufferCount_;
  Host host_;
};

/** Returns from the kernel with the first status that is not ok. */
#define JAMBALAYA_TRY(expression)                                    \
  do {                                                               \
    const Status tried = (expression);                  \
    if (tried != Status::ok) return tried;              \
  } while (0)

/** Pieces of elementwise work: large enough that handing one out costs nothing beside it. */
constexpr i64 elementGrain = 16384;
/** The grain for rows of `columns` elements. */
constexpr i64 rowGrain(i64 columns) { return max<i64>(1, elementGrain / max<i64>(1, columns)); }

/** The grain for items of `work` multiply-adds each. */
constexpr i64 workGrain(i64 work) { return max<i64>(1, (1 << 17) / max<i64>(1, work)); }

/** Whether every size is at least 0. */
template <class... Sizes>
constexpr bool sizesValid(Sizes... sizes) { return ((sizes >= 0) && ...); }

/** Segment offsets must rise from 0 to `rows`; checked before a kernel follows them. */
inline bool offsetsValid(const i32* offsets, i64 segments, i64 rows) {
  if (offsets[0] != 0 || offsets[segments] != rows) return false;
  for (i64 s = 0; s < segments; ++s) {
    if (offsets[s] > offsets[s + 1]) return false;
  }
  return true;
}

}  // namespace jambalaya::JAMBALAYA_ISA
