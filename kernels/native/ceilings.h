// What the machine can do at most with an instruction set: loops that read memory, or multiply in registers, and do nothing
// else. Each is compiled for its own instructions and only called where the CPU has them (see cpu.h).
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "native/cpu.h"
#include "native/threadPool.h"
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace jambalaya_native {

/** Runs a loop of multiplications and gives their number, an addition counted beside each. */
using RegisterLoop = double (*)(long long rounds);
/** Reads all of it and gives something that depends on every byte. */
using ReadLoop = unsigned (*)(const char* data, long long bytes);

struct CeilingLoops {
  RegisterLoop int8, bf16, f32;
  ReadLoop read;
};

/** What the optimiser must take for a new value: nothing that is computed from it can be moved or merged. */
#if defined(__x86_64__)
#define JAMBALAYA_OPAQUE(value) __asm__ volatile("" : "+v"(value))
#elif defined(__aarch64__)
#define JAMBALAYA_OPAQUE(value) __asm__ volatile("" : "+w"(value))
#else
#define JAMBALAYA_OPAQUE(value) __asm__ volatile("" : "+m"(value))
#endif

/** Independent sums of a loop: they cover the latency of two units, and leave registers for the operands. */
constexpr int sumsInFlight = 12;

/**
 * A register loop for one instruction set: SUMS sums of type V that begin different from each other, so that they stay
 * several, and STEP, which adds OPERATIONS products and additions to `sum`.
 */
#define JAMBALAYA_REGISTER_LOOP(NAME, TARGET, V, BEGIN, OPERATIONS, STEP)   \
  TARGET inline double NAME(long long rounds) {                             \
    V sums[sumsInFlight];                                                   \
    for (int i = 0; i < sumsInFlight; ++i) sums[i] = BEGIN;                 \
    for (long long round = 0; round < rounds; ++round) {                    \
      for (int i = 0; i < sumsInFlight; ++i) {                              \
        V& sum = sums[i];                                                   \
        STEP;                                                               \
      }                                                                     \
    }                                                                       \
    for (int i = 0; i < sumsInFlight; ++i) JAMBALAYA_OPAQUE(sums[i]);       \
    return static_cast<double>(rounds) * sumsInFlight * (OPERATIONS);       \
  }

/** Reads eight vectors V a step; `bytes` is a multiple of them. */
#define JAMBALAYA_READ_LOOP(NAME, TARGET, V)                                            \
  TARGET inline unsigned NAME(const char* data, long long bytes) {                      \
    const V* p = reinterpret_cast<const V*>(data);                                      \
    V sums[8] = {};                                                                     \
    for (long long i = 0; i < bytes / static_cast<long long>(sizeof(V)); i += 8) {      \
      for (int j = 0; j < 8; ++j) sums[j] ^= p[i + j];                                  \
    }                                                                                   \
    for (int j = 1; j < 8; ++j) sums[0] ^= sums[j];                                     \
    unsigned words[sizeof(V) / 4], all = 0;                                             \
    std::memcpy(words, &sums[0], sizeof(V));                                            \
    for (unsigned word : words) all ^= word;                                            \
    return all;                                                                         \
  }

typedef float Floats4 __attribute__((vector_size(16)));
typedef long long Words2 __attribute__((vector_size(16)));

/** Every 64-bit CPU has vectors of four floats. They stand in for products that an instruction set does not have. */
JAMBALAYA_REGISTER_LOOP(plainF32, , Floats4, (Floats4{} + 1.0f * static_cast<float>(i)), 8,
                        const Floats4 factor = Floats4{} + 0.999f; sum = sum * factor + factor)
JAMBALAYA_READ_LOOP(plainRead, , Words2)

#if defined(__x86_64__)
typedef long long Words4 __attribute__((vector_size(32)));
typedef long long Words8 __attribute__((vector_size(64)));

#define JAMBALAYA_AVX2 __attribute__((target("avx2,fma")))
#define JAMBALAYA_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

JAMBALAYA_REGISTER_LOOP(avx2F32, JAMBALAYA_AVX2, __m256, _mm256_set1_ps(static_cast<float>(i)), 16,
                        sum = _mm256_fmadd_ps(_mm256_set1_ps(0.5f), _mm256_set1_ps(0.25f), sum))
JAMBALAYA_REGISTER_LOOP(avx2Int8, JAMBALAYA_AVX2, __m256i, _mm256_set1_epi32(i), 64, __m256i a = _mm256_set1_epi8(3);
                        JAMBALAYA_OPAQUE(a);
                        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, _mm256_set1_epi8(5)),
                                                                      _mm256_set1_epi16(1))))
JAMBALAYA_READ_LOOP(avx2Read, JAMBALAYA_AVX2, Words4)

JAMBALAYA_REGISTER_LOOP(avx512F32, JAMBALAYA_AVX512, __m512, _mm512_set1_ps(static_cast<float>(i)), 32,
                        sum = _mm512_fmadd_ps(_mm512_set1_ps(0.5f), _mm512_set1_ps(0.25f), sum))
JAMBALAYA_REGISTER_LOOP(avx512Int8, JAMBALAYA_AVX512, __m512i, _mm512_set1_epi32(i), 128, __m512i a = _mm512_set1_epi8(3);
                        JAMBALAYA_OPAQUE(a);
                        sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(a, _mm512_set1_epi8(5)),
                                                                      _mm512_set1_epi16(1))))
