// The Node-API addon: buffers, mapped files, and `submit`. It prints nothing and never aborts; every failure is returned
// to JavaScript. State belongs to the environment (main thread or worker) that loaded it; only the thread pool is shared.
#define JAMBALAYA_ISA host
#include <node_api.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "engine/context.h"
#include "native/ceilings.h"
#include "native/cpu.h"
#include "native/mappedFile.h"
#include "native/threadPool.h"

#ifndef _WIN32
#include <sys/mman.h>
#endif

using jambalaya::host::Buffer;
using jambalaya::host::Context;
using jambalaya::host::generationBits;
using jambalaya::host::generationOf;
using jambalaya::host::Host;
using jambalaya::host::placeBits;
using jambalaya::host::placeOf;

#define JAMBALAYA_ISAS(X) JAMBALAYA_NATIVE_ISAS(X)

extern "C" {
#define JAMBALAYA_DECLARE(isa) int jambalaya_run_##isa(const int*, long long, const void*, int, const void*, void*);
JAMBALAYA_ISAS(JAMBALAYA_DECLARE)
#undef JAMBALAYA_DECLARE
}

namespace {

using namespace jambalaya_native;

using Run = int (*)(const int*, long long, const void*, int, const void*, void*);

/** Kernels that were compiled in and that this machine can run, slowest first. */
std::vector<std::pair<std::string, Run>> runnable() {
  const CpuFeatures cpu = detectCpu();
  std::vector<std::pair<std::string, Run>> result;
  // AVX-512 and NEON come in several builds under one name: the one with the most that the CPU has.
  const std::map<std::string, bool> has = {{"scalar", true},
                                           {"avx2", cpu.avx2},
                                           {"avx512", cpu.avx512 && !cpu.avx512Vnni},
                                           {"avx512vnni", cpu.avx512Vnni && !cpu.avx512Bf16},
                                           {"avx512bf16", cpu.avx512Vnni && cpu.avx512Bf16},
                                           {"neon", cpu.neon && !cpu.neonDot},
                                           {"neondot", cpu.neonDot}};
  const auto family = [](const std::string& isa) {
    return isa.compare(0, 6, "avx512") == 0 ? std::string("avx512") : isa == "neondot" ? std::string("neon") : isa;
  };
#define JAMBALAYA_OFFER(isa) \
  if (has.at(#isa)) result.emplace_back(family(#isa), jambalaya_run_##isa);
  JAMBALAYA_ISAS(JAMBALAYA_OFFER)
#undef JAMBALAYA_OFFER
  return result;
}

/** The pool lives while any environment uses it, and grows to the largest number of threads asked for. */
std::shared_ptr<ThreadPool> sharedPool(int threads) {
  static std::mutex mutex;
  static std::weak_ptr<ThreadPool> current;
  std::lock_guard<std::mutex> lock(mutex);
  auto pool = current.lock();
  if (pool == nullptr || pool->threads() < threads) {
    pool = std::make_shared<ThreadPool>(threads, jambalaya::host::scratchBytes);
    current = pool;
  }
  return pool;
}

/** One device of one environment. */
struct Engine {
  std::vector<Buffer> buffers{Buffer{}};
  std::vector<std::shared_ptr<MappedFile>> owners{nullptr};
  /** Bytes of the block that a buffer lies in; 0 in a mapped file. */
  std::vector<long long> blocks{0};
  std::vector<int> free;
  /** Blocks that were freed, by size, for the next buffer of that size: fresh pages cost more than most ops. */
  std::map<long long, std::vector<void*>> spare;
  long long spareBytes = 0;
  /** Whether freed blocks stay until the engine closes, within what was once in use: for work that repeats itself. */
  bool keeping = false;
  std::map<std::string, std::weak_ptr<MappedFile>> files;
  std::shared_ptr<ThreadPool> pool;
  int threads = 1;
  std::string isa;
  Run run = nullptr;
  /** `held` is what was taken from the system: buffers in whole blocks, and the spare ones. */
  long long bytes = 0, peakBytes = 0, mappedBytes = 0, heldBytes = 0, peakHeldBytes = 0;

  ~Engine() {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      if (buffers[i].data != nullptr && !owners[i]) std::free(buffers[i].data);
    }
    for (auto& [size, blocks] : spare) {
      for (void* block : blocks) std::free(block);
    }
  }

  /** Whether one more buffer finds a place. */
  bool hasPlace() const { return !free.empty() || buffers.size() < std::size_t{1} << placeBits; }
  int place(Buffer buffer, std::shared_ptr<MappedFile> owner, long long block) {
    int place;
    if (free.empty()) {
      place = static_cast<int>(buffers.size());
      buffers.push_back(buffer);
      owners.push_back(std::move(owner));
      blocks.push_back(block);
    } else {
      place = free.back();
      free.pop_back();
      buffer.generation = buffers[place].generation;
      buffers[place] = buffer;
      owners[place] = std::move(owner);
      blocks[place] = block;
    }
    return buffer.generation << placeBits | place;
  }
  /** Frees the place of a live buffer for the next generation. */
  void vacate(int place) {
    const int next = (buffers[place].generation + 1) & ((1 << generationBits) - 1);
    buffers[place] = Buffer{};
    buffers[place].generation = static_cast<short>(next);
    owners[place] = nullptr;
    free.push_back(place);
  }
  Buffer* find(int handle) {
    const int place = placeOf(handle);
    if (handle <= 0 || place >= static_cast<int>(buffers.size()) || buffers[place].data == nullptr) return nullptr;
    return buffers[place].generation == generationOf(handle) ? &buffers[place] : nullptr;
  }
  /** 64 bytes are one cache line and the widest vector; an empty buffer is still a valid one. */
  static long long blockBytes(const Buffer& buffer) { return (std::max(bytesOf(buffer), 1ll) + 63) / 64 * 64; }

  /** A block of at least `size` bytes, which becomes what it has: a spare one of up to twice as much, or a fresh one. */
  void* takeBlock(long long& size) {
    for (auto found = spare.lower_bound(size); found != spare.end() && found->first <= 2 * size; ++found) {
      if (found->second.empty()) continue;
      void* block = found->second.back();
      found->second.pop_back();
      size = found->first;
      spareBytes -= size;
      return block;
    }
    // What is held stays within the most that was in use and the spare bytes beside it.
    if (keeping) shrink(std::max(peakBytes, bytes + size) + mostSpareBytes - size);
    void* fresh = freshBlock(size);
    if (fresh != nullptr) heldBytes += size;
    peakHeldBytes = std::max(peakHeldBytes, heldBytes);
    return fresh;
  }
  /**
   * A block from the system, in huge pages where it fills some and the system has them: rows of a product are a page or half of one
   * apart, and each page has to be found (docs/experiments/2026-11-29-products-that-wait.md).
   */
  static void* freshBlock(long long size) {
    const auto bytes = static_cast<size_t>(size);
#ifdef MADV_HUGEPAGE
    constexpr size_t hugePage = 2 << 20;
    if (bytes >= hugePage) {
      // aligned_alloc would want whole multiples of the alignment.
      void* block = nullptr;
      if (posix_memalign(&block, hugePage, bytes) != 0) return nullptr;
      // A refusal changes nothing.
      madvise(block, bytes, MADV_HUGEPAGE);
      return block;
    }
#endif
    return std::aligned_alloc(64, bytes);
  }
  void giveBlock(void* block, long long size) {
    if (!keeping && spareBytes + size > mostSpareBytes) {
      std::free(block);
      heldBytes -= size;
      return;
    }
    spare[size].push_back(block);
    spareBytes += size;
  }
  /** Gives spare blocks back, small ones first, until no more than `most` bytes are held. */
  void shrink(long long most) {
    for (auto at = spare.begin(); at != spare.end() && heldBytes > most;) {
      if (at->second.empty()) {
        at = spare.erase(at);
        continue;
      }
      std::free(at->second.back());
      at->second.pop_back();
      spareBytes -= at->first;
      heldBytes -= at->first;
    }
  }
#if defined(__SANITIZE_ADDRESS__)
  // A block that is handed out again hides reads through a stale pointer.
  static constexpr long long mostSpareBytes = 0;
#else
  static constexpr long long mostSpareBytes = 256ll << 20;
#endif

  static long long bytesOf(const Buffer& buffer) { return buffer.length * Context::bytesOf(buffer.dtype); }
};

napi_value fail(napi_env env, const std::string& message) {
  napi_throw_error(env, "JAMBALAYA_DEVICE", message.c_str());
  return nullptr;
}

/** Arguments of a call: the engine first (an external), then numbers, strings and typed arrays. */
struct Call {
  napi_env env;
  napi_value values[6];
  size_t count = 6;
  Engine* engine = nullptr;

  Call(napi_env environment, napi_callback_info info) : env(environment) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
    void* data = nullptr;
    napi_valuetype type = napi_undefined;
    if (count > 0 && napi_typeof(env, values[0], &type) == napi_ok && type == napi_external &&
        napi_get_value_external(env, values[0], &data) == napi_ok) {
      engine = static_cast<Engine*>(data);
    }
  }
  bool number(size_t index, long long& value) const {
    double real;
    if (index >= count || napi_get_value_double(env, values[index], &real) != napi_ok) return false;
    if (!(real >= -9007199254740991.0 && real <= 9007199254740991.0)) return false;
    value = static_cast<long long>(real);
    return static_cast<double>(value) == real;
  }
  bool text(size_t index, std::string& value) const {
    size_t length;
    if (index >= count || napi_get_value_string_utf8(env, values[index], nullptr, 0, &length) != napi_ok) return false;
    value.resize(length + 1);
    napi_get_value_string_utf8(env, values[index], &value[0], length + 1, &length);
    value.resize(length);
    return true;
  }
  bool array(size_t index, void*& data, size_t& bytes, napi_typedarray_type& type) const {
    bool isArray = false;
    if (index >= count || napi_is_typedarray(env, values[index], &isArray) != napi_ok || !isArray) return false;
    size_t length, offset;
    napi_value buffer;
    if (napi_get_typedarray_info(env, values[index], &type, &length, &data, &buffer, &offset) != napi_ok) return false;
    static const size_t widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    if (static_cast<size_t>(type) >= sizeof(widths) / sizeof(widths[0])) return false;
    bytes = length * widths[type];
    return true;
  }
};

napi_value toNumber(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

/** isas(): names of the instruction sets that run here, slowest first. */
napi_value isas(napi_env env, napi_callback_info) {
  napi_value list;
  napi_create_array(env, &list);
  unsigned i = 0;
  for (const auto& [name, run] : runnable()) {
    (void)run;
    napi_value text;
    napi_create_string_utf8(env, name.c_str(), name.size(), &text);
    napi_set_element(env, list, i++, text);
  }
  return list;
}

/** open(isa, threads, keeping): an engine; freed memory is kept for it where `keeping` is 1. */
napi_value open(napi_env env, napi_callback_info info) {
  Call call(env, info);
  std::string isa;
  long long threads, keeping;
  if (!call.text(0, isa) || !call.number(1, threads) || threads < 1 || threads > 1024 || !call.number(2, keeping)) {
    return fail(env, "open(isa, threads, keeping)");
  }
  auto engine = std::make_unique<Engine>();
  for (const auto& [name, run] : runnable()) {
    if (name == isa) engine->run = run;
  }
  if (engine->run == nullptr) return fail(env, "this machine has no " + isa);
  engine->isa = isa;
  engine->threads = static_cast<int>(threads);
  engine->keeping = keeping == 1;
  engine->pool = sharedPool(engine->threads);
  napi_value external;
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Engine*>(data); };
  if (napi_create_external(env, engine.get(), finalize, nullptr, &external) != napi_ok) return fail(env, "no memory");
  engine.release();
  return external;
}

/** close(engine): frees every buffer now; the engine refuses work afterwards. */
napi_value close(napi_env env, napi_callback_info info) {
  Call call(env, info);
  if (call.engine == nullptr) return fail(env, "close(engine)");
  call.engine->~Engine();
  new (call.engine) Engine();
  return nullptr;
}

/** allocate(engine, dtype, length): a handle. The contents are undefined. */
napi_value allocate(napi_env env, napi_callback_info info) {
  Call call(env, info);
  long long dtype, length;
  if (call.engine == nullptr || !call.number(1, dtype) || !call.number(2, length) || dtype < 0 || dtype > 4 || length < 0) {
    return fail(env, "allocate(engine, dtype, length)");
  }
  Buffer buffer{nullptr, length, static_cast<int>(dtype), 0, 0};
  const long long bytes = Engine::bytesOf(buffer);
  Engine& engine = *call.engine;
  if (!engine.hasPlace()) return fail(env, "allocate: more buffers than there are handles");
  long long block = Engine::blockBytes(buffer);
  buffer.data = engine.takeBlock(block);
  if (buffer.data == nullptr) return fail(env, "cannot allocate " + std::to_string(bytes) + " bytes");
  engine.bytes += bytes;
  engine.peakBytes = std::max(engine.peakBytes, engine.bytes);
  return toNumber(env, engine.place(buffer, nullptr, block));
}

/** map(engine, path, byteOffset, dtype, length): a read-only handle into the file. */
napi_value map(napi_env env, napi_callback_info info) {
  Call call(env, info);
  std::string path, error;
  long long offset, dtype, length;
  if (call.engine == nullptr || !call.text(1, path) || !call.number(2, offset) || !call.number(3, dtype) ||
      !call.number(4, length) || offset < 0 || length < 0 || dtype < 0 || dtype > 4) {
    return fail(env, "map(engine, path, byteOffset, dtype, length)");
  }
  Engine& engine = *call.engine;
  auto file = engine.files[path].lock();
  if (file == nullptr) {
    file = MappedFile::open(path, error);
    if (file == nullptr) return fail(env, "cannot map " + path + ": " + error);
    engine.files[path] = file;
  }
  Buffer buffer{const_cast<char*>(file->data()) + offset, length, static_cast<int>(dtype), 1, 0};
  const long long bytes = Engine::bytesOf(buffer);
  if (offset > file->size() || bytes > file->size() - offset) return fail(env, path + ": the tensor reaches past the end of the file");
  if (!engine.hasPlace()) return fail(env, "map: more buffers than there are handles");
  if (offset % Context::bytesOf(buffer.dtype) != 0) return fail(env, path + ": the tensor is not aligned");
  engine.mappedBytes += bytes;
  return toNumber(env, engine.place(buffer, file, 0));
}

/** mapFile(path): the bytes of a file as an ArrayBuffer, for as long as somebody holds it. Nothing may write into it. */
napi_value mapFile(napi_env env, napi_callback_info info) {
  Call call(env, info);
  std::string path, error;
  if (!call.text(0, path)) return fail(env, "mapFile(path)");
  auto owner = std::make_unique<std::shared_ptr<MappedFile>>(MappedFile::open(path, error));
  const MappedFile* file = owner->get();
  if (file == nullptr) return fail(env, error);
  napi_value buffer;
  const auto finalize = [](napi_env, void*, void* held) { delete static_cast<std::shared_ptr<MappedFile>*>(held); };
  if (napi_create_external_arraybuffer(env, const_cast<char*>(file->data()), static_cast<size_t>(file->size()), finalize,
                                       owner.get(), &buffer) != napi_ok) {
    return fail(env, "mapFile: the host does not take memory that is not its own");
  }
  owner.release();
  return buffer;
}

napi_value release(napi_env env, napi_callback_info info) {
  Call call(env, info);
  long long handle;
  Buffer* buffer = call.engine != nullptr && call.number(1, handle) ? call.engine->find(static_cast<int>(handle)) : nullptr;
  if (buffer == nullptr) return fail(env, "free: no such buffer");
  Engine& engine = *call.engine;
  const int place = placeOf(static_cast<int>(handle));
  if (engine.owners[place]) {
    const long long bytes = Engine::bytesOf(*buffer);
    engine.mappedBytes -= bytes;
    engine.owners[place]->forget(static_cast<char*>(buffer->data) - engine.owners[place]->data(), bytes);
  } else {
    engine.bytes -= Engine::bytesOf(*buffer);
    engine.giveBlock(buffer->data, engine.blocks[place]);
  }
  engine.vacate(place);
  return nullptr;
}

/** Shared by write and read: (engine, handle, offset, typed array). */
bool span(const Call& call, Buffer*& buffer, char*& inside, void*& outside, size_t& bytes, std::string& error) {
  long long handle, offset;
  napi_typedarray_type type;
  if (call.engine == nullptr || !call.number(1, handle) || !call.number(2, offset) || !call.array(3, outside, bytes, type)) {
    error = "expected (engine, handle, offset, typed array)";
    return false;
  }
  buffer = call.engine->find(static_cast<int>(handle));
  if (buffer == nullptr) {
    error = "no such buffer";
    return false;
  }
  static const napi_typedarray_type types[] = {napi_float32_array, napi_uint16_array, napi_uint16_array, napi_int8_array,
                                               napi_int32_array};
  const long long width = Context::bytesOf(buffer->dtype);
  if (type != types[buffer->dtype]) {
    error = "the array's type does not match the buffer's dtype";
    return false;
  }
  if (offset < 0 || offset > buffer->length || static_cast<long long>(bytes) > (buffer->length - offset) * width) {
    error = "outside the buffer";
    return false;
  }
  inside = static_cast<char*>(buffer->data) + offset * width;
  return true;
}

napi_value write(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Buffer* buffer;
  char* inside;
  void* outside;
  size_t bytes;
  std::string error;
  if (!span(call, buffer, inside, outside, bytes, error)) return fail(env, "write: " + error);
  if (buffer->readOnly) return fail(env, "write: the buffer is a mapped file");
  if (bytes > 0) std::memcpy(inside, outside, bytes);
  return nullptr;
}

napi_value read(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Buffer* buffer;
  char* inside;
  void* outside;
  size_t bytes;
  std::string error;
  if (!span(call, buffer, inside, outside, bytes, error)) return fail(env, "read: " + error);
  if (bytes > 0) std::memcpy(outside, inside, bytes);
  return nullptr;
}

/** Runs words on the engine's kernels and its share of the pool. Called with the pool's `submission()` held. */
class Submission {
 public:
  explicit Submission(Engine& engine) : engine_(engine), lane_{engine.pool.get(), engine.threads} {
    host_.pool = &lane_;
    host_.parallel = [](void* erased, long long items, long long grain, jambalaya::host::Work work, void* body) {
      Lane& target = *static_cast<Lane*>(erased);
      target.pool->parallel(items, grain, target.threads, work, body);
    };
  }
  int run(const int* words, long long count, void* failure) {
    return engine_.run(words, count, engine_.buffers.data(), static_cast<int>(engine_.buffers.size()), &host_, failure);
  }

