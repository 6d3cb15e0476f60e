// What a thread must be like to compute with us, for programs whose threads are not ours alone (bindings, plugins).
#pragma once

namespace bantam {

// While one is alive, denormals are zero on the calling thread, as on those of the pool, and OpenMP takes one thread
// there: results then do not depend on which thread calls. The end restores what the thread had.
class ComputingThread {
 public:
  ComputingThread();
  ~ComputingThread();
  ComputingThread(const ComputingThread&) = delete;
  ComputingThread& operator=(const ComputingThread&) = delete;

 private:
  unsigned float_mode_;
  int openmp_threads_;
};

}  // namespace bantam
