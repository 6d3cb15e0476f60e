#include "base/threads.h"

#include <sched.h>
#include <sys/resource.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"

// oneDNN drives OpenMP; inside our tasks it must stay on one thread. Weak, so that base needs no OpenMP itself.
extern "C" __attribute__((weak)) void omp_set_num_threads(int);

namespace bantam {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kSpin = std::chrono::microseconds(10);
constexpr auto kYield = std::chrono::microseconds(200);
constexpr auto kLongWait = std::chrono::microseconds(300);

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

void prepare_thread() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // FTZ and DAZ: denormals are slow and must not differ between threads
#endif
  if (omp_set_num_threads != nullptr) omp_set_num_threads(1);
}

thread_local bool inside_task = false;

// Spins, then yields, then sleeps until `word` differs from `old`. Returns how long that took.
template <class T>
Clock::duration wait_for_change(const std::atomic<T>& word, T old, bool may_sleep) {
  const auto start = Clock::now();
  for (int i = 0;; ++i) {
    if (word.load(std::memory_order_acquire) != old) return Clock::now() - start;
    pause();
    if ((i & 63) != 63) continue;
    const auto waited = Clock::now() - start;
    if (waited < kSpin) continue;
    if (waited < kYield || !may_sleep)
      sched_yield();
    else
      word.wait(old, std::memory_order_acquire);
  }
}

// BANTAM_THREADS, or all processors.
int wanted_threads() {
  const char* text = std::getenv("BANTAM_THREADS");
  if (text == nullptr || *text == '\0') return available_processors();
  int count = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, count);
  require(error == std::errc() && stop == end && count >= 1 && count <= 1024, ErrorCode::usage,
          "BANTAM_THREADS: is \"{}\", wanted 1 to 1024", text);
  return count;
}

// Symmetric workers around one job. `claim_` holds generation << 32 | tasks not yet taken; taking a task is a
// compare-exchange on it, so a late worker can never take a task of a job that has ended.
class Pool {
 public:
  Pool() {
    prepare_thread();
    resize(wanted_threads());
  }
  ~Pool() { stop(); }

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  void resize(int count) {
    stop();
    try {
      for (int i = 1; i < count; ++i) workers_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      const int started = size();
      stop();
      fail(ErrorCode::io, "{} threads: the system starts no more than {} ({}); ask for fewer", count, started,
           error.code().message());
    }
  }

  void run(size_t tasks, FunctionRef<void(size_t)> body) {
    if (tasks == 0) return;
    std::unique_lock lock(callers_, std::defer_lock);  // two user threads may call; their jobs take turns
    if (inside_task || tasks == 1 || workers_.empty() || solo_ || !lock.try_lock()) {
      for (size_t i = 0; i < tasks; ++i) body(i);
      return;
    }
    BANTAM_ASSERT(tasks < (uint64_t{1} << 32));
    body_ = &body;
    tasks_ = tasks;
    done_.store(0, std::memory_order_relaxed);
    error_ = nullptr;
    const uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
    claim_.store(uint64_t{generation} << 32 | tasks, std::memory_order_release);
    generation_.store(generation, std::memory_order_release);
    generation_.notify_all();
    take_tasks();
    for (size_t done; (done = done_.load(std::memory_order_acquire)) != tasks;)
      waited_ += wait_for_change(done_, done, false);
    if (error_) std::rethrow_exception(error_);
  }

  bool solo() const { return solo_; }
  void begin_step() {
    waited_ = {};
    solo_ = solo_steps_ > 0;
    if (solo_) --solo_steps_;
  }
  void end_step(bool preempted) {
    if (!solo_) {
      const bool slow = waited_ > kLongWait || preempted;
      if (slow) solo_steps_ = backoff_;
      backoff_ = slow ? std::min(backoff_ * 2, 128) : 8;
    }
    solo_ = false;
  }

 private:
  void stop() {
    quit_.store(true);
    generation_.fetch_add(1);
    generation_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
    quit_.store(false);
  }

  void take_tasks() {
    inside_task = true;
    for (uint64_t claim = claim_.load(std::memory_order_acquire); (claim & 0xffffffff) != 0;) {
      if (!claim_.compare_exchange_weak(claim, claim - 1, std::memory_order_acq_rel)) continue;
      // The task is ours, so the job cannot end before done_ counts it: its fields are stable from here on.
      try {
        (*body_)(tasks_ - (claim & 0xffffffff));
      } catch (...) {
        std::lock_guard guard(error_lock_);
        if (!error_) error_ = std::current_exception();
      }
      done_.fetch_add(1, std::memory_order_acq_rel);
      claim = claim_.load(std::memory_order_acquire);
    }
    inside_task = false;
  }

  void work() {
    prepare_thread();
    uint32_t seen = generation_.load(std::memory_order_acquire);
    while (!quit_.load(std::memory_order_acquire)) {
      take_tasks();
      wait_for_change(generation_, seen, true);
      seen = generation_.load(std::memory_order_acquire);
    }
  }

  std::vector<std::thread> workers_;
  std::mutex callers_, error_lock_;
  std::atomic<bool> quit_{false};
  std::atomic<uint32_t> generation_{0};
  std::atomic<uint64_t> claim_{0};
  std::atomic<size_t> done_{0};
  const FunctionRef<void(size_t)>* body_ = nullptr;
  size_t tasks_ = 0;
  std::exception_ptr error_;
  Clock::duration waited_{};
  bool solo_ = false;
  int solo_steps_ = 0, backoff_ = 8;
};

Pool& pool() {
  static Pool instance;
  return instance;
}

int cgroup_quota() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (v2 >> quota >> period && quota != "max" && period > 0)
    return std::max(1, static_cast<int>(std::atof(quota.c_str()) / period + 0.5));
  std::ifstream v1_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
      v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double limit = 0;
  if (v1_quota >> limit && v1_period >> period && limit > 0 && period > 0)
    return std::max(1, static_cast<int>(limit / period + 0.5));
  return 1 << 20;
}

long involuntary_switches() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

}  // namespace

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int affinity = sched_getaffinity(0, sizeof set, &set) == 0
                           ? CPU_COUNT(&set)
                           : static_cast<int>(std::thread::hardware_concurrency());
  return std::max(1, std::min(affinity, cgroup_quota()));
}

int thread_count() { return pool().size(); }
void set_thread_count(int count) { pool().resize(std::max(1, count)); }

void parallel_for(size_t tasks, FunctionRef<void(size_t task)> body) { pool().run(tasks, body); }

void parallel_blocks(size_t count, size_t block, FunctionRef<void(size_t, size_t)> body) {
  pool().run((count + block - 1) / block,
             [&](size_t task) { body(task * block, std::min(count, (task + 1) * block)); });
}

std::byte* thread_scratch(int slot, size_t bytes) {
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  struct Slot {
    std::unique_ptr<std::byte, Free> data;
    size_t size = 0;
  };
  thread_local std::array<Slot, 8> slots;
  Slot& s = slots.at(static_cast<size_t>(slot));
  if (s.size < bytes) {
    s.size = (bytes + 4095) / 4096 * 4096;
    s.data.reset(static_cast<std::byte*>(std::aligned_alloc(64, s.size)));
    require(s.data != nullptr, ErrorCode::out_of_memory, "scratch: {} bytes could not be allocated", s.size);
  }
  return s.data.get();
}

TeamStep::TeamStep() : switches_(involuntary_switches()) { pool().begin_step(); }
TeamStep::~TeamStep() { pool().end_step(involuntary_switches() > switches_); }

}  // namespace bantam