 private:
  struct Lane {
    ThreadPool* pool;
    int threads;
  };
  Engine& engine_;
  Lane lane_;
  Host host_;
};

/** The arguments that submit and submitTimed begin with: (engine, words, failure). */
bool submissionArguments(const Call& call, void*& words, size_t& bytes, void*& failure) {
  size_t failureBytes;
  napi_typedarray_type type, failureType;
  return call.engine != nullptr && call.array(1, words, bytes, type) && type == napi_int32_array &&
         call.array(2, failure, failureBytes, failureType) && failureType == napi_int32_array && failureBytes >= 16;
}

/** submit(engine, words, failure): 0, or the status with `failure` (Int32Array of 4) filled in. */
napi_value submit(napi_env env, napi_callback_info info) {
  Call call(env, info);
  void *words, *failure;
  size_t bytes;
  if (!submissionArguments(call, words, bytes, failure)) return fail(env, "submit(engine, words, failure)");
  if (call.engine->run == nullptr) return fail(env, "submit: the device was disposed of");
  std::lock_guard<std::mutex> lock(call.engine->pool->submission());
  return toNumber(env, Submission(*call.engine).run(static_cast<const int*>(words), static_cast<long long>(bytes / 4), failure));
}

/**
 * submitTimed(engine, words, failure, times): as submit, command by command; `times` (Float64Array) gets the begin and the end
 * of each, in nanoseconds after the first one's begin.
 */
napi_value submitTimed(napi_env env, napi_callback_info info) {
  Call call(env, info);
  void *array, *failed, *times;
  size_t bytes, timesBytes;
  napi_typedarray_type type;
  if (!submissionArguments(call, array, bytes, failed) || !call.array(3, times, timesBytes, type) || type != napi_float64_array) {
    return fail(env, "submitTimed(engine, words, failure, times)");
  }
  if (call.engine->run == nullptr) return fail(env, "submitTimed: the device was disposed of");
  std::lock_guard<std::mutex> lock(call.engine->pool->submission());
  Submission submission(*call.engine);
  const int* words = static_cast<const int*>(array);
  int* failure = static_cast<int*>(failed);
  const long long count = static_cast<long long>(bytes / 4);
  double* time = static_cast<double*>(times);
  double* const timesEnd = time + timesBytes / sizeof(double);
  const auto start = std::chrono::steady_clock::now();
  const auto now = [&] { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count(); };
  for (long long at = 0; at < count;) {
    const long long claimed = at + 1 < count ? words[at + 1] : 0;
    // What is not a command is refused by the kernels, as a whole.
    const long long length = claimed >= 2 && claimed <= count - at ? claimed : count - at;
    const double begin = now();
    const int status = submission.run(words + at, length, failure);
    if (time + 2 <= timesEnd) {
      *time++ = begin;
      *time++ = now();
    }
    if (status != 0) {
      failure[1] += static_cast<int>(at);
      return toNumber(env, status);
    }
    at += length;
  }
  return toNumber(env, 0);
}

/** ceilings(engine, bytes): [bytes read, int8, bf16, f32 operations] a second; `bytes` of memory are read. */
napi_value ceilings(napi_env env, napi_callback_info info) {
  Call call(env, info);
  long long bytes;
  if (call.engine == nullptr || !call.number(1, bytes) || bytes < (1 << 20)) return fail(env, "ceilings(engine, bytes)");
  Engine& engine = *call.engine;
  if (engine.run == nullptr) return fail(env, "ceilings: the device was disposed of");
  const std::unique_ptr<char, void (*)(void*)> data(static_cast<char*>(std::aligned_alloc(64, bytes / 64 * 64)), std::free);
  if (data == nullptr) return fail(env, "ceilings: cannot allocate " + std::to_string(bytes) + " bytes");
  const CeilingLoops loops = ceilingLoops(engine.isa, detectCpu());
  CeilingProbe probe(*engine.pool, engine.threads);
  std::lock_guard<std::mutex> lock(engine.pool->submission());
  const double values[] = {probe.read(loops.read, data.get(), bytes), probe.multiply(loops.int8), probe.multiply(loops.bf16),
                           probe.multiply(loops.f32)};
  napi_value list;
  napi_create_array_with_length(env, 4, &list);
  for (unsigned i = 0; i < 4; ++i) napi_set_element(env, list, i, toNumber(env, values[i]));
  return list;
}

/** memory(engine): [bytes, peak bytes, mapped bytes, held bytes, peak held bytes]. */
napi_value memory(napi_env env, napi_callback_info info) {
  Call call(env, info);
  if (call.engine == nullptr) return fail(env, "memory(engine)");
  napi_value list;
  const Engine& engine = *call.engine;
  const long long values[] = {engine.bytes, engine.peakBytes, engine.mappedBytes, engine.heldBytes, engine.peakHeldBytes};
  napi_create_array_with_length(env, 5, &list);
  for (unsigned i = 0; i < 5; ++i) napi_set_element(env, list, i, toNumber(env, static_cast<double>(values[i])));
  return list;
}

napi_value initialize(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
#define JAMBALAYA_FUNCTION(name, function) {name, nullptr, function, nullptr, nullptr, nullptr, napi_enumerable, nullptr}
      JAMBALAYA_FUNCTION("isas", isas),         JAMBALAYA_FUNCTION("open", open),     JAMBALAYA_FUNCTION("close", close),
      JAMBALAYA_FUNCTION("allocate", allocate), JAMBALAYA_FUNCTION("map", map),       JAMBALAYA_FUNCTION("free", release),
      JAMBALAYA_FUNCTION("write", write),       JAMBALAYA_FUNCTION("read", read),     JAMBALAYA_FUNCTION("submit", submit),
      JAMBALAYA_FUNCTION("memory", memory),     JAMBALAYA_FUNCTION("ceilings", ceilings),
      JAMBALAYA_FUNCTION("submitTimed", submitTimed), JAMBALAYA_FUNCTION("mapFile", mapFile),
#undef JAMBALAYA_FUNCTION
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(properties[0]), properties);
  return exports;
}

}  // namespace

NAPI_MODULE_INIT() { return initialize(env, exports); }
