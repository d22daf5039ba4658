// Replays recorded parity cases (record.ts) on the kernels of every instruction set that was linked in, and compares them
// with the reference's results: `parity CASES`. Needs no JavaScript, so that it can run under an emulator of another CPU.
//
// Every operand has pages of its own with an inaccessible one on either side. Each case runs twice: with the operands
// against the page behind them and the work in one piece, then against the page before them and every item of work in a
// piece of its own. Both have to give the same bits.
#define JAMBALAYA_ISA host
#include "engine/context.h"
#include "native/cpu.h"

#include <csignal>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using jambalaya::host::Buffer;
using jambalaya::host::Context;
using jambalaya::host::Host;

extern "C" {
#define JAMBALAYA_DECLARE(isa) int jambalaya_run_##isa(const int*, long long, const void*, int, const void*, void*);
JAMBALAYA_NATIVE_ISAS(JAMBALAYA_DECLARE)
#undef JAMBALAYA_DECLARE
}

namespace {

using Run = int (*)(const int*, long long, const void*, int, const void*, void*);

/** For the signal handler: what was running. */
char running[512];

struct Recorded {
  int dtype;
  unsigned length;
  std::string bytes;
};
struct Result {
  std::string name;
  unsigned handle;
  double bound;
  std::vector<double> values;
};
struct Case {
  std::string title;
  std::vector<Recorded> buffers;
  std::vector<int> words;
  std::vector<Result> results;
};

class File {
 public:
  explicit File(const char* path) {
    std::ifstream stream(path, std::ios::binary);
    content_.assign(std::istreambuf_iterator<char>(stream), {});
  }
  template <class T>
  T number() {
    T value;
    copy(&value, sizeof(T));
    return value;
  }
  template <class T>
  std::vector<T> numbers(unsigned count) {
    std::vector<T> values(count);
    copy(values.data(), count * sizeof(T));
    return values;
  }
  std::string bytes(std::size_t count) {
    std::string value(count, '\0');
    copy(&value[0], count);
    return value;
  }
  std::string text() { return bytes(number<unsigned>()); }

 private:
  void copy(void* target, std::size_t count) {
    if (count > content_.size() - at_) {
      std::fprintf(stderr, "the file of cases is cut off\n");
      std::exit(2);
    }
    if (count > 0) std::memcpy(target, content_.data() + at_, count);
    at_ += count;
  }
  std::string content_;
  std::size_t at_ = 0;
};

std::vector<Case> readCases(const char* path) {
  File file(path);
  std::vector<Case> cases(file.number<unsigned>());
  for (Case& test : cases) {
    test.title = file.text();
    test.buffers.resize(file.number<unsigned>());
    for (Recorded& buffer : test.buffers) {
      buffer.dtype = file.number<int>();
      buffer.length = file.number<unsigned>();
      buffer.bytes = file.bytes(static_cast<std::size_t>(buffer.length) * Context::bytesOf(buffer.dtype));
    }
    test.words = file.numbers<int>(file.number<unsigned>());
    test.results.resize(file.number<unsigned>());
    for (Result& result : test.results) {
      result.name = file.text();
      result.handle = file.number<unsigned>();
      result.bound = file.number<double>();
      result.values = file.numbers<double>(file.number<unsigned>());
    }
  }
  return cases;
}

enum class Against { pageBehind, pageBefore };

/** The bytes of a buffer, against an inaccessible page on one side and within a page of another on the other. */
class Guarded {
 public:
  Guarded(const std::string& bytes, Against side) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t inside = (bytes.size() + page - 1) / page * page;
    size_ = inside + 2 * page;
    base_ = static_cast<char*>(mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || (inside > 0 && mprotect(base_ + page, inside, PROT_READ | PROT_WRITE) != 0)) {
      std::perror("mmap");
      std::exit(2);
    }
    data = base_ + page + (side == Against::pageBehind ? inside - bytes.size() : 0);
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
  }
  ~Guarded() { munmap(base_, size_); }
  Guarded(const Guarded&) = delete;

  char* data;

 private:
  char* base_;
  std::size_t size_;
};

double element(const char* data, int dtype, std::size_t i) {
  if (dtype == jambalaya::host::F32) return reinterpret_cast<const float*>(data)[i];
  if (dtype == jambalaya::host::I32) return reinterpret_cast<const int*>(data)[i];
  if (dtype == jambalaya::host::I8) return reinterpret_cast<const signed char*>(data)[i];
  return reinterpret_cast<const unsigned short*>(data)[i];
}