JAMBALAYA_READ_LOOP(avx512Read, JAMBALAYA_AVX512, Words8)

#if defined(__clang__) || __GNUC__ >= 10
#define JAMBALAYA_HAS_BF16_LOOP 1
JAMBALAYA_REGISTER_LOOP(vnniInt8, __attribute__((target("avx512f,avx512vnni"))), __m512i, _mm512_set1_epi32(i), 128,
                        sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(3), _mm512_set1_epi8(5)))
JAMBALAYA_REGISTER_LOOP(avx512Bf16, __attribute__((target("avx512f,avx512bf16"))), __m512,
                        _mm512_set1_ps(static_cast<float>(i)), 64,
                        const __m512i half = _mm512_set1_epi16(0x3f00);
                        sum = _mm512_dpbf16_ps(sum, (__m512bh)half, (__m512bh)half))
#endif
#elif defined(__aarch64__)
JAMBALAYA_REGISTER_LOOP(neonF32, , float32x4_t, vdupq_n_f32(static_cast<float>(i)), 8,
                        sum = vfmaq_f32(sum, vdupq_n_f32(0.5f), vdupq_n_f32(0.25f)))
JAMBALAYA_REGISTER_LOOP(neonInt8, , int32x4_t, vdupq_n_s32(i), 32, int8x16_t a = vdupq_n_s8(3); JAMBALAYA_OPAQUE(a);
                        sum = vpadalq_s16(sum, vmlal_high_s8(vmull_s8(vget_low_s8(a), vdup_n_s8(5)), a, vdupq_n_s8(5))))
JAMBALAYA_REGISTER_LOOP(neonDotInt8, , int32x4_t, vdupq_n_s32(i), 32, const int8x16_t a = vdupq_n_s8(3);
                        __asm__ volatile(".arch armv8.2-a+dotprod\n\tsdot %0.4s, %1.16b, %1.16b" : "+w"(sum) : "w"(a)))
#endif

/** The loops of an instruction set by the name that the addon offers it under. */
inline CeilingLoops ceilingLoops(const std::string& isa, const CpuFeatures& cpu) {
  (void)cpu;
#if defined(__x86_64__)
  if (isa == "avx2") return {avx2Int8, avx2F32, avx2F32, avx2Read};
  if (isa == "avx512") {
    CeilingLoops loops{avx512Int8, avx512F32, avx512F32, avx512Read};
#if defined(JAMBALAYA_HAS_BF16_LOOP)
    if (cpu.avx512Vnni) loops.int8 = vnniInt8;
    if (cpu.avx512Bf16) loops.bf16 = avx512Bf16;
#endif
    return loops;
  }
#elif defined(__aarch64__)
  if (isa == "neon") return {cpu.neonDot ? neonDotInt8 : neonInt8, neonF32, neonF32, plainRead};
#endif
  (void)isa;
  return {plainF32, plainF32, plainF32, plainRead};
}

class CeilingProbe {
 public:
  CeilingProbe(ThreadPool& pool, int threads) : pool_(pool), threads_(threads) {}

  /** The fastest of several runs of a loop, on all threads together, each of some milliseconds. */
  double multiply(RegisterLoop loop) {
    struct Job {
      RegisterLoop loop;
      long long rounds;
    } job{loop, 256};
    while (job.rounds < (1 << 20) && secondsOf([&] { loop(job.rounds); }) < 50e-6) job.rounds *= 2;
    const Work work = [](void* erased, long long begin, long long end, char*) {
      const Job& target = *static_cast<Job*>(erased);
      for (long long i = begin; i < end; ++i) target.loop(target.rounds);
    };
    const double operations = loop(1) * job.rounds * piecesOfThread * threads_;
    return operations / fastest([&] { pool_.parallel(piecesOfThread * threads_, 1, threads_, work, &job); });
  }

  /** Memory of `bytes`, written once by the threads that read it, so that no two of its pages are the same one. */
  double read(ReadLoop loop, char* data, long long bytes) {
    struct Job {
      ReadLoop loop;
      char* data;
    } job{loop, data};
    const Work fill = [](void* erased, long long begin, long long end, char*) {
      for (long long i = begin; i < end; ++i) std::memset(static_cast<Job*>(erased)->data + i * pieceBytes, static_cast<int>(i), pieceBytes);
    };
    const Work work = [](void* erased, long long begin, long long end, char*) {
      const Job& target = *static_cast<Job*>(erased);
      for (long long i = begin; i < end; ++i) {
        volatile unsigned sink = target.loop(target.data + i * pieceBytes, pieceBytes);
        (void)sink;
      }
    };
    const long long pieces = bytes / pieceBytes;
    pool_.parallel(pieces, 1, threads_, fill, &job);
    return static_cast<double>(pieces * pieceBytes) / fastest([&] { pool_.parallel(pieces, 1, threads_, work, &job); });
  }

 private:
  template <class Body>
  static double secondsOf(const Body& body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  template <class Body>
  static double fastest(const Body& body) {
    double seconds = 1e300;
    for (int run = 0; run < runs; ++run) seconds = std::min(seconds, secondsOf(body));
    return seconds;
  }

  static constexpr int runs = 7;
  static constexpr long long piecesOfThread = 256, pieceBytes = 1 << 20;
  ThreadPool& pool_;
  const int threads_;
};

}  // namespace jambalaya_native
