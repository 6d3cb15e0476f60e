// The one thread pool. Law: a task is named by its index alone, so what is computed never depends on how many
// threads ran or which of them took it. Tasks are handed out one by one, so a slow or stolen core costs little.
#pragma once
#include <cstddef>
#include <span>

#include "base/function_ref.h"

namespace bantam {

// Processors this process may use: the smaller of the affinity mask and the cgroup quota, at least 1.
int available_processors();

// Threads that parallel_for uses, the caller included. Default: BANTAM_THREADS, else available_processors().
int thread_count();
void set_thread_count(int count);  // not while a parallel_for runs

// Runs body(0) … body(tasks - 1), each once, and returns when all are done. The first exception is rethrown.
// Called from inside a task it runs the tasks one after another.
void parallel_for(size_t tasks, FunctionRef<void(size_t task)> body);

// Splits [0, count) into blocks of `block` (the last may be shorter) and runs body(begin, end) on each.
void parallel_blocks(size_t count, size_t block, FunctionRef<void(size_t begin, size_t end)> body);

// At least `bytes` of 64-byte aligned memory that belongs to the calling thread. `slot` (0…7) keeps users apart.
// The content is undefined; a later call with the same slot may move it.
std::byte* thread_scratch(int slot, size_t bytes);
template <class T>
std::span<T> thread_scratch(int slot, size_t count) {
  return {reinterpret_cast<T*>(thread_scratch(slot, count * sizeof(T))), count};
}

// A latency-bound stretch of many short parallel_for calls, such as one decoded token. When a stretch waited long
// for a preempted thread, the next 8…128 run on the caller alone; then the team is tried again. Not nested.
class TeamStep {
 public:
  TeamStep();
  ~TeamStep();
  TeamStep(const TeamStep&) = delete;
  TeamStep& operator=(const TeamStep&) = delete;

 private:
  long switches_;
};

}  // namespace bantam