/** The largest difference, relative to the largest magnitude expected and to 1; infinite for NaN against a number. */
double difference(const char* data, int dtype, const std::vector<double>& expected) {
  double largest = 1, worst = 0;
  for (const double value : expected) {
    if (std::isfinite(value)) largest = std::fmax(largest, std::fabs(value));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double value = element(data, dtype, i);
    if (value == expected[i] || (std::isnan(value) && std::isnan(expected[i]))) continue;
    const double distance = std::fabs(value - expected[i]) / largest;
    worst = std::isnan(distance) ? INFINITY : std::fmax(worst, distance);
  }
  return worst;
}

alignas(64) char scratch[jambalaya::host::scratchBytes];

void wholeWork(void*, long long items, long long, jambalaya::host::Work work, void* body) { work(body, 0, items, scratch); }
void itemWork(void*, long long items, long long, jambalaya::host::Work work, void* body) {
  for (long long i = 0; i < items; ++i) work(body, i, i + 1, scratch);
}

/** Runs a case; appends every compared result's bytes to `outputs`. Returns the number of failures. */
int replay(Run run, const Case& test, Against side, std::vector<std::string>& outputs) {
  std::vector<Guarded*> memory;
  std::vector<Buffer> buffers{Buffer{}};
  for (const Recorded& buffer : test.buffers) {
    memory.push_back(new Guarded(buffer.bytes, side));
    buffers.push_back({memory.back()->data, buffer.length, buffer.dtype, 0});
  }
  const Host host{side == Against::pageBehind ? wholeWork : itemWork, nullptr};
  int failure[4] = {};
  int failures = 0;
  if (run(test.words.data(), static_cast<long long>(test.words.size()), buffers.data(), static_cast<int>(buffers.size()), &host,
          failure) != 0) {
    std::printf("%s: status %d, handle %d\n", running, failure[0], failure[3]);
    failures = 1;
  } else {
    for (const Result& result : test.results) {
      const Buffer& buffer = buffers[result.handle];
      const char* data = static_cast<const char*>(buffer.data);
      const double distance = difference(data, buffer.dtype, result.values);
      if (!(distance <= result.bound)) {
        std::printf("%s: %s is %g off, at most %g\n", running, result.name.c_str(), distance, result.bound);
        ++failures;
      }
      outputs.emplace_back(data, result.values.size() * static_cast<std::size_t>(Context::bytesOf(buffer.dtype)));
    }
  }
  for (Guarded* guarded : memory) delete guarded;
  return failures;
}

int replayAll(const char* isa, Run run, const std::vector<Case>& cases) {
  int failures = 0;
  for (const Case& test : cases) {
    std::snprintf(running, sizeof(running), "%s: %s", isa, test.title.c_str());
    std::vector<std::string> whole, pieces;
    failures += replay(run, test, Against::pageBehind, whole);
    failures += replay(run, test, Against::pageBefore, pieces);
    if (whole != pieces) {
      std::printf("%s: the bits depend on how the work is cut or where it lies\n", running);
      ++failures;
    }
  }
  std::printf("%s: %zu cases, %d failures\n", isa, cases.size(), failures);
  return failures;
}

void onFault(int) {
  static const char words[] = ": an access outside an operand\n";
  (void)!write(STDOUT_FILENO, running, std::strlen(running));
  (void)!write(STDOUT_FILENO, words, sizeof(words) - 1);
  _exit(1);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "parity CASES\n");
    return 2;
  }
  std::signal(SIGSEGV, onFault);
  std::signal(SIGBUS, onFault);
  const std::vector<Case> cases = readCases(arguments[1]);
  const jambalaya_native::CpuFeatures cpu = jambalaya_native::detectCpu();
  const std::map<std::string, bool> runs = {
      {"scalar", true}, {"avx2", cpu.avx2}, {"avx512", cpu.avx512}, {"avx512vnni", cpu.avx512Vnni},
      {"avx512bf16", cpu.avx512Bf16}, {"neon", cpu.neon}, {"neondot", cpu.neonDot}};
  int failures = cases.empty() ? 1 : 0;
#define JAMBALAYA_REPLAY(isa)                                              \
  if (runs.at(#isa)) failures += replayAll(#isa, jambalaya_run_##isa, cases); \
  else std::printf(#isa ": not on this machine\n");
  JAMBALAYA_NATIVE_ISAS(JAMBALAYA_REPLAY)
#undef JAMBALAYA_REPLAY
  return failures == 0 ? 0 : 1;
}
