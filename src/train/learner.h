// What the training loop trains: something with weights that turns micro-batches into losses. The loop knows
// neither models nor data.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// A micro-batch's share of its step's loss.
struct MicroLoss {
  std::vector<Tensor> roots;            // of the running tape
  double total = 0;                     // Σ roots
  std::map<std::string, double> terms;  // by name, unweighted
};

class Learner {
 public:
  virtual ~Learner() = default;

  // In a fixed order, gradients allocated.
  virtual std::vector<Weight*> weights() = 0;

  // Fetches what step `step` (from 0) learns from: a pure function of the step. Shares are normalised by
  // counts of the whole step, so they are known before the first forward.
  virtual void open_step(uint64_t step) = 0;
  virtual size_t micro_batches() const = 0;  // of the open step
  virtual MicroLoss forward(size_t micro_batch) = 0;
  virtual std::string batch_name() const = 0;  // of the open step, for the log of what was skipped

  // Floating-point operations of a step's forwards and backwards, recomputation left out.
  virtual double step_flops(uint64_t step) = 0;
};

}  // namespace bantam
