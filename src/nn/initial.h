// How a weight of a new model is filled. Law: a value is a pure function of (seed, tensor name, index), so a model can
// be written tensor by tensor, on any number of threads, and always comes out with the same bits.
#pragma once
#include <cstdint>

#include "tensor/weight.h"

namespace bantam {

// Fills the part of `weight` with its initial values, in f32 (f64 on the reference device holds the same values).
void fill_initial(Weight& weight, uint64_t seed);

// Value `index` of a tensor's initial content.
class InitialValues {
 public:
  InitialValues(const WeightPart& part, uint64_t seed);
  float at(uint64_t index) const;

 private:
  const WeightPart& part_;
  uint64_t seed_, stream_;
};

}  // namespace bantam
