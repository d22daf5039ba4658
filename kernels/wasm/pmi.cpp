// The WebAssembly module of the n-gram kernels. Memory belongs to JavaScript (src/pmi/wasm.ts): `call` lies in it, and has
// the number of arrays, the number of numbers, the arrays (address and bytes each), and the numbers, all f64.
#include "pmi/entry.h"

extern "C" __attribute__((export_name("run"))) double run(int kernel, const double* call) {
  void* arrays[16];
  long long bytes[16];
  const int count = static_cast<int>(call[0]), numbers = static_cast<int>(call[1]);
  if (count > 16) return jambalaya::pmi::badArguments;
  for (int i = 0; i < count; ++i) {
    arrays[i] = reinterpret_cast<void*>(static_cast<unsigned long>(call[2 + 2 * i]));
    bytes[i] = static_cast<long long>(call[3 + 2 * i]);
  }
  return jambalaya::pmi::run(kernel, {arrays, bytes, count, call + 2 + 2 * count, numbers});
}
