// One persistent pool of threads for the whole process. A submission's pieces are handed out through one counter, so a
// thread that is late does less; which thread runs a piece never changes its result.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace jambalaya_native {

using Work = void (*)(void* body, long long begin, long long end, char* scratch);

class ThreadPool {
 public:
  ThreadPool(int threads, std::size_t scratchBytes) {
    for (int i = 0; i < threads; ++i) scratch_.emplace_back(static_cast<char*>(std::aligned_alloc(64, scratchBytes)), std::free);
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { serve(i); });
  }
  ~ThreadPool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(scratch_.size()); }

  /** Held for a whole submission, so that two workers of one process take turns rather than mix. */
  std::mutex& submission() { return submission_; }

  /** Runs [0, items) on up to `limit` threads, the caller's included. Called with `submission()` held. */
  void parallel(long long items, long long grain, int limit, Work work, void* body) {
    const int helpers = std::min<long long>(std::min(limit, threads()), (items + grain - 1) / grain) - 1;
    if (helpers <= 0) {
      work(body, 0, items, scratch_[0].get());
      return;
    }
    job_ = {work, body, items, grain, helpers + 1};
    next_.store(0, std::memory_order_relaxed);
    invited_ = helpers;
    running_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    drain(0);
    // The helpers are in their last piece or were never woken: both end soon.
    for (int spins = 0; running_.load(std::memory_order_acquire) != 0; ++spins) relax(spins);
  }

 private:
  struct Job {
    Work work;
    void* body;
    long long items, grain;
    int threads;
  };

  static void relax(int spins) {
    if (spins > 4000) {
      std::this_thread::yield();
      return;
    }
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }

  void drain(int thread) {
    // Half of a thread's share of what is left: pieces begin large, so that neighbours stay together, and end small, so that
    // threads end together, also after one was interrupted.
    for (long long begin = next_.load(std::memory_order_relaxed); begin < job_.items;) {
      const long long piece = std::max(job_.grain, (job_.items - begin) / (2ll * job_.threads));
      if (!next_.compare_exchange_weak(begin, begin + piece, std::memory_order_relaxed)) continue;
      job_.work(job_.body, begin, std::min(begin + piece, job_.items), scratch_[thread].get());
      begin = next_.load(std::memory_order_relaxed);
    }
  }

  void serve(int thread) {
    std::uint64_t seen = 0;
    for (;;) {
      // Ops follow each other within microseconds: look for a while before sleeping.
      for (int spins = 0; generation_.load(std::memory_order_acquire) == seen && spins < 20000; ++spins) relax(0);
      if (generation_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_acquire) != seen; });
      }
      seen = generation_.load(std::memory_order_acquire);
      if (stopping_) return;
      if (thread <= invited_) drain(thread);
      running_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::vector<std::unique_ptr<char, void (*)(void*)>> scratch_;
  std::vector<std::thread> threads_;
  std::mutex submission_, mutex_;
  std::condition_variable wake_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<long long> next_{0};
  std::atomic<int> running_{0};
  int invited_ = 0;
  bool stopping_ = false;
  Job job_{};
};

}  // namespace jambalaya_native
