// The WebAssembly module: the SIMD128 kernels and a host that runs a submission on the calling thread. Memory, buffers and
// the buffer table belong to JavaScript (src/devices/wasm/device.ts), which imports nothing but the memory into here.
#define JAMBALAYA_ISA simd128
#include "simd/simd128.h"
#include "kernels.h"
#include "wasm/ceilings.h"

using namespace jambalaya::JAMBALAYA_ISA;

/** Runs `count` words; `scratch` has scratchBytes. Returns 0, or the status with `failure` (four i32) filled in. */
extern "C" __attribute__((export_name("submit"))) int submit(const int* words, int count, const Buffer* buffers,
                                                             int bufferCount, char* scratch, Failure* failure) {
  Host host;
  host.pool = scratch;
  host.parallel = [](void* memory, i64 items, i64, Work work, void* body) {
    work(body, 0, items, static_cast<char*>(memory));
  };
  return run(words, count, buffers, bufferCount, host, *failure);
}

extern "C" __attribute__((export_name("scratchSize"))) int scratchSize() { return static_cast<int>(scratchBytes); }

/** Multiplies f32 or (int8 ≠ 0) bytes in registers and gives the number of operations; `sink` keeps the result. */
extern "C" __attribute__((export_name("multiply"))) double multiply(int int8, int rounds, f32* sink) {
  return multiplyInRegisters(int8 != 0, rounds, *sink);
}

extern "C" __attribute__((export_name("readMemory"))) int readMemory(const char* data, int bytes) { return readAll(data, bytes); }
